/*
 * outer: what the program that was started does while the worker works: it
 * waits, and ends as the worker ended.
 *
 * Where there is more to do than that it polls: for the caller's descriptors
 * (struct jail_serve: the broker), for standard input and output where they are
 * copied (terminal.c), for messages on standard error, for the audit's
 * listener. A signal must not fall between the look at the worker and the poll,
 * so SIGCHLD is blocked and let in by ppoll alone. A write to a pipe or terminal
 * that nobody reads may wait all the same, and the deadline must not wait with it:
 * SIGALRM comes then, and interrupts it. The worker's words may be an
 * attacker's: nothing here depends on what they say, only on how many. Which calls
 * are made here once the worker runs is in the table of policy_outer.c: whoever
 * adds one adds its row. So there is no stdio, and no malloc but the caller's.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/processor.h"
#include "jail/crash.h"
#include "jail/step.h"

#define MOST_MESSAGES (UINT64_C(64) << 20) /* bytes; more is thrown away */
#define PATIENCE_S    2 /* with a reader of messages, after the deadline */
#define ALARM_S       5 /* from one alarm to the next; above PATIENCE_S */
#define DEAF_MS       100
#define EXITED_1      (1 << 8) /* as wait(2) says it; W_EXITCODE() is glibc's */
#define SIGNALLED     128 /* with the signal: an exit status of who was ended */

/* The caller's descriptors, the terminal's, then these two. */
#define FDS (JAIL_SERVE_FDS + TERMINAL_FDS + 2)

struct serving {
	const struct outer *outer;
	const struct jail_options *options;
	int64_t end_ms; /* of the deadline; -1: none */
	int listener;
	struct terminal terminal;
	struct copy messages;
	struct pollfd p[FDS];
	size_t asked; /* by the caller, in front of p */
	bool is_deaf; /* nothing says when the worker has ended */
};

/* The one there is; NULL: nobody is served yet. */
static const struct serving *serving;

static void
on_signal(int sig)
{
	(void)sig; /* it only ends the call that waits */
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum outer_kind
kind_of(const struct serving *s)
{
	if (s->options->serve.wait != NULL)
		return OUTER_BROKERS;
	return copy_is_open(&s->messages) || terminal_is_open(&s->terminal) ||
	               s->end_ms != -1 || s->options->audit
	           ? OUTER_SERVES
	           : OUTER_WAITS;
}

/* A broker's sockets have numbers that nothing else has: this one stays taken. */
static void
give_up(int fd, enum outer_kind kind)
{
	if (kind == OUTER_BROKERS)
		(void)dup2(STDERR_FILENO, fd);
	else
		(void)close(fd);
}

/* No call waits past the deadline. */
static void
arm_alarm(int64_t after_ms)
{
	const struct sigaction alarm = { .sa_handler = on_signal };
	const struct itimerval timer = {
		.it_interval.tv_sec = ALARM_S,
		.it_value.tv_sec = after_ms / 1000,
		.it_value.tv_usec = after_ms % 1000 * 1000,
	};
	sigset_t set;

	(void)sigaction(SIGALRM, &alarm, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* What the outer half need not have is gone before it serves anybody. */
static void
settle_down(struct outer *outer, enum outer_kind kind,
    const struct jail_options *options)
{
	if (outer->pipe[STDIN_FILENO] == -1)
		give_up(STDIN_FILENO, kind);
	if (outer->pipe[STDOUT_FILENO] == -1)
		give_up(STDOUT_FILENO, kind);
	if (options->net == JAIL_NET_BROKER)
		(void)close(options->broker_fd);
	if (options->deadline_ms != 0)
		arm_alarm(options->deadline_ms);
	if (options->serve.begin != NULL)
		options->serve.begin(options->serve.arg);
	jail_strip_outer(outer, kind, options);
}

/* The worker's end is ours: its status, or its signal. */
static _Noreturn void
end_as(int status)
{
	int sig;
	sigset_t set;

	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	sig = WTERMSIG(status);
	(void)signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	/* before kill(2) returns: nobody else is there to get it */
	(void)kill(getpid(), sig);
	_exit(SIGNALLED + sig);
}

static void
tell(const struct sigtext *line)
{
	(void)!write(STDERR_FILENO, line->p, line->n);
}

/* Once the worker is killed nobody waits long for who does not read. */
static void
tell_who_reads(const struct sigtext *line)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	const struct timespec most = { .tv_sec = PATIENCE_S };

	if (ppoll(&p, 1, &most, NULL) == 1 && (p.revents & POLLOUT) != 0)
		tell(line);
}

static void
tell_errno(const char *what, int errnum)
{
	struct sigtext line = { .n = 0 };

	sigtext_add(&line, what);
	sigtext_add(&line, layer_errno(errnum));
	sigtext_add(&line, "\n");
	tell(&line);
}

/* True: it has ended, or how it ends cannot be known any more. */
static bool
wait_for(pid_t worker, int flags, int *status)
{
	pid_t pid;

	do
		pid = waitpid(worker, status, flags);
	while (pid == -1 && errno == EINTR);
	if (pid == -1) {
		tell_errno("cannot wait for the worker: ", errno);
		*status = EXITED_1;
	}
	return pid != 0;
}

/* Whom to poll for, and until when. */
static int
prepare_poll(struct serving *s, size_t *n)
{
	const struct jail_serve *serve = &s->options->serve;
	int timeout_ms = -1;

	s->asked = serve->wait != NULL
	               ? serve->wait(serve->arg, s->p, &timeout_ms)
	               : 0;
	*n = s->asked;
	terminal_poll(&s->terminal, s->p + *n);
	*n += TERMINAL_FDS;
	s->p[(*n)++] = copy_wants(&s->messages);
	s->p[(*n)++] = (struct pollfd){ .fd = s->listener, .events = POLLIN };
	if (s->is_deaf && (timeout_ms == -1 || timeout_ms > DEAF_MS))
		timeout_ms = DEAF_MS;
	if (s->end_ms != -1) {
		int64_t left = s->end_ms - now_ms();

		if (left < 0)
			left = 0;
		if (left > 1000 * 1000)
			left = 1000 * 1000;
		if (timeout_ms == -1 || left < timeout_ms)
			timeout_ms = (int)left;
	}
	return timeout_ms;
}

static void
check_deadline(struct serving *s)
{
	struct sigtext line = { .n = 0 };

	if (s->end_ms == -1 || now_ms() < s->end_ms)
		return;
	s->end_ms = -1;
	(void)kill(s->outer->worker, SIGKILL);
	sigtext_add(&line, "sn0int: ");
	sigtext_add(&line, s->options->name);
	sigtext_add(&line, ": killed after ");
	sigtext_add_int(&line, s->options->deadline_ms / 1000);
	sigtext_add(&line, " s\n");
	tell_who_reads(&line);
}

static void
serve_once(struct serving *s)
{
	const struct jail_serve *serve = &s->options->serve;
	size_t n;
	int timeout_ms = prepare_poll(s, &n);
	struct timespec t = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000L,
	};

	/* SIGCHLD is let in here and nowhere else */
	if (ppoll(s->p, n, timeout_ms < 0 ? NULL : &t, &s->outer->mask) == -1)
		for (size_t i = 0; i < n; i++)
			s->p[i].revents = 0;
	(void)copy_step(&s->messages, s->p[n - 2].revents);
	terminal_step(&s->terminal, s->p + s->asked);
	if ((s->p[n - 1].revents & POLLIN) != 0)
		audit_answer(s->listener, s->options);
	else if (s->p[n - 1].revents != 0)
		s->listener = -1;
	if (serve->step != NULL)
		serve->step(serve->arg, s->p, s->asked);
	check_deadline(s);
}

/*
 * What the worker said last is still in the pipes. Output is nobody's to cut,
 * and whoever reads it may take his time. Messages that nobody reads keep us
 * for as long as they would have kept the worker: to the deadline.
 */
static void
drain(struct serving *s)
{
	while (
	    copy_is_open(&s->terminal.output) || copy_is_open(&s->messages)) {
		bool is_last = !copy_is_open(&s->terminal.output) &&
		               s->options->deadline_ms != 0;
		struct timespec t = { .tv_sec = PATIENCE_S };
		struct pollfd p[TERMINAL_FDS];
		int n;

		terminal_poll(&s->terminal, p);
		p[0] = copy_wants(&s->messages);
		n = ppoll(p, TERMINAL_FDS, is_last ? &t : NULL, NULL);
		if (n == 0)
			copy_hang_up(&s->messages);
		(void)copy_step(&s->messages, n > 0 ? p[0].revents : 0);
		p[0].revents = 0;
		p[1].revents = n > 0 ? p[1].revents : 0;
		terminal_step(&s->terminal, p);
	}
}

/*
 * What could not be read or written makes no run a good one; how a signal or
 * the filter ended it says more.
 */
static void
check_copy(const struct copy *c, const char *what, int *status)
{
	struct sigtext line = { .n = 0 };

	/* one that is gone needs no telling */
	if (c->error == 0 || c->error == EPIPE)
		return;
	sigtext_add(&line, "error: cannot ");
	sigtext_add(&line, what);
	sigtext_add(&line, ": ");
	sigtext_add(&line, strerror(c->error));
	sigtext_add(&line, "\n");
	tell(&line);
	if (WIFEXITED(*status) && WEXITSTATUS(*status) < SIGNALLED)
		*status = EXITED_1;
}

/* It has not been waited for: the number is still its own. */
void
jail_place(uint32_t processor)
{
	if (serving != NULL)
		(void)processors_set_one(serving->outer->worker, processor);
}

_Noreturn void
outer_serve(struct outer *outer, const struct jail_options *options)
{
	static struct serving s;
	const struct sigaction child = { .sa_handler = on_signal };
	enum outer_kind kind;
	int status = EXITED_1;

	/* a parent may have blocked it, and we inherited that */
	(void)sigdelset(&outer->mask, SIGCHLD);
	image_exec(outer, options);
	s.outer = outer;
	s.options = options;
	copy_init(&s.messages, outer->pipe[STDERR_FILENO], STDERR_FILENO,
	    outer->pipe[STDERR_FILENO], MOST_MESSAGES,
	    COPY_CLEAN | COPY_DISCARD);
	terminal_init(&s.terminal, outer->pipe, options);
	s.end_ms =
	    options->deadline_ms != 0 ? now_ms() + options->deadline_ms : -1;
	kind = kind_of(&s);
	s.is_deaf = sigaction(SIGCHLD, &child, NULL) == -1;
	settle_down(outer, kind, options);
	s.listener = outer->listener;
	if (kind == OUTER_WAITS) {
		(void)wait_for(outer->worker, 0, &status);
		end_as(status);
	}
	serving = &s;
	while (!wait_for(outer->worker, WNOHANG, &status))
		serve_once(&s);
	serving = NULL;
	drain(&s);
	if (options->serve.end != NULL)
		options->serve.end(options->serve.arg);
	check_copy(&s.terminal.input, "read standard input", &status);
	check_copy(&s.terminal.output, "write to standard output", &status);
	end_as(status);
}
