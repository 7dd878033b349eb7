/*
 * date_fields: what strptime has read so far, and which second it means.
 */
#ifndef DATE_FIELDS_H
#define DATE_FIELDS_H

#include <stdint.h>

#include "base/err.h"

enum date_field {
	FIELD_YEAR,
	FIELD_CENTURY,
	FIELD_YEAR_2,
	FIELD_MONTH,
	FIELD_DAY,
	FIELD_YEAR_DAY,
	FIELD_WEEK_SUNDAY,
	FIELD_WEEK_MONDAY,
	FIELD_WEEKDAY, /* Sunday 0 */
	FIELD_ISO_YEAR,
	FIELD_ISO_YEAR_2,
	FIELD_ISO_WEEK,
	FIELD_HALF,    /* of the day: 0 or 1 */
	FIELD_HOUR_12, /* 0..11 */
	FIELD_MINUTE,
	FIELD_SECOND,
	FIELD_NANO,
	FIELD_UNIX,
	FIELD_OFFSET,
	FIELD_COUNT,
};

struct date_fields {
	unsigned known; /* bits 1 << field */
	int64_t value[FIELD_COUNT];
};

/* -1: it has another value already. */
int date_field_set(struct date_fields *f, enum date_field field, int64_t value,
    struct err *err);

/*
 * The second that all fields agree on. Errors: fields are missing, out of
 * range, or contradict each other.
 */
int date_fields_resolve(const struct date_fields *f, int64_t *seconds,
    struct err *err);

#endif
