/*
 * texts: grants.json, for which text of a module a grant holds. The peer's ring
 * knows modules by name only, and its file has no room for more; so the SHA-256
 * of the text that was granted stands in a file of our own beside it.
 *
 *	{"grants":{"aws":[{"module":"author/name","sha256":"64 digits"}]}}
 *
 * Source: docs/files.md, "Grants".
 */
#ifndef STATE_TEXTS_H
#define STATE_TEXTS_H

#include "base/err.h"
#include "value/json.h"

#define TEXTS_MAX_BYTES ((size_t)16 << 20)

/* Namespace -> list of rows, in pool. What it is not is refused. */
int texts_read(struct pool *pool, struct str text, struct json *texts,
    struct err *err);
void texts_write(struct pool *pool, const struct json *texts, struct buf *out);

/* The hash of the text; p NULL: none is known. */
struct str texts_find(const struct json *texts, struct str ns,
    struct str module);

/* 1 it was changed, 0 it says so already; there was nothing. */
int texts_set(struct pool *pool, struct json *texts, struct str ns,
    struct str module, struct str sha256);
int texts_drop(struct json *texts, struct str ns, struct str module);

#endif
