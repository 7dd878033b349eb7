/* cal_days: days as lines, their hours side by side. */
#ifndef ROWS_CAL_DAYS_H
#define ROWS_CAL_DAYS_H

#include "db/db.h"

#define CAL_MAX_DAYS 36600 /* a hundred years */

enum cal_slices {
	CAL_HOURS = 60,    /* 24 slices of a day, three columns each */
	CAL_TWELFTHS = 12, /* 120 slices of 12 minutes, one column each */
};

/*
 * Prints `days` lines, at most CAL_MAX_DAYS, the last one for the day of now
 * (seconds since 1970). Without colours, signs stand for the shades.
 */
int cal_print_days(struct db *db, struct str topic, enum cal_slices slices,
    size_t days, int64_t now, struct err *err);

#endif
