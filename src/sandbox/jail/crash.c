#include "jail/crash.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <ucontext.h>
#endif

#include "base/mem.h"

#define STACK_SIZE (64 << 10) /* AVX-512 and AMX state take up to 12k of it */
#define WAIT_MS    2000       /* for a pipe that is full */

static _Alignas(16) char stack[STACK_SIZE];
static struct jail_hooks hooks;
static char name[128];

/* How far the report is: another signal may come at any time. */
static volatile sig_atomic_t at;
enum { AT_REST, AT_WORDS, AT_WHERE, AT_SENDING, AT_PROGRAM };

struct crash_report crash_report;

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
last(const char *text, int status, bool force)
{
	return hooks.last == NULL || hooks.last(text, status, force);
}

_Noreturn void
jail_last_words(const char *text)
{
	(void)last(text, 0, true);
	_exit(0);
}

/*
 * _exit(2) for handlers. Its declaration says that it does not return, which
 * makes a sanitizer look for the end of this stack, with calls that are
 * refused.
 */
void
crash_leave(int status)
{
#ifdef __linux__
	(void)syscall(SYS_exit_group, status);
#else
	_exit(status);
#endif
}

void
crash_leave_with(const char *text)
{
	if (last(text, 0, false))
		crash_leave(0);
}

/* ", line 5" on both lines. */
void
crash_add_where(void)
{
	int line;

	if (hooks.where == NULL)
		return;
	at = AT_WHERE;
	line = hooks.where();
	at = AT_WORDS;
	if (line == 0)
		return;
	sigtext_add(&crash_report.message, ", line ");
	sigtext_add_int(&crash_report.message, line);
	sigtext_add(&crash_report.text, ", line ");
	sigtext_add_int(&crash_report.text, line);
}

bool
crash_begin(void)
{
	if (at != AT_REST && at != AT_WHERE)
		return false;
	at = AT_WORDS;
	return true;
}

void
crash_send(bool force)
{
	at = AT_SENDING;
	sigtext_add(&crash_report.message, "\n");
	write_all(STDERR_FILENO, crash_report.message.p,
	    crash_report.message.n);
	crash_report.text.p[crash_report.text.n < sizeof(crash_report.text.p)
				? crash_report.text.n
				: sizeof(crash_report.text.p) - 1] = '\0';
	if (!last(crash_report.text.p, crash_report.status, force))
		at = AT_PROGRAM;
	else if (crash_report.status != 0)
		crash_leave(crash_report.status);
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
	case SIGSYS:
		return "SIGSYS";
	default:
		return "SIGABRT";
	}
}

/*
 * The instruction that failed is tried again, and the process dies of its
 * signal. It may not change the handler any more; but of a signal that it
 * blocks and brings about itself it dies, as process 1 of its namespace too.
 */
static void
die_of(int sig, void *context)
{
#ifdef __linux__
	(void)sigaddset(&((ucontext_t *)context)->uc_sigmask, sig);
#else
	(void)context;
	(void)signal(sig, SIG_DFL);
#endif
}

/*
 * Did the instruction bring it about, so that it will again? Not what somebody
 * sent, abort(), or the kernel on behalf of others: a tracer, a page of memory
 * that has gone bad. What the kernel sends without saying what was wrong
 * (SI_KERNEL) may be either; then the end is ours to make.
 */
static bool
is_caused(int sig, const siginfo_t *info)
{
#ifdef BUS_MCEERR_AO
	if (sig == SIGBUS && info->si_code == BUS_MCEERR_AO)
		return false;
#endif
#ifdef SI_KERNEL
	if (info->si_code == SI_KERNEL)
		return false;
#endif
	(void)sig;
	return info->si_code > 0;
}

static bool
is_abort(const siginfo_t *info)
{
#ifdef SI_TKILL
	if (info->si_code != SI_TKILL)
		return false;
#else
	if (info->si_code > 0)
		return false;
#endif
	return info->si_pid == getpid();
}

static void
begin_report(int sig, const siginfo_t *info)
{
	sigtext_add(&crash_report.text, "crashed (");
	sigtext_add(&crash_report.text, crash_name(sig));
	sigtext_add(&crash_report.text, ")");
	sigtext_add(&crash_report.message, "sn0int: ");
	sigtext_add(&crash_report.message, name);
	sigtext_add(&crash_report.message, " crashed (");
	sigtext_add(&crash_report.message, crash_name(sig));
	sigtext_add(&crash_report.message, ")");
	if (!is_caused(sig, info))
		return;
	sigtext_add(&crash_report.message, " at ");
	sigtext_add_hex(&crash_report.message,
	    (uint64_t)(uintptr_t)info->si_addr);
}

/* What was left to the program: it crashes again, and will not come to it. */
static void
end_after_all(const siginfo_t *info)
{
	if (info->si_code <= 0 && !is_abort(info))
		return;
	(void)last(crash_report.text.p, crash_report.status, true);
	crash_leave(crash_report.status);
}

/*
 * Says so, and does not let the script go on. The handler must stay: the
 * script's state may be what is broken, and asking it crash the same way. A
 * second signal from elsewhere changes nothing: what is begun is said once,
 * and then comes the end.
 */
void
crash_handle(int sig, siginfo_t *info, void *context)
{
	bool was_asking = at == AT_WHERE, is_ours = is_caused(sig, info);

	if (at == AT_PROGRAM)
		end_after_all(info);
	if (crash_begin()) {
		/* there is nothing to try again */
		if (!is_ours)
			crash_report.status = 128 + sig;
		if (!was_asking) {
			begin_report(sig, info);
			crash_add_where();
		}
		crash_send(is_ours || is_abort(info));
	}
	if (is_ours)
		die_of(sig, context);
}

static int
arm_stack(struct err *err)
{
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };

	if (sigaltstack(&own, NULL) == -1)
		return err_sys(err, "cannot set the stack of signal handlers");
	return 0;
}

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

/* A crash while the script is asked where it is must be heard. */
void
crash_mask(sigset_t *mask)
{
	(void)sigfillset(mask);
	for (size_t i = 0; i < ARRAY_SIZE(crash_signals); i++)
		(void)sigdelset(mask, crash_signals[i]);
}

const char *
crash_program(void)
{
	return name;
}

static int
arm_handlers(void)
{
	struct sigaction act = {
		.sa_sigaction = crash_handle,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_NODEFER,
	};
	struct sigaction ignored = { .sa_handler = SIG_IGN };

	crash_mask(&act.sa_mask);
	sigdelset(&act.sa_mask, SIGSYS);
	for (size_t i = 0; i < ARRAY_SIZE(crash_signals); i++) {
		if (sigaction(crash_signals[i], &act, NULL) == -1)
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
crash_arm(const struct jail_options *options, struct err *err)
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
