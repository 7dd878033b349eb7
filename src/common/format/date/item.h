/*
 * date_item: a strftime format, piece by piece. One list of specifiers serves
 * writing (date_write.c) and reading (date_read.c).
 *
 * To add one: a row in date_item.c; a new number also in `value` of
 * date_write.c and `set_number` of date_read.c, a new kind in both switches.
 */
#ifndef DATE_ITEM_H
#define DATE_ITEM_H

#include "base/err.h"

enum date_item_kind {
	ITEM_LITERAL,
	ITEM_BLANKS,
	ITEM_GROUP, /* text is a format of its own */
	ITEM_NUMBER,
	ITEM_MONTH_SHORT,
	ITEM_MONTH_LONG,
	ITEM_DAY_SHORT,
	ITEM_DAY_LONG,
	ITEM_AM_UPPER,
	ITEM_AM_LOWER,
	ITEM_FRACTION,        /* with its dot; digits 0: as many as there are */
	ITEM_FRACTION_DIGITS, /* without */
	/* only in strptime */
	ITEM_OFFSET,
	ITEM_OFFSET_LOOSE, /* or Z, or without minutes */
	ITEM_ZONE_NAME,
	ITEM_RFC3339,
};

enum date_number {
	NUMBER_YEAR,
	NUMBER_CENTURY,
	NUMBER_YEAR_2, /* in the century */
	NUMBER_MONTH,
	NUMBER_DAY,
	NUMBER_YEAR_DAY,
	NUMBER_WEEK_SUNDAY,
	NUMBER_WEEK_MONDAY,
	NUMBER_WEEKDAY_SUNDAY, /* Sunday 0 */
	NUMBER_WEEKDAY_MONDAY, /* Monday 1, Sunday 7 */
	NUMBER_ISO_YEAR,
	NUMBER_ISO_YEAR_2,
	NUMBER_ISO_WEEK,
	NUMBER_HOUR,
	NUMBER_HOUR_12,
	NUMBER_MINUTE,
	NUMBER_SECOND,
	NUMBER_NANO,
	NUMBER_UNIX,
};

struct date_item {
	enum date_item_kind kind;
	struct str text; /* of a literal, blanks or a group */
	enum date_number number;
	unsigned digits; /* width in writing, most in reading; 0: any */
	char pad;        /* '0', ' ', or '-' for none */
};

/* Names in English; text is not longer than 9. */
extern const char *const date_month_name[12];
extern const char *const date_day_name[7]; /* from Sunday */
#define DATE_SHORT_NAME 3

/*
 * Takes the next item off format. 1: an item; 0: the end; -1: no such
 * specifier.
 */
int date_item_next(struct str *format, struct date_item *item, struct err *err);

#endif
