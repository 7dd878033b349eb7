#include "jail/violation.h"

#include <linux/seccomp.h>
#include <unistd.h>

#include "jail/calls.h"
#include "jail/crash.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that the filter sent */
#endif

/* "getcwd (79)", or the bare number of a call that has no name here. */
static void
add_call(struct sigtext *line, long nr)
{
	const char *call = call_name(CALL_HERE, nr);

	if (call == NULL) {
		sigtext_add(line, "system call ");
		sigtext_add_int(line, nr);
		return;
	}
	sigtext_add(line, call);
	sigtext_add(line, " (");
	sigtext_add_int(line, nr);
	sigtext_add(line, ")");
}

static void
add_what(struct sigtext *line, const siginfo_t *info, void *context)
{
	add_call(line, info->si_syscall);
	sigtext_add_arguments(line, context);
	sigtext_add(line, ", ");
	sigtext_add(line, call_arch_name(CALL_HERE));
}

static void
on_violation(int sig, siginfo_t *info, void *context)
{
	struct sigtext *text = &crash_report.text,
		       *message = &crash_report.message;

	if (crash_report.status != 0) {
		crash_leave(JAIL_VIOLATION_STATUS);
		return;
	}
	if (info->si_code != SYS_SECCOMP) {
		crash_handle(sig, info, context);
		return;
	}
	if (!crash_begin()) {
		crash_leave(JAIL_VIOLATION_STATUS);
		return;
	}
	crash_report.status = JAIL_VIOLATION_STATUS;
	sigtext_add(text, "sandbox violation: ");
	add_what(text, info, context);
	sigtext_add(message, "sn0int: sandbox violation in ");
	sigtext_add(message, crash_program());
	sigtext_add(message, ": ");
	add_what(message, info, context);
	sigtext_add(message, ", at ");
	sigtext_add_hex(message, (uint64_t)(uintptr_t)info->si_call_addr);
	crash_add_where();
	crash_send(true);
}

int
violation_arm(const struct jail_options *options, struct err *err)
{
	struct sigaction act = {
		.sa_sigaction = on_violation,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};

	crash_mask(&act.sa_mask);
	if (sigaction(SIGSYS, &act, NULL) == -1)
		return err_sys(err, "cannot set signal handlers");
	return crash_arm(options, err);
}
