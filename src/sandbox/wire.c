#include "wire.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"

static char buffer[WIRE_BUFFER_BYTES];

void
wire_init(struct wire *wire, int in, int out, uint64_t most_sent)
{
	*wire = (struct wire){ .fd = out, .p = buffer };
	line_init(&wire->in, in);
	wire->most_sent = most_sent;
}

/* Writes all of it; *done counts along, so that a handler knows. */
static int
write_all(int fd, const char *p, size_t n, volatile size_t *done)
{
	while (*done < n) {
		ssize_t k = write(fd, p + *done, n - *done);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return -1;
		*done += (size_t)k;
	}
	return 0;
}

int
wire_flush(struct wire *wire)
{
	if (wire->n == 0)
		return 0;
	wire->is_busy = 1;
	if (write_all(wire->fd, wire->p, wire->n, &wire->from) == -1)
		wire->is_broken = true;
	wire->n = 0;
	wire->from = 0;
	wire->is_busy = 0;
	return wire->is_broken ? -1 : 0;
}

/* A line that does not fit the buffer. */
static int
send_long(struct wire *wire, struct str line)
{
	volatile size_t done = 0;

	if (wire_flush(wire) == -1)
		return -1;
	wire->is_half = 1;
	if (write_all(wire->fd, line.p, line.n, &done) == -1)
		wire->is_broken = true;
	wire->is_half = 0;
	return wire->is_broken ? -1 : 0;
}

int
wire_send(struct wire *wire, struct str line, struct err *err)
{
	if (wire->is_broken)
		return err_set(err, "the parent is gone");
	if (line.n > LINE_MAX_BYTES)
		return err_set(err,
		    "a message of %zu bytes is over the limit of %zu", line.n,
		    LINE_MAX_BYTES);
	wire->sent += line.n;
	if (wire->sent > wire->most_sent)
		return err_set(err,
		    "output limit of %llu bytes reached (raise it with --limit output=BYTES)",
		    (unsigned long long)wire->most_sent);
	if (line.n > WIRE_BUFFER_BYTES - wire->n && wire_flush(wire) == -1)
		return err_set(err, "the parent is gone");
	if (line.n > WIRE_BUFFER_BYTES)
		return send_long(wire, line) == -1
		           ? err_set(err, "the parent is gone")
		           : 0;
	wire->is_busy = 1;
	memcpy(wire->p + wire->n, line.p, line.n);
	wire->n += line.n;
	wire->is_busy = 0;
	return 0;
}

int
wire_receive(struct wire *wire, struct str *line, struct err *err)
{
	int status;

	if (wire_flush(wire) == -1)
		return err_set(err, "the parent is gone");
	status = line_read(&wire->in, LINE_MAX_BYTES, line, err);
	if (status == 0)
		*line = STR("");
	return status == -1 ? -1 : 0;
}

void
wire_tick(struct wire *wire)
{
	if (!wire->is_busy && !wire->is_half)
		(void)wire_flush(wire);
}

void
wire_last(struct wire *wire, const char *line, size_t n)
{
	volatile size_t done = 0;

	(void)write_all(wire->fd, wire->p, wire->n, &wire->from);
	if (wire->is_half)
		(void)write_all(wire->fd, "\n", 1, &done);
	done = 0;
	(void)write_all(wire->fd, line, n, &done);
}
