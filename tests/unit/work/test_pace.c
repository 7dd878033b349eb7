#include "work/pace.h"

#include "check.h"

struct world {
	struct pace pace;
	int64_t now_us;
	size_t joins, parts;
	const struct pace_child *held;
	bool refuses;
};

static int
join(void *ctx, struct pace_child *child)
{
	struct world *w = ctx;

	CHECK(w->held == NULL);
	w->joins++;
	if (w->refuses)
		return -1;
	w->held = child;
	return 0;
}

static void
part(void *ctx, struct pace_child *child)
{
	struct world *w = ctx;

	CHECK(w->held == child);
	w->parts++;
	w->held = NULL;
}

static const struct pace_acts acts = { join, part };

static void
begin(struct world *w, size_t processors)
{
	*w = (struct world){ .now_us = 1000000 };
	pace_init(&w->pace, &acts, w, processors);
}

/* It is answered, and asks again after so long; what we do takes 10 us. */
static void
one_round(struct world *w, struct pace_child *child, int64_t wait_us)
{
	pace_answered(&w->pace, child, w->now_us);
	w->now_us += wait_us;
	pace_asked(&w->pace, child, w->now_us);
	w->now_us += 10;
}

static void
rounds(struct world *w, struct pace_child *child, size_t n, int64_t wait_us)
{
	for (size_t i = 0; i < n; i++)
		one_round(w, child, wait_us);
}

static void
sixteen_short_waits_make_it_hot(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	rounds(&w, &child, PACE_WAITS - 1, 50);
	CHECK_INT(w.joins, 0);
	CHECK(!pace_is_hot(&w.pace));
	one_round(&w, &child, PACE_SHORT_US - 1);
	CHECK(w.held == &child);
	CHECK(pace_is_hot(&w.pace));
	pace_leave(&child);
	CHECK(w.held == NULL);
}

/* 0, 1, 2, ... short ones before a long one, many times. */
static void
a_long_wait_begins_the_count_again(void)
{
	for (size_t n = 0; n < PACE_WAITS; n++) {
		struct pace_child child = { 0 };
		struct world w;

		begin(&w, 2);
		for (int i = 0; i < 100; i++) {
			rounds(&w, &child, n, 50);
			one_round(&w, &child, PACE_SHORT_US);
		}
		CHECK_INT(w.joins, 0);
		CHECK(!pace_is_hot(&w.pace));
	}
}

/* A run that waits for the network: nothing is done at all. */
static void
who_waits_for_others_is_never_hot(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 64);
	for (int i = 0; i < 1000; i++) {
		rounds(&w, &child, 3, 40);
		one_round(&w, &child, 5000);
		CHECK(!pace_is_hot(&w.pace));
	}
	CHECK_INT(w.joins, 0);
}

static void
it_is_let_go_after_50_ms_and_held_again(void)
{
	struct pace_child child = { 0 };
	struct world w;
	int64_t begun;

	begin(&w, 2);
	rounds(&w, &child, PACE_WAITS, 50);
	begun = w.now_us;
	while (w.held != NULL)
		one_round(&w, &child, 30);
	CHECK(w.now_us - begun >= PACE_HOLD_US);
	CHECK(w.now_us - begun < PACE_HOLD_US + 100);
	CHECK(pace_is_hot(&w.pace));
	rounds(&w, &child, PACE_WAITS - 1, 50);
	CHECK(w.held == NULL);
	one_round(&w, &child, 50);
	CHECK(w.held == &child);
	CHECK_INT(w.joins, 2);
	CHECK_INT(w.parts, 1);
	pace_leave(&child);
}

/* While it is waited for, not only when it has come. */
static void
it_is_let_go_within_a_long_wait(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	rounds(&w, &child, PACE_WAITS, 50);
	pace_answered(&w.pace, &child, w.now_us);
	w.now_us += PACE_SHORT_US - 1;
	pace_look(&w.pace, w.now_us);
	CHECK(w.held == &child);
	w.now_us++;
	pace_look(&w.pace, w.now_us);
	CHECK(w.held == NULL);
	CHECK(!pace_is_hot(&w.pace));
	/* the wait counts once */
	w.now_us += 100000;
	pace_asked(&w.pace, &child, w.now_us);
	CHECK_INT(w.parts, 1);
}

/* Somebody types the answer. */
static void
who_is_not_answered_is_not_hot(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	rounds(&w, &child, PACE_WAITS, 50);
	CHECK(w.held == &child);
	w.now_us += 2000;
	pace_look(&w.pace, w.now_us);
	CHECK(w.held == NULL);
	CHECK(!pace_is_hot(&w.pace));
}

/* Our own work, a commit that takes long, is no wait for it. */
static void
what_we_do_is_no_wait(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	for (int i = 0; i < PACE_WAITS; i++) {
		one_round(&w, &child, 50);
		w.now_us += 5000;
	}
	CHECK(w.held == &child);
	pace_leave(&child);
}

static void
two_hot_ones_are_left_alone(void)
{
	struct pace_child a = { 0 }, b = { 0 };
	struct world w;

	begin(&w, 2);
	rounds(&w, &a, PACE_WAITS, 50);
	CHECK(w.held == &a);
	for (int i = 0; i < PACE_WAITS; i++) {
		one_round(&w, &b, 50);
		one_round(&w, &a, 50);
	}
	CHECK(w.held == NULL);
	for (int i = 0; i < 10000; i++) {
		one_round(&w, &a, 50);
		one_round(&w, &b, 50);
	}
	CHECK_INT(w.joins, 1);
	/* one waits for somebody else: the other is alone */
	one_round(&w, &a, 5000);
	one_round(&w, &b, 50);
	CHECK(w.held == &b);
	pace_leave(&b);
	pace_leave(&a);
	CHECK(w.held == NULL);
	CHECK(!pace_is_hot(&w.pace));
}

/* The first, the last and one between of the hot ones. */
static void
any_of_the_hot_ones_may_leave(void)
{
	for (size_t first = 0; first < 3; first++) {
		struct pace_child child[3] = { { 0 } };
		struct world w;

		begin(&w, 8);
		for (size_t i = 0; i < 3; i++)
			rounds(&w, &child[i], PACE_WAITS, 50);
		CHECK_INT(w.pace.n_hot, 3);
		for (size_t i = 0; i < 3; i++) {
			pace_leave(&child[(first + i) % 3]);
			pace_leave(&child[(first + i) % 3]);
			CHECK_INT(w.pace.n_hot, 2 - i);
		}
	}
}

/* It did not ask before, and asks no more. */
static void
who_was_never_answered_may_leave(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	pace_asked(&w.pace, &child, w.now_us);
	pace_leave(&child);
	CHECK(!pace_is_hot(&w.pace));
}

static void
what_was_refused_is_not_tried_again(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	w.refuses = true;
	rounds(&w, &child, 10 * PACE_MOST, 50);
	CHECK_INT(w.joins, 1);
	CHECK_INT(w.parts, 0);
	CHECK(pace_is_hot(&w.pace));
	pace_leave(&child);
}

static void
one_processor_leaves_nothing_to_choose(void)
{
	for (size_t processors = 0; processors < 2; processors++) {
		struct pace_child child = { 0 };
		struct world w;

		begin(&w, processors);
		rounds(&w, &child, 1000, 50);
		CHECK_INT(w.joins, 0);
		pace_leave(&child);
	}
}

static void
what_is_started_meanwhile_is_born_free(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	pace_part(&w.pace);
	rounds(&w, &child, PACE_WAITS, 50);
	pace_part(&w.pace);
	CHECK(w.held == NULL);
	pace_part(&w.pace);
	CHECK_INT(w.parts, 1);
	rounds(&w, &child, PACE_WAITS, 50);
	CHECK(w.held == &child);
	pace_leave(&child);
}

/* Joins in so many rounds of `n` short waits and a long one. */
static size_t
joins_of(size_t n, size_t times)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	for (size_t i = 0; i < times; i++) {
		for (size_t k = 0; k < n; k++)
			one_round(&w, &child, w.held != NULL ? 30 : 50);
		one_round(&w, &child, 300);
	}
	pace_leave(&child);
	return w.joins;
}

/* A child that thinks after each 20 rows pays for one try, not for each. */
static void
what_ends_soon_is_tried_less_often(void)
{
	CHECK_INT(joins_of(20, 1000), 1);
	CHECK_INT(joins_of(100, 1000), 3);
	CHECK_INT(joins_of(600, 10), 10);
}

/* Another program has the processor: waits become no shorter. */
static void
what_brings_nothing_is_tried_less_often(void)
{
	struct pace_child child = { 0 };
	struct world w;

	begin(&w, 2);
	rounds(&w, &child, 1000000, 50);
	CHECK(w.joins < 300);
	CHECK_INT(w.pace.need, PACE_MOST);
	/* until it does */
	for (int i = 0; i < 10000; i++)
		one_round(&w, &child, w.held != NULL ? 30 : 50);
	CHECK_INT(w.pace.need, PACE_WAITS);
	pace_leave(&child);
}

CHECK_MAIN(CASE(sixteen_short_waits_make_it_hot),
    CASE(a_long_wait_begins_the_count_again),
    CASE(who_waits_for_others_is_never_hot),
    CASE(it_is_let_go_after_50_ms_and_held_again),
    CASE(it_is_let_go_within_a_long_wait), CASE(who_is_not_answered_is_not_hot),
    CASE(what_we_do_is_no_wait), CASE(two_hot_ones_are_left_alone),
    CASE(any_of_the_hot_ones_may_leave), CASE(who_was_never_answered_may_leave),
    CASE(what_was_refused_is_not_tried_again),
    CASE(one_processor_leaves_nothing_to_choose),
    CASE(what_is_started_meanwhile_is_born_free),
    CASE(what_ends_soon_is_tried_less_often),
    CASE(what_brings_nothing_is_tried_less_often))
