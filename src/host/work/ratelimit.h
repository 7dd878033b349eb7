/*
 * ratelimit: at most so many passes in so much time, a bucket a key, shared by
 * all targets of a run. Source: docs/wire.md, "The parent".
 *
 * Keys and counts come from a child. Each module of a run (notifications in it
 * are modules, too) has its share, and what it makes of it is nothing to the
 * others: so many keys at once, so many passes remembered for all of them. A
 * key is forgotten when its time is over and its place is needed. A bucket
 * remembers RATELIMIT_MAX_PASSES passes; a larger number of passes is taken as
 * that.
 */
#ifndef WORK_RATELIMIT_H
#define WORK_RATELIMIT_H

#include "ipc/reply.h"

#define RATELIMIT_MAX_KEYS   1024 /* that a module has at once */
#define RATELIMIT_MAX_KEY    4096 /* bytes */
#define RATELIMIT_MAX_PASSES 65536u
#define RATELIMIT_MAX_ALL    (1u << 20)          /* passes, of all its keys */
#define RATELIMIT_EMPTY_NS   UINT64_C(100000000) /* wait for 0 passes */

struct ratelimit;

struct ratelimit *ratelimit_new(void);
void ratelimit_free(struct ratelimit *limit);

/* One pass that a module asks for. */
struct ratelimit_ask {
	struct str module; /* whose share a new key is taken of: its passes are
	                      of that share, whoever asks for them */
	struct str key;
	uint32_t passes, time_ms;
	uint64_t now_ns; /* of any clock that only grows */
};

/*
 * May it pass? A pass is recorded. -1:
 *	the key of a rate limit has 4097 bytes, at most 4096
 *	author/name has 1024 rate limits at once, no more
 *	author/name has 1048576 passes of rate limits, no more
 */
int ratelimit_ask(struct ratelimit *limit, const struct ratelimit_ask *ask,
    struct reply_wait *out, struct err *err);

#endif
