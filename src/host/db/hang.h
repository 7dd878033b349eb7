/*
 * hang: rows of ours that are about other rows, by family and id: links, notes,
 * tags. Internal to db.
 *
 * SQLite cannot hold them to it, as the family is a column. So what hangs on a
 * row goes with it by triggers: temporary ones on our own connections, where no
 * trigger of the file runs, and for other programs those of own.c. What was
 * deleted with neither is swept when a workspace is opened.
 */
#ifndef DB_HANG_H
#define DB_HANG_H

#include "db/sql.h"

/* So many rows of a table are looked at whenever a file is opened. */
#define HANG_LOOK 4096

/* The rows that one of a MODEL_HANGS names are there; 0, or -1: *err. */
int hang_check(struct db *db, const struct row *row, struct err *err);

/* "DELETE FROM tags WHERE ...;" of all that may hang on OLD, a row of model. */
void hang_add_sweep(struct buf *out, const struct model *model);

/* Makes the temporary triggers unless they are there. */
int hang_watch(struct db *db, struct err *err);

/*
 * Drops what is about a row that is not there; *n: how many. If is_whole, all
 * rows are looked at, else only those of tables with at most HANG_LOOK rows.
 */
int hang_sweep(struct db *db, bool is_whole, uint64_t *n, struct err *err);

/* How many of them are about a row that is not there. */
int hang_count(struct db *db, int64_t *n, struct err *err);

#endif
