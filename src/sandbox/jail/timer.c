#include "jail/timer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "jail/violation.h"

#define TICK_CPU_US  100000
#define TICK_WALL_US 250000

static struct {
	void (*tick)(enum jail_tick what);
	int64_t cpu_ms, wall_ms; /* the limits; -1: none */
	int64_t volatile end_ms; /* of the wall clock; 0: not running yet */
	volatile sig_atomic_t waiting; /* told, and not seen yet */
} timer;

static int64_t
clock_ms(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) == -1)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum jail_tick
what_is_over(int sig)
{
	if (sig == SIGXCPU)
		return JAIL_TICK_CPU;
	if (timer.cpu_ms >= 0 &&
	    clock_ms(CLOCK_PROCESS_CPUTIME_ID) >= timer.cpu_ms)
		return JAIL_TICK_CPU;
	if (timer.end_ms != 0 && clock_ms(CLOCK_MONOTONIC) >= timer.end_ms)
		return JAIL_TICK_WALL;
	return JAIL_TICK_IDLE;
}

size_t
jail_tick_text(enum jail_tick what, char *out, size_t room)
{
	struct line line = { .n = 0 };
	size_t n;

	if (what == JAIL_TICK_CPU) {
		line_add(&line, "ran out of processor time (");
		line_add_int(&line, timer.cpu_ms / 1000);
	} else {
		line_add(&line, "ran out of time (");
		line_add_int(&line, timer.wall_ms / 1000);
	}
	line_add(&line, " s)");
	n = line.n < room ? line.n : room - 1;
	for (size_t i = 0; i < n; i++)
		out[i] = line.p[i];
	out[n] = '\0';
	return n;
}

static void
on_tick(int sig)
{
	int saved = errno;
	enum jail_tick what = what_is_over(sig);
	char text[64];

	if (what != JAIL_TICK_IDLE && timer.waiting) {
		/* told before, and the script has not been reached since */
		jail_tick_text(what, text, sizeof(text));
		violation_last_words(text, 0);
	}
	timer.waiting = what != JAIL_TICK_IDLE;
	if (timer.tick != NULL)
		timer.tick(what);
	errno = saved;
}

void
jail_tick_seen(void)
{
	timer.waiting = 0;
}

void
jail_run_begins(void)
{
	if (timer.wall_ms >= 0)
		timer.end_ms = clock_ms(CLOCK_MONOTONIC) + timer.wall_ms;
}

static int
handle(int sig, struct err *err)
{
	struct sigaction act = {
		.sa_handler = on_tick,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};

	/* one tick at a time, but a violation must be heard */
	sigemptyset(&act.sa_mask);
	sigaddset(&act.sa_mask, SIGPROF);
	sigaddset(&act.sa_mask, SIGALRM);
	sigaddset(&act.sa_mask, SIGXCPU);
	if (sigaction(sig, &act, NULL) == -1)
		return err_sys(err, "cannot handle signal %d", sig);
	return 0;
}

static int
arm(int which, long every_us, struct err *err)
{
	struct itimerval every = {
		.it_interval = { 0, every_us },
		.it_value = { 0, every_us },
	};

	if (setitimer(which, &every, NULL) == -1)
		return err_sys(err, "cannot set a timer");
	return 0;
}

static int64_t
limit_ms(const struct limits *limits, enum limit which)
{
	uint64_t ms = limits->of[which];

	return ms == LIMIT_OFF ? -1 : (int64_t)ms;
}

int
timer_arm(const struct jail_options *options, struct err *err)
{
	static const int sig[] = { SIGPROF, SIGALRM, SIGXCPU };

	timer.tick = options->hooks.tick;
	timer.cpu_ms = limit_ms(options->limits, LIMIT_CPU);
	timer.wall_ms = limit_ms(options->limits, LIMIT_WALL);
	timer.end_ms = 0;
	timer.waiting = 0;
	for (size_t i = 0; i < sizeof(sig) / sizeof(sig[0]); i++) {
		if (handle(sig[i], err) == -1)
			return -1;
	}
	if (arm(ITIMER_PROF, TICK_CPU_US, err) == -1)
		return -1;
	if (timer.wall_ms >= 0)
		return arm(ITIMER_REAL, TICK_WALL_US, err);
	return 0;
}
