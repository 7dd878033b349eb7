/*
 * halt: what waits may be called off. A signal handler sets halt_is_wanted, and
 * a wait that is interrupted by that signal, or begins afterwards, comes back
 * with EINTR instead of waiting on. The signal has to come again and again: one
 * that comes just before the wait begins would be missed.
 *
 * In a process that has no such handler (all but the worker of a session,
 * run/repl.h) nothing of this is ever set, and waits go on as before.
 */
#ifndef BASE_HALT_H
#define BASE_HALT_H

#include <signal.h>
#include <stdbool.h>

extern bool halt_may_come; /* set once, before the handler is there */
extern volatile sig_atomic_t halt_is_wanted;

#endif
