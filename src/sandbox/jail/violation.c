#include "jail/violation.h"

#include <linux/seccomp.h>
#include <ucontext.h>
#include <unistd.h>

#include "jail/calls.h"
#include "jail/crash.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that the filter sent */
#endif

/* "getcwd (79)", or the bare number of a call that has no name here. */
static void
add_call(struct line *line, long nr)
{
	const char *call = call_name(CALL_HERE, nr);

	if (call == NULL) {
		line_add(line, "system call ");
		line_add_int(line, nr);
		return;
	}
	line_add(line, call);
	line_add(line, " (");
	line_add_int(line, nr);
	line_add(line, ")");
}

/* The registers of the arguments, where <ucontext.h> has them. */
#if defined(__x86_64__)
#define REGISTERS m->gregs
static const int reg[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9 };
#elif defined(__i386__)
#define REGISTERS m->gregs
static const int reg[] = { REG_EBX, REG_ECX, REG_EDX, REG_ESI, REG_EDI,
	REG_EBP };
#elif defined(__aarch64__)
#define REGISTERS m->regs
static const int reg[] = { 0, 1, 2, 3, 4, 5 };
#elif defined(__arm__)
#define REGISTERS                                                              \
	(const unsigned long[])                                                \
	{                                                                      \
		m->arm_r0, m->arm_r1, m->arm_r2, m->arm_r3, m->arm_r4,         \
		    m->arm_r5                                                  \
	}
static const int reg[] = { 0, 1, 2, 3, 4, 5 };
#elif defined(__riscv)
#define REGISTERS m->__gregs
static const int reg[] = { 10, 11, 12, 13, 14, 15 };
#elif defined(__powerpc64__)
#define REGISTERS m->gp_regs
static const int reg[] = { 3, 4, 5, 6, 7, 8 };
#endif

static void
add_arguments(struct line *line, const ucontext_t *context)
{
#ifdef REGISTERS
	const mcontext_t *m = &context->uc_mcontext;

	line_add(line, " arguments");
	for (int i = 0; i < 6; i++) {
		line_add(line, " ");
		/* a long of 32 bits is no negative number */
		line_add_hex(line, (unsigned long)REGISTERS[reg[i]]);
	}
#else
	(void)line;
	(void)context;
#endif
}

static void
add_what(struct line *line, const siginfo_t *info, void *context)
{
	add_call(line, info->si_syscall);
	add_arguments(line, context);
	line_add(line, ", ");
	line_add(line, call_arch_name(CALL_HERE));
}

static void
on_violation(int sig, siginfo_t *info, void *context)
{
	struct line *text = &crash_report.text,
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
	line_add(text, "sandbox violation: ");
	add_what(text, info, context);
	line_add(message, "sn0int: sandbox violation in ");
	line_add(message, crash_program());
	line_add(message, ": ");
	add_what(message, info, context);
	line_add(message, ", at ");
	line_add_hex(message, (uint64_t)(uintptr_t)info->si_call_addr);
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
