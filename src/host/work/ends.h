/*
 * ends: how attempts ended, until that is stored. Most targets end when another
 * one takes their place, in the same turn of the loop: the ends of a turn and the
 * first attempt that begins behind them are one commit.
 *
 * Nothing waits beyond its turn: what no attempt begins behind is stored by
 * ends_store() before the next wait, and before the end of a run. Nothing is
 * begun in the database until then, so nobody waits for whoever reads our output
 * or for what else the turn has to do. A kill in between leaves an attempt
 * without an end, as one a moment earlier does.
 */
#ifndef WORK_ENDS_H
#define WORK_ENDS_H

#include <stddef.h>

#include "db/db.h"

struct run;

struct end {
	struct run *run;
	struct str label; /* with what end has in run->turn */
	struct db_author author;
	struct db_attempt_end end;
	bool is_told; /* that it cannot be noted */
};

struct ends {
	struct end *end;
	size_t n, cap;
};

/* Takes *author, and leaves it as it was before the attempt. */
void ends_add(struct ends *ends, struct run *run, struct str label,
    struct db_author *author, const struct db_attempt_end *end);

/*
 * db_attempt_begin() with the ends in front of it. What cannot be stored of them
 * is a failure of their runs (run_fail()); what of the beginning, is *err.
 */
int ends_begin(struct ends *ends, struct db *db, const struct db_unit *unit,
    struct db_author *author, struct err *err);

void ends_store(struct ends *ends);
void ends_clear(struct ends *ends);

#endif
