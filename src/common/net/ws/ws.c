#include "ws/ws.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "name/dial.h"
#include "stream/values.h"
#include "text/b64.h"
#include "ws/accept.h"

#define KEY_SIZE 16

/* RFC 6455, 1.3 */
#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* RFC 6455, 7.4.1: normal closure, in network order */
#define CLOSE_NORMAL "\x03\xe8"

struct ws {
	struct stream *stream;
	struct buf message;  /* fragments so far */
	enum ws_opcode kind; /* of them; WS_CONTINUE: there are none */
	bool is_closed;      /* a close frame came, or the connection ended */
};

/* What a server makes of the key. */
static struct str
accept_of(struct pool *pool, struct str key)
{
	struct buf text = BUF_IN(pool), out = BUF_IN(pool);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	buf_add(&text, key);
	buf_add(&text, STR(ACCEPT_GUID));
	if (EVP_Digest(text.p, text.n, digest, &n, EVP_sha1(), NULL) != 1)
		n = 0;
	b64_add(&out, str_view((const char *)digest, n));
	return buf_str(&out);
}

static int
read_answer(struct stream *s, struct str accept, struct err *err)
{
	size_t n;
	int status =
	    stream_fill_until(s, STR("\r\n\r\n"), WS_MAX_HEAD, &n, err);

	if (status == -1 && stream_fault(s) == STREAM_TIMEOUT)
		return err_set(err, "Interrupted handshake (WouldBlock)");
	if (status == -1)
		return -1;
	/* an end after something that is no HTTP says what is wrong first */
	if (status == 0 && n == 0)
		return err_set(err,
		    "WebSocket protocol error: Handshake not finished");
	if (ws_accept_read(str_sub(stream_held(s), 0, n), accept, err) == -1)
		return -1;
	if (status == 0)
		return err_set(err,
		    "WebSocket protocol error: Handshake not finished");
	stream_take(s, n);
	return 0;
}

static int
handshake_http(struct stream *s, const struct ws_request *request,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf key = BUF_IN(&pool), text = BUF_IN(&pool);
	uint64_t before = stream_sent(s);
	char bytes[KEY_SIZE];
	int status;

	values_random(VALUES_RANDOM, bytes, sizeof(bytes));
	b64_add(&key, str_view(bytes, sizeof(bytes)));
	if (ws_request_write(&text, request, buf_str(&key), err) == -1)
		return -1;
	status = stream_write(s, buf_str(&text), err);
	tap_request(stream_tap(s), buf_str(&text), STR_NONE,
	    (size_t)(stream_sent(s) - before));
	if (status == -1)
		return -1;
	return read_answer(s, accept_of(&pool, buf_str(&key)), err);
}

int
ws_new(struct stream *s, const struct ws_request *request, struct ws **out,
    struct err *err)
{
	stream_set_deadline(s, clock_in(DIAL_MOST_MS));
	if (handshake_http(s, request, err) == -1)
		return -1;
	stream_set_deadline(s, CLOCK_NEVER);
	*out = mem_zalloc(sizeof(**out));
	(*out)->stream = s;
	return 0;
}

void
ws_free(struct ws *ws)
{
	if (ws == NULL)
		return;
	stream_free(ws->stream);
	buf_clear(&ws->message);
	free(ws);
}

struct stream *
ws_stream(struct ws *ws)
{
	return ws->stream;
}

/* Who looks on could find nothing behind the mask, so looks before. */
static void
tell_frame(struct tap *tap, enum ws_opcode opcode, struct str payload,
    const unsigned char mask[4])
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_NONE;

	ws_frame_write(&out, opcode, tap->hooks->hide(tap, &pool, payload),
	    mask);
	tap->hooks->wrapped(tap, buf_str(&out));
	buf_clear(&out);
}

static int
send_frame(struct ws *ws, enum ws_opcode opcode, struct str payload,
    struct err *err)
{
	struct buf out = BUF_NONE;
	unsigned char mask[4];
	int status;

	values_random(VALUES_MASK, mask, sizeof(mask));
	ws_frame_write(&out, opcode, payload, mask);
	status = stream_write(ws->stream, buf_str(&out), err);
	buf_clear(&out);
	if (status == 0 && stream_tap(ws->stream) != NULL)
		tell_frame(stream_tap(ws->stream), opcode, payload, mask);
	return status;
}

int
ws_send(struct ws *ws, enum ws_opcode kind, struct str payload, struct err *err)
{
	if (ws->is_closed)
		return err_set(err, "Trying to work with closed connection");
	return send_frame(ws, kind, payload, err);
}

/* The frame that is next. 1; 0: timeout; -1. Its view lasts until *n is taken.
 */
static int
next_frame(struct ws *ws, struct ws_frame *frame, size_t *n, struct err *err)
{
	int status;

	while ((status = ws_frame_read(stream_held(ws->stream), frame, n,
		    err)) == 0) {
		status = stream_fill_to(ws->stream, *n, err);
		if (status == -1 && stream_fault(ws->stream) == STREAM_TIMEOUT)
			return 0;
		if (status == 1)
			continue;
		ws->is_closed = true;
		return status == -1
		           ? -1
		           : err_set(err,
				 "WebSocket protocol error: Connection reset "
				 "without closing handshake");
	}
	return status;
}

static int
add_fragment(struct ws *ws, const struct ws_frame *frame, struct err *err)
{
	if (frame->opcode == WS_CONTINUE && ws->kind == WS_CONTINUE)
		return err_set(err, "WebSocket protocol error: Continue frame "
				    "but nothing to continue");
	if (frame->opcode != WS_CONTINUE && ws->kind != WS_CONTINUE)
		return err_set(err, "WebSocket protocol error: Received a new "
				    "message before the last one was whole");
	if (frame->payload.n > WS_MAX_MESSAGE - ws->message.n)
		return err_set(err,
		    "Space limit exceeded: Message too long: %zu > %zu",
		    ws->message.n + frame->payload.n, WS_MAX_MESSAGE);
	if (frame->opcode != WS_CONTINUE)
		ws->kind = frame->opcode;
	buf_add(&ws->message, frame->payload);
	return 0;
}

/* 1: a message is whole; 0: go on; -1: the connection is of no more use. */
static int
take_frame(struct ws *ws, const struct ws_frame *frame, struct err *err)
{
	switch (frame->opcode) {
	case WS_PING:
		return send_frame(ws, WS_PONG, frame->payload, err);
	case WS_PONG:
		return 0;
	case WS_CLOSE:
		ws->is_closed = true;
		(void)send_frame(ws, WS_CLOSE, STR(CLOSE_NORMAL), NULL);
		return err_set(err, "Connection closed");
	default:
		break;
	}
	if (add_fragment(ws, frame, err) == -1)
		return -1;
	return frame->is_last;
}

static int
finish_message(struct ws *ws, struct pool *pool, enum ws_opcode *kind,
    struct str *payload, struct err *err)
{
	*kind = ws->kind;
	*payload = pool_copy(pool, buf_str(&ws->message));
	ws->kind = WS_CONTINUE;
	buf_clear(&ws->message);
	if (*kind == WS_TEXT && !utf8_is_valid(*payload))
		return err_set(err, "UTF-8 encoding error");
	return 1;
}

int
ws_recv(struct ws *ws, struct pool *pool, enum ws_opcode *kind,
    struct str *payload, struct err *err)
{
	int64_t since = clock_ms();

	if (ws->is_closed)
		return err_set(err, "Connection closed");
	for (;;) {
		struct ws_frame frame;
		size_t n, held = ws->message.n;
		int status = next_frame(ws, &frame, &n, err);

		if (status != 1)
			return status;
		status = take_frame(ws, &frame, err);
		stream_take(ws->stream, n);
		if (status == -1)
			return -1;
		if (status == 1)
			return finish_message(ws, pool, kind, payload, err);
		if (ws->message.n != held)
			since = clock_ms();
		else if (stream_has_waited(ws->stream, since))
			return 0;
	}
}
