#include "jail/timer.h"

#include <errno.h>
#include <sys/time.h>
#include <time.h>

#include "base/mem.h"
#include "jail/crash.h"

#define TICK_CPU_US  100000
#define TICK_WALL_US 250000

static struct {
	void (*tick)(enum jail_tick what);
	char text[JAIL_TICK_WALL + 1][128];
	int64_t cpu_ms, wall_ms; /* the limits; -1: none */
	int64_t volatile end_ms; /* of the wall clock; 0: not running yet */
	volatile sig_atomic_t waiting; /* told, and not seen yet */
	volatile sig_atomic_t is_over;
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

const char *
jail_tick_text(enum jail_tick what)
{
	return timer.text[what];
}

/* Here, so that handlers need not. */
static void
write_text(enum jail_tick what, const char *words, enum limit limit,
    const struct limits *limits)
{
	struct buf text = BUF_NONE;
	size_t room = sizeof(timer.text[what]) - 1;

	buf_printf(&text, "ran out of %s (", words);
	limits_note(&text, limit, limits->of[limit]);
	buf_add_char(&text, ')');
	memcpy(timer.text[what], text.p, text.n < room ? text.n : room);
	buf_clear(&text);
}

static void
on_tick(int sig)
{
	int saved = errno;
	enum jail_tick what = what_is_over(sig);

	if (timer.is_over)
		return;
	/* told before, and the script has not been reached since */
	if (what != JAIL_TICK_IDLE && timer.waiting)
		crash_leave_with(timer.text[what]);
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

void
jail_run_ends(void)
{
	timer.is_over = 1;
}

static int
handle(int sig, struct err *err)
{
	/* no SA_RESTART: a write that waits for the parent must come back */
	struct sigaction act = {
		.sa_handler = on_tick,
		.sa_flags = SA_ONSTACK,
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
	timer.waiting = timer.is_over = 0;
	write_text(JAIL_TICK_CPU, "processor time", LIMIT_CPU, options->limits);
	write_text(JAIL_TICK_WALL, "time", LIMIT_WALL, options->limits);
	for (size_t i = 0; i < ARRAY_SIZE(sig); i++) {
		if (handle(sig[i], err) == -1)
			return -1;
	}
	if (arm(ITIMER_PROF, TICK_CPU_US, err) == -1)
		return -1;
	if (timer.wall_ms >= 0 || options->ticks_always)
		return arm(ITIMER_REAL, TICK_WALL_US, err);
	return 0;
}
