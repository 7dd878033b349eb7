/*
 * When a stream reads, and when it waits: after it has written it waits for the
 * descriptor first, unless the layer has bytes that the descriptor has no more.
 */
#include "check.h"

#include <sys/socket.h>
#include <unistd.h>

#include "stream/stream.h"

/* A layer that gives what it has, and counts how often it is asked. */
struct layer {
	int fd;
	unsigned reads;
	bool has_kept;
};

static enum stream_io
layer_read(struct stream *s, void *arg, void *p, size_t n, size_t *done,
    struct err *err)
{
	struct layer *l = arg;
	ssize_t got;

	(void)s, (void)err;
	l->reads++;
	if (l->has_kept) {
		l->has_kept = false;
		*(char *)p = 'k';
		*done = 1;
		return STREAM_IO_DONE;
	}
	got = recv(l->fd, p, n, MSG_DONTWAIT);
	*done = got > 0 ? (size_t)got : 0;
	return got > 0    ? STREAM_IO_DONE
	       : got == 0 ? STREAM_IO_END
	                  : STREAM_IO_WANT_READ;
}

static enum stream_io
layer_write(struct stream *s, void *arg, const void *p, size_t n, size_t *done,
    struct err *err)
{
	(void)s, (void)arg, (void)p, (void)err;
	*done = n;
	return STREAM_IO_DONE;
}

static bool
layer_has_kept(void *arg)
{
	return ((struct layer *)arg)->has_kept;
}

static void
layer_free(struct stream *s, void *arg)
{
	(void)s, (void)arg;
}

static const struct stream_layer ops = {
	.read = layer_read,
	.write = layer_write,
	.has_kept = layer_has_kept,
	.free = layer_free,
};

/* Gives its other end; what is waited for has 50 ms. */
static struct stream *
make(struct layer *l, int *other)
{
	struct stream *s;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1)
		return NULL;
	s = stream_new(fd[0]);
	stream_set_timeouts(s, 50, 50);
	*l = (struct layer){ .fd = fd[0] };
	*other = fd[1];
	stream_set_layer(s, &ops, l);
	return s;
}

static void
who_has_written_waits_before_it_reads(void)
{
	struct layer l;
	int other;
	struct stream *s = make(&l, &other);

	CHECK_INT(stream_write(s, STR("ask"), NULL), 0);
	CHECK_INT(stream_fill(s, NULL), -1);
	CHECK_INT(stream_fault(s), STREAM_TIMEOUT);
	CHECK_INT(l.reads, 0);
	/* only the first one after it */
	CHECK_INT(stream_fill(s, NULL), -1);
	CHECK_INT(l.reads, 1);
	CHECK_INT(stream_write(s, STR("ask"), NULL), 0);
	CHECK_INT(write(other, "told", 4), 4);
	CHECK_INT(stream_fill(s, NULL), 1);
	CHECK_STR(stream_held(s), "told");
	CHECK_INT(l.reads, 2);
	close(other);
	stream_free(s);
}

static void
who_has_only_read_reads(void)
{
	struct layer l;
	int other;
	struct stream *s = make(&l, &other);

	CHECK_INT(write(other, "hello", 5), 5);
	CHECK_INT(stream_fill(s, NULL), 1);
	CHECK_INT(l.reads, 1);
	close(other);
	stream_free(s);
}

static void
an_end_is_seen_after_a_write(void)
{
	struct layer l;
	int other;
	struct stream *s = make(&l, &other);

	CHECK_INT(stream_write(s, STR("ask"), NULL), 0);
	close(other);
	CHECK_INT(stream_fill(s, NULL), 0);
	CHECK(stream_has_ended(s));
	stream_free(s);
}

static void
what_the_layer_has_is_not_waited_for(void)
{
	struct layer l;
	int other;
	struct stream *s = make(&l, &other);

	l.has_kept = true;
	CHECK_INT(stream_write(s, STR("ask"), NULL), 0);
	CHECK_INT(stream_fill(s, NULL), 1);
	CHECK_STR(stream_held(s), "k");
	l.has_kept = true;
	stream_take(s, 1);
	CHECK(!stream_is_idle(s));
	CHECK_STR(stream_held(s), "k");
	close(other);
	stream_free(s);
}

static void
idle_is_silent_and_not_ended(void)
{
	struct layer l;
	int other;
	struct stream *s = make(&l, &other);

	CHECK(stream_is_idle(s));
	CHECK_INT(l.reads, 0);
	CHECK_INT(write(other, "x", 1), 1);
	CHECK(!stream_is_idle(s));
	CHECK_STR(stream_held(s), "x");
	stream_take(s, 1);
	CHECK(stream_is_idle(s));
	close(other);
	CHECK(!stream_is_idle(s));
	stream_free(s);
}

CHECK_MAIN(CASE(who_has_written_waits_before_it_reads),
    CASE(who_has_only_read_reads), CASE(an_end_is_seen_after_a_write),
    CASE(what_the_layer_has_is_not_waited_for),
    CASE(idle_is_silent_and_not_ended))
