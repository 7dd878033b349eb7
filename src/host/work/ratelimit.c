#include "work/ratelimit.h"

#include <stdlib.h>

#include "base/mem.h"

/* Times of passes, oldest first: a ring that grows. */
struct bucket {
	struct str key;
	uint64_t *ns;
	size_t from, n, cap;
};

struct ratelimit {
	struct pool pool; /* of the keys */
	struct bucket bucket[RATELIMIT_MAX_KEYS];
	size_t n;
};

struct ratelimit *
ratelimit_new(void)
{
	return mem_zalloc(sizeof(struct ratelimit));
}

void
ratelimit_free(struct ratelimit *limit)
{
	if (limit == NULL)
		return;
	for (size_t i = 0; i < limit->n; i++)
		free(limit->bucket[i].ns);
	pool_clear(&limit->pool);
	free(limit);
}

static struct bucket *
bucket_of(struct ratelimit *limit, struct str key)
{
	for (size_t i = 0; i < limit->n; i++) {
		if (str_eq(limit->bucket[i].key, key))
			return &limit->bucket[i];
	}
	if (limit->n == RATELIMIT_MAX_KEYS)
		return NULL;
	limit->bucket[limit->n].key = pool_copy(&limit->pool, key);
	return &limit->bucket[limit->n++];
}

static uint64_t
pass_at(const struct bucket *b, size_t i)
{
	return b->ns[(b->from + i) % b->cap];
}

static void
forget(struct bucket *b, uint64_t now_ns, uint64_t time_ns)
{
	while (b->n != 0 && now_ns - pass_at(b, 0) >= time_ns) {
		b->from = (b->from + 1) % b->cap;
		b->n--;
	}
}

static void
grow(struct bucket *b)
{
	size_t cap = b->cap != 0 ? 2 * b->cap : 16;
	uint64_t *ns = mem_array(cap, sizeof(*ns));

	for (size_t i = 0; i < b->n; i++)
		ns[i] = pass_at(b, i);
	free(b->ns);
	b->ns = ns;
	b->from = 0;
	b->cap = cap;
}

static void
record(struct bucket *b, uint64_t now_ns)
{
	if (b->n == b->cap)
		grow(b);
	b->ns[(b->from + b->n++) % b->cap] = now_ns;
}

int
ratelimit_ask(struct ratelimit *limit, struct str key, uint32_t passes,
    uint32_t time_ms, uint64_t now_ns, struct reply_wait *out, struct err *err)
{
	uint64_t time_ns = time_ms * UINT64_C(1000000);
	struct bucket *b;

	if (key.n > RATELIMIT_MAX_KEY)
		return err_set(err,
		    "the key of a rate limit has %zu bytes, at most %d", key.n,
		    RATELIMIT_MAX_KEY);
	b = bucket_of(limit, key);
	if (b == NULL)
		return err_set(err, "more than %d rate limits in one run",
		    RATELIMIT_MAX_KEYS);
	if (passes > RATELIMIT_MAX_PASSES)
		passes = RATELIMIT_MAX_PASSES;
	forget(b, now_ns, time_ns);
	*out = (struct reply_wait){ .passes = b->n < passes };
	if (out->passes)
		record(b, now_ns);
	else if (b->n == 0)
		out->wait_ns = RATELIMIT_EMPTY_NS;
	else
		out->wait_ns = time_ns - (now_ns - pass_at(b, 0));
	return 0;
}
