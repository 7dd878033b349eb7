#include "date/date.h"

#include "base/mem.h"
#include "date/scan.h"

#define DAY         86400
#define CYCLE       400 /* years after which the calendar repeats */
#define CYCLE_DAYS  146097
#define EPOCH_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

bool
date_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned
date_month_days(int64_t year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && date_is_leap(year));
}

bool
date_is_valid(int64_t year, int64_t month, int64_t day)
{
	return year >= DATE_MIN_YEAR && year <= DATE_MAX_YEAR && month >= 1 &&
	       month <= 12 && day >= 1 &&
	       day <= date_month_days(year, (unsigned)month);
}

/* The year begins in March here, so that the leap day is its last. */
int64_t
date_to_days(int32_t year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t cycle = floor_div(y, CYCLE);
	int64_t in_cycle = y - cycle * CYCLE;
	int64_t in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return cycle * CYCLE_DAYS + in_cycle * 365 + in_cycle / 4 -
	       in_cycle / 100 + in_year - EPOCH_SHIFT;
}

void
date_from_days(int64_t days, int32_t *year, unsigned *month, unsigned *day)
{
	int64_t shifted = days + EPOCH_SHIFT;
	int64_t cycle = floor_div(shifted, CYCLE_DAYS);
	int64_t rest = shifted - cycle * CYCLE_DAYS;
	int64_t y = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t in_year = rest - (365 * y + y / 4 - y / 100);
	int64_t from_march = (5 * in_year + 2) / 153;

	*day = (unsigned)(in_year - (153 * from_march + 2) / 5 + 1);
	*month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
	*year = (int32_t)(cycle * CYCLE + y + (*month <= 2));
}

unsigned
date_year_day(int32_t year, unsigned month, unsigned day)
{
	return (unsigned)(date_to_days(year, month, day) -
			  date_to_days(year, 1, 1) + 1);
}

unsigned
date_weekday(int64_t days)
{
	/* 1970-01-01 was a Thursday */
	return (unsigned)(days + 4 - floor_div(days + 4, 7) * 7);
}

unsigned
date_week_from(int64_t days, unsigned first)
{
	unsigned month, day, since = (date_weekday(days) + 7 - first) % 7;
	int32_t year;

	date_from_days(days, &year, &month, &day);
	return (date_year_day(year, month, day) + 6 - since) / 7;
}

unsigned
date_iso_weeks(int64_t year)
{
	/* years repeat their weekdays with the cycle: 146097 is 7 * 20871 */
	int32_t y = (int32_t)(year - floor_div(year, CYCLE) * CYCLE);
	unsigned first = date_weekday(date_to_days(y, 1, 1));

	return 52 + (first == 4 || (first == 3 && date_is_leap(y)));
}

struct date_week
date_iso_week(int64_t days)
{
	unsigned monday = (date_weekday(days) + 6) % 7;
	struct date_week out;
	unsigned month, day;

	/* a week belongs to the year of its Thursday */
	date_from_days(days - monday + 3, &out.year, &month, &day);
	out.week = (date_year_day(out.year, month, day) - 1) / 7 + 1;
	return out;
}

int
time_from_unix(int64_t seconds, struct time_value *out, struct err *err)
{
	int64_t days = floor_div(seconds, DAY);
	unsigned month, day, rest;

	if (seconds < DATE_MIN_UNIX || seconds > DATE_MAX_UNIX)
		return err_set(err, "time is out of range: %lld",
		    (long long)seconds);
	rest = (unsigned)(seconds - days * DAY);
	date_from_days(days, &out->year, &month, &day);
	out->month = (uint8_t)month;
	out->day = (uint8_t)day;
	out->hour = (uint8_t)(rest / 3600);
	out->minute = (uint8_t)(rest / 60 % 60);
	out->second = (uint8_t)(rest % 60);
	out->nano = 0;
	return 0;
}

int64_t
time_to_unix(const struct time_value *t)
{
	int64_t days = date_to_days(t->year, t->month, t->day);

	return days * DAY + t->hour * 3600 + t->minute * 60 +
	       (t->second == 60 ? 59 : t->second);
}

int
time_cmp(const struct time_value *a, const struct time_value *b)
{
	const int64_t x[] = { a->year, a->month, a->day, a->hour, a->minute,
		a->second, a->nano };
	const int64_t y[] = { b->year, b->month, b->day, b->hour, b->minute,
		b->second, b->nano };

	for (size_t i = 0; i < ARRAY_SIZE(x); i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

static void
write_fraction(struct buf *out, uint32_t nano)
{
	if (nano == 0)
		return;
	if (nano % 1000000 == 0)
		buf_printf(out, ".%03u", nano / 1000000);
	else if (nano % 1000 == 0)
		buf_printf(out, ".%06u", nano / 1000);
	else
		buf_printf(out, ".%09u", nano);
}

void
time_write(struct buf *out, const struct time_value *t, char separator)
{
	bool is_plain = t->year >= 0 && t->year <= 9999;

	buf_printf(out, is_plain ? "%04d" : "%+05d", t->year);
	buf_printf(out, "-%02u-%02u%c%02u:%02u:%02u", t->month, t->day,
	    separator, t->hour, t->minute, t->second);
	write_fraction(out, t->nano);
}

static int
read_year(struct str *in, int64_t *year, struct err *err)
{
	bool is_signed, is_negative;
	int64_t v;

	date_skip_blanks(in);
	is_negative = in->n != 0 && in->p[0] == '-';
	is_signed = is_negative || (in->n != 0 && in->p[0] == '+');
	if (is_signed)
		*in = str_from(*in, 1);
	if (date_scan_digits(in, 1, is_signed ? in->n : 4, &v, err) == -1)
		return -1;
	if (v - is_negative > INT32_MAX)
		return err_set(err, DATE_RANGE);
	*year = is_negative ? -v : v;
	return 0;
}

static int
read_field(struct str *in, char before, int64_t *out, struct err *err)
{
	date_skip_blanks(in);
	if (in->n == 0)
		return err_set(err, DATE_SHORT);
	if (in->p[0] != before)
		return err_set(err, DATE_INVALID);
	*in = str_from(*in, 1);
	date_skip_blanks(in);
	return date_scan_digits(in, 1, 2, out, err);
}

static int
read_clock(struct str *in, int64_t clock[3], uint32_t *nano, struct err *err)
{
	if (read_field(in, 'T', &clock[0], err) == -1 ||
	    read_field(in, ':', &clock[1], err) == -1 ||
	    read_field(in, ':', &clock[2], err) == -1)
		return -1;
	if (in->n != 0 && in->p[0] == '.') {
		*in = str_from(*in, 1);
		if (date_scan_fraction(in, nano, err) == -1)
			return -1;
	}
	date_skip_blanks(in);
	return 0;
}

int
time_read(struct str text, struct time_value *out, struct err *err)
{
	int64_t year = 0, month, day, clock[3];
	struct str in = text;
	uint32_t nano = 0;

	if (read_year(&in, &year, err) == -1 ||
	    read_field(&in, '-', &month, err) == -1 ||
	    read_field(&in, '-', &day, err) == -1 ||
	    read_clock(&in, clock, &nano, err) == -1)
		return -1;
	if (in.n != 0)
		return err_set(err, DATE_TRAILING);
	if (!date_is_valid(year, month, day) || clock[0] > 23 ||
	    clock[1] > 59 || clock[2] > 60)
		return err_set(err, DATE_RANGE);
	out->year = (int32_t)year;
	out->month = (uint8_t)month;
	out->day = (uint8_t)day;
	out->hour = (uint8_t)clock[0];
	out->minute = (uint8_t)clock[1];
	out->second = (uint8_t)clock[2];
	out->nano = nano;
	return 0;
}
