#include "stream/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/halt.h"
#include "base/mem.h"

#define READ_MOST ((size_t)256 << 10) /* one read into a large buffer */

void (*stream_before_wait)(void);

struct stream {
	int fd;
	uint32_t read_ms, write_ms;
	int64_t deadline;
	char *buf;
	size_t from, to, cap; /* held: buf[from] to buf[to] */
	enum stream_fault fault;
	int errnum; /* of STREAM_BROKEN */
	bool has_ended, has_failed;
	bool has_written; /* since the last read */
	struct buf host;
	uint16_t port;
	struct addr peer;
	uint64_t sent;
	uint32_t number;   /* the broker's; 0: none */
	struct addr proxy; /* port 0: none */
	struct tap *tap;
	const struct stream_layer *ops; /* NULL: plain */
	void *layer;
};

struct stream *
stream_new(int fd)
{
	struct stream *s = mem_zalloc(sizeof(*s));
	int flags = fd != -1 ? fcntl(fd, F_GETFL) : -1;

	if (flags != -1 && (flags & O_NONBLOCK) == 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	s->fd = fd;
	s->deadline = CLOCK_NEVER;
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	tap_end(s->tap, &(struct tap_end){ .err = NULL });
	if (s->ops != NULL)
		s->ops->free(s, s->layer);
	if (s->fd != -1) {
		/* whoever holds it, too, to see how much went, does not keep it
		 * open */
		(void)shutdown(s->fd, SHUT_RDWR);
		close(s->fd);
	}
	free(s->buf);
	buf_clear(&s->host);
	free(s);
}

void
stream_set_timeouts(struct stream *s, uint32_t read_ms, uint32_t write_ms)
{
	if (read_ms != 0)
		s->read_ms = read_ms;
	if (write_ms != 0)
		s->write_ms = write_ms;
}

bool
stream_has_waited(const struct stream *s, int64_t since)
{
	return s->read_ms != 0 && clock_ms() - since >= s->read_ms;
}

void
stream_set_deadline(struct stream *s, int64_t at)
{
	s->deadline = at;
}

int
stream_fail_errno(struct stream *s, int errnum, struct err *err)
{
	s->fault = errnum == EPIPE || errnum == ECONNRESET ? STREAM_GONE
	                                                   : STREAM_BROKEN;
	s->errnum = errnum;
	return err_set_errno(err, errnum);
}

int
stream_fail_tls(struct stream *s)
{
	s->fault = STREAM_BAD_TLS;
	return -1;
}

int
stream_fail_timeout(struct stream *s, struct err *err)
{
	s->fault = STREAM_TIMEOUT;
	return err_set_errno(err, EAGAIN);
}

static int
fail_full(struct stream *s, struct err *err)
{
	s->fault = STREAM_FULL;
	return err_set(err, "message too large");
}

/* 0: TLS itself. */
static size_t
errno_of(const struct stream *s)
{
	return s->fault == STREAM_BAD_TLS ? 0 : (size_t)s->errnum;
}

static bool
is_late(const struct stream *s)
{
	return s->deadline != CLOCK_NEVER && clock_ms() >= s->deadline;
}

int
stream_poll(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	if (stream_before_wait != NULL)
		stream_before_wait();
	do {
		if (halt_is_wanted) {
			errno = EINTR;
			return -1;
		}
		n = poll(&p, 1, clock_left(until));
	} while (n == -1 && errno == EINTR);
	return n;
}

int
stream_wait(struct stream *s, enum stream_io io, bool for_read, struct err *err)
{
	uint32_t limit = for_read ? s->read_ms : s->write_ms;
	int64_t until = limit != 0 ? clock_in(limit) : CLOCK_NEVER;
	int n;

	n = stream_poll(s->fd, io == STREAM_IO_WANT_READ ? POLLIN : POLLOUT,
	    clock_first(until, s->deadline));
	if (n == -1)
		return stream_fail_errno(s, errno, err);
	return n == 0 ? stream_fail_timeout(s, err) : 0;
}

static enum stream_io
plain_result(struct stream *s, ssize_t n, enum stream_io want, size_t *done,
    struct err *err)
{
	if (n > 0) {
		*done = (size_t)n;
		return STREAM_IO_DONE;
	}
	if (n == 0)
		return STREAM_IO_END;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return want;
	/* reading says so after a FIN and then a reset, for what we sent */
	if (errno == EPIPE && want == STREAM_IO_WANT_READ)
		return STREAM_IO_END;
	stream_fail_errno(s, errno, err);
	return STREAM_IO_FAILED;
}

/* One attempt, without waiting. */
static enum stream_io
try_read(struct stream *s, void *p, size_t n, size_t *done, struct err *err)
{
	ssize_t got;

	if (s->ops != NULL)
		return s->ops->read(s, s->layer, p, n, done, err);
	do {
		got = recv(s->fd, p, n, 0);
	} while (got == -1 && errno == EINTR);
	return plain_result(s, got, STREAM_IO_WANT_READ, done, err);
}

static enum stream_io
try_write(struct stream *s, const void *p, size_t n, size_t *done,
    struct err *err)
{
	ssize_t put;

	if (s->ops != NULL)
		return s->ops->write(s, s->layer, p, n, done, err);
	do {
		put = send(s->fd, p, n, MSG_NOSIGNAL);
	} while (put == -1 && errno == EINTR);
	return plain_result(s, put, STREAM_IO_WANT_WRITE, done, err);
}

/* Has the layer bytes that poll(2) does not know of? */
static bool
has_kept(const struct stream *s)
{
	return s->ops != NULL && s->ops->has_kept(s->layer);
}

/* What was asked just now is not answered yet: a read would be in vain. */
static bool
may_wait_first(struct stream *s)
{
	bool has_written = s->has_written;

	s->has_written = false;
	return has_written && !is_late(s) && !has_kept(s);
}

/* One that looks on hears of it; as the result of wait_and_read(). */
static int
tell_read(struct stream *s, int result, struct str bytes, const struct err *err)
{
	if (result == 1) {
		tap_came(s->tap, bytes);
		tap_mark(s->tap, TAP_READ, bytes.n, STR_NONE);
	} else if (result == 0) {
		tap_mark(s->tap, TAP_ENDED, 0, STR_NONE);
	} else if (s->fault == STREAM_TIMEOUT) {
		tap_mark(s->tap, TAP_READ_LATE, 0, STR_NONE);
	} else {
		tap_mark(s->tap, TAP_READ_FAILED, errno_of(s),
		    err != NULL ? err_text(err) : STR(""));
	}
	return result;
}

/*
 * One read that waits: 1 with *done bytes, 0 at the end, -1. What a layer keeps
 * for itself, such as session tickets, is no byte that was waited for.
 */
static int
wait_and_read(struct stream *s, void *p, size_t n, size_t *done,
    struct err *err)
{
	int64_t since = clock_ms();

	if (may_wait_first(s) &&
	    stream_wait(s, STREAM_IO_WANT_READ, true, err) == -1)
		return -1;
	for (bool is_first = true;; is_first = false) {
		enum stream_io io;

		s->fault = STREAM_FINE;
		if (is_late(s) || (!is_first && stream_has_waited(s, since)))
			return stream_fail_timeout(s, err);
		io = try_read(s, p, n, done, err);
		s->has_ended = io == STREAM_IO_END;
		if (io == STREAM_IO_DONE)
			return 1;
		if (io == STREAM_IO_END)
			return 0;
		if (io == STREAM_IO_FAILED ||
		    stream_wait(s, io, true, err) == -1)
			return -1;
	}
}

static int
read_some(struct stream *s, void *p, size_t n, size_t *done, struct err *err)
{
	int result = wait_and_read(s, p, n, done, err);

	if (s->tap == NULL)
		return result;
	return tell_read(s, result, result == 1 ? str_view(p, *done) : STR_NONE,
	    err);
}

/* Room for at least one read behind the held bytes. */
static size_t
make_room(struct stream *s)
{
	if (s->from == s->to)
		s->from = s->to = 0;
	if (s->cap - s->to >= STREAM_READ_SIZE)
		return s->cap - s->to;
	if (s->from > s->cap / 2) {
		memmove(s->buf, s->buf + s->from, s->to - s->from);
		s->to -= s->from;
		s->from = 0;
	}
	if (s->cap - s->to < STREAM_READ_SIZE) {
		s->cap = s->cap * 2 + STREAM_READ_SIZE;
		s->buf = mem_realloc(s->buf, s->cap);
	}
	return s->cap - s->to;
}

int
stream_fill(struct stream *s, struct err *err)
{
	size_t room, done;
	int result;

	if (s->to - s->from >= STREAM_MAX_HELD)
		return fail_full(s, err);
	room = make_room(s);
	if (room > READ_MOST)
		room = READ_MOST;
	result = read_some(s, s->buf + s->to, room, &done, err);
	if (result == 1)
		s->to += done;
	return result;
}

int
stream_fill_to(struct stream *s, size_t n, struct err *err)
{
	while (s->to - s->from < n) {
		int result = stream_fill(s, err);

		if (result != 1)
			return result;
	}
	return 1;
}

int
stream_fill_until(struct stream *s, struct str delim, size_t most, size_t *n,
    struct err *err)
{
	size_t seen = 0; /* no delimiter starts before */

	for (;;) {
		struct str held = stream_held(s);
		size_t at = str_find(str_from(held, seen), delim);
		int result;

		if (at != STR_NPOS && seen + at + delim.n <= most) {
			*n = seen + at + delim.n;
			return 1;
		}
		if (at != STR_NPOS || held.n >= most)
			return fail_full(s, err);
		if (held.n >= delim.n)
			seen = held.n - (delim.n - 1);
		result = stream_fill(s, err);
		if (result == 0)
			*n = held.n;
		if (result != 1)
			return result;
	}
}

struct str
stream_held(const struct stream *s)
{
	if (s->from == s->to)
		return STR_NONE;
	return str_view(s->buf + s->from, s->to - s->from);
}

void
stream_take(struct stream *s, size_t n)
{
	s->from += n;
}

ssize_t
stream_read(struct stream *s, void *p, size_t n, struct err *err)
{
	size_t held = s->to - s->from, done;
	int result;

	/* a large read goes past the buffer */
	if (held == 0 && n >= STREAM_READ_SIZE) {
		result = read_some(s, p, n, &done, err);
		return result == 1 ? (ssize_t)done : result;
	}
	if (held == 0) {
		result = stream_fill(s, err);
		if (result != 1)
			return result;
		held = s->to - s->from;
	}
	if (n > held)
		n = held;
	memcpy(p, s->buf + s->from, n);
	s->from += n;
	return (ssize_t)n;
}

static int
write_all(struct stream *s, struct str bytes, struct err *err)
{
	s->has_written = true;
	while (bytes.n != 0) {
		enum stream_io io;
		size_t done;

		s->fault = STREAM_FINE;
		if (is_late(s))
			return stream_fail_timeout(s, err);
		io = try_write(s, bytes.p, bytes.n, &done, err);
		if (io == STREAM_IO_DONE) {
			s->sent += done;
			tap_sent(s->tap, str_sub(bytes, 0, done));
			bytes = str_from(bytes, done);
		} else if (io == STREAM_IO_FAILED ||
			   stream_wait(s, io, false, err) == -1) {
			return -1;
		}
	}
	return 0;
}

int
stream_write(struct stream *s, struct str bytes, struct err *err)
{
	int result = write_all(s, bytes, err);

	if (s->tap == NULL)
		return result;
	if (result == 0)
		tap_mark(s->tap, TAP_WRITTEN, bytes.n, STR_NONE);
	else if (s->fault == STREAM_TIMEOUT)
		tap_mark(s->tap, TAP_WRITE_LATE, 0, STR_NONE);
	else
		tap_mark(s->tap, TAP_WRITE_FAILED, errno_of(s),
		    err != NULL ? err_text(err) : STR(""));
	return result;
}

/* Nothing is there, no end either. */
static bool
is_silent(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK) == -1 &&
	       (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool
stream_is_idle(struct stream *s)
{
	size_t done;
	enum stream_io io;

	if (s->from != s->to)
		return false;
	/* mostly so, and seen below a layer at less cost */
	if (s->ops != NULL && !has_kept(s) && is_silent(s->fd))
		return true;
	/* reading, not polling: with TLS 1.3 a session ticket may be waiting,
	 * which is no data */
	make_room(s);
	io = try_read(s, s->buf + s->to, STREAM_READ_SIZE, &done, NULL);
	if (io == STREAM_IO_DONE)
		s->to += done;
	return io == STREAM_IO_WANT_READ;
}

enum stream_fault
stream_fault(const struct stream *s)
{
	return s->fault;
}

int
stream_errno(const struct stream *s)
{
	return s->errnum;
}

bool
stream_has_ended(const struct stream *s)
{
	return s->has_ended;
}

int
stream_fd(const struct stream *s)
{
	return s->fd;
}

bool
stream_is_tls(const struct stream *s)
{
	return s->ops != NULL &&
	       (s->ops->is_tls == NULL || s->ops->is_tls(s->layer));
}

const struct addr *
stream_peer(const struct stream *s)
{
	return &s->peer;
}

void
stream_set_peer(struct stream *s, const struct addr *peer)
{
	s->peer = *peer;
}

struct str
stream_host(const struct stream *s)
{
	return buf_str(&s->host);
}

uint16_t
stream_port(const struct stream *s)
{
	return s->port;
}

void
stream_set_host(struct stream *s, struct str host, uint16_t port)
{
	s->host.n = 0;
	buf_add(&s->host, host);
	s->port = port;
}

void
stream_set_route(struct stream *s, uint32_t number, const struct addr *proxy)
{
	s->number = number;
	if (proxy != NULL)
		s->proxy = *proxy;
}

struct tap_route
stream_route(const struct stream *s)
{
	bool is_proxied = s->proxy.port != 0;

	return (struct tap_route){ .number = s->number,
		.server = is_proxied ? s->proxy : s->peer,
		.is_proxied = is_proxied,
		.is_tls = s->ops != NULL };
}

uint64_t
stream_sent(const struct stream *s)
{
	return s->sent;
}

void
stream_set_tap(struct stream *s, struct tap *tap)
{
	s->tap = tap;
	if (tap != NULL && s->from != s->to)
		tap_came(tap, stream_held(s));
}

struct tap *
stream_tap(const struct stream *s)
{
	return s->tap;
}

bool
stream_fails_first(struct stream *s)
{
	bool is_first = !s->has_failed;

	s->has_failed = true;
	return is_first;
}

void
stream_set_layer(struct stream *s, const struct stream_layer *ops, void *layer)
{
	s->from = s->to = 0;
	s->ops = ops;
	s->layer = layer;
	tap_mark(s->tap, TAP_SECURED, 0, STR_NONE);
}

void *
stream_layer(const struct stream *s, const struct stream_layer *ops)
{
	return s->ops == ops ? s->layer : NULL;
}
