/*
 * sigtext: text that is put together in a signal handler: without malloc and
 * stdio, whose locks the interrupted code may hold.
 *
 *	struct sigtext text = { .n = 0 };
 *	sigtext_add(&text, "stopped: ");
 *	sigtext_add_int(&text, info->si_syscall);
 *	write(STDERR_FILENO, text.p, text.n);
 */
#ifndef BASE_SIGTEXT_H
#define BASE_SIGTEXT_H

#include <stddef.h>
#include <stdint.h>

#define SIGTEXT_MAX 512

/* What does not fit is left out. No NUL behind it. */
struct sigtext {
	char p[SIGTEXT_MAX];
	size_t n;
};

void sigtext_add(struct sigtext *text, const char *more);
void sigtext_add_int(struct sigtext *text, int64_t value);
void sigtext_add_hex(struct sigtext *text, uint64_t value); /* with 0x */

/*
 * " arguments 0x1 0x2 ...": the six of a system call that a handler with
 * SA_SIGINFO was called for; context is its third argument. Nothing on a
 * machine whose registers are not known here.
 */
void sigtext_add_arguments(struct sigtext *text, const void *context);

#endif
