/*
 * crash: what the worker says when it crashes, and how it ends. Runs in signal
 * handlers on a stack of its own: only write(2), poll(2) and _exit(2) are
 * called, and nothing of stdio, whose locks the interrupted code may hold.
 */
#ifndef JAIL_CRASH_H
#define JAIL_CRASH_H

#include "base/sigtext.h"
#include "jail/jail.h"

/* A handler's report, in parts: a second crash may interrupt it. */
extern struct crash_report {
	struct sigtext message, text; /* for descriptors 2 and 1 */
	int status;                   /* 0: return, and die of the signal */
} crash_report;

/* A report begins; false: one is being made that knows nothing of this. */
bool crash_begin(void);

/* ", line 5" on both lines, if the caller knows. */
void crash_add_where(void);

/*
 * Both lines out, and the end, unless the status is 0. Without `force` the
 * signal may have come in the middle of a line, and this returns where the
 * program itself has to end that and go (jail_hooks.last).
 */
void crash_send(bool force);

void crash_leave(int status);

/*
 * The handler of a crash, also of a SIGSYS that the filter has not sent. Ends
 * the process by its signal if that is what an instruction of its own has
 * brought about, with 128 + sig if it came from elsewhere.
 */
void crash_handle(int sig, siginfo_t *info, void *context);

/* All signals but those of a crash. */
void crash_mask(sigset_t *mask);

/* "author/name", printable. */
const char *crash_program(void);

/*
 * Sets the handlers of the signals of a crash and their stack, ignores SIGPIPE,
 * unblocks all signals.
 */
int crash_arm(const struct jail_options *options, struct err *err);

/*
 * The last line on standard output and the end, with status 0; returns where
 * the program has to do that itself (jail_hooks.last).
 */
void crash_leave_with(const char *text);

#endif
