/*
 * archived: what is left of the bytes of a run: is its file there, and whole?
 * Bytes are read in bounded memory, and no longer than they are.
 */
#ifndef WITNESS_ARCHIVED_H
#define WITNESS_ARCHIVED_H

#include <stdint.h>

#include "base/err.h"

struct archived {
	const char *path;
	bool is_there;
	uint64_t bytes;
	uint64_t least; /* that it should have: more than bytes: it is cut */
	bool is_cut;    /* a record was being written when the program ended: */
	uint64_t cut_at;
	struct str fault; /* it is not what it was; p NULL: none; in pool */
};

/*
 * known: up to where rows say that there are records; what comes behind is
 * looked at. 0: all of it. The path is viewed. -1: it cannot be.
 */
int archived_look(const char *path, uint64_t known, struct pool *pool,
    struct archived *out, struct err *err);

#endif
