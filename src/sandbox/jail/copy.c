#include "jail/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef PIPE_BUF
#define PIPE_BUF 512 /* _POSIX_PIPE_BUF */
#endif
#define CLEAN_BYTES ((COPY_BYTES - 4) / 3) /* of them none is too many */

static bool
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/*
 * A file takes all there is, at once. Of everything else that others may hold
 * as well, and that so cannot be made non-blocking, poll(2) says no more than
 * that this much goes into it.
 */
static size_t
chunk_of(const struct copy *c)
{
	return c->to == c->pipe || is_file(c->to) ? COPY_BYTES : PIPE_BUF;
}

/* The kernel appends nothing that way (splice(2), EINVAL). */
static bool
may_splice(const struct copy *c)
{
#ifdef __linux__
	return c->to == STDOUT_FILENO && is_file(c->to) &&
	       (fcntl(c->to, F_GETFL) & O_APPEND) == 0 &&
	       (c->how & (COPY_CLEAN | COPY_BYTEWISE | COPY_SEEN)) == 0;
#else
	return false;
#endif
}

void
copy_init(struct copy *c, int from, int to, int pipe, uint64_t most,
    unsigned how)
{
	/* the portion is left alone: its memory may never be needed */
	memset(c, 0, offsetof(struct copy, p));
	c->from = pipe == -1 ? -1 : from;
	c->to = to;
	c->pipe = pipe;
	c->left = most;
	c->how = how;
	if (pipe == -1)
		return;
	c->chunk = chunk_of(c);
	c->splices = may_splice(c);
	if (pipe == to)
		(void)fcntl(pipe, F_SETFL, O_NONBLOCK);
	/* who reads no more is told of by EPIPE, a full file by EFBIG */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

void
copy_hang_up(struct copy *c)
{
	(void)close(c->pipe);
	c->from = c->pipe = -1;
	c->at = c->n = 0;
}

struct pollfd
copy_wants(const struct copy *c)
{
	if (copy_is_open(c) && copy_is_full(c))
		return (struct pollfd){ .fd = c->to, .events = POLLOUT };
	return (struct pollfd){ .fd = c->from, .events = POLLIN };
}

static bool
is_for_later(void)
{
	return errno == EINTR || errno == EAGAIN;
}

static void
fail(struct copy *c)
{
	if (is_for_later())
		return;
	c->error = errno;
	copy_hang_up(c);
}

/* As much as goes without waiting. */
static void
push(struct copy *c)
{
	while (copy_is_full(c)) {
		size_t n = c->n - c->at;
		ssize_t done =
		    write(c->to, c->p + c->at, n < c->chunk ? n : c->chunk);

		if (done == -1) {
			fail(c);
			return;
		}
		c->at += (size_t)done;
		if (c->chunk < COPY_BYTES)
			return;
	}
}

/* c->p is not used: the portion is at its place when the call is over. */
static ssize_t
splice_portion(struct copy *c)
{
#ifdef __linux__
	size_t n = c->left < COPY_BYTES ? (size_t)c->left : COPY_BYTES;
	ssize_t done = splice(c->from, NULL, c->to, NULL, n, SPLICE_F_MOVE);

	/* a file system that cannot: nothing has been taken */
	if (done == -1 && errno == EINVAL) {
		c->splices = false;
		errno = EAGAIN;
	}
	return done;
#else
	return read(c->from, c->p, COPY_BYTES);
#endif
}

static ssize_t
read_portion(struct copy *c)
{
	char in[CLEAN_BYTES];
	ssize_t n;

	if ((c->how & COPY_CLEAN) != 0) {
		n = read(c->from, in, sizeof(in));
		c->n = n > 0 ? clean_text(&c->clean, in, (size_t)n, c->p) : 0;
	} else {
		n = read(c->from, c->p,
		    (c->how & COPY_BYTEWISE) != 0 ? 1 : COPY_BYTES);
		c->n = n > 0 ? (size_t)n : 0;
	}
	return n;
}

static void
pull(struct copy *c)
{
	ssize_t n;

	c->at = c->n = 0;
	n = c->splices ? splice_portion(c) : read_portion(c);
	if (n == -1) {
		fail(c);
	} else if (n == 0) {
		copy_hang_up(c);
	} else if ((uint64_t)n <= c->left) {
		c->left -= (uint64_t)n;
	} else if ((c->how & COPY_DISCARD) != 0) {
		c->left = 0;
		c->n = 0;
	} else {
		copy_hang_up(c);
	}
}

struct str
copy_step(struct copy *c, short revents)
{
	struct str got = STR("");

	if (revents == 0 || !copy_is_open(c))
		return got;
	if (!copy_is_full(c)) {
		pull(c);
		got = str_view(c->p, c->n);
		/* a file, or our own pipe: no need to ask */
		if (c->chunk < COPY_BYTES)
			return got;
	}
	push(c);
	return got;
}
