/*
 * What is said when the filter stops the host. In a signal handler: nothing
 * here allocates or waits, and all that is called is in the policy.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sigtext.h"
#include "lock/filter.h"
#include "lock/inside.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that a filter sent */
#endif

/* "getcwd (79)" */
static void
add_call(struct sigtext *text, int nr)
{
	const struct lock_name *name = lock_names;

	while (name->nr != -1 && name->nr != nr)
		name++;
	sigtext_add(text, name->nr != -1 ? name->name : "system call");
	sigtext_add(text, " (");
	sigtext_add_int(text, (unsigned)nr);
	sigtext_add(text, ")");
}

static void
on_violation(int sig, siginfo_t *info, void *context)
{
	struct sigtext text = { .n = 0 };

	(void)sig;
	if (info->si_code == SYS_SECCOMP) {
		sigtext_add(&text,
		    "\nError: sn0int was stopped by its own lock: ");
		add_call(&text, info->si_syscall);
		sigtext_add_arguments(&text, context);
		sigtext_add(&text, ", at ");
		sigtext_add_hex(&text, (uint64_t)(uintptr_t)info->si_call_addr);
		sigtext_add(&text,
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
