/*
 * shade: how many events there were in each slice of some days, as one of five
 * colours. Source: docs/reference/reports.md, "Calendar".
 */
#ifndef ROWS_SHADE_H
#define ROWS_SHADE_H

#include "db/db.h"

#define SHADE_DAY_MINUTES 1440

struct shades {
	int64_t first_day; /* since 1970 */
	size_t days;
	unsigned slices; /* of a day */
	uint64_t *n;     /* events; by day, then slice */
	uint64_t most;   /* the largest of them */
};

/*
 * Counts the events of a topic (p NULL: all). slice_minutes divides a day. The
 * counts live in pool.
 */
int shades_read(struct db *db, struct str topic, int64_t first_day, size_t days,
    unsigned slice_minutes, struct pool *pool, struct shades *out,
    struct err *err);

/* 0: none, up to 4: more than three quarters of the most. */
unsigned shade_grade(const struct shades *shades, int64_t day, unsigned slice);

/* Appends the colours of a grade, if there are colours. */
void shade_paint(struct buf *out, unsigned grade);

#endif
