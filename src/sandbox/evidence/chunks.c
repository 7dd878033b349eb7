/*
 * A queue of runs: so many bytes of the body, then so many that lie between
 * chunks. The mask gives out bytes of the body later than they came; the runs
 * say after how many of them the others are due.
 */
#include "evidence/chunks.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"

#define SIZE_MOST ((uint64_t)1 << 56) /* of a chunk: another digit fits */

struct chunks_run {
	size_t body, frame;
};

/* Where bytes that are decided go. */
struct sink {
	void (*out)(void *arg, struct str bytes);
	void *arg;
};

static struct chunks_run *
push_run(struct chunks *c)
{
	if (c->first != 0 && c->first == c->n)
		c->first = c->n = 0;
	if (c->n == c->cap && c->first > c->n / 2) {
		c->n -= c->first;
		memmove(c->run, c->run + c->first, c->n * sizeof(*c->run));
		c->first = 0;
	}
	if (c->n == c->cap) {
		c->cap = c->cap != 0 ? 2 * c->cap : 8;
		c->run = mem_grow(c->run, c->cap, sizeof(*c->run));
	}
	c->run[c->n] = (struct chunks_run){ .body = 0 };
	return &c->run[c->n++];
}

static void
note_body(struct chunks *c, size_t n)
{
	struct chunks_run *last =
	    c->n > c->first ? &c->run[c->n - 1] : push_run(c);

	if (last->frame != 0)
		last = push_run(c);
	last->body += n;
}

static void
note_frame(struct chunks *c, struct str bytes)
{
	struct chunks_run *last;

	if (bytes.n == 0)
		return;
	last = c->n > c->first ? &c->run[c->n - 1] : push_run(c);
	last->frame += bytes.n;
	buf_add(&c->frame, bytes);
}

/* What lies behind a run whose bytes have gone. */
static void
give_frame(struct chunks *c, size_t n, const struct sink *sink)
{
	if (n != 0)
		sink->out(sink->arg, str_view(c->frame.p + c->gone, n));
	c->gone += n;
	if (c->gone == c->frame.n)
		c->gone = c->frame.n = 0;
}

/* Bytes of the body that are decided, and all that was waiting for them. */
static void
give(struct chunks *c, struct str ready, const struct sink *sink)
{
	while (c->first < c->n) {
		struct chunks_run *run = &c->run[c->first];
		struct str some = str_sub(ready, 0, run->body);

		if (some.n != 0)
			sink->out(sink->arg, some);
		ready = str_from(ready, some.n);
		run->body -= some.n;
		if (run->body != 0)
			return;
		give_frame(c, run->frame, sink);
		c->first++;
	}
}

/* One byte between chunks. */
static void
step(struct chunks *c, char byte)
{
	int digit = num_hex_digit(byte);

	if (byte == '\n' && c->state == CHUNKS_AFTER)
		c->state = CHUNKS_SIZE;
	else if (byte == '\n')
		c->state = c->left != 0 ? CHUNKS_BYTES : CHUNKS_REST;
	else if (c->state == CHUNKS_SIZE && digit == -1)
		c->state = CHUNKS_LINE;
	else if (c->state == CHUNKS_SIZE && c->left >= SIZE_MOST)
		c->state = CHUNKS_REST;
	else if (c->state == CHUNKS_SIZE)
		c->left = c->left << 4 | (unsigned)digit;
}

/* How many bytes at the beginning lie between chunks; 0: none. */
static size_t
frame_at(struct chunks *c, struct str bytes)
{
	size_t n = 0;

	while (
	    n < bytes.n && c->state != CHUNKS_BYTES && c->state != CHUNKS_REST)
		step(c, bytes.p[n++]);
	return n;
}

static struct str
body_at(struct chunks *c, struct str bytes)
{
	if (c->state == CHUNKS_REST)
		return bytes;
	bytes = c->left < bytes.n ? str_sub(bytes, 0, (size_t)c->left) : bytes;
	c->left -= bytes.n;
	if (c->left == 0)
		c->state = CHUNKS_AFTER;
	return bytes;
}

void
chunks_feed(struct chunks *chunks, struct mask_stream *mask, struct str bytes,
    void (*out)(void *arg, struct str bytes), void *arg)
{
	const struct sink sink = { out, arg };

	if (!chunks->has_begun) /* what is held of the head */
		note_body(chunks, mask->held.n - mask->gone);
	chunks->has_begun = true;
	while (bytes.n != 0) {
		size_t n = frame_at(chunks, bytes);
		struct str body;

		note_frame(chunks, str_sub(bytes, 0, n));
		bytes = str_from(bytes, n);
		if (bytes.n == 0)
			break;
		body = body_at(chunks, bytes);
		note_body(chunks, body.n);
		give(chunks, mask_stream_feed(mask, body), &sink);
		bytes = str_from(bytes, body.n);
	}
	give(chunks, STR_NONE, &sink);
}

void
chunks_finish(struct chunks *chunks, struct mask_stream *mask,
    void (*out)(void *arg, struct str bytes), void *arg)
{
	const struct sink sink = { out, arg };

	give(chunks, mask_stream_finish(mask), &sink);
}

void
chunks_clear(struct chunks *chunks)
{
	free(chunks->run);
	buf_clear(&chunks->frame);
	*chunks = (struct chunks){ .n = 0 };
}
