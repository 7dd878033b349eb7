/*
 * why: where a row comes from, as db/author.h has kept it: who added, changed
 * and removed it, when, and for which target.
 *
 * All texts are what the file says, which a stranger may have written: a family
 * may be one that nobody knows, columns no JSON.
 */
#ifndef DB_WHY_H
#define DB_WHY_H

#include "base/err.h"
#include "model/model.h"

struct db;

/*
 * A row, whether it is there or was. `row` is as it is now; of one that is gone
 * only the id counts, and its label is what it was called at last (p NULL: that
 * was not noted).
 */
struct db_why {
	const struct model *model;
	int64_t id;
	bool is_there;
	bool has_origin; /* any change of it was noted */
	struct row row;
	struct str label;
	struct str first; /* when it was added, UTC; p NULL: not noted */

	/* Attempts of modules that added it or met it again, and their names. */
	uint64_t times;
	struct str *module;
	size_t modules;
};

/* A change of it. Numbers are 0 and texts p NULL where there is nothing. */
struct db_why_change {
	int64_t attempt; /* 0: another program */
	int64_t sequence;
	struct str what;    /* added, changed, removed */
	struct str value;   /* what the row was called then */
	struct str columns; /* {"column":[old,new]} */
	struct str
	    at; /* UTC: when the attempt began; of another program when */
	int64_t exchange; /* the one before it */

	int64_t run; /* 0: another program, or its run is gone */
	struct str kind, command, module, version, sha256, uuid;

	/* What the attempt was given: a row, or only its name. */
	struct str family;
	int64_t row;
	struct str target;
};

/* Since when origins are kept, "2026-11-29 01:02:11.123"; p NULL: unknown. */
int db_why_since(struct db *db, struct pool *pool, struct str *since,
    struct err *err);

/*
 * The ids of all rows of a family that have this value, in its normal form, or
 * had it when they were changed: those that are there first, then by id. Of a
 * link the value is "left+right". All that was noted of the family is read.
 */
int db_why_find(struct db *db, const struct model *model, struct str value,
    struct pool *pool, int64_t **id, size_t *n, struct err *err);

/* 1; 0: there is none of this id, and nothing was noted of one; -1. */
int db_why_row(struct db *db, const struct model *model, int64_t id,
    struct pool *pool, struct db_why *out, struct err *err);

/*
 * What was noted of it, the oldest first; of attempts before that one alone
 * (0: all), and only of that kind (NULL: all). each() returns 0 to go on, 1 to
 * end, -1; texts end with the call.
 */
int db_why_changes(struct db *db, const struct db_why *row, int64_t before,
    const char *what,
    int (*each)(void *ctx, const struct db_why_change *change, struct err *err),
    void *ctx, struct err *err);

/* The value of the family that comes closest to a typing error; p NULL: none. */
int db_why_closest(struct db *db, const struct model *model, struct str typo,
    struct pool *pool, struct str *closest, struct err *err);

#endif
