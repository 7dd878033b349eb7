/*
 * read: a text by a format ("%Y-%m-%d"), item after item (item.c), into
 * fields. Each item only says what it read, in any order and as often as it
 * likes; date_field_set() refuses what contradicts itself, and fields.c makes
 * a moment of it at the end, or says what is missing. Errors have three words
 * only, which are those of the reference: too short, invalid, out of range.
 */
#include "date/date.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "date/fields.h"
#include "date/item.h"
#include "date/scan.h"

static int
read_literal(struct str *in, struct str text, struct err *err)
{
	if (in->n < text.n)
		return err_set(err, DATE_SHORT);
	if (!str_starts(*in, text))
		return err_set(err, DATE_INVALID);
	*in = str_from(*in, text.n);
	return 0;
}

/*
 * A name by its first three letters; with is_long the rest of it too, if it
 * is there. Returns its index.
 */
static int
read_name(struct str *in, const char *const name[], size_t n, bool is_long,
    struct err *err)
{
	struct str head = str_sub(*in, 0, DATE_SHORT_NAME), rest;

	if (head.n < DATE_SHORT_NAME)
		return err_set(err, DATE_SHORT);
	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(head, str_view(name[i], DATE_SHORT_NAME)))
			continue;
		*in = str_from(*in, DATE_SHORT_NAME);
		rest = str_of(name[i] + DATE_SHORT_NAME);
		if (is_long && str_eq_nocase(str_sub(*in, 0, rest.n), rest))
			*in = str_from(*in, rest.n);
		return (int)i;
	}
	return err_set(err, DATE_INVALID);
}

static int
read_half(struct str *in, struct date_fields *f, struct err *err)
{
	struct str head = str_sub(*in, 0, 2);
	bool is_pm = str_eq_nocase(head, STR("pm"));

	if (head.n < 2)
		return err_set(err, DATE_SHORT);
	if (!is_pm && !str_eq_nocase(head, STR("am")))
		return err_set(err, DATE_INVALID);
	*in = str_from(*in, 2);
	return date_field_set(f, FIELD_HALF, is_pm, err);
}

static int
set_hour(struct date_fields *f, int64_t hour, struct err *err)
{
	if (date_field_set(f, FIELD_HALF, hour / 12, err) == -1)
		return -1;
	return date_field_set(f, FIELD_HOUR_12, hour % 12, err);
}

static int
set_in_range(struct date_fields *f, enum date_field field, int64_t v,
    int64_t least, int64_t most, int64_t modulo, struct err *err)
{
	if (v < least || v > most)
		return err_set(err, DATE_RANGE);
	return date_field_set(f, field, v % modulo, err);
}

static int
set_number(struct date_fields *f, enum date_number number, int64_t v,
    struct err *err)
{
	static const enum date_field field[] = {
		[NUMBER_YEAR] = FIELD_YEAR,
		[NUMBER_CENTURY] = FIELD_CENTURY,
		[NUMBER_YEAR_2] = FIELD_YEAR_2,
		[NUMBER_MONTH] = FIELD_MONTH,
		[NUMBER_DAY] = FIELD_DAY,
		[NUMBER_YEAR_DAY] = FIELD_YEAR_DAY,
		[NUMBER_WEEK_SUNDAY] = FIELD_WEEK_SUNDAY,
		[NUMBER_WEEK_MONDAY] = FIELD_WEEK_MONDAY,
		[NUMBER_WEEKDAY_SUNDAY] = FIELD_WEEKDAY,
		[NUMBER_WEEKDAY_MONDAY] = FIELD_WEEKDAY,
		[NUMBER_ISO_YEAR] = FIELD_ISO_YEAR,
		[NUMBER_ISO_YEAR_2] = FIELD_ISO_YEAR_2,
		[NUMBER_ISO_WEEK] = FIELD_ISO_WEEK,
		[NUMBER_HOUR_12] = FIELD_HOUR_12,
		[NUMBER_MINUTE] = FIELD_MINUTE,
		[NUMBER_SECOND] = FIELD_SECOND,
		[NUMBER_NANO] = FIELD_NANO,
		[NUMBER_UNIX] = FIELD_UNIX,
	};

	switch (number) {
	case NUMBER_HOUR:
		return set_hour(f, v, err);
	case NUMBER_HOUR_12:
		return set_in_range(f, field[number], v, 1, 12, 12, err);
	case NUMBER_WEEKDAY_SUNDAY:
		return set_in_range(f, field[number], v, 0, 6, 7, err);
	case NUMBER_WEEKDAY_MONDAY:
		return set_in_range(f, field[number], v, 1, 7, 7, err);
	case NUMBER_YEAR:
	case NUMBER_ISO_YEAR:
		/* so that later sums cannot overflow */
		if (v < INT32_MIN || v > INT32_MAX)
			return err_set(err, DATE_RANGE);
		return date_field_set(f, field[number], v, err);
	default:
		return date_field_set(f, field[number], v, err);
	}
}

static int
read_number(struct str *in, struct date_fields *f, enum date_number number,
    size_t digits, struct err *err)
{
	bool may_sign = number == NUMBER_YEAR || number == NUMBER_ISO_YEAR;
	bool is_negative;
	int64_t v;

	date_skip_blanks(in);
	is_negative = may_sign && in->n != 0 && in->p[0] == '-';
	if (is_negative || (may_sign && in->n != 0 && in->p[0] == '+')) {
		*in = str_from(*in, 1);
		digits = 0;
	}
	if (date_scan_digits(in, 1, digits != 0 ? digits : SIZE_MAX, &v, err) ==
	    -1)
		return -1;
	return set_number(f, number, is_negative ? -v : v, err);
}

static int
read_fraction(struct str *in, struct date_fields *f, struct err *err)
{
	uint32_t nano;

	if (in->n == 0 || in->p[0] != '.')
		return 0;
	*in = str_from(*in, 1);
	if (date_scan_fraction(in, &nano, err) == -1)
		return -1;
	return date_field_set(f, FIELD_NANO, nano, err);
}

static int
read_fraction_digits(struct str *in, struct date_fields *f, size_t digits,
    struct err *err)
{
	int64_t v;

	if (date_scan_digits(in, digits, digits, &v, err) == -1)
		return -1;
	for (; digits < 9; digits++)
		v *= 10;
	return date_field_set(f, FIELD_NANO, v, err);
}

/* 1 for +, -1 for - or U+2212, 0 for neither. */
static int
read_sign(struct str *in)
{
	uint32_t cp;
	size_t n = utf8_decode(*in, &cp);

	if (n == 0 || (cp != '+' && cp != '-' && cp != 0x2212))
		return 0;
	*in = str_from(*in, n);
	return cp == '+' ? 1 : -1;
}

static void
skip_colons(struct str *in)
{
	size_t before;

	do {
		before = in->n;
		date_skip_blanks(in);
		if (in->n != 0 && in->p[0] == ':')
			*in = str_from(*in, 1);
	} while (in->n != before);
}

static int
read_offset(struct str *in, struct date_fields *f, bool is_loose,
    struct err *err)
{
	int64_t hours, minutes = 0;
	int sign = read_sign(in);

	if (sign == 0)
		return err_set(err, in->n == 0 ? DATE_SHORT : DATE_INVALID);
	if (date_scan_digits(in, 2, 2, &hours, err) == -1)
		return -1;
	skip_colons(in);
	if ((in->n != 0 || !is_loose) &&
	    date_scan_digits(in, 2, 2, &minutes, err) == -1)
		return -1;
	if (minutes > 59)
		return err_set(err, DATE_RANGE);
	return date_field_set(f, FIELD_OFFSET,
	    sign * (hours * 3600 + minutes * 60), err);
}

static int
read_offset_or_z(struct str *in, struct date_fields *f, bool is_loose,
    struct err *err)
{
	if (in->n != 0 && (in->p[0] == 'Z' || in->p[0] == 'z')) {
		*in = str_from(*in, 1);
		return date_field_set(f, FIELD_OFFSET, 0, err);
	}
	return read_offset(in, f, is_loose, err);
}

/* Everything up to the next blank. */
static void
skip_zone_name(struct str *in)
{
	uint32_t cp;

	while (in->n != 0) {
		struct str rest = *in;
		size_t n = utf8_decode(*in, &cp);

		date_skip_blanks(&rest);
		if (rest.n != in->n)
			return;
		*in = str_from(*in, n != 0 ? n : 1);
	}
}

static int
read_one_of(struct str *in, const char *set, struct err *err)
{
	if (in->n == 0)
		return err_set(err, DATE_SHORT);
	if (memchr(set, in->p[0], strlen(set)) == NULL)
		return err_set(err, DATE_INVALID);
	*in = str_from(*in, 1);
	return 0;
}

static int
read_rfc3339(struct str *in, struct date_fields *f, struct err *err)
{
	static const struct {
		const char *before; /* one of these, then the number */
		enum date_number number;
	} part[] = {
		{ "-", NUMBER_MONTH },
		{ "-", NUMBER_DAY },
		{ "Tt ", NUMBER_HOUR },
		{ ":", NUMBER_MINUTE },
		{ ":", NUMBER_SECOND },
	};

	if (read_number(in, f, NUMBER_YEAR, 4, err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		if (part[i].number != NUMBER_HOUR)
			date_skip_blanks(in);
		if (read_one_of(in, part[i].before, err) == -1 ||
		    read_number(in, f, part[i].number, 2, err) == -1)
			return -1;
	}
	if (read_fraction(in, f, err) == -1)
		return -1;
	date_skip_blanks(in);
	if (str_eq_nocase(str_sub(*in, 0, 3), STR("UTC"))) {
		*in = str_from(*in, 3);
		return date_field_set(f, FIELD_OFFSET, 0, err);
	}
	return read_offset_or_z(in, f, false, err);
}

static int
read_named(struct str *in, struct date_fields *f, enum date_item_kind kind,
    struct err *err)
{
	bool is_month = kind == ITEM_MONTH_SHORT || kind == ITEM_MONTH_LONG;
	bool is_long = kind == ITEM_MONTH_LONG || kind == ITEM_DAY_LONG;
	int i = is_month ? read_name(in, date_month_name, 12, is_long, err)
	                 : read_name(in, date_day_name, 7, is_long, err);

	if (i == -1)
		return -1;
	return is_month ? date_field_set(f, FIELD_MONTH, i + 1, err)
	                : date_field_set(f, FIELD_WEEKDAY, i, err);
}

static int
read_item(struct str *in, struct date_fields *f, const struct date_item *item,
    struct err *err)
{
	switch (item->kind) {
	case ITEM_LITERAL:
		return read_literal(in, item->text, err);
	case ITEM_BLANKS:
		date_skip_blanks(in);
		return 0;
	case ITEM_NUMBER:
		return read_number(in, f, item->number, item->digits, err);
	case ITEM_MONTH_SHORT:
	case ITEM_MONTH_LONG:
	case ITEM_DAY_SHORT:
	case ITEM_DAY_LONG:
		return read_named(in, f, item->kind, err);
	case ITEM_AM_UPPER:
	case ITEM_AM_LOWER:
		return read_half(in, f, err);
	case ITEM_FRACTION:
		return read_fraction(in, f, err);
	case ITEM_FRACTION_DIGITS:
		return read_fraction_digits(in, f, item->digits, err);
	case ITEM_OFFSET:
		date_skip_blanks(in);
		return read_offset(in, f, false, err);
	case ITEM_OFFSET_LOOSE:
		date_skip_blanks(in);
		return read_offset_or_z(in, f, true, err);
	case ITEM_ZONE_NAME:
		skip_zone_name(in);
		return 0;
	case ITEM_RFC3339:
		return read_rfc3339(in, f, err);
	case ITEM_GROUP:
		break; /* read_items opens it */
	}
	return err_set(err, DATE_INVALID);
}

static int
read_items(struct str *in, struct str format, struct date_fields *f,
    struct err *err)
{
	struct date_item item;
	int got;

	while ((got = date_item_next(&format, &item, err)) == 1) {
		/* a group holds no group */
		int ok = item.kind == ITEM_GROUP
		             ? read_items(in, item.text, f, err)
		             : read_item(in, f, &item, err);

		if (ok == -1)
			return -1;
	}
	return got;
}

int
date_read(struct str format, struct str input, int64_t *seconds,
    struct err *err)
{
	struct date_fields f = { .known = 0 };

	if (format.n > DATE_MAX_FORMAT)
		return err_set(err, "format is too long: %zu bytes", format.n);
	if (read_items(&input, format, &f, err) == -1)
		return -1;
	if (input.n != 0)
		return err_set(err, DATE_TRAILING);
	return date_fields_resolve(&f, seconds, err);
}
