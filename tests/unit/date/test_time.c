/* date: the calendar and times as text */
#include "date/date.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct str
written(struct pool *pool, const struct time_value *t, char separator)
{
	struct buf out = BUF_IN(pool);

	time_write(&out, t, separator);
	return buf_str(&out);
}

static void
times_are_normalised(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "2019-09-08T08:28:57", "2019-09-08T08:28:57" },
		{ "2019-9-8T8:2:7", "2019-09-08T08:02:07" },
		{ "19-09-08T08:28:57", "0019-09-08T08:28:57" },
		{ "+2019-09-08T08:28:57", "2019-09-08T08:28:57" },
		{ "-0001-01-01T00:00:00", "-0001-01-01T00:00:00" },
		{ "-1-1-1T0:0:0", "-0001-01-01T00:00:00" },
		{ "-0-1-1T0:0:0", "0000-01-01T00:00:00" },
		{ "+10000-01-01T00:00:00", "+10000-01-01T00:00:00" },
		{ "+0000000002019-01-01T00:00:00", "2019-01-01T00:00:00" },
		{ "+262143-12-31T23:59:59", "+262143-12-31T23:59:59" },
		{ "-262144-01-01T00:00:00", "-262144-01-01T00:00:00" },
		{ "2000-02-29T00:00:00", "2000-02-29T00:00:00" },
		{ "2016-12-31T23:59:60", "2016-12-31T23:59:60" },
		{ "2019-09-08T08:28:57.5", "2019-09-08T08:28:57.500" },
		{ "2019-09-08T08:28:57.000", "2019-09-08T08:28:57" },
		{ "2019-09-08T08:28:57.123456", "2019-09-08T08:28:57.123456" },
		{ "2019-09-08T08:28:57.1234567899",
		    "2019-09-08T08:28:57.123456789" },
		{ "2019-09-08T08:28:57.0000000009", "2019-09-08T08:28:57" },
		{ "  2019 - 09 - 08 \tT\n08 : 28 : 57.5  ",
		    "2019-09-08T08:28:57.500" },
		{ "\xc2\xa0"
		  "2019-09-08\xe3\x80\x80T08:28:57\xe2\x80\xa8",
		    "2019-09-08T08:28:57" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct time_value t = { 0 };

		CHECK_INT(time_read(str_of(row[i].in), &t, &err), 0);
		CHECK_STR(written(&pool, &t, 'T'), row[i].want);
	}
}

static void
other_text_is_refused(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "premature end of input" },
		{ " ", "premature end of input" },
		{ "-", "premature end of input" },
		{ "+x", "input contains invalid characters" },
		{ "x", "input contains invalid characters" },
		{ "2019", "premature end of input" },
		{ "2019-", "premature end of input" },
		{ "2019-09-08", "premature end of input" },
		{ "2019-09-08T08:28", "premature end of input" },
		{ "2019-09-08T08:28:57.", "premature end of input" },
		{ "2019-09-08T08:28:57.x",
		    "input contains invalid characters" },
		{ "2019-09-08 08:28:57", "input contains invalid characters" },
		{ "2019-09-08t08:28:57", "input contains invalid characters" },
		{ "2019-009-08T08:28:57", "input contains invalid characters" },
		{ "02019-09-08T08:28:57", "input contains invalid characters" },
		{ "2019-0 9-08T08:28:57", "input contains invalid characters" },
		{ "2019-09-08T08:28:57. 5",
		    "input contains invalid characters" },
		{ "2019-09-08T08:28:57+00:00", "trailing input" },
		{ "2019-09-08T08:28:57Z", "trailing input" },
		{ "2019-09-08T08:28:57 .5", "trailing input" },
		{ "2019-13-99T99:00:00Z", "trailing input" },
		{ "2019-13-01T00:00:00", "input is out of range" },
		{ "2019-00-01T00:00:00", "input is out of range" },
		{ "2019-09-00T00:00:00", "input is out of range" },
		{ "2019-02-30T00:00:00", "input is out of range" },
		{ "1900-02-29T00:00:00", "input is out of range" },
		{ "2019-09-08T24:00:00", "input is out of range" },
		{ "2019-09-08T08:60:00", "input is out of range" },
		{ "2019-09-08T08:28:61", "input is out of range" },
		{ "+262144-01-01T00:00:00", "input is out of range" },
		{ "-262145-12-31T00:00:00", "input is out of range" },
		{ "+2147483648x", "input is out of range" },
		{ "+99999999999999999999-01-01T00:00:00",
		    "input is out of range" },
		{ "\xff", "input contains invalid characters" },
	};
	struct time_value t = { .year = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(time_read(str_of(row[i].in), &t, &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
	CHECK_INT(t.year, 7);
}

static void
databases_have_a_blank(void)
{
	autopool struct pool pool = POOL_NONE;
	struct time_value t = { 2019, 9, 8, 8, 28, 57, 1000 };

	CHECK_STR(written(&pool, &t, ' '), "2019-09-08 08:28:57.000001");
}

static void
times_have_an_order(void)
{
	struct time_value a = { 2016, 12, 31, 23, 59, 59, 999999999 };
	struct time_value b = { 2016, 12, 31, 23, 59, 60, 0 };
	struct time_value c = { -1, 12, 31, 23, 59, 60, 0 };

	CHECK_INT(time_cmp(&a, &b), -1);
	CHECK_INT(time_cmp(&b, &a), 1);
	CHECK_INT(time_cmp(&a, &a), 0);
	CHECK_INT(time_cmp(&c, &a), -1);
}

static void
unix_seconds_go_both_ways(void)
{
	static const struct {
		int64_t seconds;
		const char *want;
	} row[] = {
		{ 0, "1970-01-01T00:00:00" },
		{ -1, "1969-12-31T23:59:59" },
		{ 1567931337, "2019-09-08T08:28:57" },
		{ 951782400, "2000-02-29T00:00:00" },
		{ 2147483648, "2038-01-19T03:14:08" },
		{ 4294967296, "2106-02-07T06:28:16" },
		{ -62135596800, "0001-01-01T00:00:00" },
		{ -62167219201, "-0001-12-31T23:59:59" },
		{ 253402300800, "+10000-01-01T00:00:00" },
		{ DATE_MIN_UNIX, "-262144-01-01T00:00:00" },
		{ DATE_MAX_UNIX, "+262143-12-31T23:59:59" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct time_value t = { 0 };

		CHECK_INT(time_from_unix(row[i].seconds, &t, NULL), 0);
		CHECK_STR(written(&pool, &t, 'T'), row[i].want);
		CHECK_INT(time_to_unix(&t), row[i].seconds);
	}
}

static void
unix_seconds_have_bounds(void)
{
	static const int64_t out_of_range[] = { DATE_MIN_UNIX - 1,
		DATE_MAX_UNIX + 1, INT64_MIN, INT64_MAX };
	struct time_value t = { .year = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(out_of_range); i++)
		CHECK_INT(time_from_unix(out_of_range[i], &t, NULL), -1);
	CHECK_INT(t.year, 7);
}

/* Two rounds of the calendar, around the year 0 and around 1970. */
static void
days_are_counted_one_by_one(void)
{
	int64_t days = date_to_days(-400, 1, 1);
	unsigned weekday = date_weekday(days);

	for (int32_t year = -400; year < 2400; year++) {
		unsigned of_year = 0;

		for (unsigned month = 1; month <= 12; month++) {
			unsigned n = date_month_days(year, month);

			for (unsigned day = 1; day <= n; day++) {
				unsigned m, d;
				int32_t y;

				date_from_days(days, &y, &m, &d);
				if (y != year || m != month || d != day ||
				    date_to_days(year, month, day) != days ||
				    date_weekday(days) != weekday ||
				    date_year_day(year, month, day) !=
					++of_year) {
					CHECK_INT(days, -1);
					return;
				}
				days++;
				weekday = (weekday + 1) % 7;
			}
		}
		CHECK_INT(of_year, date_is_leap(year) ? 366 : 365);
	}
	CHECK_INT(date_weekday(0), 4);
}

static void
iso_weeks_follow_each_other(void)
{
	int64_t days = date_to_days(1600, 1, 3); /* Monday of 1600-W01 */
	int32_t year = 1600;
	unsigned week = 1;

	for (int i = 0; i < 21000; i++, days += 7) {
		struct date_week a = date_iso_week(days);
		struct date_week b = date_iso_week(days + 6);

		if (a.year != year || a.week != week || b.year != year ||
		    b.week != week) {
			CHECK_INT(days, -1);
			return;
		}
		if (week++ == date_iso_weeks(year)) {
			year++;
			week = 1;
		}
	}
	CHECK_INT(date_iso_weeks(2004), 53);
	CHECK_INT(date_iso_weeks(2005), 52);
	CHECK_INT(date_iso_weeks(2009), 53);
	CHECK_INT(date_iso_weeks(2020), 53);
}

CHECK_MAIN(CASE(times_are_normalised), CASE(other_text_is_refused),
    CASE(databases_have_a_blank), CASE(times_have_an_order),
    CASE(unix_seconds_go_both_ways), CASE(unix_seconds_have_bounds),
    CASE(days_are_counted_one_by_one), CASE(iso_weeks_follow_each_other))
