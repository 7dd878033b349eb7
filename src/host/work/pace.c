/*
 * A child is hot after so many short waits in a row, each from the answer that
 * left to the next question, and is not any more with its first long one. While
 * exactly one is, it is held: it and we are on one processor, for 50 ms at a
 * time, so that whoever divides the processors among all programs can put us
 * elsewhere; then it has to become hot again. Several hot ones would only wait
 * for each other there.
 *
 *	           need short waits
 *	    cold ------------------> hot, held
 *	     ^  ^   50 ms are over     |  |
 *	     |  +----------------------+  |
 *	     +----------------------------+
 *	     a long wait; another is hot; it is gone; something is started
 *
 * Two masks are set at each end of this, which is not worth it for some rounds:
 * where a long wait came early, or the waits became no shorter (another program
 * has the processor; it wakes for nothing), twice as many short ones are needed
 * the next time, and 16 again once it has lasted.
 */
#include "work/pace.h"

#include <assert.h>

void
pace_init(struct pace *pace, const struct pace_acts *acts, void *ctx,
    size_t processors)
{
	*pace = (struct pace){
		.acts = acts,
		.ctx = ctx,
		.is_refused = processors < 2,
		.need = PACE_WAITS,
	};
}

static bool
has_paid(const struct pace *pace)
{
	return pace->waits != 0 && pace->us / pace->waits < pace->before_us;
}

/* It was on one processor for so long: was that worth it? */
static void
judge(struct pace *pace, bool is_in_time)
{
	if (has_paid(pace) && (is_in_time || pace->waits >= PACE_WORTH))
		pace->need = PACE_WAITS;
	else if (pace->need < PACE_MOST)
		pace->need *= 2;
}

static void
start_again(struct pace_child *child)
{
	child->waits = 0;
	child->us = 0;
}

void
pace_part(struct pace *pace)
{
	struct pace_child *held = pace->held;

	if (held == NULL)
		return;
	pace->held = NULL;
	start_again(held);
	pace->acts->part(pace->ctx, held);
}

static void
cool(struct pace *pace, struct pace_child *child)
{
	struct pace_child **at = &pace->hot;

	start_again(child);
	if (pace->held == child)
		pace_part(pace);
	if (!child->is_hot)
		return;
	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
	child->is_hot = false;
	pace->n_hot--;
}

static void
heat(struct pace *pace, struct pace_child *child)
{
	child->is_hot = true;
	child->next = pace->hot;
	pace->hot = child;
	pace->n_hot++;
	if (pace->n_hot > 1)
		pace_part(pace);
}

static void
hold(struct pace *pace, struct pace_child *child, int64_t now_us)
{
	if (pace->is_refused)
		return;
	if (pace->acts->join(pace->ctx, child) == -1) {
		pace->is_refused = true;
		return;
	}
	pace->held = child;
	pace->until_us = now_us + PACE_HOLD_US;
	pace->before_us = child->us / child->waits;
	pace->waits = 0;
	pace->us = 0;
}

static bool
is_long(const struct pace_child *child, int64_t now_us)
{
	return now_us - child->since_us >= PACE_SHORT_US;
}

/* The wait for it has become a long one, or was one. */
static void
cool_long(struct pace *pace, struct pace_child *child)
{
	if (pace->held == child)
		judge(pace, false);
	cool(pace, child);
}

static void
count_short(struct pace *pace, struct pace_child *child, uint64_t us)
{
	if (pace->held == child) {
		pace->waits++;
		pace->us += us;
	}
	child->waits++;
	child->us += us;
	if (!child->is_hot && child->waits >= PACE_WAITS)
		heat(pace, child);
}

void
pace_answered(struct pace *pace, struct pace_child *child, int64_t now_us)
{
	assert(child->pace == NULL || child->pace == pace);
	child->pace = pace;
	child->is_waited_for = true;
	child->since_us = now_us;
}

/* It sleeps until it is answered: now it can be put elsewhere at no cost. */
void
pace_asked(struct pace *pace, struct pace_child *child, int64_t now_us)
{
	if (!child->is_waited_for)
		return;
	if (is_long(child, now_us))
		cool_long(pace, child);
	else
		count_short(pace, child, (uint64_t)(now_us - child->since_us));
	child->is_waited_for = false;
	child->since_us = now_us;
	if (pace->held == child && now_us >= pace->until_us) {
		judge(pace, true);
		pace_part(pace);
	} else if (pace->held == NULL && pace->n_hot == 1 && child->is_hot &&
		   child->waits >= pace->need) {
		hold(pace, child, now_us);
	}
}

/*
 * Before a wait who has asked is answered, unless it is for somebody else to
 * answer, who may take a day.
 */
void
pace_look(struct pace *pace, int64_t now_us)
{
	struct pace_child *next;

	for (struct pace_child *child = pace->hot; child != NULL;
	     child = next) {
		next = child->next;
		if (is_long(child, now_us))
			cool_long(pace, child);
	}
}

void
pace_leave(struct pace_child *child)
{
	if (child->pace == NULL)
		return;
	child->is_waited_for = false;
	cool(child->pace, child);
}

bool
pace_is_hot(const struct pace *pace)
{
	return pace->n_hot != 0;
}
