/*
 * Beats. A wait that ends with a time makes the kernel set the clock of the
 * machine, and set it back when something else ended it: where that is a
 * virtual machine's, 3 us (measured), as much as the rest of a short wait. A
 * timerfd is set once, and is one descriptor more for poll(2).
 */
#include <stdint.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/timerfd.h>
#endif

#include "base/fds.h"
#include "loop/inside.h"
#include "stream/clock.h"

void
loop_beat_open(struct loop_beat *beat)
{
#ifdef __linux__
	beat->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
#else
	beat->fd = -1;
#endif
}

/* 0: it is still. -1: there is none. */
static int
set_period(const struct loop_beat *beat, unsigned ms)
{
#ifdef __linux__
	const struct timespec period = { ms / 1000, ms % 1000 * 1000000L };
	const struct itimerspec spec = { period, period };

	return beat->fd != -1 ? timerfd_settime(beat->fd, 0, &spec, NULL) : -1;
#else
	(void)beat, (void)ms;
	return -1;
#endif
}

static void
on_fd(void *ctx, short revents)
{
	struct loop_beat *beat = ctx;
	uint64_t n;

	(void)revents;
	if (read(beat->fd, &n, sizeof(n)) == (ssize_t)sizeof(n))
		beat->call(beat->ctx);
}

static void
on_time(void *ctx)
{
	struct loop_beat *beat = ctx;

	loop_timer_set(beat->loop, &beat->time, clock_in(beat->ms));
	beat->call(beat->ctx);
}

void
loop_beat_start(struct loop *loop, struct loop_beat *beat, unsigned ms)
{
	if (beat->loop != NULL)
		return;
	beat->loop = loop;
	beat->ms = ms;
	beat->on_fd = (struct loop_fd){ .call = on_fd, .ctx = beat };
	beat->time = (struct loop_timer){ .call = on_time, .ctx = beat };
	if (set_period(beat, ms) == 0)
		loop_fd_set(loop, &beat->on_fd, beat->fd, POLLIN);
	else
		loop_timer_set(loop, &beat->time, clock_in(ms));
}

void
loop_beat_stop(struct loop_beat *beat)
{
	if (beat->loop == NULL)
		return;
	beat->loop = NULL;
	loop_fd_stop(&beat->on_fd);
	loop_timer_stop(&beat->time);
	(void)set_period(beat, 0);
}

void
loop_beat_close(struct loop_beat *beat)
{
	loop_beat_stop(beat);
	fds_drop(&beat->fd);
}
