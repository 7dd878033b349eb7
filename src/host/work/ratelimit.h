/*
 * ratelimit: at most so many passes in so much time, a bucket a key, shared by
 * all targets of a run. Source: docs/wire.md, "The parent".
 *
 * Keys and counts come from a child. A bucket remembers RATELIMIT_MAX_PASSES
 * passes; a larger number of passes is taken as that.
 */
#ifndef WORK_RATELIMIT_H
#define WORK_RATELIMIT_H

#include "ipc/reply.h"

#define RATELIMIT_MAX_KEYS   1024
#define RATELIMIT_MAX_KEY    4096 /* bytes */
#define RATELIMIT_MAX_PASSES 65536u
#define RATELIMIT_EMPTY_NS   UINT64_C(100000000) /* wait for 0 passes */

struct ratelimit;

struct ratelimit *ratelimit_new(void);
void ratelimit_free(struct ratelimit *limit);

/*
 * May one pass at now_ns (of any clock that only grows)? A pass is recorded.
 * -1: there are too many keys, or this one is too long.
 */
int ratelimit_ask(struct ratelimit *limit, struct str key, uint32_t passes,
    uint32_t time_ms, uint64_t now_ns, struct reply_wait *out, struct err *err);

#endif
