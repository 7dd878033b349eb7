/*
 * choice: what of a workspace goes into a bundle: rows, and who did what to
 * them. Internal to bundle.
 *
 *	nothing chosen   all of it
 *	runs             what these runs did, the rows that they added or
 *	                 changed as they are now, and the rows which those name
 *	families         rows as of `export`, and the runs that have to do with
 *	                 them
 *	both             of the rows of these runs those of the families
 *
 * Memory: 8 bytes a row, an attempt, a run; of all of it none.
 */
#ifndef BUNDLE_CHOICE_H
#define BUNDLE_CHOICE_H

#include "bundle/numbers.h"
#include "db/db.h"
#include "export/format.h"

struct choice {
	bool by_run, by_family; /* neither: all */
	struct numbers rows, attempts, runs;
};

/*
 * run: numbers of runs; families.n 0: all. Within a group of reads. -1: also if
 * there is no such run.
 */
int choice_make(struct choice *choice, struct db *db, const int64_t *run,
    size_t runs, const struct export_choice *families, struct err *err);
void choice_clear(struct choice *choice);

bool choice_has_row(const struct choice *choice, const struct model *model,
    int32_t id);

/* Of one of the tables run, attempt, origin, exchange. */
bool choice_has_record(const struct choice *choice, const struct row *row);

/* All rows of a table; each() returns -1 to end that. */
int choice_walk(struct db *db, const struct model *model,
    int (*each)(void *ctx, const struct row *row, struct err *err), void *ctx,
    struct err *err);

#endif
