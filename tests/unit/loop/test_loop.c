#include "loop/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "stream/clock.h"

#define MOST 1000

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, MOST };

static struct loop *loop;
static struct buf seen; /* who was called: "a b a " */

static void
begin(void)
{
	autoerr struct err err = ERR_NONE;

	loop = loop_new(&err);
	CHECK(loop != NULL);
	seen = (struct buf)BUF_NONE;
}

static void
end(void)
{
	loop_free(loop);
	buf_clear(&seen);
}

static void
turn(void)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(loop_turn(loop, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static struct str
take_seen(void)
{
	static char text[4096];
	size_t n = seen.n < sizeof(text) ? seen.n : sizeof(text);

	if (n != 0)
		memcpy(text, seen.p, n);
	seen.n = 0;
	return str_view(text, n);
}

static void *
name_of(const char *text)
{
	return (void *)(uintptr_t)text;
}

static void
see(void *ctx)
{
	buf_printf(&seen, "%s ", (const char *)ctx);
}

/* A pipe with a byte in it, and who watches it. */
struct reader {
	int end[2];
	struct loop_fd watch;
	size_t calls;
	short revents;
	void (*then)(struct reader *reader);
	struct reader *other;
};

static void
on_readable(void *ctx, short revents)
{
	struct reader *reader = ctx;

	reader->calls++;
	reader->revents = revents;
	if (reader->then != NULL)
		reader->then(reader);
}

static void
reader_begin(struct reader *reader)
{
	*reader = (struct reader){ .watch = { .call = on_readable } };
	reader->watch.ctx = reader;
	CHECK_INT(pipe2(reader->end, O_CLOEXEC), 0);
	CHECK_INT(write(reader->end[1], "x", 1), 1);
	loop_fd_set(loop, &reader->watch, reader->end[0], POLLIN);
}

static void
reader_end(struct reader *reader)
{
	loop_fd_stop(&reader->watch);
	for (int i = 0; i < 2; i++) {
		if (reader->end[i] != -1)
			(void)close(reader->end[i]);
		reader->end[i] = -1;
	}
}

static void
times_come_in_their_order(void)
{
	static struct loop_timer timer[MOST];
	static size_t number[MOST];

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];
		int64_t now;

		begin();
		now = clock_ms();
		for (size_t i = 0; i < n; i++) {
			/* 7919 is prime: each place once, all over the heap */
			number[i] = i * 7919 % n;
			timer[i] = (struct loop_timer){ .call = see,
				.ctx = mem_alloc(32) };
			(void)snprintf(timer[i].ctx, 32, "%zu", number[i]);
			loop_timer_set(loop, &timer[i],
			    now - MOST + (int64_t)number[i]);
		}
		loop_hurry(loop);
		turn();
		for (size_t i = 0; i < n; i++) {
			struct buf want = BUF_NONE;

			buf_printf(&want, "%zu ", i);
			CHECK(seen.n >= want.n);
			if (seen.n < want.n)
				break;
			CHECK_BYTES(str_view(seen.p, want.n), buf_str(&want));
			memmove(seen.p, seen.p + want.n, seen.n - want.n);
			seen.n -= want.n;
			buf_clear(&want);
		}
		CHECK_INT(seen.n, 0);
		for (size_t i = 0; i < n; i++)
			free(timer[i].ctx);
		end();
	}
}

static void
equal_times_come_as_they_were_set(void)
{
	struct loop_timer a = { .call = see, .ctx = name_of("a") },
			  b = { .call = see, .ctx = name_of("b") },
			  c = { .call = see, .ctx = name_of("c") };
	int64_t now = clock_ms();

	begin();
	loop_timer_set(loop, &b, now);
	loop_timer_set(loop, &a, now);
	loop_timer_set(loop, &c, now);
	loop_timer_set(loop, &b, now - 1);
	loop_timer_set(loop, &b, now); /* set anew: behind the others */
	loop_timer_set(loop, &a, now); /* this is no change */
	turn();
	CHECK_STR(take_seen(), "a c b ");
	end();
}

/* In the heap any place may become free. */
static void
times_are_taken_out(void)
{
	static struct loop_timer timer[MOST];
	static char name[MOST][8];

	for (size_t gone = 0; gone < 40; gone++) {
		int64_t now = clock_ms();
		struct buf want = BUF_NONE;

		begin();
		for (size_t i = 0; i < 40; i++) {
			(void)snprintf(name[i], 8, "%zu", i);
			timer[i] =
			    (struct loop_timer){ .call = see, .ctx = name[i] };
		}
		for (size_t i = 40; i-- != 0;)
			loop_timer_set(loop, &timer[i], now - 40 + (int64_t)i);
		loop_timer_stop(&timer[gone]);
		loop_timer_stop(&timer[gone]);
		loop_timer_set(loop, &timer[(gone + 1) % 40], CLOCK_NEVER);
		turn();
		for (size_t i = 0; i < 40; i++) {
			if (i != gone && i != (gone + 1) % 40)
				buf_printf(&want, "%zu ", i);
		}
		CHECK_BYTES(take_seen(), buf_str(&want));
		buf_clear(&want);
		end();
	}
}

struct chain {
	struct loop_timer timer, *stops, *sets;
	const char *name;
};

static void
on_chain(void *ctx)
{
	struct chain *chain = ctx;

	see(name_of(chain->name));
	if (chain->stops != NULL)
		loop_timer_stop(chain->stops);
	if (chain->sets != NULL)
		loop_timer_set(loop, chain->sets, 0);
}

static void
a_time_may_change_others_and_itself(void)
{
	struct chain a = { .name = "a" }, b = { .name = "b" },
		     c = { .name = "c" };
	int64_t now = clock_ms();

	begin();
	a.timer = (struct loop_timer){ .call = on_chain, .ctx = &a };
	b.timer = (struct loop_timer){ .call = on_chain, .ctx = &b };
	c.timer = (struct loop_timer){ .call = on_chain, .ctx = &c };
	a.stops = &b.timer;
	a.sets = &a.timer; /* long over: for the next turn all the same */
	loop_timer_set(loop, &a.timer, now - 3);
	loop_timer_set(loop, &b.timer, now - 2);
	loop_timer_set(loop, &c.timer, now - 1);
	turn();
	CHECK_STR(take_seen(), "a c ");
	/* one that sets itself to the past keeps nobody from being called */
	loop_timer_set(loop, &c.timer, clock_ms());
	a.stops = NULL;
	turn();
	CHECK_STR(take_seen(), "a c ");
	end();
}

static void
a_wait_ends_with_the_first_time(void)
{
	struct loop_timer a = { .call = see, .ctx = name_of("a") },
			  b = { .call = see, .ctx = name_of("b") };
	int64_t before = clock_ms();

	begin();
	loop_timer_set(loop, &a, before + 20);
	loop_timer_set(loop, &b, before + 3600000);
	turn();
	CHECK(clock_ms() >= before + 20);
	CHECK_STR(take_seen(), "a ");
	end();
}

static void
all_descriptors_are_told_each_turn(void)
{
	static struct reader reader[MOST];
	struct rlimit limit;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];

		if (2 * n + 16 > limit.rlim_cur)
			continue;
		begin();
		for (size_t i = 0; i < n; i++)
			reader_begin(&reader[i]);
		for (size_t i = 1; i <= 3; i++) {
			loop_hurry(loop);
			turn();
			for (size_t k = 0; k < n; k++)
				CHECK_INT(reader[k].calls, i);
		}
		for (size_t i = 0; i < n; i++)
			reader_end(&reader[i]);
		loop_hurry(loop);
		turn();
		end();
	}
}

static void
stop_other(struct reader *reader)
{
	loop_fd_stop(&reader->other->watch);
	(void)close(reader->other->end[0]);
	reader->other->end[0] = -1;
}

/* The first that is called takes the second out, whose byte has come too. */
static void
one_that_was_taken_out_is_not_called(void)
{
	struct reader a, b, c;

	begin();
	reader_begin(&a);
	reader_begin(&b);
	reader_begin(&c);
	a.then = stop_other;
	a.other = &b;
	turn();
	CHECK_INT(a.calls, 1);
	CHECK_INT(b.calls, 0);
	CHECK_INT(c.calls, 1);
	a.then = NULL;
	turn();
	CHECK_INT(a.calls, 2);
	CHECK_INT(c.calls, 2);
	reader_end(&a);
	reader_end(&b);
	reader_end(&c);
	end();
}

static struct reader fresh;

/* Its number is the one that was closed; what had come was the old one's. */
static void
replace_other(struct reader *reader)
{
	int number = reader->other->end[0];

	stop_other(reader);
	fresh = (struct reader){ .watch = { on_readable, &fresh },
		.end = { number, -1 } };
	CHECK_INT(pipe2(fresh.end, O_CLOEXEC), 0);
	CHECK_INT(fresh.end[0], number);
	loop_fd_set(loop, &fresh.watch, fresh.end[0], POLLIN);
	reader->then = NULL;
}

static void
a_number_that_is_used_again_is_another_descriptor(void)
{
	struct reader a, b;

	begin();
	reader_begin(&a);
	reader_begin(&b);
	a.then = replace_other;
	a.other = &b;
	turn();
	CHECK_INT(b.calls, 0);
	CHECK_INT(fresh.calls, 0);
	turn();
	CHECK_INT(fresh.calls, 0);
	CHECK_INT(write(fresh.end[1], "x", 1), 1);
	turn();
	CHECK_INT(fresh.calls, 1);
	CHECK_INT(a.calls, 3);
	reader_end(&a);
	reader_end(&b);
	reader_end(&fresh);
	end();
}

static void
free_itself(struct reader *reader)
{
	reader_end(reader);
	free(reader);
}

static void
a_watch_may_end_with_its_own_call(void)
{
	struct reader *a = mem_alloc(sizeof(*a)), b;

	begin();
	reader_begin(a);
	reader_begin(&b);
	a->then = free_itself;
	turn();
	turn();
	CHECK_INT(b.calls, 2);
	reader_end(&b);
	end();
}

/* Without events a hang-up is not told, so nobody spins. */
static void
who_waits_for_nothing_hears_nothing(void)
{
	struct loop_timer late = { .call = see, .ctx = name_of("late") };
	struct reader a;

	begin();
	reader_begin(&a);
	(void)close(a.end[1]);
	a.end[1] = -1;
	loop_fd_set(loop, &a.watch, a.end[0], 0);
	loop_timer_set(loop, &late, clock_in(5));
	turn();
	CHECK_INT(a.calls, 0);
	CHECK_STR(take_seen(), "late ");
	loop_fd_set(loop, &a.watch, a.end[0], POLLIN);
	turn();
	CHECK_INT(a.calls, 1);
	CHECK((a.revents & POLLHUP) != 0);
	reader_end(&a);
	end();
}

static void
a_closed_one_is_told(void)
{
	struct reader a;

	begin();
	reader_begin(&a);
	(void)close(a.end[0]);
	turn();
	CHECK_INT(a.calls, 1);
	CHECK((a.revents & POLLNVAL) != 0);
	a.end[0] = -1;
	reader_end(&a);
	end();
}

/* More than the limit allows by now: poll(2) says EINVAL. */
static void
too_many_descriptors_are_told(void)
{
	autoerr struct err err = ERR_NONE;
	struct reader reader[5];
	struct rlimit old, few;

	begin();
	for (size_t i = 0; i < 5; i++)
		reader_begin(&reader[i]);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 3, old.rlim_max };
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	CHECK_INT(loop_turn(loop, &err), -1);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK_CSTR(err_cstr(&err),
	    "cannot wait for 6 descriptors: Invalid argument (os error 22)");
	for (size_t i = 0; i < 5; i++)
		CHECK_INT(reader[i].calls, 0);
	turn();
	for (size_t i = 0; i < 5; i++) {
		CHECK_INT(reader[i].calls, 1);
		reader_end(&reader[i]);
	}
	end();
}

static void
no_descriptor_for_a_loop_is_told(void)
{
	autoerr struct err err = ERR_NONE;
	struct rlimit old, few;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 3, old.rlim_max };
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	CHECK(loop_new(&err) == NULL);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK_CSTR(err_cstr(&err),
	    "cannot make a pipe: Too many open files (os error 24)");
	begin(); /* and the next one is as good as any */
	loop_hurry(loop);
	turn();
	end();
}

static struct loop_before *other_before;

static void
on_before(void *ctx)
{
	see(ctx);
	if (other_before != NULL)
		loop_before_stop(other_before);
}

static void
all_is_settled_before_each_wait(void)
{
	struct loop_before a = { .call = on_before, .ctx = name_of("a") },
			   b = { .call = on_before, .ctx = name_of("b") },
			   c = { .call = on_before, .ctx = name_of("c") };
	struct reader reader;

	begin();
	reader_begin(&reader);
	other_before = NULL;
	loop_before_start(loop, &a);
	loop_before_start(loop, &b);
	loop_before_start(loop, &c);
	turn();
	CHECK_STR(take_seen(), "a b c ");
	other_before = &b;
	turn();
	CHECK_STR(take_seen(), "a c ");
	other_before = &a; /* its own, too */
	turn();
	CHECK_STR(take_seen(), "a c ");
	turn();
	CHECK_STR(take_seen(), "c ");
	CHECK_INT(reader.calls, 4);
	reader_end(&reader);
	end();
}

static struct loop_before late_before;
static struct loop_timer late_timer;

static void
start_late_before(void *ctx)
{
	see(ctx);
	if (late_before.link.loop == NULL)
		loop_before_start(loop, &late_before);
}

static void
set_late_timer(struct reader *reader)
{
	(void)reader;
	loop_timer_set(loop, &late_timer, clock_ms() - 1000);
}

/* Also what is over, or would be met, in the turn that puts it in. */
static void
one_that_was_put_in_is_called_from_the_next_turn_on(void)
{
	struct loop_before a = { .call = start_late_before,
		.ctx = name_of("a") };
	struct loop_before b = { .call = see, .ctx = name_of("b") };
	struct reader reader;

	late_before = (struct loop_before){ .call = see, .ctx = name_of("c") };
	late_timer = (struct loop_timer){ .call = see, .ctx = name_of("time") };
	begin();
	reader_begin(&reader);
	reader.then = set_late_timer;
	loop_before_start(loop, &a);
	loop_before_start(loop, &b);
	turn();
	CHECK_STR(take_seen(), "a b ");
	reader.then = NULL;
	turn();
	CHECK_STR(take_seen(), "a b c time ");
	reader_end(&reader);
	end();
}

static void
on_signal(void *ctx, unsigned n)
{
	buf_printf(&seen, "%s%u ", (const char *)ctx, n);
}

static void
signals_are_counted(void)
{
	struct loop_signal a = { .call = on_signal, .ctx = name_of("a") },
			   b = { .call = on_signal, .ctx = name_of("b") };

	begin();
	loop_signal_start(loop, &a, SIGUSR1, 0);
	CHECK_INT(raise(SIGUSR1), 0);
	loop_signal_start(loop, &b, SIGUSR1, 0);
	CHECK_INT(raise(SIGUSR1), 0);
	CHECK_INT(raise(SIGUSR1), 0);
	CHECK_INT(loop_signal_count(&a), 3);
	CHECK_INT(loop_signal_count(&b), 2);
	turn();
	CHECK_STR(take_seen(), "a3 b2 ");
	loop_signal_stop(&a);
	CHECK_INT(raise(SIGUSR1), 0);
	turn();
	CHECK_STR(take_seen(), "b1 ");
	CHECK_INT(loop_signal_count(&b), 3);
	loop_signal_stop(&b);
	CHECK_INT(loop_signal_count(&b), 0);
	end();
}

static void
signals_are_left_as_they_were(void)
{
	struct loop_signal watch = { .call = on_signal, .ctx = name_of("a") };
	struct sigaction action;
	sigset_t set, old;

	(void)signal(SIGUSR1, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_INT(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	begin();
	loop_signal_start(loop, &watch, SIGUSR1, 0);
	CHECK_INT(raise(SIGUSR1), 0); /* it is not blocked now */
	turn();
	CHECK_STR(take_seen(), "a1 ");
	loop_signal_stop(&watch);
	CHECK_INT(sigaction(SIGUSR1, NULL, &action), 0);
	CHECK(action.sa_handler == SIG_IGN);
	CHECK_INT(sigprocmask(SIG_UNBLOCK, &set, &old), 0);
	CHECK(sigismember(&old, SIGUSR1) == 1);
	loop_signal_start(loop, &watch, SIGUSR1, 0);
	(void)signal(SIGUSR1, SIG_DFL);
	loop_signal_stop_last(&watch);
	CHECK_INT(sigaction(SIGUSR1, NULL, &action), 0);
	CHECK(action.sa_handler == SIG_IGN);
	end();
}

/* What happens to a child of ours that gets SIGTERM twice, ms apart. */
static int
status_of_two(unsigned ms)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct loop_signal watch = { .call = on_signal,
			.ctx = name_of("a") };
		struct timespec pause = { 0, (long)ms * 1000000 };

		begin();
		loop_signal_start(loop, &watch, SIGTERM, LOOP_SIGNAL_ASKS);
		(void)raise(SIGTERM);
		(void)nanosleep(&pause, NULL);
		(void)raise(SIGTERM);
		_exit((int)loop_signal_count(&watch));
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static void
who_asks_twice_is_obeyed_at_once(void)
{
	int status = status_of_two(0);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	status = status_of_two(300);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static pid_t
start_child(int exit_status)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(exit_status);
	return pid;
}

static size_t ended;

static void
on_end(void *ctx)
{
	int status;

	CHECK_INT(waitpid(*(pid_t *)ctx, &status, 0), *(pid_t *)ctx);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	ended++;
}

static void
every_child_is_told_once(void)
{
	static struct loop_child watch[100];
	static pid_t pid[100];
	static const size_t many[] = { 0, 1, 2, 3, 4, 5, 100 };

	for (size_t s = 0; s < ARRAY_SIZE(many); s++) {
		begin();
		ended = 0;
		for (size_t i = 0; i < many[s]; i++) {
			pid[i] = start_child(7);
			watch[i] = (struct loop_child){ .call = on_end,
				.ctx = &pid[i] };
			loop_child_start(loop, &watch[i], pid[i]);
		}
		while (ended < many[s])
			turn();
		loop_hurry(loop);
		turn();
		CHECK_INT(ended, many[s]);
		end();
	}
}

static void
count_end(void *ctx)
{
	(void)ctx;
	ended++;
}

/* It has ended before anybody watched; or was waited for by another. */
static void
what_ended_before_is_told(void)
{
	struct loop_child watch = { .call = on_end },
			  gone = { .call = count_end };
	siginfo_t info;
	pid_t pid = start_child(7), other = start_child(0);

	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	CHECK_INT(waitpid(other, NULL, 0), other);
	begin();
	ended = 0;
	watch.ctx = &pid;
	loop_child_start(loop, &watch, pid);
	loop_child_start(loop, &gone, other);
	turn();
	CHECK_INT(ended, 2);
	end();
}

/* Whoever started us ignores the signal, or blocks it. */
static void
ends_are_told_whatever_was_inherited(void)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK_INT(sigprocmask(SIG_BLOCK, &set, &old), 0);
	(void)signal(SIGCHLD, SIG_IGN);
	for (size_t i = 0; i < 10; i++) {
		struct loop_child first = { .call = count_end },
				  watch = { .call = on_end };
		pid_t sleeper, pid;

		begin();
		ended = 0;
		sleeper = fork();
		if (sleeper == 0)
			for (;;)
				(void)pause();
		loop_child_start(loop, &first, sleeper);
		pid = start_child(7); /* while it is caught */
		watch.ctx = &pid;
		loop_child_start(loop, &watch, pid);
		while (ended == 0)
			turn();
		(void)kill(sleeper, SIGKILL);
		while (ended == 1)
			turn();
		CHECK_INT(waitpid(sleeper, NULL, 0), sleeper);
		end();
	}
	(void)signal(SIGCHLD, SIG_DFL);
	CHECK_INT(sigprocmask(SIG_SETMASK, &old, NULL), 0);
}

/* A function of a loop that turns another: each is told of every signal. */
static void
turn_inner(void *ctx)
{
	struct loop *inner = loop_new(NULL);
	struct loop_signal watch = { .call = on_signal,
		.ctx = name_of("inner") };

	see(ctx);
	loop_signal_start(inner, &watch, SIGUSR1, 0);
	CHECK_INT(raise(SIGUSR1), 0);
	CHECK_INT(loop_turn(inner, NULL), 0);
	loop_free(inner);
}

static void
loops_nest(void)
{
	struct loop_signal watch = { .call = on_signal,
		.ctx = name_of("outer") };
	struct loop_timer timer = { .call = turn_inner,
		.ctx = name_of("turn") };

	begin();
	loop_signal_start(loop, &watch, SIGUSR1, 0);
	loop_timer_set(loop, &timer, 0);
	turn();
	CHECK_STR(take_seen(), "turn inner1 ");
	turn();
	CHECK_STR(take_seen(), "outer1 ");
	end();
}

/* What is still in when a loop ends is out, and may be put into another. */
static void
the_end_of_a_loop_takes_all_out(void)
{
	struct loop_timer timer = { .call = see, .ctx = name_of("timer") };
	struct loop_before before = { .call = see, .ctx = name_of("before") };
	struct loop_signal sig = { .call = on_signal,
		.ctx = name_of("signal") };
	struct loop_child child = { .call = count_end };
	struct reader reader;

	for (int i = 0; i < 2; i++) {
		begin();
		loop_timer_set(loop, &timer, clock_in(1000));
		loop_before_start(loop, &before);
		loop_signal_start(loop, &sig, SIGUSR1, 0);
		loop_child_start(loop, &child, getpid());
		reader_begin(&reader);
		loop_free(loop);
		loop_timer_stop(&timer);
		loop_before_stop(&before);
		loop_signal_stop(&sig);
		loop_child_stop(&child);
		reader_end(&reader);
		buf_clear(&seen);
	}
	loop_free(NULL);
}

static size_t beats;

static void
on_beat(void *ctx)
{
	(void)ctx;
	beats++;
}

/* By a timerfd, and by times where there is none. */
static void
a_beat_comes_until_it_is_stopped(void)
{
	for (int has_fd = 0; has_fd <= 1; has_fd++) {
		struct loop_beat beat = { .call = on_beat };
		struct loop_timer late = { .call = on_beat };
		int64_t begun = clock_ms();

		begin();
		loop_beat_open(&beat);
		if (has_fd == 0 && beat.fd != -1) {
			(void)close(beat.fd);
			beat.fd = -1;
		}
		beats = 0;
		loop_beat_start(loop, &beat, 2);
		loop_beat_start(loop, &beat, 1000000); /* it beats already */
		while (beats < 5)
			turn();
		CHECK(clock_ms() - begun >= 5);
		loop_beat_stop(&beat);
		loop_beat_stop(&beat);
		beats = 0;
		loop_timer_set(loop, &late, clock_in(20));
		while (beats == 0)
			turn();
		CHECK(late.loop == NULL);
		CHECK_INT(beats, 1);
		loop_beat_start(loop, &beat, 2);
		while (beats < 3)
			turn();
		loop_beat_close(&beat);
		CHECK_INT(beat.fd, -1);
		end();
	}
}

CHECK_MAIN(CASE(times_come_in_their_order),
    CASE(equal_times_come_as_they_were_set), CASE(times_are_taken_out),
    CASE(a_beat_comes_until_it_is_stopped),
    CASE(a_time_may_change_others_and_itself),
    CASE(a_wait_ends_with_the_first_time),
    CASE(all_descriptors_are_told_each_turn),
    CASE(one_that_was_taken_out_is_not_called),
    CASE(a_number_that_is_used_again_is_another_descriptor),
    CASE(a_watch_may_end_with_its_own_call),
    CASE(who_waits_for_nothing_hears_nothing), CASE(a_closed_one_is_told),
    CASE(too_many_descriptors_are_told), CASE(no_descriptor_for_a_loop_is_told),
    CASE(all_is_settled_before_each_wait),
    CASE(one_that_was_put_in_is_called_from_the_next_turn_on),
    CASE(signals_are_counted), CASE(signals_are_left_as_they_were),
    CASE(who_asks_twice_is_obeyed_at_once), CASE(every_child_is_told_once),
    CASE(what_ended_before_is_told), CASE(ends_are_told_whatever_was_inherited),
    CASE(loops_nest), CASE(the_end_of_a_loop_takes_all_out))
