#include "jail/violation.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/mem.h"
#include "jail/calls.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that the filter sent */
#endif

#define STACK_SIZE (64 << 10) /* AVX-512 and AMX state take up to 12k of it */
#define WAIT_MS    2000       /* for a pipe that is full */
#define MOST_WHERE 40

static _Alignas(16) char stack[STACK_SIZE];
static struct jail_hooks hooks;
static char name[128];

/* A handler's report, in parts: a second crash may interrupt it. */
static struct {
	struct line message, text;       /* for descriptors 2 and 1 */
	int status;                      /* 0: return, and die of the signal */
	volatile sig_atomic_t is_asking; /* where the script is */
} report;

/* As far as it goes; nobody can be told that it did not. */
static void
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);
		struct pollfd ready = { .fd = fd, .events = POLLOUT };

		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (done == -1 && errno == EAGAIN) {
			if (poll(&ready, 1, WAIT_MS) == 0)
				return;
		} else if (done != -1 || errno != EINTR) {
			return;
		}
	}
}

static bool
last(const char *text, bool force)
{
	return hooks.last == NULL || hooks.last(text, force);
}

_Noreturn void
jail_last_words(const char *text, int status)
{
	(void)last(text, true);
	_exit(status);
}

/*
 * _exit(2) for handlers. Its declaration says that it does not return, which
 * makes a sanitizer look for the end of this stack, with calls that are
 * refused.
 */
static void
leave(int status)
{
	(void)syscall(SYS_exit_group, status);
}

void
violation_leave(const char *text)
{
	if (last(text, false))
		leave(0);
}

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

static void
add_arguments(struct line *line, const ucontext_t *context)
{
#if defined(__x86_64__)
	static const int reg[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8,
		REG_R9 };

	line_add(line, " arguments");
	for (int i = 0; i < 6; i++) {
		line_add(line, " ");
		line_add_hex(line,
		    (uint64_t)context->uc_mcontext.gregs[reg[i]]);
	}
#elif defined(__aarch64__)
	line_add(line, " arguments");
	for (int i = 0; i < 6; i++) {
		line_add(line, " ");
		line_add_hex(line, context->uc_mcontext.regs[i]);
	}
#else
	(void)line;
	(void)context;
#endif
}

/* ", line 5" on both lines. */
static void
add_where(void)
{
	char where[MOST_WHERE + 1];
	size_t n;

	if (hooks.where == NULL)
		return;
	report.is_asking = 1;
	n = hooks.where(where, MOST_WHERE);
	report.is_asking = 0;
	if (n == 0)
		return;
	where[n] = '\0';
	line_add(&report.message, ", ");
	line_add(&report.message, where);
	line_add(&report.text, ", ");
	line_add(&report.text, where);
}

static void
send_report(void)
{
	line_add(&report.message, "\n");
	write_all(STDERR_FILENO, report.message.p, report.message.n);
	report.text.p[report.text.n < sizeof(report.text.p)
			  ? report.text.n
			  : sizeof(report.text.p) - 1] = '\0';
	(void)last(report.text.p, true);
	if (report.status != 0)
		leave(report.status);
}

static void
on_violation(int sig, siginfo_t *info, void *context)
{
	struct line *text = &report.text, *message = &report.message;

	(void)sig;
	if (info->si_code != SYS_SECCOMP || report.status != 0) {
		leave(JAIL_VIOLATION_STATUS);
		return;
	}
	report.status = JAIL_VIOLATION_STATUS;
	line_add(text, "sandbox violation: ");
	add_call(text, info->si_syscall);
	add_arguments(text, context);
	line_add(text, ", ");
	line_add(text, call_arch_name(CALL_HERE));
	line_add(message, "sn0int: sandbox violation in ");
	line_add(message, name);
	line_add(message, ": ");
	add_call(message, info->si_syscall);
	add_arguments(message, context);
	line_add(message, ", ");
	line_add(message, call_arch_name(CALL_HERE));
	line_add(message, ", at ");
	line_add_hex(message, (uint64_t)(uintptr_t)info->si_call_addr);
	add_where();
	send_report();
}

static const char *
crash_name(int sig)
{
	switch (sig) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGILL:
		return "SIGILL";
	case SIGFPE:
		return "SIGFPE";
	default:
		return "SIGABRT";
	}
}

/*
 * Says so and comes back: the instruction is tried again and the process dies
 * of the signal, whose handler was good for one time. As process 1 of its
 * namespace it would not die of a SIGABRT.
 */
static void
on_crash(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (report.is_asking) {
		report.is_asking = 0;
		send_report();
		return;
	}
	report.status = sig == SIGABRT ? 128 + sig : 0;
	line_add(&report.text, "crashed (");
	line_add(&report.text, crash_name(sig));
	line_add(&report.text, ")");
	line_add(&report.message, "sn0int: ");
	line_add(&report.message, name);
	line_add(&report.message, " crashed (");
	line_add(&report.message, crash_name(sig));
	line_add(&report.message, ") at ");
	line_add_hex(&report.message, (uint64_t)(uintptr_t)info->si_addr);
	add_where();
	send_report();
}

static int
arm_stack(struct err *err)
{
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };

	if (sigaltstack(&own, NULL) == -1)
		return err_sys(err, "cannot set the stack of signal handlers");
	return 0;
}

static int
arm_handlers(void)
{
	static const int crash[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	struct sigaction act = {
		.sa_sigaction = on_violation,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	struct sigaction ignored = { .sa_handler = SIG_IGN };

	/* a crash while the script is asked where it is must be heard */
	sigfillset(&act.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(crash); i++)
		sigdelset(&act.sa_mask, crash[i]);
	if (sigaction(SIGSYS, &act, NULL) == -1)
		return -1;
	act.sa_sigaction = on_crash;
	act.sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND;
	sigdelset(&act.sa_mask, SIGSYS);
	for (size_t i = 0; i < ARRAY_SIZE(crash); i++) {
		if (sigaction(crash[i], &act, NULL) == -1)
			return -1;
	}
	return sigaction(SIGPIPE, &ignored, NULL);
}

static bool
is_plain(char c)
{
	return c > ' ' && c < 0x7f;
}

int
violation_arm(const struct jail_options *options, struct err *err)
{
	sigset_t none;

	hooks = options->hooks;
	for (size_t i = 0; i < sizeof(name) - 1 && options->name[i]; i++)
		name[i] = is_plain(options->name[i]) ? options->name[i] : '?';
	if (arm_stack(err) == -1)
		return -1;
	if (arm_handlers() == -1)
		return err_sys(err, "cannot set signal handlers");
	/* a parent may have started us with some blocked; the filter's signal
	 * would then kill without a word */
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) == -1)
		return err_sys(err, "cannot unblock signals");
	return 0;
}
