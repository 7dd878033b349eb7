/*
 * What a worker says when it crashes or breaks the filter's rules, and how it
 * ends: each in a process of its own, whose standard error and last words are
 * read.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "jail/crash.h"
#include "jail/filter.h"
#include "jail/timer.h"
#include "jail/violation.h"

#define LAST_FD  60
#define SURVIVED 77

static struct {
	int status; /* as of waitpid(2) */
	char err[4096], last[1024];
	size_t err_n, last_n;
} ended;

static bool is_last_refused; /* but for those that are forced */
static int crash_again;      /* the signal of a crash in where() */
static int sent;             /* by raise(), what do_raise sends */

static bool
say_last(const char *text, int status, bool force)
{
	(void)status;
	if (is_last_refused && !force)
		return false;
	(void)!write(LAST_FD, text, strlen(text));
	return true;
}

static int
line_5(void)
{
	return 5;
}

static int
line_unknown(void)
{
	return 0;
}

static void
do_segv(void)
{
	volatile char *volatile nowhere = (volatile char *)(uintptr_t)16;

	*nowhere = 1;
}

static int
where_crashes(void)
{
	if (crash_again == SIGSEGV)
		do_segv();
	(void)raise(crash_again);
	return 5;
}

static size_t
read_all(int fd, char *to, size_t room)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, to + n, room - n)) > 0)
		n += (size_t)got;
	(void)close(fd);
	return n;
}

/* Arms the handlers and does it; SURVIVED if that returns. */
static _Noreturn void
be_worker(const struct jail_options *options, void (*do_it)(void))
{
	const struct rlimit none = { 0, 0 };
	struct err err = ERR_NONE;

	(void)setrlimit(RLIMIT_CORE, &none);
	if (violation_arm(options, &err) == -1)
		_exit(1);
	do_it();
	_exit(SURVIVED);
}

static void
run(const struct jail_options *options, void (*do_it)(void))
{
	int err[2], last[2];
	pid_t pid;

	CHECK(pipe(err) == 0 && pipe(last) == 0);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)dup2(err[1], STDERR_FILENO);
		(void)dup2(last[1], LAST_FD);
		(void)close(err[0]), (void)close(err[1]);
		(void)close(last[0]), (void)close(last[1]);
		be_worker(options, do_it);
	}
	(void)close(err[1]), (void)close(last[1]);
	ended.err_n = read_all(err[0], ended.err, sizeof(ended.err));
	ended.last_n = read_all(last[0], ended.last, sizeof(ended.last));
	(void)waitpid(pid, &ended.status, 0);
}

#define ERR  str_view(ended.err, ended.err_n)
#define LAST str_view(ended.last, ended.last_n)

static bool
died_of(int sig)
{
	return WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == sig;
}

static bool
left_with(int status)
{
	return WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == status;
}

static void
do_raise(void)
{
	(void)raise(sent);
}

static void
a_fault_is_told_and_is_what_the_process_dies_of(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last, .where = line_5 } };

	run(&options, do_segv);
	CHECK_STR(LAST, "crashed (SIGSEGV), line 5");
	CHECK_STR(ERR, "sn0int: a/b crashed (SIGSEGV) at 0x10, line 5\n");
	CHECK(died_of(SIGSEGV));
}

/* No instruction of ours did it, and it would not be tried again. */
static void
a_signal_that_was_sent_ends_the_process(void)
{
	static const struct {
		int sig;
		const char *last;
	} row[] = {
		{ SIGSEGV, "crashed (SIGSEGV)" },
		{ SIGBUS, "crashed (SIGBUS)" },
		{ SIGILL, "crashed (SIGILL)" },
		{ SIGFPE, "crashed (SIGFPE)" },
		{ SIGABRT, "crashed (SIGABRT)" },
		{ SIGSYS, "crashed (SIGSYS)" },
	};
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last, .where = line_unknown } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		sent = row[i].sig;
		run(&options, do_raise);
		CHECK_STR(LAST, row[i].last);
		CHECK(str_starts(ERR, STR("sn0int: a/b crashed (SIG")));
		CHECK(str_ends(ERR, STR("\n")));
		CHECK(left_with(128 + sent));
	}
}

static void
a_crash_while_the_script_is_asked_is_told_without_a_line(void)
{
	static const struct {
		void (*first)(void);
		int again;
		const char *last;
		bool dies;
	} row[] = {
		{ do_segv, SIGSEGV, "crashed (SIGSEGV)", true },
		{ do_segv, SIGBUS, "crashed (SIGSEGV)", false },
		{ do_raise, SIGSEGV, "crashed (SIGABRT)", false },
		{ do_raise, SIGABRT, "crashed (SIGABRT)", false },
	};
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last, .where = where_crashes } };

	sent = SIGABRT;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		crash_again = row[i].again;
		run(&options, row[i].first);
		CHECK_STR(LAST, row[i].last);
		CHECK(str_starts(ERR, STR("sn0int: a/b crashed (SIG")));
		CHECK(str_find(ERR, STR("line")) == STR_NPOS);
		CHECK(row[i].dies ? died_of(SIGSEGV) : WIFEXITED(ended.status));
		CHECK(!left_with(SURVIVED));
	}
}

static void
nobody_need_listen(void)
{
	const struct jail_options options = { .name = "a/b" };

	run(&options, do_segv);
	CHECK_STR(LAST, "");
	CHECK_STR(ERR, "sn0int: a/b crashed (SIGSEGV) at 0x10\n");
	CHECK(died_of(SIGSEGV));
}

static void
a_name_is_printable_and_has_an_end(void)
{
	char name[300], want[127 + 1];
	const struct jail_options options = { .name = name };

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	name[0] = '\033';
	name[1] = ' ';
	memset(want, 'x', sizeof(want) - 1);
	want[sizeof(want) - 1] = '\0';
	want[0] = want[1] = '?';
	run(&options, do_segv);
	CHECK(str_starts(ERR, STR("sn0int: ??xx")));
	CHECK_STR(str_view(ended.err + 8, 127), want);
	CHECK(str_starts(str_view(ended.err + 8 + 127, ended.err_n - 8 - 127),
	    STR(" crashed")));
}

/* A report that was full before this one: what fits is said, and ends. */
static void
crash_full(void)
{
	for (int i = 0; i < 100; i++) {
		sigtext_add(&crash_report.text, "0123456789");
		sigtext_add(&crash_report.message, "0123456789");
	}
	do_segv();
}

static void
a_report_without_room_is_cut(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last } };

	run(&options, crash_full);
	CHECK_INT(ended.last_n, sizeof(crash_report.text.p) - 1);
	CHECK_INT(ended.err_n, sizeof(crash_report.message.p));
	CHECK(died_of(SIGSEGV));
}

/* Standard error is full, and nobody reads it. */
static void
crash_on_a_full_pipe(void)
{
	char full[4096] = { 0 };
	int fd[2];

	if (pipe2(fd, O_NONBLOCK) == -1)
		_exit(1);
	while (write(fd[1], full, sizeof(full)) > 0)
		;
	(void)dup2(fd[1], STDERR_FILENO);
	do_segv();
}

/* ... and nobody can. */
static void
crash_on_a_broken_pipe(void)
{
	int fd[2];

	if (pipe(fd) == -1)
		_exit(1);
	(void)close(fd[0]);
	(void)dup2(fd[1], STDERR_FILENO);
	do_segv();
}

static void
a_message_that_nobody_takes_does_not_keep_the_last_words(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last } };

	run(&options, crash_on_a_full_pipe);
	CHECK_STR(LAST, "crashed (SIGSEGV)");
	CHECK(died_of(SIGSEGV));
	run(&options, crash_on_a_broken_pipe);
	CHECK_STR(LAST, "crashed (SIGSEGV)");
	CHECK(died_of(SIGSEGV));
}

/* Until the process sleeps, in poll(2). */
static void
wait_for_sleep(pid_t pid)
{
	char path[40], text[256], state = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	while (state != 'S') {
		FILE *f = fopen(path, "r");
		const char *end;

		if (f == NULL || fgets(text, sizeof(text), f) == NULL)
			_exit(1);
		(void)fclose(f);
		end = strrchr(text, ')');
		state = end != NULL ? end[2] : 'S';
	}
}

/* A pipe that is full until its reader wakes up. */
static void
crash_on_a_slow_pipe(void)
{
	char full[4096] = { 0 };
	int fd[2], out = dup(STDERR_FILENO);
	pid_t reader;

	if (pipe2(fd, O_NONBLOCK) == -1)
		_exit(1);
	while (write(fd[1], full, sizeof(full)) > 0)
		;
	reader = fork();
	if (reader == 0) {
		/* what is left behind the zeros goes on to the test */
		(void)close(fd[1]);
		wait_for_sleep(getppid());
		(void)fcntl(fd[0], F_SETFL, 0);
		for (ssize_t n; (n = read(fd[0], full, 1)) == 1;) {
			if (full[0] != 0)
				(void)!write(out, full, 1);
		}
		_exit(0);
	}
	(void)dup2(fd[1], STDERR_FILENO);
	(void)close(fd[1]);
	do_segv();
}

static void
a_slow_reader_gets_all_of_the_message(void)
{
	const struct jail_options options = { .name = "a/b" };

	run(&options, crash_on_a_slow_pipe);
	CHECK_STR(ERR, "sn0int: a/b crashed (SIGSEGV) at 0x10\n");
}

/* As a tracer, or the kernel for a page that has gone bad, sends it. */
static int sent_code;

static void
do_queue(void)
{
	siginfo_t info = { .si_signo = sent, .si_code = sent_code };

	/* to itself a process may say what it likes */
	(void)syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sent, &info);
}

static void
what_the_kernel_sends_for_others_ends_the_process(void)
{
	static const struct {
		int sig, code;
	} row[] = {
		{ SIGSEGV, SI_KERNEL },
		{ SIGFPE, SI_KERNEL },
		{ SIGSYS, SI_KERNEL },
		{ SIGBUS, BUS_MCEERR_AO },
		{ SIGILL, SI_QUEUE },
	};
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last, .where = line_5 } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		sent = row[i].sig;
		sent_code = row[i].code;
		run(&options, do_queue);
		CHECK(str_starts(LAST, STR("crashed (SIG")));
		CHECK(str_ends(LAST, STR("), line 5")));
		CHECK(str_find(ERR, STR(" at ")) == STR_NPOS);
		CHECK(left_with(128 + sent));
	}
}

/* While the last words are said. */
static bool
say_last_and_be_sent(const char *text, int status, bool force)
{
	static bool again;

	(void)say_last(text, status, force);
	if (!again) {
		again = true;
		(void)raise(sent);
	}
	return true;
}

static void
a_second_signal_adds_nothing(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last_and_be_sent, .where = line_5 } };

	sent = SIGBUS;
	run(&options, do_raise);
	CHECK_STR(LAST, "crashed (SIGBUS), line 5");
	CHECK_STR(ERR, "sn0int: a/b crashed (SIGBUS), line 5\n");
	CHECK(left_with(128 + SIGBUS));
	run(&options, do_segv);
	CHECK_STR(LAST, "crashed (SIGSEGV), line 5");
	CHECK(died_of(SIGSEGV));
}

/* In the middle of a line: the program shall end itself, and crashes. */
static bool
leave_last_to_the_program(const char *text, int status, bool force)
{
	return force && say_last(text, status, force);
}

static void
be_sent_and_crash(void)
{
	do_queue();
	do_segv();
}

static void
be_sent_and_abort(void)
{
	do_queue();
	abort();
}

static void
a_line_in_the_middle_is_left_to_the_program(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = leave_last_to_the_program } };

	sent = SIGFPE;
	sent_code = SI_QUEUE;
	run(&options, do_queue);
	CHECK_STR(LAST, "");
	CHECK(left_with(SURVIVED));
	sent_code = SI_KERNEL;
	run(&options, do_queue);
	CHECK(left_with(SURVIVED));
	run(&options, be_sent_and_crash);
	CHECK_STR(LAST, "crashed (SIGFPE)");
	CHECK(left_with(128 + SIGFPE));
	run(&options, be_sent_and_abort);
	CHECK_STR(LAST, "crashed (SIGFPE)");
	CHECK(left_with(128 + SIGFPE));
	run(&options, abort);
	CHECK_STR(LAST, "crashed (SIGABRT)");
	CHECK(left_with(128 + SIGABRT));
}

/* ... and one that the saying itself brings about is the end. */
static bool
say_last_and_crash(const char *text, int status, bool force)
{
	(void)say_last(text, status, force);
	do_segv();
	return true;
}

static void
a_crash_of_the_report_is_the_end(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last_and_crash } };

	sent = SIGABRT;
	run(&options, do_raise);
	CHECK_STR(LAST, "crashed (SIGABRT)");
	CHECK(died_of(SIGSEGV));
}

static void
load_filter(void)
{
	const struct filter *filter = filter_by_variant(POLICY_NONE);
	const struct policy_numbers numbers = { .self = (uint32_t)getpid() };

	if (filter == NULL || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    filter_load(filter, &numbers) == -1)
		_exit(2);
}

static int
where_violates(void)
{
	(void)syscall(SYS_ptrace, 0, 0, 0, 0);
	return 5;
}

static void
abort_behind_the_filter(void)
{
	load_filter();
	(void)raise(SIGABRT);
}

static void
violate(void)
{
	load_filter();
	(void)syscall(SYS_ptrace, 16, 2);
}

static void
a_violation_is_told(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last, .where = line_5 } };

	run(&options, violate);
	CHECK(str_starts(LAST, STR("sandbox violation: ptrace (")));
	CHECK(str_ends(LAST, STR(", line 5")));
	CHECK(
	    str_starts(ERR, STR("sn0int: sandbox violation in a/b: ptrace (")));
	CHECK(left_with(JAIL_VIOLATION_STATUS));
}

static void
a_violation_during_the_report_of_a_crash_ends_it(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last, .where = where_violates } };

	run(&options, abort_behind_the_filter);
	CHECK(left_with(JAIL_VIOLATION_STATUS));
}

/* timer.h: the clocks run, and the caller is told; then the end. */
static struct limits limits;

static void
arm_timers(void)
{
	const struct jail_options options = { .name = "a/b",
		.limits = &limits };
	struct err err = ERR_NONE;

	if (timer_arm(&options, &err) == -1)
		_exit(2);
	jail_run_begins();
}

static void
tick_twice(void)
{
	arm_timers();
	(void)raise(SIGXCPU);
	(void)raise(SIGXCPU);
}

static void
tick_and_look(void)
{
	arm_timers();
	(void)raise(SIGXCPU);
	jail_tick_seen();
	(void)raise(SIGXCPU);
}

static void
tick_after_the_end(void)
{
	arm_timers();
	jail_run_ends();
	(void)raise(SIGXCPU);
	(void)raise(SIGXCPU);
	(void)raise(SIGPROF);
}

static void
tick_without_limits(void)
{
	limits.of[LIMIT_CPU] = limits.of[LIMIT_WALL] = LIMIT_OFF;
	arm_timers();
	for (int i = 0; i < 3; i++)
		(void)raise(SIGPROF);
}

static void
a_tick_that_is_not_seen_is_the_last(void)
{
	const struct jail_options options = { .name = "a/b",
		.hooks = { .last = say_last } };

	limits_init(&limits);
	run(&options, tick_twice);
	CHECK_STR(LAST, "ran out of processor time (limit cpu=600s; raise it "
			"with --limit cpu=TIME)");
	CHECK(left_with(0));
	is_last_refused = true;
	run(&options, tick_twice);
	is_last_refused = false;
	CHECK_STR(LAST, "");
	CHECK(left_with(SURVIVED));
	run(&options, tick_and_look);
	CHECK(left_with(SURVIVED));
	run(&options, tick_after_the_end);
	CHECK_STR(LAST, "");
	CHECK(left_with(SURVIVED));
	run(&options, tick_without_limits);
	CHECK_STR(LAST, "");
	CHECK(left_with(SURVIVED));
}

static void
numbers_are_written_whole(void)
{
	struct sigtext line = { .n = 0 };

	sigtext_add_int(&line, INT64_MIN);
	sigtext_add(&line, " ");
	sigtext_add_int(&line, 0);
	sigtext_add(&line, " ");
	sigtext_add_int(&line, INT64_MAX);
	sigtext_add(&line, " ");
	sigtext_add_hex(&line, UINT64_MAX);
	CHECK_STR(str_view(line.p, line.n),
	    "-9223372036854775808 0 "
	    "9223372036854775807 0xffffffffffffffff");
}

static void
a_line_takes_what_fits(void)
{
	struct sigtext line = { .n = 0 };

	for (size_t i = 0; i < sizeof(line.p) - 1; i++)
		sigtext_add(&line, "x");
	sigtext_add(&line, "yz");
	CHECK_INT(line.n, sizeof(line.p));
	CHECK_INT(line.p[sizeof(line.p) - 1], 'y');
	sigtext_add_int(&line, -1);
	CHECK_INT(line.n, sizeof(line.p));
}

CHECK_MAIN(CASE(a_fault_is_told_and_is_what_the_process_dies_of),
    CASE(a_signal_that_was_sent_ends_the_process),
    CASE(a_crash_while_the_script_is_asked_is_told_without_a_line),
    CASE(nobody_need_listen), CASE(a_name_is_printable_and_has_an_end),
    CASE(a_report_without_room_is_cut),
    CASE(a_message_that_nobody_takes_does_not_keep_the_last_words),
    CASE(a_slow_reader_gets_all_of_the_message),
    CASE(what_the_kernel_sends_for_others_ends_the_process),
    CASE(a_second_signal_adds_nothing),
    CASE(a_line_in_the_middle_is_left_to_the_program),
    CASE(a_crash_of_the_report_is_the_end), CASE(a_violation_is_told),
    CASE(a_violation_during_the_report_of_a_crash_ends_it),
    CASE(a_tick_that_is_not_seen_is_the_last), CASE(numbers_are_written_whole),
    CASE(a_line_takes_what_fits))
