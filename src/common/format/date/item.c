#include "date/item.h"

#include "base/mem.h"
#include "date/scan.h"

const char *const date_month_name[12] = { "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };

const char *const date_day_name[7] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };

struct row {
	const char *spec; /* what stands behind % */
	enum date_item_kind kind;
	const char *text;
	enum date_number number;
	unsigned digits;
	char pad;
};

#define ZEROS(spec, number, digits)                                            \
	{                                                                      \
		(spec), ITEM_NUMBER, NULL, (number), (digits), '0'             \
	}
#define BLANKS(spec, number, digits)                                           \
	{                                                                      \
		(spec), ITEM_NUMBER, NULL, (number), (digits), ' '             \
	}
#define GROUP(spec, text)                                                      \
	{                                                                      \
		(spec), ITEM_GROUP, (text), 0, 0, 0                            \
	}
#define TEXT(spec, kind, text)                                                 \
	{                                                                      \
		(spec), (kind), (text), 0, 0, 0                                \
	}
#define OTHER(spec, kind)                                                      \
	{                                                                      \
		(spec), (kind), NULL, 0, 0, 0                                  \
	}
#define PART(spec, kind, digits)                                               \
	{                                                                      \
		(spec), (kind), NULL, 0, (digits), 0                           \
	}

/* No spec is the beginning of another. */
static const struct row rows[] = {
	ZEROS("Y", NUMBER_YEAR, 4),
	ZEROS("C", NUMBER_CENTURY, 2),
	ZEROS("y", NUMBER_YEAR_2, 2),
	ZEROS("m", NUMBER_MONTH, 2),
	ZEROS("d", NUMBER_DAY, 2),
	BLANKS("e", NUMBER_DAY, 2),
	ZEROS("j", NUMBER_YEAR_DAY, 3),
	ZEROS("w", NUMBER_WEEKDAY_SUNDAY, 1),
	ZEROS("u", NUMBER_WEEKDAY_MONDAY, 1),
	ZEROS("U", NUMBER_WEEK_SUNDAY, 2),
	ZEROS("W", NUMBER_WEEK_MONDAY, 2),
	ZEROS("G", NUMBER_ISO_YEAR, 4),
	ZEROS("g", NUMBER_ISO_YEAR_2, 2),
	ZEROS("V", NUMBER_ISO_WEEK, 2),
	ZEROS("H", NUMBER_HOUR, 2),
	BLANKS("k", NUMBER_HOUR, 2),
	ZEROS("I", NUMBER_HOUR_12, 2),
	BLANKS("l", NUMBER_HOUR_12, 2),
	ZEROS("M", NUMBER_MINUTE, 2),
	ZEROS("S", NUMBER_SECOND, 2),
	ZEROS("f", NUMBER_NANO, 9),
	ZEROS("s", NUMBER_UNIX, 0),
	OTHER("b", ITEM_MONTH_SHORT),
	OTHER("h", ITEM_MONTH_SHORT),
	OTHER("B", ITEM_MONTH_LONG),
	OTHER("a", ITEM_DAY_SHORT),
	OTHER("A", ITEM_DAY_LONG),
	OTHER("p", ITEM_AM_UPPER),
	OTHER("P", ITEM_AM_LOWER),
	GROUP("D", "%m/%d/%y"),
	GROUP("x", "%m/%d/%y"),
	GROUP("F", "%Y-%m-%d"),
	GROUP("v", "%e-%b-%Y"),
	GROUP("R", "%H:%M"),
	GROUP("T", "%H:%M:%S"),
	GROUP("X", "%H:%M:%S"),
	GROUP("r", "%I:%M:%S %p"),
	GROUP("c", "%a %b %e %H:%M:%S %Y"),
	PART(".f", ITEM_FRACTION, 0),
	PART(".3f", ITEM_FRACTION, 3),
	PART(".6f", ITEM_FRACTION, 6),
	PART(".9f", ITEM_FRACTION, 9),
	PART("3f", ITEM_FRACTION_DIGITS, 3),
	PART("6f", ITEM_FRACTION_DIGITS, 6),
	PART("9f", ITEM_FRACTION_DIGITS, 9),
	TEXT("n", ITEM_BLANKS, "\n"),
	TEXT("t", ITEM_BLANKS, "\t"),
	TEXT("%", ITEM_LITERAL, "%"),
	OTHER("z", ITEM_OFFSET),
	OTHER(":z", ITEM_OFFSET),
	OTHER("::z", ITEM_OFFSET),
	OTHER(":::z", ITEM_OFFSET),
	OTHER("#z", ITEM_OFFSET_LOOSE),
	OTHER("Z", ITEM_ZONE_NAME),
	OTHER("+", ITEM_RFC3339),
};

static int
read_spec(struct str *format, struct date_item *item, struct err *err)
{
	struct str rest = str_from(*format, 1);
	char flag = 0;

	if (rest.n != 0 && memchr("-_0", rest.p[0], 3) != NULL) {
		flag = rest.p[0] == '_' ? ' ' : rest.p[0];
		rest = str_from(rest, 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct str spec = str_of(row->spec);

		if (!str_starts(rest, spec) ||
		    (flag != 0 && row->kind != ITEM_NUMBER))
			continue;
		*item = (struct date_item){ row->kind, str_of(row->text),
			row->number, row->digits, flag ? flag : row->pad };
		*format = str_from(rest, spec.n);
		return 1;
	}
	return err_set(err, "bad or unsupported format string");
}

int
date_item_next(struct str *format, struct date_item *item, struct err *err)
{
	struct str rest = *format;

	if (rest.n == 0)
		return 0;
	if (rest.p[0] == '%')
		return read_spec(format, item, err);
	date_skip_blanks(&rest);
	if (rest.n != format->n) {
		item->kind = ITEM_BLANKS;
	} else {
		/* one byte is enough, and the next may begin a blank */
		item->kind = ITEM_LITERAL;
		rest = str_from(rest, 1);
	}
	item->text = str_sub(*format, 0, format->n - rest.n);
	*format = rest;
	return 1;
}
