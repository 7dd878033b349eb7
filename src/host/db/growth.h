/*
 * growth: how many rows were added, changed and removed, from their origins
 * (db/author.h): what stood there before origins were kept, or came from a
 * program that keeps none, is not counted.
 */
#ifndef DB_GROWTH_H
#define DB_GROWTH_H

#include "base/err.h"

#include <stdint.h>

struct db;

enum growth_by {
	GROWTH_BY_DAY,     /* UTC, "2026-11-29" */
	GROWTH_BY_MODULE,  /* "me/m"; what no module did by its command */
	GROWTH_BY_OUTCOME, /* of attempts: "failed (timeout)" */
};

struct growth {
	struct str name; /* ends with the call */
	uint64_t added, changed, removed;
	uint64_t attempts;
};

/*
 * Each group once: days in their order, others by what they have added. All
 * origins are read.
 */
int db_growth(struct db *db, enum growth_by by,
    void (*each)(void *ctx, const struct growth *growth), void *ctx,
    struct err *err);

#endif
