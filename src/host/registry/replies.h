/*
 * replies: what stands in the replies of a server (docs/modules.md,
 * "Registries"). Everything is foreign, unknown members are ignored; views of
 * what was read, in pool. -1: it is no such thing, or an id or version in it is
 * none.
 */
#ifndef REGISTRY_REPLIES_H
#define REGISTRY_REPLIES_H

#include "registry/registry.h"
#include "value/json.h"

int reply_module(const struct json *v, struct pool *pool,
    struct registry_module *out, struct err *err);

/* code: what was downloaded; without: what was published. */
int reply_code(const struct json *v, bool has_code, struct pool *pool,
    struct registry_code *out, struct err *err);

/* 1; 0: nothing was published ever. */
int reply_time(const struct json *v, struct pool *pool, int64_t *time,
    struct err *err);

int reply_user(const struct json *v, struct pool *pool, struct str *user,
    struct err *err);

/* -1, as "api error: "text"", cut to what a line can have. */
int reply_error(struct str text, struct err *err);

#endif
