#include "ws/frame.h"

#include "base/bytes.h"

#define BIT_LAST  0x80u
#define BITS_RSV  0x70u
#define BIT_MASK  0x80u
#define LENGTH_16 126
#define LENGTH_64 127

#define PROTOCOL "WebSocket protocol error: "

static bool
is_known(unsigned opcode)
{
	return opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
}

static int
check_head(unsigned char first, unsigned char second, struct err *err)
{
	unsigned opcode = first & 0x0fu;

	if (first & BITS_RSV)
		return err_set(err, PROTOCOL "Reserved bits are non-zero");
	if (!is_known(opcode))
		return err_set(err, PROTOCOL "Encountered invalid opcode: %u",
		    opcode);
	if (second & BIT_MASK)
		return err_set(err,
		    PROTOCOL "Received a masked frame from server");
	if (opcode < WS_CLOSE)
		return 0;
	if (!(first & BIT_LAST))
		return err_set(err, PROTOCOL "Fragmented control frame");
	if (second > WS_MAX_CONTROL)
		return err_set(err,
		    PROTOCOL "Control frame too big (payload must be 125 bytes "
			     "or less)");
	return 0;
}

int
ws_frame_read(struct str bytes, struct ws_frame *out, size_t *n,
    struct err *err)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t head = 2;
	uint64_t length;

	*n = head;
	if (bytes.n < head)
		return 0;
	if (check_head(p[0], p[1], err) == -1)
		return -1;
	length = p[1];
	head += length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
	*n = head;
	if (bytes.n < head)
		return 0;
	if (head > 2)
		length = bytes_be(str_sub(bytes, 2, head - 2));
	if (length > WS_MAX_FRAME)
		return err_set(err,
		    "Space limit exceeded: Message too long: %llu > %zu",
		    (unsigned long long)length, WS_MAX_FRAME);
	*n = head + (size_t)length;
	if (bytes.n < *n)
		return 0;
	out->is_last = p[0] & BIT_LAST;
	out->opcode = (enum ws_opcode)(p[0] & 0x0f);
	out->payload = str_sub(bytes, head, (size_t)length);
	return 1;
}

static void
add_length(struct buf *out, size_t n)
{
	unsigned bytes = n > UINT16_MAX ? 8 : n > WS_MAX_CONTROL ? 2 : 0;

	buf_add_char(out, (char)(BIT_MASK | (bytes == 8      ? LENGTH_64
						: bytes == 2 ? LENGTH_16
							     : n)));
	while (bytes-- > 0)
		buf_add_char(out, (char)((uint64_t)n >> (8 * bytes)));
}

/* RFC 6455, 5.3: a client masks every frame that it sends. */
void
ws_frame_write(struct buf *out, enum ws_opcode opcode, struct str payload,
    const unsigned char mask[4])
{
	char *room;

	buf_add_char(out, (char)(BIT_LAST | opcode));
	add_length(out, payload.n);
	buf_add(out, str_view((const char *)mask, 4));
	room = buf_room(out, payload.n);
	for (size_t i = 0; i < payload.n; i++)
		room[i] = (char)((unsigned char)payload.p[i] ^ mask[i % 4]);
	out->n += payload.n;
}
