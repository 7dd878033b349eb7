/*
 * dry: a program whose workspace is a copy of the real one (run -n). Between
 * the two calls p->db and p->ws are the copy's, a file of its own that is as it
 * was at one moment; nothing of the real one is written, and others go on with
 * it. Blobs that are not in the copy are read from the real one. Meanwhile
 * p->dry_place is set, and nothing of the user is stored: who keeps answers
 * (launch/grant.h, enforce/enforce.h) looks at it.
 */
#ifndef PROGRAM_DRY_H
#define PROGRAM_DRY_H

#include "program/program.h"
#include "state/scratch.h"

/* Zero before dry_begin(). */
struct dry {
	struct scratch scratch;
	struct workspace ws; /* the real one's */
	struct db *db;       /* the same; NULL: it was not open */
};

/*
 * A workspace that is not there is one without rows, and is not made. -1:
 * there is no copy, and all is as it was. Strings live in pool.
 */
int dry_begin(struct program *p, struct dry *dry, struct pool *pool,
    struct err *err);

/* Takes the copy away; also where dry_begin() was not called or failed. */
void dry_end(struct program *p, struct dry *dry);

#endif
