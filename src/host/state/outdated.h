/*
 * outdated: D/autoupdate.json, where the peer keeps which modules have a newer
 * version in its registry, and we do:
 *
 *	{"registry":1700000000,"last_update":1700000000,"outdated":["a/b"]}
 *
 * registry: when anything was published last, null where nobody knows;
 * last_update: when somebody asked. Source: docs/files.md.
 */
#ifndef STATE_OUTDATED_H
#define STATE_OUTDATED_H

#include "base/err.h"
#include "value/slot.h"

#define OUTDATED_MAX_BYTES ((size_t)4 << 20)

/* The ids, in pool. 1; 0: there is no such file, nobody has looked; -1. */
int outdated_read(const char *path, struct pool *pool, struct slot_texts *ids,
    struct err *err);

struct outdated {
	const struct json *registry; /* a number or null; NULL: null */
	int64_t last_update;
	struct slot_texts ids;
};

/* All of it, in pool. What is no such file counts as none, as with the peer. */
int outdated_load(const char *path, struct pool *pool, struct outdated *out,
    struct err *err);
int outdated_save(const char *path, const struct outdated *o, struct err *err);

/* Takes one id out, if it is in. */
int outdated_drop(const char *path, struct str id, struct err *err);

#endif
