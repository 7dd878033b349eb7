/*
 * scratch: a workspace for the time of one run, of which nothing is left. It is
 * a folder of our own (0700) in a place that belongs to the user alone:
 * "dry-run" below the cache, or where that cannot be written "sn0int-dry-run" in
 * XDG_RUNTIME_DIR, or "/tmp/sn0int-dry-run-UID". Who makes one holds it
 * (flock(2)); what nobody holds was left by somebody who was killed, and goes
 * with the next sweep.
 */
#ifndef STATE_SCRATCH_H
#define STATE_SCRATCH_H

#include "state/workspace.h"

struct scratch {
	const char *place; /* the folder in which ws.folder lies */
	struct workspace ws;
	int lock; /* of ws.folder */
};

/* Its folders; no database. Strings live in pool. */
int scratch_make(struct scratch *scratch, const struct paths *paths,
    struct pool *pool, struct err *err);

/* Whatever is in it. -1: something is left there, and why. */
int scratch_remove(struct scratch *scratch, struct err *err);

/* What is left of those who were killed, wherever it may be. */
void scratch_sweep(const struct paths *paths);

/*
 * -1: the file system has no room for another so many bytes; where nobody can
 * tell there is.
 */
int scratch_check_room(const struct scratch *scratch, uint64_t bytes,
    struct err *err);

#endif
