/*
 * cascade: many rows deleted at once, and what hangs below them. Internal to
 * db, within a change or a group.
 *
 *	status = cascade_begin(db, err);
 *	... rows are deleted ...
 *	status = cascade_end(db, status, err);
 */
#ifndef DB_CASCADE_H
#define DB_CASCADE_H

#include "db/sql.h"

/* From so many rows on the indexes cost less than they save. */
#define CASCADE_MANY 64

int cascade_begin(struct db *db, struct err *err);

/* No statement of the caller is open. Returns status, or -1. */
int cascade_end(struct db *db, int status, struct err *err);

#endif
