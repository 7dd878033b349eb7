#include "rows/when.h"

#include "base/mem.h"
#include "check.h"

/* 2021-03-01 12:34:56 */
#define NOW INT64_C(1614602096)

static void
is_read_as(const char *in, const char *want)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str out = STR("refused");

	(void)when_read(&pool, str_of(in), NOW, &out, &err);
	CHECK_STR(out, want);
}

static void
times_are_read(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "today", "2021-03-01 00:00:00" },
		{ "yesterday", "2021-02-28 00:00:00" },
		{ "5 seconds ago", "2021-03-01 12:34:51" },
		{ "1 second ago", "2021-03-01 12:34:55" },
		{ "5m ago", "2021-03-01 12:29:56" },
		{ "5 min ago", "2021-03-01 12:29:56" },
		{ "1h ago", "2021-03-01 11:34:56" },
		{ "about 2 days ago", "2021-02-27 12:34:56" },
		{ "1 w ago", "2021-02-22 12:34:56" },
		{ "1 month ago", "2021-01-29 12:34:56" },
		{ "1y ago", "2020-03-01 12:34:56" },
		{ "2020-02-29T12:00:00", "2020-02-29 12:00:00" },
		{ "2020-02-29", "2020-02-29 00:00:00" },
		{ "2020-02-29T12:34", "2020-02-29 12:34:00" },
		{ "2020-02-29 12:34", "2020-02-29 12:34:00" },
		{ "2020-02-29T12:00:00.5", "2020-02-29 12:00:00.500" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		is_read_as(row[i].in, row[i].want);
}

static void
other_text_is_refused(void)
{
	static const char *const row[] = { "", "ago", " ago", "5 ago",
		"days ago", "5 days", "5 fortnights ago", "5 mins ago",
		"99999999999999999999 s ago", "2147483647 years ago",
		"2020-02-30T12:00:00", "2020-02-30", "2020-02-29T",
		"2020-02-29T12", "2020-02-29T12:60", "2020-02", "2020",
		"tomorrow" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		is_read_as(row[i], "refused");
}

CHECK_MAIN(CASE(times_are_read), CASE(other_text_is_refused))
