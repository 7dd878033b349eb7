#include "date/date.h"

#include "date/item.h"

struct moment {
	int64_t unix_seconds;
	int64_t days;
	struct time_value at;
	struct date_week week;
};

static int64_t
year_in_century(int64_t year)
{
	return (year % 100 + 100) % 100;
}

static unsigned
hour_12(unsigned hour)
{
	return hour % 12 == 0 ? 12 : hour % 12;
}

static int64_t
number_value(const struct moment *m, enum date_number number)
{
	const struct time_value *at = &m->at;

	switch (number) {
	case NUMBER_YEAR:
		return at->year;
	case NUMBER_CENTURY:
		return (at->year - year_in_century(at->year)) / 100;
	case NUMBER_YEAR_2:
		return year_in_century(at->year);
	case NUMBER_MONTH:
		return at->month;
	case NUMBER_DAY:
		return at->day;
	case NUMBER_YEAR_DAY:
		return date_year_day(at->year, at->month, at->day);
	case NUMBER_WEEK_SUNDAY:
		return date_week_from(m->days, 0);
	case NUMBER_WEEK_MONDAY:
		return date_week_from(m->days, 1);
	case NUMBER_WEEKDAY_SUNDAY:
		return date_weekday(m->days);
	case NUMBER_WEEKDAY_MONDAY:
		return (date_weekday(m->days) + 6) % 7 + 1;
	case NUMBER_ISO_YEAR:
		return m->week.year;
	case NUMBER_ISO_YEAR_2:
		return year_in_century(m->week.year);
	case NUMBER_ISO_WEEK:
		return m->week.week;
	case NUMBER_HOUR:
		return at->hour;
	case NUMBER_HOUR_12:
		return hour_12(at->hour);
	case NUMBER_MINUTE:
		return at->minute;
	case NUMBER_SECOND:
		return at->second;
	case NUMBER_NANO:
		return at->nano;
	case NUMBER_UNIX:
		return m->unix_seconds;
	}
	return 0;
}

static void
write_number(struct buf *out, const struct date_item *item, int64_t v)
{
	bool is_year =
	    item->number == NUMBER_YEAR || item->number == NUMBER_ISO_YEAR;
	/* ISO 8601: such a year has a sign */
	bool is_signed = is_year && (v < 0 || v > 9999);
	int width = (int)item->digits + is_signed;
	long long n = v;

	if (item->pad == '-')
		width = 0;
	if (item->pad == '0' && is_signed)
		buf_printf(out, "%+0*lld", width, n);
	else if (item->pad == '0')
		buf_printf(out, "%0*lld", width, n);
	else if (is_signed)
		buf_printf(out, "%+*lld", width, n);
	else
		buf_printf(out, "%*lld", width, n);
}

/* Whole seconds have no fraction to show. */
static void
write_fraction(struct buf *out, unsigned digits)
{
	buf_add(out, str_sub(STR("000000000"), 0, digits));
}

static int
write_item(struct buf *out, const struct date_item *item,
    const struct moment *m, struct err *err)
{
	const char *month = date_month_name[m->at.month - 1];
	const char *day = date_day_name[date_weekday(m->days)];
	bool is_am = m->at.hour < 12;

	switch (item->kind) {
	case ITEM_LITERAL:
	case ITEM_BLANKS:
		buf_add(out, item->text);
		return 0;
	case ITEM_NUMBER:
		write_number(out, item, number_value(m, item->number));
		return 0;
	case ITEM_MONTH_SHORT:
		buf_add(out, str_view(month, DATE_SHORT_NAME));
		return 0;
	case ITEM_MONTH_LONG:
		buf_add(out, str_of(month));
		return 0;
	case ITEM_DAY_SHORT:
		buf_add(out, str_view(day, DATE_SHORT_NAME));
		return 0;
	case ITEM_DAY_LONG:
		buf_add(out, str_of(day));
		return 0;
	case ITEM_AM_UPPER:
		buf_add(out, is_am ? STR("AM") : STR("PM"));
		return 0;
	case ITEM_AM_LOWER:
		buf_add(out, is_am ? STR("am") : STR("pm"));
		return 0;
	case ITEM_FRACTION:
		if (item->digits != 0)
			buf_add_char(out, '.');
		write_fraction(out, item->digits);
		return 0;
	case ITEM_FRACTION_DIGITS:
		write_fraction(out, item->digits);
		return 0;
	default:
		return err_set(err, "bad or unsupported format string");
	}
}

static int
write_items(struct buf *out, struct str format, const struct moment *m,
    struct err *err)
{
	struct date_item item;
	int got;

	while ((got = date_item_next(&format, &item, err)) == 1) {
		/* a group holds no group */
		int ok = item.kind == ITEM_GROUP
		             ? write_items(out, item.text, m, err)
		             : write_item(out, &item, m, err);

		if (ok == -1)
			return -1;
	}
	return got;
}

int
date_write(struct buf *out, struct str format, int64_t seconds, struct err *err)
{
	struct moment m = { .unix_seconds = seconds };
	size_t before = out->n;

	if (format.n > DATE_MAX_FORMAT)
		return err_set(err, "format is too long: %zu bytes", format.n);
	if (time_from_unix(seconds, &m.at, err) == -1)
		return -1;
	m.days = date_to_days(m.at.year, m.at.month, m.at.day);
	m.week = date_iso_week(m.days);
	if (write_items(out, format, &m, err) == -1) {
		out->n = before;
		return -1;
	}
	return 0;
}
