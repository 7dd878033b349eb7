/*
 * wire: the child's end of the protocol: events out, replies in.
 *
 * Events that want no answer are gathered and leave together: before every
 * wait, when the buffer is full, with the last line, and at the next tick of
 * the timer. So a module that logs in a loop does not pay a system call a
 * line, and nobody waits more than a tick for a line.
 */
#ifndef SANDBOX_WIRE_H
#define SANDBOX_WIRE_H

#include <signal.h>
#include <stdint.h>

#include "ipc/line.h"

#define WIRE_BUFFER_BYTES ((size_t)64 << 10)

struct wire {
	struct line in;
	int fd;
	uint64_t sent;      /* bytes so far, gathered ones included */
	uint64_t most_sent; /* limit "output" */
	bool is_broken;     /* nobody reads any more */

	/* What a signal handler may look at. */
	char *volatile p;              /* WIRE_BUFFER_BYTES, fixed */
	volatile size_t n;             /* bytes of whole lines in p */
	volatile size_t from;          /* of these, already written */
	volatile sig_atomic_t is_busy; /* n and from are being changed */
	volatile sig_atomic_t is_half; /* a longer line is half written */
};

/* most_sent: limit "output". */
void wire_init(struct wire *wire, int in, int out, uint64_t most_sent);

/* One whole line, newline included. -1: the parent is gone, or the limit. */
int wire_send(struct wire *wire, struct str line, struct err *err);

int wire_flush(struct wire *wire);

/* Sends what is gathered and waits for one line. */
int wire_receive(struct wire *wire, struct str *line, struct err *err);

/* From a signal handler: sends what is whole, unless it is being changed. */
void wire_tick(struct wire *wire);

/*
 * From a handler that ends the process: sends what is whole, ends a line that
 * is half written, and sends a last line. Calls write(2) and nothing else.
 */
void wire_last(struct wire *wire, const char *line, size_t n);

#endif
