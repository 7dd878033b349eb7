/*
 * Times: a heap in an array, each timer knows its place in it. Equal times are
 * told apart by the number of their setting.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop/inside.h"
#include "stream/clock.h"

static bool
is_before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->until != b->until ? a->until < b->until
	                            : a->number < b->number;
}

static void
put_at(struct loop *loop, size_t at, struct loop_timer *timer)
{
	loop->timer[at] = timer;
	timer->at = at;
}

static void
rise(struct loop *loop, struct loop_timer *timer)
{
	size_t at = timer->at;

	while (at != 0 && is_before(timer, loop->timer[(at - 1) / 2])) {
		put_at(loop, at, loop->timer[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put_at(loop, at, timer);
}

static void
sink(struct loop *loop, struct loop_timer *timer)
{
	size_t at = timer->at, child;

	while ((child = 2 * at + 1) < loop->timers) {
		if (child + 1 < loop->timers &&
		    is_before(loop->timer[child + 1], loop->timer[child]))
			child++;
		if (is_before(timer, loop->timer[child]))
			break;
		put_at(loop, at, loop->timer[child]);
		at = child;
	}
	put_at(loop, at, timer);
}

void
loop_timer_stop(struct loop_timer *timer)
{
	struct loop *loop = timer->loop;
	struct loop_timer *last;

	if (loop == NULL)
		return;
	timer->loop = NULL;
	last = loop->timer[--loop->timers];
	if (last == timer)
		return;
	put_at(loop, timer->at, last);
	rise(loop, last);
	sink(loop, last);
}

static void
append_timer(struct loop *loop, struct loop_timer *timer)
{
	if (loop->timers == loop->cap_timers) {
		loop->cap_timers =
		    loop->cap_timers != 0 ? 2 * loop->cap_timers : 16;
		loop->timer = mem_grow(loop->timer, loop->cap_timers,
		    sizeof(struct loop_timer *));
	}
	timer->loop = loop;
	put_at(loop, loop->timers++, timer);
}

void
loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t until)
{
	/* behind all that this turn has to call, which may be under way */
	if (until < loop->now)
		until = loop->now;
	if (timer->loop != NULL && timer->until == until)
		return;
	assert(timer->loop == NULL || timer->loop == loop);
	loop_timer_stop(timer);
	if (until == CLOCK_NEVER)
		return;
	timer->until = until;
	timer->number = ++loop->number;
	append_timer(loop, timer);
	rise(loop, timer);
}

int64_t
timers_until(const struct loop *loop)
{
	return loop->timers != 0 ? loop->timer[0]->until : CLOCK_NEVER;
}

void
timers_look(struct loop *loop)
{
	loop->now = clock_ms();
	loop->due = loop->number;
}

/* The first of those that were over, and set, when the wait was. */
static struct loop_timer *
take_due(struct loop *loop)
{
	struct loop_timer *first;

	if (loop->timers == 0)
		return NULL;
	first = loop->timer[0];
	if (first->until > loop->now || first->number > loop->due)
		return NULL;
	loop_timer_stop(first);
	return first;
}

void
timers_call(struct loop *loop)
{
	struct loop_timer *timer;

	while ((timer = take_due(loop)) != NULL)
		timer->call(timer->ctx);
}

void
timers_clear(struct loop *loop)
{
	while (loop->timers != 0)
		loop_timer_stop(loop->timer[0]);
	free(loop->timer);
}
