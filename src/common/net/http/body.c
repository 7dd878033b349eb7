#include "http/body.h"

#include "http/chunk.h"

/* Taken on trust from a length that was announced. */
#define TRUST ((size_t)1 << 20)

static int
fail_end(struct err *err)
{
	return err_set(err, "end of file before message length reached");
}

static int
fail_large(size_t most, struct err *err)
{
	return err_set(err, "body is too large: more than %zu bytes", most);
}

static size_t
least(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* What the stream holds of the next n bytes. */
static size_t
take_held(struct stream *s, uint64_t n, struct buf *out)
{
	struct str held = stream_held(s);

	held.n = least(n, held.n);
	buf_add(out, held);
	stream_take(s, held.n);
	return held.n;
}

/* One read of at most n bytes, past the buffer of the stream: its result. */
static ssize_t
read_on(struct stream *s, uint64_t n, struct buf *out, struct err *err)
{
	size_t room = least(n, out->n > TRUST ? out->n : TRUST);
	ssize_t got;

	if (out->cap - out->n < room)
		buf_room(out, room);
	got = stream_read(s, out->p + out->n, room, err);
	if (got > 0)
		out->n += (size_t)got;
	return got;
}

/* Gives away what there is, if anybody takes it. */
static int
hand_on(struct http_body *body, struct err *err)
{
	struct str bytes = buf_str(body->out);

	if (body->take == NULL || bytes.n == 0)
		return 0;
	body->taken += bytes.n;
	body->out->n = 0;
	return body->take(body->arg, bytes, err);
}

static bool
is_large(const struct http_body *body, uint64_t left)
{
	size_t all = body->taken + body->out->n;

	return all > body->most || left > body->most - all;
}

/* These end as http_body_read() does: 1, 0 or -1. */
static int
read_length(struct stream *s, uint64_t length, struct http_body *body,
    struct err *err)
{
	uint64_t left = length - take_held(s, length, body->out);

	while (left != 0) {
		ssize_t n;

		if (hand_on(body, err) == -1)
			return -1;
		n = read_on(s, left, body->out, err);
		if (n == -1)
			return -1;
		if (n == 0)
			return fail_end(err);
		left -= (uint64_t)n;
	}
	return 1;
}

static int
read_to_end(struct stream *s, struct http_body *body, struct err *err)
{
	(void)take_held(s, UINT64_MAX, body->out);
	for (;;) {
		ssize_t n;

		if (is_large(body, 0))
			return fail_large(body->most, err);
		if (hand_on(body, err) == -1)
			return -1;
		n = read_on(s, STREAM_READ_SIZE * 8, body->out, err);
		if (n <= 0)
			return (int)n;
	}
}

/* More bytes of the chunks: 1; 0 at the end of the connection; -1. */
static int
fill_chunk(struct stream *s, struct http_chunk *chunk, struct buf *out,
    struct err *err)
{
	uint64_t left = http_chunk_left(chunk);
	ssize_t n;

	if (left < STREAM_READ_SIZE)
		return stream_fill(s, err);
	n = read_on(s, left, out, err);
	if (n > 0)
		http_chunk_skip(chunk, (uint64_t)n);
	return n > 0 ? 1 : (int)n;
}

static int
read_chunks(struct stream *s, struct http_body *body, struct err *err)
{
	struct http_chunk chunk = HTTP_CHUNK_FIRST;

	for (;;) {
		struct str data = STR_NONE;
		size_t used;
		enum http_chunk_step step =
		    http_chunk_read(&chunk, stream_held(s), &used, &data, err);
		int filled;

		buf_add(body->out, data);
		stream_take(s, used);
		if (step == HTTP_CHUNK_END)
			return !chunk.is_odd;
		if (step == HTTP_CHUNK_BAD)
			return -1;
		if (is_large(body, http_chunk_left(&chunk)))
			return fail_large(body->most, err);
		if (step == HTTP_CHUNK_DATA)
			continue;
		if (hand_on(body, err) == -1)
			return -1;
		filled = fill_chunk(s, &chunk, body->out, err);
		if (filled == -1)
			return -1;
		if (filled == 0)
			return http_chunk_is_whole(&chunk) ? 0 : fail_end(err);
	}
}

static int
read_framed(struct stream *s, enum http_framing framing, uint64_t length,
    struct http_body *body, struct err *err)
{
	switch (framing) {
	case HTTP_LENGTH:
		if (length > body->most)
			return fail_large(body->most, err);
		return read_length(s, length, body, err);
	case HTTP_CHUNKED:
		return read_chunks(s, body, err);
	case HTTP_TO_END:
		return read_to_end(s, body, err);
	case HTTP_NO_BODY:
		break;
	}
	return 1;
}

int
http_body_read(struct stream *s, enum http_framing framing, uint64_t length,
    struct http_body *body, struct err *err)
{
	int result = read_framed(s, framing, length, body, err);

	return result != -1 && hand_on(body, err) == -1 ? -1 : result;
}
