/*
 * A layer (stream.h) on no descriptor: a read of the stream takes from the last
 * piece that the source gave, and asks for the next one when that is used up.
 */
#include "stream/memory.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

struct memory {
	const struct memory_source *source;
	void *arg;
	struct str left; /* of the last piece */
};

static enum stream_io
memory_read(struct stream *s, void *layer, void *p, size_t n, size_t *done,
    struct err *err)
{
	struct memory *m = layer;

	if (m->left.n == 0) {
		enum stream_io io = m->source->read(s, m->arg, &m->left, err);

		if (io != STREAM_IO_DONE)
			return io;
	}
	*done = n < m->left.n ? n : m->left.n;
	memcpy(p, m->left.p, *done);
	m->left = str_from(m->left, *done);
	return STREAM_IO_DONE;
}

static enum stream_io
memory_write(struct stream *s, void *layer, const void *p, size_t n,
    size_t *done, struct err *err)
{
	struct memory *m = layer;

	if (m->source->write(s, m->arg, str_view(p, n), err) == -1)
		return STREAM_IO_FAILED;
	*done = n;
	return STREAM_IO_DONE;
}

/* Nothing below it could be waited for. */
static bool
memory_has_kept(void *layer)
{
	(void)layer;
	return true;
}

static bool
memory_is_tls(const void *layer)
{
	const struct memory *m = layer;

	return m->source->is_tls != NULL && m->source->is_tls(m->arg);
}

static void
memory_free(struct stream *s, void *layer)
{
	struct memory *m = layer;

	(void)s;
	if (m->source->free != NULL)
		m->source->free(m->arg);
	free(m);
}

static const struct stream_layer memory_layer = {
	.read = memory_read,
	.write = memory_write,
	.has_kept = memory_has_kept,
	.is_tls = memory_is_tls,
	.free = memory_free,
};

struct stream *
stream_new_memory(const struct memory_source *source, void *arg)
{
	struct memory *m = mem_zalloc(sizeof(*m));
	struct stream *s = stream_new(-1);

	m->source = source;
	m->arg = arg;
	stream_set_layer(s, &memory_layer, m);
	return s;
}

void *
stream_memory(const struct stream *s, const struct memory_source *source)
{
	const struct memory *m = stream_layer(s, &memory_layer);

	return m != NULL && m->source == source ? m->arg : NULL;
}

struct bytes {
	struct str left;
};

static enum stream_io
bytes_read(struct stream *s, void *arg, struct str *bytes, struct err *err)
{
	struct bytes *b = arg;

	(void)s;
	(void)err;
	*bytes = b->left;
	b->left = STR_NONE;
	return bytes->n != 0 ? STREAM_IO_DONE : STREAM_IO_END;
}

static int
bytes_write(struct stream *s, void *arg, struct str bytes, struct err *err)
{
	(void)arg;
	(void)bytes;
	return stream_fail_errno(s, EBADF, err);
}

static const struct memory_source bytes_source = {
	.read = bytes_read,
	.write = bytes_write,
	.free = free,
};

struct stream *
stream_new_bytes(struct str bytes)
{
	struct bytes *b = mem_zalloc(sizeof(*b));

	b->left = bytes;
	return stream_new_memory(&bytes_source, b);
}
