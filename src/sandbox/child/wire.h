/*
 * wire: the child's end of the protocol: events out, replies in.
 *
 * Events that want no answer are gathered and leave together: before every
 * wait, when the buffer is full, with the last line, and at the next tick of
 * the timer. So a module that logs in a loop does not pay a system call a
 * line, and nobody waits more than a tick for a line.
 */
#ifndef CHILD_WIRE_H
#define CHILD_WIRE_H

#include <signal.h>
#include <stdint.h>

#include "base/limits.h"
#include "ipc/line.h"

#define WIRE_BUFFER_BYTES ((size_t)64 << 10)
#define WIRE_PATIENCE_MS  2000 /* for a parent that reads no last line */
#define WIRE_INTERRUPT    "\"Interrupt\"\n"

/* Bytes that are being written, and how many have been. */
struct wire_out {
	const char *volatile p;
	volatile size_t n, done;
	volatile sig_atomic_t is_end; /* with the last line: no other follows */
	volatile sig_atomic_t is_busy; /* the others hold; set last */
};

struct wire {
	struct line in;
	int fd;
	const struct limits *limits;
	uint64_t sent;    /* bytes so far, gathered ones included */
	const char *over; /* the output limit is used up, in words; or NULL */
	bool is_broken;   /* nobody reads any more */

	/*
	 * Of a session: the parent may say WIRE_INTERRUPT at any time, which is
	 * no reply. Where none is waited for, whatever can be read is that.
	 */
	bool may_be_interrupted;
	volatile sig_atomic_t is_asking; /* a reply is to come */
	volatile sig_atomic_t
	    is_interrupted; /* until the reader sets it back */

	/* What a signal handler may look at. */
	char *volatile p;              /* WIRE_BUFFER_BYTES, fixed */
	volatile size_t n;             /* bytes of whole lines in p */
	volatile sig_atomic_t is_busy; /* p and n are being changed */
	struct wire_out out;           /* being written by the program */
	const char *volatile last;     /* a line to end with, after all that */
	volatile int last_status;
	volatile size_t last_n; /* 0: none; set last */
};

/* limits must live as long. */
void wire_init(struct wire *wire, int in, int out, const struct limits *limits);

/* One whole line, newline included. -1: the parent is gone, or a limit. */
int wire_send(struct wire *wire, struct str line, struct err *err);

/*
 * The same for what the parent wants beside: it does not count, and goes out
 * when the limit is used up, too.
 */
int wire_send_beside(struct wire *wire, struct str line, struct err *err);

/* Counts n bytes of output that go elsewhere. -1: the output limit. */
int wire_count(struct wire *wire, size_t n, struct err *err);

int wire_flush(struct wire *wire);

/*
 * The last line, whatever has been sent before; there is no other from here on,
 * whatever signal comes. -1: nobody reads it.
 */
int wire_end(struct wire *wire, struct str line);

/*
 * Sends what is gathered and waits for one line. An interrupt before it, or
 * behind it, is noted (is_interrupted) and no line.
 */
int wire_receive(struct wire *wire, struct str *line, struct err *err);

/* There is more behind the line that was received last: an interrupt. */
bool wire_has_more(const struct wire *wire);

/* From a signal handler: notes an interrupt that waits to be read. */
void wire_look(struct wire *wire);

/*
 * From a signal handler, which the program was interrupted by: sends what is
 * whole and can be sent without waiting.
 */
void wire_tick(struct wire *wire);

/*
 * From a signal handler that ends the process: sends what is whole, ends a line
 * that is half written, and sends the last one, unless wire_end() has. Calls
 * write(2) and poll(2) and nothing else.
 *
 * false: the program was interrupted where it changes what is whole, or in
 * write(2), and only it will know how much has been written. It sends the last
 * line itself, which must be kept, and ends the process with this status.
 * `force` is for signals that the program has caused itself, so not in there.
 */
bool wire_last(struct wire *wire, const char *line, size_t n, int status,
    bool force);

#endif
