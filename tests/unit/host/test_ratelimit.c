#include "work/ratelimit.h"

#include "check.h"

#define MS UINT64_C(1000000)

static struct reply_wait
ask(struct ratelimit *limit, const char *key, uint32_t passes, uint32_t time_ms,
    uint64_t now_ms)
{
	struct reply_wait wait = { false, 7 };

	CHECK_INT(ratelimit_ask(limit, str_of(key), passes, time_ms,
		      now_ms * MS, &wait, NULL),
	    0);
	return wait;
}

static void
passes_are_counted_by_key(void)
{
	struct ratelimit *limit = ratelimit_new();

	CHECK(ask(limit, "k", 2, 1000, 5000).passes);
	CHECK(ask(limit, "k", 2, 1000, 5100).passes);
	CHECK(!ask(limit, "k", 2, 1000, 5200).passes);
	CHECK(ask(limit, "z", 2, 1000, 5200).passes);
	ratelimit_free(limit);
}

static void
the_wait_is_until_the_oldest_is_gone(void)
{
	struct ratelimit *limit = ratelimit_new();

	(void)ask(limit, "k", 2, 1000, 5000);
	(void)ask(limit, "k", 2, 1000, 5100);
	CHECK_INT(ask(limit, "k", 2, 1000, 5200).wait_ns, 800 * MS);
	CHECK_INT(ask(limit, "k", 2, 1000, 5999).wait_ns, 1 * MS);
	CHECK(ask(limit, "k", 2, 1000, 6000).passes);
	CHECK_INT(ask(limit, "k", 2, 1000, 6000).wait_ns, 100 * MS);
	ratelimit_free(limit);
}

static void
no_pass_at_all_waits_100_ms(void)
{
	struct ratelimit *limit = ratelimit_new();

	CHECK(!ask(limit, "z", 0, 1000, 1).passes);
	CHECK_INT(ask(limit, "z", 0, 1000, 1).wait_ns, 100 * MS);
	CHECK_INT(ask(limit, "z", 0, 1000, 900).wait_ns, 100 * MS);
	ratelimit_free(limit);
}

/* The ring wraps and grows with the oldest not at its beginning. */
static void
many_passes_stay_in_order(void)
{
	struct ratelimit *limit = ratelimit_new();

	for (uint32_t i = 0; i < 500; i++)
		CHECK(ask(limit, "k", 100, 100, 1000 + 2 * i).passes);
	for (uint32_t i = 0; i < 50; i++)
		CHECK(ask(limit, "k", 100, 100, 1999).passes);
	CHECK(!ask(limit, "k", 100, 100, 1999).passes);
	CHECK_INT(ask(limit, "k", 100, 100, 1999).wait_ns, 1 * MS);
	ratelimit_free(limit);
}

static void
what_one_may_hold_is_bounded(void)
{
	struct ratelimit *limit = ratelimit_new();
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait;
	char key[16];

	for (uint32_t i = 0; i < RATELIMIT_MAX_PASSES; i++)
		(void)ask(limit, "0", UINT32_MAX, UINT32_MAX, 1);
	CHECK(!ask(limit, "0", UINT32_MAX, UINT32_MAX, 1).passes);
	for (int i = 0; i < RATELIMIT_MAX_KEYS; i++) {
		snprintf(key, sizeof(key), "%d", i);
		(void)ask(limit, key, 1, 1, 1);
	}
	CHECK_INT(ratelimit_ask(limit, STR("x"), 1, 1, 1, &wait, &err), -1);
	CHECK_STR(err_text(&err), "more than 1024 rate limits in one run");
	ratelimit_free(limit);
}

static void
a_key_has_at_most_4096_bytes(void)
{
	static char key[RATELIMIT_MAX_KEY + 1];
	struct ratelimit *limit = ratelimit_new();
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait;

	memset(key, 'k', sizeof(key));
	CHECK_INT(ratelimit_ask(limit, str_view(key, RATELIMIT_MAX_KEY), 1, 1,
		      1, &wait, &err),
	    0);
	CHECK_INT(ratelimit_ask(limit, str_view(key, sizeof(key)), 1, 1, 1,
		      &wait, &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "the key of a rate limit has 4097 bytes, at most 4096");
	ratelimit_free(limit);
}

CHECK_MAIN(CASE(passes_are_counted_by_key),
    CASE(the_wait_is_until_the_oldest_is_gone),
    CASE(no_pass_at_all_waits_100_ms), CASE(many_passes_stay_in_order),
    CASE(what_one_may_hold_is_bounded), CASE(a_key_has_at_most_4096_bytes))
