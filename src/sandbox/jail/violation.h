/*
 * violation: what the worker says when the filter stops it or it crashes, and
 * how it ends. Runs in signal handlers on a stack of its own: only write(2),
 * poll(2) and _exit(2) are called, and nothing of stdio, whose locks the
 * interrupted code may hold.
 */
#ifndef JAIL_VIOLATION_H
#define JAIL_VIOLATION_H

#include "jail/jail.h"

/* Text without malloc and stdio; what does not fit is left out. */
struct line {
	char p[512];
	size_t n;
};

void line_add(struct line *line, const char *text);
void line_add_int(struct line *line, int64_t value);
void line_add_hex(struct line *line, uint64_t value); /* with 0x */

/*
 * Sets the handlers of SIGSYS, SIGABRT and the signals of a crash, and ignores
 * SIGPIPE.
 */
int violation_arm(const struct jail_options *options, struct err *err);

/*
 * The last line on standard output and the end, with status 0; returns where
 * the program has to do that itself (jail_hooks.last).
 */
void violation_leave(const char *text);

#endif
