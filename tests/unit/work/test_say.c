/* Lines about rows, texts that are said once, and reports. */
#include "work/say.h"

#include "base/mem.h"
#include "check.h"

#include "work/once.h"
#include "work/report.h"

static void
a_text_is_said_once(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000, ONCE_MAX };
	static char longer[ONCE_MAX_BYTES + 1];

	memset(longer, 'x', sizeof(longer));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct once once = { .n = 0 };
		char text[32];

		for (int again = 0; again < 2; again++) {
			for (size_t n = 0; n < sizes[i]; n++) {
				snprintf(text, sizeof(text), "%zu", n);
				CHECK_INT(once_add(&once, str_of(text)),
				    !again);
			}
		}
		once_clear(&once);
		CHECK(once_add(&once, STR("0")));
		CHECK(once_add(&once, str_view(longer, ONCE_MAX_BYTES)));
		CHECK(!once_add(&once, str_view(longer, ONCE_MAX_BYTES)));
		once_clear(&once);
	}
}

/* Beyond that nothing is remembered, and nothing is kept back. */
static void
too_many_and_too_long_are_said_each_time(void)
{
	static char longer[ONCE_MAX_BYTES + 1];
	struct once once = { .n = 0 };
	char text[32];

	memset(longer, 'x', sizeof(longer));
	CHECK(once_add(&once, str_view(longer, sizeof(longer))));
	CHECK(once_add(&once, str_view(longer, sizeof(longer))));
	for (size_t n = 0; n < ONCE_MAX; n++) {
		snprintf(text, sizeof(text), "%zu", n);
		CHECK(once_add(&once, str_of(text)));
	}
	CHECK(once_add(&once, STR("one more")));
	CHECK(once_add(&once, STR("one more")));
	CHECK(!once_add(&once, STR("7")));
	once_clear(&once);
}

static struct str
insert(struct pool *pool, bool is_scoped_out, enum say_tense tense)
{
	struct db_result result = { .is_scoped_out = is_scoped_out,
		.label = STR("a.com") };
	struct buf out = BUF_IN(pool);

	say_insert(&out, model_by_family(STR("domain")), &result, tense);
	return buf_str(&out);
}

static void
a_row_out_of_scope_is_told_as_such(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(insert(&pool, false, SAY_DOING), "Adding domain \"a.com\"");
	CHECK_STR(insert(&pool, true, SAY_DOING),
	    "Adding domain \"a.com\" (out of scope)");
	CHECK_STR(insert(&pool, true, SAY_DONE),
	    "Added domain \"a.com\" (out of scope)");
}

static const struct event {
	const char *json, *want;
} events[] = {
	{ "{\"topic\":\"t\",\"time\":\"2020-01-03T00:00:00\",\"content\":{}}",
	    "\"t\" @ 2020-01-03 00:00:00" },
	{ "{\"topic\":\"t\",\"time\":\"2020-01-03T00:00:00\",\"content\":{},"
	  "\"uniq\":\"u\",\"latitude\":1.5}",
	    "\"t\" (\"u\") @ 2020-01-03 00:00:00" },
	{ "{\"topic\":\"t\",\"time\":\"2020-01-03T00:00:00\",\"content\":{},"
	  "\"longitude\":1.5}",
	    "\"t\" @ 2020-01-03 00:00:00" },
	{ "{\"topic\":\"t\",\"time\":\"2020-01-03T00:00:00\",\"content\":{},"
	  "\"latitude\":1.5,\"longitude\":-2.25}",
	    "\"t\" @ 2020-01-03 00:00:00 (1.5, -2.25)" },
	{ "{\"topic\":\"t\",\"time\":\"2020-01-03T00:00:00\",\"content\":{},"
	  "\"latitude\":1.5,\"longitude\":-2.25,\"radius\":30}",
	    "\"t\" @ 2020-01-03 00:00:00 (1.5, -2.25 | 30m)" },
};

static void
an_event_has_a_place_if_it_has_both_numbers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf out = BUF_IN(&pool);
		struct row row;
		struct json v;

		CHECK_INT(json_read(&pool, str_of(events[i].json), &v, &err),
		    0);
		CHECK_INT(row_read_insert(&row, &model_activity, &v, &pool,
			      &err),
		    0);
		say_activity(&out, &row, false);
		CHECK_STR(buf_str(&out), events[i].want);
	}
}

static void
a_report_has_the_call_if_there_is_one(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf with = BUF_IN(&pool), without = BUF_IN(&pool);

	report_write(&with, STR("a/b"), STR("0.1.0"), STR("stopped"),
	    STR("getcwd (79)\033["));
	report_write(&without, STR("a/b"), STR("0.1.0"), STR("stopped"),
	    STR_NONE);
	CHECK(
	    str_find(buf_str(&with),
		STR("\nwhat:    stopped\ncall:    getcwd (79)\\u{1b}[\n---")) !=
	    STR_NPOS);
	CHECK(str_find(buf_str(&without), STR("\nwhat:    stopped\n---")) !=
	      STR_NPOS);
	CHECK(str_find(buf_str(&without), STR("call:")) == STR_NPOS);
}

CHECK_MAIN(CASE(a_text_is_said_once),
    CASE(too_many_and_too_long_are_said_each_time),
    CASE(a_row_out_of_scope_is_told_as_such),
    CASE(an_event_has_a_place_if_it_has_both_numbers),
    CASE(a_report_has_the_call_if_there_is_one))
