/*
 * undo_change: one change of a row, taken back. Internal to db.
 */
#ifndef DB_UNDO_CHANGE_H
#define DB_UNDO_CHANGE_H

#include "db/sql.h"

/* The uuids of the runs that were undone, as those say that did it. */
#define UNDO_UNDONE                                                            \
	"SELECT u FROM (SELECT CASE WHEN json_valid(counters) THEN counters "  \
	"->> '$.undone' END AS u FROM run WHERE kind = 'undo' AND outcome = "  \
	"'done') WHERE u IS NOT NULL"

/* An origin that is to be undone; texts are viewed. */
struct undo_change {
	struct str family, what, value, columns;
	int64_t row;
};

#define UNDO_TABLES 32 /* that rows are taken from: families, links, events */

/* An undo that is under way, in a group. */
struct undo {
	struct db *db;
	int64_t run;             /* that is being undone */
	struct db_author author; /* who undoes it */
	uint64_t done;           /* changes that were taken back */
	uint64_t gone;           /* of which nothing is left */
	uint64_t below;          /* rows that went, of families */
	bool is_many;            /* of these: see db/cascade.h */
	struct err *why;         /* of the first that is gone */
	struct {
		const struct model *model;
		sqlite3_stmt *stmt; /* deletes a row of it */
	} taken[UNDO_TABLES];
};

/*
 * 1: it is undone; 0: nothing of it is left, and undo->why says what is in its
 * place; -1: it cannot be undone.
 */
int undo_change(struct undo *undo, const struct undo_change *change,
    struct err *err);

/* Behind the last change. */
void undo_clear(struct undo *undo);

/* edit.c: all columns of a row by its id. */
int edit_write(struct db *db, const struct row *row, struct err *err);

/* edit.c: a row by its id, whatever its scope. 1; 0: none; -1. */
int edit_read(struct db *db, const struct model *model, int64_t id,
    struct pool *pool, struct row *row, struct err *err);

#endif
