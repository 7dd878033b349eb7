/*
 * The child's end of the wire, interrupted after every third or fifth of its
 * instructions: by a tracer that steps through it and then has it end. Whenever that is, lines are
 * whole, each is there once and in its order, and there is one last line.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "child/wire.h"

#define STEP_MAX 20000
#define STATUS   77 /* what the signal wants the process to end with */
#define LAST     "last: signal\n"

static struct wire wire;
static struct limits limits;

static void
on_signal(int sig)
{
	(void)sig;
	if (wire_last(&wire, LAST, sizeof(LAST) - 1, STATUS, false))
		_exit(STATUS);
}

static void
on_tick(int sig)
{
	(void)sig;
	wire_tick(&wire);
}

/* Lines that are gathered, one that is not, and the last. */
static char long_line[WIRE_BUFFER_BYTES + 2];

static void
say_short_lines(void)
{
	(void)wire_send(&wire, STR("line 1\n"), NULL);
	(void)wire_send(&wire, STR("line 2\n"), NULL);
	(void)wire_flush(&wire);
	(void)wire_send(&wire, STR("line 3\n"), NULL);
	(void)wire_end(&wire, STR("last: end\n"));
}

static void
say_a_long_line(void)
{
	(void)wire_send(&wire, STR("line 1\n"), NULL);
	(void)wire_send(&wire, str_view(long_line, sizeof(long_line) - 1),
	    NULL);
	(void)wire_end(&wire, STR("last: end\n"));
}

static void
tick_in_between(void)
{
	(void)wire_send(&wire, STR("line 1\n"), NULL);
	(void)raise(SIGUSR2);
	(void)wire_send(&wire, STR("line 2\n"), NULL);
	(void)raise(SIGUSR2);
	(void)wire_end(&wire, STR("last: end\n"));
}

static _Noreturn void
be_child(int out, void (*say)(void))
{
	limits_init(&limits);
	wire_init(&wire, STDIN_FILENO, out, &limits);
	(void)signal(SIGUSR1, on_signal);
	(void)signal(SIGUSR2, on_tick);
	(void)ptrace(PTRACE_TRACEME, 0, 0, 0);
	(void)raise(SIGSTOP);
	say();
	_exit(0);
}

/* The next stop; false: it has ended, with *status. */
static bool
next_stop(pid_t pid, int *status)
{
	return waitpid(pid, status, 0) == pid && WIFSTOPPED(*status);
}

/* n instructions, and whatever its own signals ask for; false: it ended. */
static bool
step(pid_t pid, unsigned n, int *status)
{
	int sig = 0;

	while (n-- > 0) {
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, (void *)(intptr_t)sig) ==
			-1 ||
		    !next_stop(pid, status))
			return false;
		sig = WSTOPSIG(*status);
		sig = sig == SIGTRAP ? 0 : sig;
	}
	/* one that is on its way must not be lost */
	if (sig != 0 &&
	    (ptrace(PTRACE_SINGLESTEP, pid, 0, (void *)(intptr_t)sig) == -1 ||
		!next_stop(pid, status)))
		return false;
	return true;
}

/* Lets it go on to its end, with a signal. Not every stop is one at which a
 * tracer can give it (behind the entry of a handler), so it is sent. */
static void
finish(pid_t pid, int *status)
{
	int sig = 0;

	(void)kill(pid, SIGUSR1);
	while (ptrace(PTRACE_CONT, pid, 0, (void *)(intptr_t)sig) == 0 &&
	       next_stop(pid, status)) {
		sig = WSTOPSIG(*status);
		sig = sig == SIGTRAP ? 0 : sig;
	}
}

static struct {
	char text[4 * WIRE_BUFFER_BYTES];
	size_t n;
	int status;
	bool was_over; /* before the signal */
} said;

static bool
run(void (*say)(void), unsigned steps)
{
	int out[2];
	ssize_t n;
	pid_t pid;

	said.n = 0;
	if (pipe(out) == -1 || fcntl(out[1], F_SETPIPE_SZ, 1 << 18) == -1)
		return false;
	pid = fork();
	if (pid == 0)
		be_child(out[1], say);
	(void)close(out[1]);
	if (!next_stop(pid, &said.status))
		return false;
	said.was_over = !step(pid, steps, &said.status);
	if (!said.was_over)
		finish(pid, &said.status);
	while ((n = read(out[0], said.text + said.n,
		    sizeof(said.text) - said.n)) > 0)
		said.n += (size_t)n;
	(void)close(out[0]);
	return true;
}

/* A beginning of the lines, whole, and then one last line. */
static bool
is_right(const char *const lines[])
{
	struct str left = str_view(said.text, said.n);
	bool by_signal;

	for (size_t i = 0; lines[i] != NULL; i++) {
		if (str_starts(left, str_of(lines[i])))
			left = str_from(left, strlen(lines[i]));
		else if (!str_eq(left, STR(LAST)))
			return false;
	}
	by_signal = str_eq(left, STR(LAST));
	if (!by_signal && !str_eq(left, STR("last: end\n")))
		return false;
	/* a signal that has come is not forgotten */
	return said.was_over ? WEXITSTATUS(said.status) == 0
	                     : WEXITSTATUS(said.status) == STATUS;
}

/* After 0, 1, 2 ... instructions, until it has ended before. */
static void
whenever_it_comes(void (*say)(void), const char *const lines[], unsigned every)
{
	unsigned steps = 0;

#ifdef __SANITIZE_ADDRESS__
	CHECK_SKIP("a sanitizer takes ten times as many instructions");
#endif
	for (said.was_over = false; !said.was_over; steps += every) {
		if (!run(say, steps)) {
			CHECK_SKIP("nobody may be traced here");
		}
		if (!is_right(lines)) {
			printf("# after %u instructions, status %d: %.*s\n",
			    steps, said.status,
			    (int)(said.n < 200 ? said.n : 200), said.text);
			CHECK(false);
			return;
		}
	}
	CHECK(steps > 100 && steps < STEP_MAX);
}

static const char *const short_lines[] = { "line 1\n", "line 2\n", "line 3\n",
	NULL };

static void
there_is_one_last_line_whenever_a_signal_comes(void)
{
	whenever_it_comes(say_short_lines, short_lines, 3);
}

static void
also_where_lines_leave_at_a_tick(void)
{
	whenever_it_comes(tick_in_between,
	    (const char *const[]){ "line 1\n", "line 2\n", NULL }, 5);
}

static void
also_behind_a_line_that_is_longer_than_the_buffer(void)
{
	memset(long_line, 'x', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 2] = '\n';
	whenever_it_comes(say_a_long_line,
	    (const char *const[]){ "line 1\n", long_line, NULL }, 3);
}

CHECK_MAIN(CASE(there_is_one_last_line_whenever_a_signal_comes),
    CASE(also_where_lines_leave_at_a_tick),
    CASE(also_behind_a_line_that_is_longer_than_the_buffer))
