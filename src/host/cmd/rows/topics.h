/* topics: activity -c: a line for each topic of the time line. */
#ifndef ROWS_TOPICS_H
#define ROWS_TOPICS_H

#include "db/db.h"

/* Its name, how many events, the first and the last day; sparks of its days. */
int topics_print(struct db *db, const struct db_events *which, struct err *err);

/* A line of sparks: how many events there were on each of the days. */
void topics_add_days(struct buf *out, const uint64_t *number, size_t n);

#endif
