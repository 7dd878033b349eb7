#include "work/ratelimit.h"

#include "check.h"

#define MS UINT64_C(1000000)

static int
ask_for(struct ratelimit *limit, const char *module, struct str key,
    uint32_t passes, uint32_t time_ms, uint64_t now_ms, struct reply_wait *wait,
    struct err *err)
{
	struct ratelimit_ask ask = { str_of(module), key, passes, time_ms,
		now_ms * MS };

	return ratelimit_ask(limit, &ask, wait, err);
}

static struct reply_wait
ask(struct ratelimit *limit, const char *key, uint32_t passes, uint32_t time_ms,
    uint64_t now_ms)
{
	struct reply_wait wait = { false, 7 };

	CHECK_INT(ask_for(limit, "a/b", str_of(key), passes, time_ms, now_ms,
		      &wait, NULL),
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

/* As many keys as it may have, each with one pass. */
static void
fill(struct ratelimit *limit, uint32_t time_ms, uint64_t now_ms)
{
	for (int i = 0; i < RATELIMIT_MAX_KEYS; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d", i);
		CHECK(ask(limit, key, 1, time_ms, now_ms).passes);
	}
}

static void
a_key_has_so_many_passes(void)
{
	struct ratelimit *limit = ratelimit_new();

	for (uint32_t i = 0; i < RATELIMIT_MAX_PASSES; i++)
		(void)ask(limit, "0", UINT32_MAX, UINT32_MAX, 1);
	CHECK(!ask(limit, "0", UINT32_MAX, UINT32_MAX, 1).passes);
	ratelimit_free(limit);
}

/* What one module has is its own business. */
static void
a_module_has_so_many_keys(void)
{
	struct ratelimit *limit = ratelimit_new();
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait = { false, 7 };

	fill(limit, 1000, 1);
	CHECK_INT(ask_for(limit, "a/b", STR("x"), 1, 1, 2, &wait, &err), -1);
	CHECK_STR(err_text(&err), "a/b has 1024 rate limits at once, no more");
	CHECK_INT(wait.wait_ns, 7);
	/* its keys are as good as before, to others as well */
	CHECK(!ask(limit, "7", 1, 1000, 2).passes);
	CHECK_INT(ask_for(limit, "c/d", STR("7"), 1, 1000, 2, &wait, NULL), 0);
	CHECK(!wait.passes);
	CHECK_INT(ask_for(limit, "c/d", STR("x"), 1, 1, 2, &wait, NULL), 0);
	CHECK(wait.passes);
	ratelimit_free(limit);
}

/* A key a target is no reason to stop: what is over makes room. */
static void
old_keys_make_room(void)
{
	struct ratelimit *limit = ratelimit_new();
	struct reply_wait wait;

	fill(limit, 1000, 1);
	CHECK_INT(ask_for(limit, "a/b", STR("x"), 1, 1, 1000, &wait, NULL), -1);
	CHECK_INT(ask_for(limit, "a/b", STR("x"), 1, 1, 1001, &wait, NULL), 0);
	CHECK(wait.passes);
	for (int i = 0; i < 5000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "t%d", i);
		CHECK(ask(limit, key, 1, 100, 5000 + (uint64_t)i).passes);
	}
	/* not over: the longest time counts */
	CHECK(ask(limit, "0", 2, 100000, 20000).passes);
	CHECK(ask(limit, "0", 2, 1, 20002).passes);
	for (int i = 0; i < 2000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "u%d", i);
		CHECK(ask(limit, key, 1, 1, 20010 + (uint64_t)i).passes);
	}
	CHECK(!ask(limit, "0", 1, 100000, 23000).passes);
	ratelimit_free(limit);
}

/* Memory is bounded by places, whatever is forgotten in which order. */
static void
a_module_has_so_many_passes(void)
{
	const unsigned keys = RATELIMIT_MAX_ALL / RATELIMIT_MAX_PASSES;
	struct ratelimit *limit = ratelimit_new();
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait;
	char key[16];

	for (unsigned i = 0; i < keys; i++) {
		snprintf(key, sizeof(key), "%u", i);
		for (unsigned k = 0; k < RATELIMIT_MAX_PASSES; k++)
			(void)ask(limit, key, UINT32_MAX, 1000, 1);
	}
	CHECK_INT(ask_for(limit, "a/b", STR("x"), 1, 1000, 2, &wait, &err), -1);
	CHECK_STR(err_text(&err),
	    "a/b has 1048576 passes of rate limits, no more");
	CHECK_INT(ask_for(limit, "c/d", STR("x"), 1, 1000, 2, &wait, NULL), 0);
	CHECK(wait.passes);
	/* all but one are over */
	CHECK(ask(limit, "0", UINT32_MAX, 2000, 1001).passes == false);
	CHECK(ask(limit, "1", UINT32_MAX, 1000, 1001).passes);
	CHECK_INT(ask_for(limit, "a/b", STR("y"), 1, 1000, 1002, &wait, NULL),
	    0);
	CHECK(wait.passes);
	ratelimit_free(limit);
}

/* A key that grows past the share of its module, while another one is old. */
static void
a_key_that_grows_has_no_more_than_its_share(void)
{
	const unsigned keys = RATELIMIT_MAX_ALL / RATELIMIT_MAX_PASSES;
	struct ratelimit *limit = ratelimit_new();
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait = { false, 7 };
	char key[16];

	CHECK(ask(limit, "grows", UINT32_MAX, 1000, 1).passes);
	for (unsigned i = 1; i < keys; i++) {
		snprintf(key, sizeof(key), "%u", i);
		for (unsigned k = 0; k < RATELIMIT_MAX_PASSES; k++)
			(void)ask(limit, key, UINT32_MAX, 1000, 1);
	}
	/* 16 places, then 32, ...: half of what is left is another's */
	for (unsigned k = 0; k < RATELIMIT_MAX_PASSES / 2; k++)
		(void)ask(limit, "half", UINT32_MAX, 1000, 1);
	for (unsigned k = 1; k < RATELIMIT_MAX_PASSES / 4; k++)
		(void)ask(limit, "grows", UINT32_MAX, 1000, 1);
	for (unsigned k = RATELIMIT_MAX_PASSES / 4;
	     k < RATELIMIT_MAX_PASSES / 2; k++)
		CHECK_INT(ask_for(limit, "a/b", STR("grows"), UINT32_MAX, 1000,
			      1, &wait, &err),
		    0);
	CHECK_INT(ask_for(limit, "a/b", STR("grows"), UINT32_MAX, 1000, 1,
		      &wait, &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "a/b has 1048576 passes of rate limits, no more");
	/* another module's keys are not taken for that */
	CHECK_INT(ask_for(limit, "c/d", STR(""), 1, 1, 1, &wait, NULL), 0);
	CHECK(wait.passes);
	CHECK_INT(ask_for(limit, "a/b", STR("grows"), UINT32_MAX, 1000, 500,
		      &wait, NULL),
	    -1);
	CHECK_INT(ask_for(limit, "c/d", STR(""), 1, 1, 1, &wait, NULL), 0);
	CHECK(!wait.passes);
	/* what is over makes room, but for itself */
	CHECK_INT(ask_for(limit, "a/b", STR("grows"), UINT32_MAX, 1000000, 999,
		      &wait, NULL),
	    -1);
	CHECK_INT(ask_for(limit, "a/b", STR("grows"), UINT32_MAX, 1000000, 1001,
		      &wait, NULL),
	    0);
	CHECK(wait.passes);
	ratelimit_free(limit);
	ratelimit_free(NULL);
}

static void
a_key_has_at_most_4096_bytes(void)
{
	static char key[RATELIMIT_MAX_KEY + 1];
	struct ratelimit *limit = ratelimit_new();
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait;

	memset(key, 'k', sizeof(key));
	CHECK_INT(ask_for(limit, "a/b", str_view(key, RATELIMIT_MAX_KEY), 1, 1,
		      1, &wait, &err),
	    0);
	CHECK_INT(ask_for(limit, "a/b", str_view(key, sizeof(key)), 1, 1, 1,
		      &wait, &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "the key of a rate limit has 4097 bytes, at most 4096");
	ratelimit_free(limit);
}

CHECK_MAIN(CASE(passes_are_counted_by_key),
    CASE(the_wait_is_until_the_oldest_is_gone),
    CASE(no_pass_at_all_waits_100_ms), CASE(many_passes_stay_in_order),
    CASE(a_key_has_so_many_passes), CASE(a_module_has_so_many_keys),
    CASE(old_keys_make_room), CASE(a_module_has_so_many_passes),
    CASE(a_key_that_grows_has_no_more_than_its_share),
    CASE(a_key_has_at_most_4096_bytes))
