#include "work/ratelimit.h"

#include <stdlib.h>

#include "base/mem.h"

#define MS           UINT64_C(1000000)
#define FIRST_PLACES 16 /* of a key */

/* What a module has of its share. */
struct owner {
	struct owner *next;
	struct str module;
	size_t keys, places; /* of passes, used or not */
};

/* Times of passes, oldest first: a ring that grows. */
struct bucket {
	struct bucket *next;
	struct owner *owner; /* whose ask has made it */
	char *key;
	size_t key_n;
	uint64_t *ns;
	size_t from, n, cap;
	uint64_t until_ns; /* the last pass matters to nobody any more */
};

struct ratelimit {
	struct pool pool; /* of the owners */
	struct owner *owner;
	struct bucket *bucket;
};

struct ratelimit *
ratelimit_new(void)
{
	return mem_zalloc(sizeof(struct ratelimit));
}

/* Takes the bucket at *at out of its list. */
static void
drop(struct bucket **at)
{
	struct bucket *b = *at;

	*at = b->next;
	b->owner->keys--;
	b->owner->places -= b->cap;
	free(b->key);
	free(b->ns);
	free(b);
}

void
ratelimit_free(struct ratelimit *limit)
{
	if (limit == NULL)
		return;
	while (limit->bucket != NULL)
		drop(&limit->bucket);
	pool_clear(&limit->pool);
	free(limit);
}

static struct owner *
owner_of(struct ratelimit *limit, struct str module)
{
	struct owner *o = limit->owner;

	while (o != NULL && !str_eq(o->module, module))
		o = o->next;
	if (o != NULL)
		return o;
	o = pool_zalloc(&limit->pool, sizeof(*o));
	o->module = pool_copy(&limit->pool, module);
	o->next = limit->owner;
	limit->owner = o;
	return o;
}

/* Those of this module that would let anybody pass as if they were new. */
static void
drop_old(struct ratelimit *limit, const struct owner *owner,
    const struct bucket *keep, uint64_t now_ns)
{
	struct bucket **at = &limit->bucket;

	while (*at != NULL) {
		if ((*at)->owner == owner && *at != keep &&
		    now_ns >= (*at)->until_ns)
			drop(at);
		else
			at = &(*at)->next;
	}
}

static struct bucket *
find_bucket(struct ratelimit *limit, struct str key)
{
	struct bucket *b = limit->bucket;

	while (b != NULL && !str_eq(str_view(b->key, b->key_n), key))
		b = b->next;
	return b;
}

/* For one more key with its first passes. */
static bool
has_room(const struct owner *owner)
{
	return owner->keys < RATELIMIT_MAX_KEYS &&
	       owner->places <= RATELIMIT_MAX_ALL - FIRST_PLACES;
}

static int
fail_passes(const struct owner *owner, struct err *err)
{
	return err_set(err, "%.*s has %u passes of rate limits, no more",
	    STR_ARG(owner->module), RATELIMIT_MAX_ALL);
}

static int
fail_full(const struct owner *owner, struct err *err)
{
	if (owner->keys < RATELIMIT_MAX_KEYS)
		return fail_passes(owner, err);
	return err_set(err, "%.*s has %d rate limits at once, no more",
	    STR_ARG(owner->module), RATELIMIT_MAX_KEYS);
}

static struct bucket *
make_bucket(struct ratelimit *limit, const struct ratelimit_ask *ask,
    struct err *err)
{
	struct owner *owner = owner_of(limit, ask->module);
	struct bucket *b;

	if (!has_room(owner))
		drop_old(limit, owner, NULL, ask->now_ns);
	if (!has_room(owner)) {
		(void)fail_full(owner, err);
		return NULL;
	}
	b = mem_zalloc(sizeof(*b));
	b->owner = owner;
	b->key = mem_text(ask->key.p, ask->key.n);
	b->key_n = ask->key.n;
	b->next = limit->bucket;
	limit->bucket = b;
	owner->keys++;
	return b;
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

static int
grow(struct ratelimit *limit, struct bucket *b, uint64_t now_ns,
    struct err *err)
{
	struct owner *owner = b->owner;
	size_t cap = b->cap != 0 ? 2 * b->cap : FIRST_PLACES;
	uint64_t *ns;

	if (cap - b->cap > RATELIMIT_MAX_ALL - owner->places)
		drop_old(limit, owner, b, now_ns);
	if (cap - b->cap > RATELIMIT_MAX_ALL - owner->places)
		return fail_passes(owner, err);
	ns = mem_array(cap, sizeof(*ns));
	for (size_t i = 0; i < b->n; i++)
		ns[i] = pass_at(b, i);
	free(b->ns);
	b->ns = ns;
	b->from = 0;
	owner->places += cap - b->cap;
	b->cap = cap;
	return 0;
}

int
ratelimit_ask(struct ratelimit *limit, const struct ratelimit_ask *ask,
    struct reply_wait *out, struct err *err)
{
	uint64_t now_ns = ask->now_ns, time_ns = ask->time_ms * MS;
	size_t most = ask->passes < RATELIMIT_MAX_PASSES ? ask->passes
	                                                 : RATELIMIT_MAX_PASSES;
	struct bucket *b;

	if (ask->key.n > RATELIMIT_MAX_KEY)
		return err_set(err,
		    "the key of a rate limit has %zu bytes, at most %d",
		    ask->key.n, RATELIMIT_MAX_KEY);
	b = find_bucket(limit, ask->key);
	if (b == NULL)
		b = make_bucket(limit, ask, err);
	if (b == NULL)
		return -1;
	forget(b, now_ns, time_ns);
	if (b->n >= most) {
		*out = (struct reply_wait){ .wait_ns = RATELIMIT_EMPTY_NS };
		if (b->n != 0)
			out->wait_ns = time_ns - (now_ns - pass_at(b, 0));
		return 0;
	}
	if (b->n == b->cap && grow(limit, b, now_ns, err) == -1)
		return -1;
	b->ns[(b->from + b->n++) % b->cap] = now_ns;
	if (b->until_ns < now_ns + time_ns)
		b->until_ns = now_ns + time_ns;
	*out = (struct reply_wait){ .passes = true };
	return 0;
}
