#include "date/fields.h"

#include "date/date.h"
#include "date/scan.h"

#define DAY      86400
#define MIN_DAYS (DATE_MIN_UNIX / DAY)
#define MAX_DAYS (DATE_MAX_UNIX / DAY)

/* What a step can say beside "found" and "wrong". */
#define MISSING 1

static bool
has(const struct date_fields *f, enum date_field field)
{
	return (f->known >> field & 1) != 0;
}

static bool
agrees(const struct date_fields *f, enum date_field field, int64_t value)
{
	return !has(f, field) || f->value[field] == value;
}

static int
contradiction(struct err *err)
{
	return err_set(err, "no possible date and time matching input");
}

int
date_field_set(struct date_fields *f, enum date_field field, int64_t value,
    struct err *err)
{
	if (!agrees(f, field, value))
		return contradiction(err);
	f->known |= 1u << field;
	f->value[field] = value;
	return 0;
}

/* Two digits alone are 1970..2069. */
static int64_t
year_of_2(int64_t year)
{
	return year + (year < 70 ? 2000 : 1900);
}

static int
find_year(const struct date_fields *f, int64_t *year, struct err *err)
{
	bool has_century = has(f, FIELD_CENTURY), has_2 = has(f, FIELD_YEAR_2);
	int64_t century = f->value[FIELD_CENTURY], y = f->value[FIELD_YEAR];

	if (has(f, FIELD_YEAR)) {
		if (y < 0 && (has_century || has_2))
			return err_set(err, DATE_RANGE);
		if (!agrees(f, FIELD_CENTURY, y / 100) ||
		    !agrees(f, FIELD_YEAR_2, y % 100))
			return contradiction(err);
		*year = y;
	} else if (has_2) {
		y = f->value[FIELD_YEAR_2];
		*year = has_century ? century * 100 + y : year_of_2(y);
	} else {
		return MISSING;
	}
	return 0;
}

static int
find_iso_year(const struct date_fields *f, int64_t *year, struct err *err)
{
	int64_t y = f->value[FIELD_ISO_YEAR];

	if (has(f, FIELD_ISO_YEAR)) {
		if (y < 0 && has(f, FIELD_ISO_YEAR_2))
			return err_set(err, DATE_RANGE);
		if (!agrees(f, FIELD_ISO_YEAR_2, y % 100))
			return contradiction(err);
		*year = y;
	} else if (has(f, FIELD_ISO_YEAR_2)) {
		*year = year_of_2(f->value[FIELD_ISO_YEAR_2]);
	} else {
		return MISSING;
	}
	return 0;
}

/* The day of a year (from 0) on which a week's weekday falls. */
static int64_t
day_of_week(int32_t year, int64_t week, int64_t weekday, unsigned first)
{
	unsigned new_year = date_weekday(date_to_days(year, 1, 1));
	int64_t before_first = (7 + first - new_year) % 7;

	return before_first + (week - 1) * 7 + (weekday + 7 - first) % 7;
}

static int
days_of_year_day(int64_t year, int64_t in_year, int64_t *days, struct err *err)
{
	if (in_year < 1 || in_year > (date_is_leap(year) ? 366 : 365))
		return err_set(err, DATE_RANGE);
	*days = date_to_days((int32_t)year, 1, 1) + in_year - 1;
	return 0;
}

static int
days_of_week(const struct date_fields *f, int64_t year, enum date_field week,
    int64_t *days, struct err *err)
{
	unsigned first = week == FIELD_WEEK_MONDAY;
	int64_t n = f->value[week];

	if (n > 53)
		return err_set(err, DATE_RANGE);
	n = day_of_week((int32_t)year, n, f->value[FIELD_WEEKDAY], first);
	return days_of_year_day(year, n + 1, days, err);
}

static int
days_of_iso_week(const struct date_fields *f, int64_t year, int64_t *days,
    struct err *err)
{
	int64_t week = f->value[FIELD_ISO_WEEK], fourth;

	/* a year's first week can begin in the year before */
	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR + 1 || week < 1 ||
	    week > date_iso_weeks(year))
		return err_set(err, DATE_RANGE);
	fourth = date_to_days((int32_t)year, 1, 4);
	fourth -= (date_weekday(fourth) + 6) % 7;
	*days = fourth + (week - 1) * 7 + (f->value[FIELD_WEEKDAY] + 6) % 7;
	return 0;
}

/* The first sufficient set of fields decides; the others are checked later. */
static int
find_in_year(const struct date_fields *f, int64_t year, int64_t *days,
    struct err *err)
{
	const int64_t *v = f->value;

	if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
		return err_set(err, DATE_RANGE);
	if (has(f, FIELD_MONTH) && has(f, FIELD_DAY)) {
		if (!date_is_valid(year, v[FIELD_MONTH], v[FIELD_DAY]))
			return err_set(err, DATE_RANGE);
		*days = date_to_days((int32_t)year, (unsigned)v[FIELD_MONTH],
		    (unsigned)v[FIELD_DAY]);
		return 0;
	}
	if (has(f, FIELD_YEAR_DAY))
		return days_of_year_day(year, v[FIELD_YEAR_DAY], days, err);
	if (has(f, FIELD_WEEK_SUNDAY) && has(f, FIELD_WEEKDAY))
		return days_of_week(f, year, FIELD_WEEK_SUNDAY, days, err);
	if (has(f, FIELD_WEEK_MONDAY) && has(f, FIELD_WEEKDAY))
		return days_of_week(f, year, FIELD_WEEK_MONDAY, days, err);
	return MISSING;
}

/* A negative year has no century and no last two digits to agree with. */
static bool
agrees_year(const struct date_fields *f, enum date_field year,
    enum date_field year_2, int64_t y)
{
	return agrees(f, year, y) && (y >= 0 || !has(f, year_2)) &&
	       agrees(f, year_2, y % 100);
}

static bool
agrees_date(const struct date_fields *f, int64_t days)
{
	struct date_week week = date_iso_week(days);
	unsigned month, day;
	int32_t year;

	date_from_days(days, &year, &month, &day);
	return agrees_year(f, FIELD_YEAR, FIELD_YEAR_2, year) &&
	       (year >= 0 || !has(f, FIELD_CENTURY)) &&
	       agrees(f, FIELD_CENTURY, year / 100) &&
	       agrees(f, FIELD_MONTH, month) && agrees(f, FIELD_DAY, day) &&
	       agrees(f, FIELD_YEAR_DAY, date_year_day(year, month, day)) &&
	       agrees(f, FIELD_WEEK_SUNDAY, date_week_from(days, 0)) &&
	       agrees(f, FIELD_WEEK_MONDAY, date_week_from(days, 1)) &&
	       agrees(f, FIELD_WEEKDAY, date_weekday(days)) &&
	       agrees_year(f, FIELD_ISO_YEAR, FIELD_ISO_YEAR_2, week.year) &&
	       agrees(f, FIELD_ISO_WEEK, week.week);
}

/* 0, MISSING or -1. */
static int
find_days(const struct date_fields *f, int64_t *days, struct err *err)
{
	int64_t year = 0, iso_year = 0, found;
	int in_year = find_year(f, &year, err), in_iso, got = MISSING;

	if (in_year == -1)
		return -1;
	in_iso = find_iso_year(f, &iso_year, err);
	if (in_iso == -1)
		return -1;
	if (in_year == 0)
		got = find_in_year(f, year, &found, err);
	if (got == MISSING && in_iso == 0 && has(f, FIELD_ISO_WEEK) &&
	    has(f, FIELD_WEEKDAY))
		got = days_of_iso_week(f, iso_year, &found, err);
	if (got != 0)
		return got;
	if (found < MIN_DAYS || found > MAX_DAYS)
		return err_set(err, DATE_RANGE);
	if (!agrees_date(f, found))
		return contradiction(err);
	*days = found;
	return 0;
}

/* 0, MISSING or -1. *clock: seconds of the day; 60 counts as 59. */
static int
find_clock(const struct date_fields *f, int64_t *clock, struct err *err)
{
	const int64_t *v = f->value;
	int64_t second = has(f, FIELD_SECOND) ? v[FIELD_SECOND] : 0;

	if ((has(f, FIELD_HALF) && v[FIELD_HALF] > 1) ||
	    (has(f, FIELD_MINUTE) && v[FIELD_MINUTE] > 59) || second > 60)
		return err_set(err, DATE_RANGE);
	if (!has(f, FIELD_HALF) || !has(f, FIELD_HOUR_12) ||
	    !has(f, FIELD_MINUTE) ||
	    (has(f, FIELD_NANO) && !has(f, FIELD_SECOND)))
		return MISSING;
	*clock = (v[FIELD_HALF] * 12 + v[FIELD_HOUR_12]) * 3600 +
	         v[FIELD_MINUTE] * 60 + (second == 60 ? 59 : second);
	return 0;
}

/* Takes what is missing from FIELD_UNIX. */
static int
complete_year(struct date_fields *f, struct err *err)
{
	bool is_leap = has(f, FIELD_SECOND) && f->value[FIELD_SECOND] == 60;
	int64_t seconds = f->value[FIELD_UNIX];
	struct time_value t;

	if (time_from_unix(seconds, &t, err) == -1)
		return -1;
	/* a leap second has the number of the second before it or behind it */
	if (is_leap && t.second == 0 &&
	    time_from_unix(seconds - 1, &t, err) == -1)
		return -1;
	if (is_leap ? t.second != 59
		    : date_field_set(f, FIELD_SECOND, t.second, err) == -1)
		return contradiction(err);
	if (date_field_set(f, FIELD_YEAR, t.year, err) == -1 ||
	    date_field_set(f, FIELD_YEAR_DAY,
		date_year_day(t.year, t.month, t.day), err) == -1 ||
	    date_field_set(f, FIELD_HALF, t.hour / 12, err) == -1 ||
	    date_field_set(f, FIELD_HOUR_12, t.hour % 12, err) == -1)
		return -1;
	return date_field_set(f, FIELD_MINUTE, t.minute, err);
}

static bool
agrees_unix(const struct date_fields *f, int64_t seconds)
{
	bool is_leap = has(f, FIELD_SECOND) && f->value[FIELD_SECOND] == 60;

	return agrees(f, FIELD_UNIX, seconds) ||
	       (is_leap && agrees(f, FIELD_UNIX, seconds + 1));
}

int
date_fields_resolve(const struct date_fields *f, int64_t *seconds,
    struct err *err)
{
	int64_t days = 0, clock = 0;
	struct date_fields all = *f;
	int got_days, got_clock;

	for (int round = 0; round < 2; round++) {
		got_days = find_days(&all, &days, err);
		if (got_days == -1)
			return -1;
		got_clock = find_clock(&all, &clock, err);
		if (got_clock == -1)
			return -1;
		if (got_days == 0 && got_clock == 0) {
			if (!agrees_unix(&all, days * DAY + clock))
				return contradiction(err);
			*seconds = days * DAY + clock;
			return 0;
		}
		if (round == 1 || !has(&all, FIELD_UNIX))
			break;
		if (complete_year(&all, err) == -1)
			return -1;
	}
	return err_set(err, "input is not enough for unique date and time");
}
