#include "child/wire.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"

/* As much as a pipe takes at once or not at all. */
#define PORTION 4096

static char buffer[WIRE_BUFFER_BYTES];

void
wire_init(struct wire *wire, int in, int out, const struct limits *limits)
{
	*wire = (struct wire){ .fd = out, .p = buffer, .limits = limits };
	line_init(&wire->in, in);
}

/* The compiler moves nothing over this; a handler sees what is before. */
static void
fence(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

/*
 * Writes what is left of out, in portions, for as long as the parent takes one
 * within wait_ms. Signals are blocked meanwhile.
 */
static void
write_patiently(int fd, struct wire_out *out, int wait_ms)
{
	while (out->done < out->n) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		size_t left = out->n - out->done;
		ssize_t k;

		if (poll(&p, 1, wait_ms) <= 0)
			return;
		k = write(fd, out->p + out->done,
		    left < PORTION ? left : PORTION);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return;
		out->done += (size_t)k;
	}
}

/* Nothing is left to be done for who ends the process. */
static bool
is_over(const struct wire_out *out)
{
	return out->is_busy && out->is_end && out->done == out->n;
}

/* All that is whole, what is half written, and the last line if none was. */
static void
write_last(struct wire *wire, struct wire_out *last)
{
	struct wire_out whole = { .p = wire->p, .n = wire->n };

	/* what is being written may be the whole lines themselves */
	write_patiently(wire->fd, wire->out.is_busy ? &wire->out : &whole,
	    WIRE_PATIENCE_MS);
	if (!wire->out.is_busy || !wire->out.is_end)
		write_patiently(wire->fd, last, WIRE_PATIENCE_MS);
}

/* The process ends here: what a handler wanted to say goes out. */
static _Noreturn void
end_now(struct wire *wire)
{
	struct wire_out last = { .p = wire->last, .n = wire->last_n };
	sigset_t all;

	/* ticks would end the waiting */
	sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	write_last(wire, &last);
	_exit(wire->last_status);
}

/* Between these two, p and n are changed, and no handler ends the process. */
static void
enter(struct wire *wire)
{
	wire->is_busy = 1;
	fence();
}

static void
leave(struct wire *wire)
{
	fence();
	wire->is_busy = 0;
	fence();
	if (wire->last_n != 0)
		end_now(wire);
}

/*
 * Writes all of it, and no handler writes any of it again: once is_busy holds
 * it looks at `out`, and at nothing that may be in there. The bytes of p are
 * gone from the buffer by then. One that wants the process to end leaves that
 * to us: only we know how much write(2) has done.
 */
static int
write_all(struct wire *wire, const char *p, size_t n)
{
	struct wire_out *out = &wire->out;

	out->p = p;
	out->n = n;
	out->done = 0;
	out->is_busy = 1;
	fence();
	if (p == wire->p)
		wire->n = 0;
	while (out->done < n && !wire->is_broken) {
		ssize_t k = write(wire->fd, p + out->done, n - out->done);

		if (k != -1)
			out->done += (size_t)k;
		else if (errno != EINTR)
			wire->is_broken = true;
		if (wire->last_n != 0)
			end_now(wire);
	}
	/* after the end the handler shall find it there */
	if (!out->is_end)
		out->is_busy = 0;
	if (wire->last_n != 0)
		end_now(wire);
	return wire->is_broken ? -1 : 0;
}

int
wire_flush(struct wire *wire)
{
	int status;

	if (wire->n == 0)
		return wire->is_broken ? -1 : 0;
	enter(wire);
	status = write_all(wire, wire->p, wire->n);
	leave(wire);
	return status;
}

static int
gone(struct err *err)
{
	return err_set(err, "the parent is gone");
}

/* "too much output (limit output=1G; ...)"; kept to the end. */
static const char *
over_text(uint64_t most)
{
	struct buf text = BUF_NONE;

	buf_add(&text, STR("too much output ("));
	limits_note(&text, LIMIT_OUTPUT, most);
	buf_add_char(&text, ')');
	return buf_cstr(&text);
}

int
wire_count(struct wire *wire, size_t n, struct err *err)
{
	uint64_t most = wire->limits->of[LIMIT_OUTPUT];

	if (wire->over == NULL && n > most - wire->sent)
		wire->over = over_text(most);
	if (wire->over != NULL)
		return err_set(err, "%s", wire->over);
	wire->sent += n;
	return 0;
}

static int
check_length(const struct wire *wire, size_t n, struct err *err)
{
	uint64_t most = wire->limits->of[LIMIT_LINE];
	struct buf text = BUF_NONE;

	if (n <= most)
		return 0;
	buf_printf(&text, "a message of %zu bytes is too long (", n);
	limits_note(&text, LIMIT_LINE, most);
	buf_add_char(&text, ')');
	(void)err_set_str(err, buf_str(&text));
	buf_clear(&text);
	return -1;
}

static int
send_line(struct wire *wire, struct str line)
{
	if (line.n > WIRE_BUFFER_BYTES - wire->n && wire_flush(wire) == -1)
		return -1;
	if (line.n > WIRE_BUFFER_BYTES)
		return write_all(wire, line.p, line.n);
	enter(wire);
	memcpy(wire->p + wire->n, line.p, line.n);
	fence();
	wire->n += line.n;
	leave(wire);
	return 0;
}

int
wire_send(struct wire *wire, struct str line, struct err *err)
{
	if (wire->is_broken)
		return gone(err);
	if (check_length(wire, line.n, err) == -1 ||
	    wire_count(wire, line.n, err) == -1)
		return -1;
	return send_line(wire, line) == -1 ? gone(err) : 0;
}

int
wire_send_beside(struct wire *wire, struct str line, struct err *err)
{
	if (wire->is_broken)
		return gone(err);
	if (check_length(wire, line.n, err) == -1)
		return -1;
	return send_line(wire, line) == -1 ? gone(err) : 0;
}

int
wire_end(struct wire *wire, struct str line)
{
	const char *p = line.p;
	size_t n = line.n;
	int status;

	if (wire->is_broken)
		return -1;
	if (n > WIRE_BUFFER_BYTES - wire->n && wire_flush(wire) == -1)
		return -1;
	enter(wire);
	if (n <= WIRE_BUFFER_BYTES) {
		/* behind the whole lines, and not yet one of them */
		memcpy(wire->p + wire->n, p, n);
		n += wire->n;
		p = wire->p;
	}
	wire->out.is_end = 1;
	status = write_all(wire, p, n);
	leave(wire);
	return status;
}

bool
wire_has_more(const struct wire *wire)
{
	return wire->in.from < wire->in.buf.n;
}

void
wire_look(struct wire *wire)
{
	struct pollfd p = { .fd = wire->in.fd, .events = POLLIN };

	if (wire->may_be_interrupted && !wire->is_asking && poll(&p, 1, 0) > 0)
		wire->is_interrupted = 1;
}

static int
receive_line(struct wire *wire, struct str *line, struct err *err)
{
	int status;

	/* what was said may wait for as long as there is no waiting */
	status = line_next(&wire->in, LINE_MAX_BYTES, false, line, err);
	if (status == 2) {
		if (wire_flush(wire) == -1)
			return gone(err);
		status = line_read(&wire->in, LINE_MAX_BYTES, line, err);
	}
	if (status == 0)
		*line = STR("");
	return status == -1 ? -1 : 0;
}

int
wire_receive(struct wire *wire, struct str *line, struct err *err)
{
	int status;

	if (wire->is_broken)
		return gone(err);
	for (;;) {
		status = receive_line(wire, line, err);
		if (status == -1 || !wire->may_be_interrupted ||
		    !str_is(*line, WIRE_INTERRUPT))
			break;
		wire->is_interrupted = 1;
	}
	if (wire->may_be_interrupted && wire_has_more(wire))
		wire->is_interrupted = 1;
	return status;
}

void
wire_tick(struct wire *wire)
{
	struct wire_out out = { .p = wire->p, .n = wire->n };

	if (wire->is_busy || wire->out.is_busy || wire->is_broken)
		return;
	enter(wire);
	write_patiently(wire->fd, &out, 0);
	memmove(wire->p, wire->p + out.done, out.n - out.done);
	wire->n = out.n - out.done;
	leave(wire);
}

bool
wire_last(struct wire *wire, const char *line, size_t n, int status, bool force)
{
	struct wire_out last = { .p = line, .n = n };

	if (!force && (wire->is_busy || wire->out.is_busy) &&
	    !is_over(&wire->out)) {
		wire->last = line;
		wire->last_status = status;
		fence();
		wire->last_n = n;
		return false;
	}
	write_last(wire, &last);
	return true;
}
