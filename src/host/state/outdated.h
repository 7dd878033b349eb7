/*
 * outdated: D/autoupdate.json, where the peer keeps which modules have a newer
 * version in its registry: {"outdated":["author/name"],...}. We read it only.
 */
#ifndef STATE_OUTDATED_H
#define STATE_OUTDATED_H

#include "base/err.h"
#include "value/slot.h"

#define OUTDATED_MAX_BYTES ((size_t)4 << 20)

/* The ids, in pool. 1; 0: there is no such file, nobody has looked; -1. */
int outdated_read(const char *path, struct pool *pool, struct slot_texts *ids,
    struct err *err);

#endif
