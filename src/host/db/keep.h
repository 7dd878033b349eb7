/*
 * keep: values of a row as an origin of a change by hand has them, whole, so
 * that the change can be undone. Internal to db.
 *
 * Numbers, true and false, texts are as in select --json; bytes are
 * "base64:...". What is larger than KEEP_MOST, or a text that is no UTF-8,
 * which only another program stores, is "sha256:..." as in every other change,
 * and what was there cannot be had back.
 */
#ifndef DB_KEEP_H
#define DB_KEEP_H

#include <sqlite3.h>

#include "model/model.h"

#define KEEP_MOST ((size_t)1 << 20) /* bytes of a value */

/* Beside the columns of a row that was deleted: when it was to end, ttl.c. */
#define KEEP_TTL "ttl"

void keep_add(struct buf *out, const struct field *field,
    const struct value *value);
void keep_add_hash(struct buf *out, struct str bytes);

/* 1: *value is what was there, null or not; 0: it was not kept. */
int keep_read(struct pool *pool, const struct field *field,
    const struct json *v, struct value *value);

/* A value as SQLite has it; texts are viewed. */
struct value keep_value_of(sqlite3_value *from, const struct field *field);

#endif
