/*
 * violation: what the worker says when the filter stops it, and how it ends.
 * Runs in signal handlers on a stack of its own: only write(2), poll(2) and
 * _exit(2) are called, and nothing of stdio, whose locks the interrupted code
 * may hold.
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

/* Sets the handlers of SIGSYS and SIGABRT and ignores SIGPIPE. */
int violation_arm(const struct jail_options *options, struct err *err);

/*
 * The last line on standard output, with what the caller's hooks put around
 * text, and the end.
 */
_Noreturn void violation_last_words(const char *text, int status);

#endif
