/*
 * What is said when the filter stops the host. In a signal handler: nothing
 * here allocates or waits, and all that is called is in the policy.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "lock/filter.h"
#include "lock/inside.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that a filter sent */
#endif

struct text {
	char p[512];
	size_t n;
};

static void
add(struct text *text, const char *s)
{
	while (*s != '\0' && text->n < sizeof(text->p))
		text->p[text->n++] = *s++;
}

static void
add_number(struct text *text, uint64_t n, unsigned base)
{
	char digit[24];
	size_t i = sizeof(digit) - 1;

	digit[i] = '\0';
	do {
		digit[--i] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n != 0);
	add(text, digit + i);
}

/* "getcwd (79)" */
static void
add_call(struct text *text, int nr)
{
	const struct lock_name *name = lock_names;

	while (name->nr != -1 && name->nr != nr)
		name++;
	add(text, name->nr != -1 ? name->name : "system call");
	add(text, " (");
	add_number(text, (uint64_t)(unsigned)nr, 10);
	add(text, ")");
}

static void
add_arguments(struct text *text, const ucontext_t *context)
{
#if defined(__x86_64__)
	static const int reg[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8,
		REG_R9 };

	add(text, " arguments");
	for (int i = 0; i < 6; i++) {
		add(text, " 0x");
		add_number(text, (uint64_t)context->uc_mcontext.gregs[reg[i]],
		    16);
	}
#elif defined(__aarch64__)
	add(text, " arguments");
	for (int i = 0; i < 6; i++) {
		add(text, " 0x");
		add_number(text, context->uc_mcontext.regs[i], 16);
	}
#else
	(void)text;
	(void)context;
#endif
}

static void
on_violation(int sig, siginfo_t *info, void *context)
{
	struct text text = { .n = 0 };

	(void)sig;
	if (info->si_code == SYS_SECCOMP) {
		add(&text, "\nError: sn0int was stopped by its own lock: ");
		add_call(&text, info->si_syscall);
		add_arguments(&text, context);
		add(&text, ", at 0x");
		add_number(&text, (uint64_t)(uintptr_t)info->si_call_addr, 16);
		add(&text,
		    "\nBecause: a run makes no such call, unless somebody has "
		    "taken it over or the lock lacks a row. Please report "
		    "this line. What was stored is whole; at the prompt "
		    "(sn0int) a run is not locked.\n");
		(void)!write(STDERR_FILENO, text.p, text.n);
	}
	_exit(LOCK_STATUS);
}

int
report_arm(struct err *err)
{
	struct sigaction act = {
		.sa_sigaction = on_violation,
		.sa_flags = SA_SIGINFO,
	};

	sigfillset(&act.sa_mask);
	if (sigaction(SIGSYS, &act, NULL) == -1)
		return err_sys(err, "cannot set signal handlers");
	return 0;
}
