/*
 * lists_of: what a run notes of the lists that its children may look into.
 */
#ifndef RUNS_LISTS_OF_H
#define RUNS_LISTS_OF_H

#include "ipc/exchange.h"
#include "program/program.h"

/*
 * Their dates by their names, and the level of evidence: JSON, in pool. -1: a
 * list cannot be looked at.
 */
int lists_of(const struct program *p, enum evidence level, struct pool *pool,
    struct str *data, struct err *err);

#endif
