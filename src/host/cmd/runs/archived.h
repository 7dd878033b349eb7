/*
 * archived: what is left of the bytes of a run: is its file there, and whole?
 */
#ifndef RUNS_ARCHIVED_H
#define RUNS_ARCHIVED_H

#include <stdint.h>

#include "program/program.h"

struct archived {
	const char *path; /* in pool */
	bool is_there;
	uint64_t bytes;
	bool is_cut; /* a record was being written when the program ended: */
	uint64_t cut_at;
	struct str fault; /* of what comes behind `known`; p NULL: none */
};

/*
 * known: up to where rows say that there are records; what comes behind is
 * looked at. -1: it cannot be.
 */
int archived_look(const struct program *p, struct str uuid, uint64_t known,
    struct pool *pool, struct archived *out, struct err *err);

#endif
