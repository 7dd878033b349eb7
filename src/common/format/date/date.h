/*
 * date: the calendar, times as text, strftime and strptime. Everything is UTC
 * in the proleptic Gregorian calendar (there is a year 0, ISO 8601); no
 * locale, no time zone, nothing of libc's calendar.
 *
 * Years are DATE_MIN_YEAR..DATE_MAX_YEAR. A time is a time_value where the
 * fraction and a leap second matter (columns of models), or seconds since
 * 1970-01-01T00:00:00 as int64_t (functions for modules).
 */
#ifndef DATE_DATE_H
#define DATE_DATE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define DATE_MIN_YEAR (-262144)
#define DATE_MAX_YEAR 262143

/* The first and the last second of these years. */
#define DATE_MIN_UNIX (-8334632851200)
#define DATE_MAX_UNIX 8210298412799

struct time_value {
	int32_t year;
	uint8_t month, day;           /* from 1 */
	uint8_t hour, minute, second; /* second 60 is a leap second */
	uint32_t nano;                /* below 10^9 */
};

/*
 * Reads "Y-M-DTh:m:s[.f]" (docs/wire.md, "Models"): years of up to four
 * digits, of any number with a sign; 1 or 2 digits for the rest; a fraction of
 * any length, cut to 9 digits; blanks (Unicode's) anywhere but inside a number
 * and its fraction. The error is one of
 *	premature end of input
 *	input contains invalid characters
 *	input is out of range
 *	trailing input
 * in this order of the reader: what is not a form comes before what is not
 * a date.
 */
int time_read(struct str text, struct time_value *out, struct err *err);

/*
 * "2019-09-08T08:28:57" with separator 'T', or with ' ' as databases have it;
 * then "." and 3, 6 or 9 digits unless the fraction is zero. A year outside
 * 0..9999 has a sign and at least four digits.
 */
void time_write(struct buf *out, const struct time_value *t, char separator);

/* -1, 0, 1. */
int time_cmp(const struct time_value *a, const struct time_value *b);

/* -1: outside the years; out keeps its value. */
int time_from_unix(int64_t seconds, struct time_value *out, struct err *err);

/* Without the fraction; a leap second counts as the one before it. */
int64_t time_to_unix(const struct time_value *t);

/* Days since 1970-01-01 of a date, and back. Any year in the range. */
int64_t date_to_days(int32_t year, unsigned month, unsigned day);
void date_from_days(int64_t days, int32_t *year, unsigned *month,
    unsigned *day);

bool date_is_leap(int64_t year);
unsigned date_month_days(int64_t year, unsigned month); /* month 1..12 */
bool date_is_valid(int64_t year, int64_t month, int64_t day);
unsigned date_year_day(int32_t year, unsigned month, unsigned day); /* 1..366 */
unsigned date_weekday(int64_t days); /* of days since 1970; Sunday is 0 */

/* Weeks of its year that have begun on the weekday `first`: 0..53. */
unsigned date_week_from(int64_t days, unsigned first);

/* ISO 8601: weeks begin on Monday, week 1 has the year's first Thursday. */
struct date_week {
	int32_t year;
	unsigned week; /* 1..53 */
};

struct date_week date_iso_week(int64_t days);
unsigned date_iso_weeks(int64_t year); /* 52 or 53 */

/*
 * strftime and strptime (docs/reference, "strftime"), with one list of specifiers
 * (date_item.c). A format is UTF-8, has at most DATE_MAX_FORMAT bytes, and one
 * unknown specifier makes all of it an error.
 */
#define DATE_MAX_FORMAT ((size_t)1 << 20)

int date_write(struct buf *out, struct str format, int64_t seconds,
    struct err *err);

/*
 * All of the input must be used up, the fields must determine one second, and
 * every further field must agree with it. Offsets from UTC are read and then
 * ignored.
 */
int date_read(struct str format, struct str input, int64_t *seconds,
    struct err *err);

#endif
