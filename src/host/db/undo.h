/*
 * undo: takes back what was changed by hand, from the origins of the rows
 * (db/author.h) and from nothing else.
 */
#ifndef DB_UNDO_H
#define DB_UNDO_H

#include "base/err.h"

#include <stdint.h>

struct db;

/* A command that can be undone is a run of one of these kinds; ends with NULL. */
extern const char *const db_undo_kinds[];
bool db_undo_has_kind(const char *kind);

struct db_undone {
	int64_t run; /* the one that was undone */
	struct str kind, command, started;
	uint64_t rows; /* that were brought back, changed back or taken away */
};

/*
 * Undoes the run of that number, or with 0 the last one by hand of which there
 * is anything left to undo, as a run of its own: all of it, or nothing. Texts of
 * *out live in pool. With is_dry nothing is stored.
 *
 * 1; 0: there is none; -1: also where it cannot be undone whole, since some of
 * it was overwritten since, or was not kept, or others have built on it: *err
 * names the first.
 */
int db_undo(struct db *db, int64_t run, bool is_dry, struct pool *pool,
    struct db_undone *out, struct err *err);

#endif
