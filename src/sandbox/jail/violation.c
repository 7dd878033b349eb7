#include "jail/violation.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <ucontext.h>
#include <unistd.h>

#include "jail/calls.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that the filter sent */
#endif

#define STACK_SIZE (64 << 10) /* AVX-512 and AMX state take up to 12k of it */
#define WAIT_MS    2000       /* for a pipe that is full */

static _Alignas(16) char stack[STACK_SIZE];
static struct jail_hooks hooks;
static char name[128];

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

_Noreturn void
violation_last_words(const char *text, int status)
{
	if (hooks.flush != NULL)
		hooks.flush();
	if (hooks.line_open != NULL && *hooks.line_open)
		write_all(STDOUT_FILENO, "\n", 1);
	if (hooks.line_before != NULL && hooks.line_after != NULL) {
		struct line line = { .n = 0 };

		line_add(&line, hooks.line_before);
		line_add(&line, text);
		line_add(&line, hooks.line_after);
		write_all(STDOUT_FILENO, line.p, line.n);
	}
	_exit(status);
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

static void
on_violation(int sig, siginfo_t *info, void *context)
{
	struct line line = { .n = 0 }, text = { .n = 0 };

	(void)sig;
	if (info->si_code != SYS_SECCOMP)
		_exit(JAIL_VIOLATION_STATUS);
	line_add(&line, "sn0int: sandbox violation in ");
	line_add(&line, name);
	line_add(&line, ": ");
	add_call(&line, info->si_syscall);
	add_arguments(&line, context);
	line_add(&line, ", ");
	line_add(&line, call_arch_name(CALL_HERE));
	line_add(&line, ", at ");
	line_add_hex(&line, (uint64_t)(uintptr_t)info->si_call_addr);
	line_add(&line, "\n");
	write_all(STDERR_FILENO, line.p, line.n);

	line_add(&text, "sandbox violation: ");
	add_call(&text, info->si_syscall);
	text.p[text.n] = '\0';
	violation_last_words(text.p, JAIL_VIOLATION_STATUS);
}

/* As process 1 of its namespace the worker would otherwise die of a SIGSEGV
 * that nobody understands. */
static void
on_abort(int sig)
{
	violation_last_words("crashed (SIGABRT)", 128 + sig);
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
	struct sigaction violation = {
		.sa_sigaction = on_violation,
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	struct sigaction aborted = {
		.sa_handler = on_abort,
		.sa_flags = SA_ONSTACK,
	};
	struct sigaction ignored = { .sa_handler = SIG_IGN };

	sigfillset(&violation.sa_mask);
	sigfillset(&aborted.sa_mask);
	sigdelset(&aborted.sa_mask, SIGSYS);
	if (sigaction(SIGSYS, &violation, NULL) == -1 ||
	    sigaction(SIGABRT, &aborted, NULL) == -1)
		return -1;
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
