#include "name/name_cache.h"

#include <stdlib.h>

#include "base/mem.h"
#include "stream/clock.h"

struct name {
	char *host; /* NULL: free */
	size_t host_n;
	struct addr addr[NAME_CACHE_ADDRS];
	size_t n;
	int64_t until;
	uint64_t used; /* when, on the cache's own count */
};

struct name_cache {
	struct name name[NAME_CACHE_NAMES];
	uint64_t uses;
};

struct name_cache *
name_cache_new(void)
{
	return mem_zalloc(sizeof(struct name_cache));
}

void
name_cache_free(struct name_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < NAME_CACHE_NAMES; i++)
		free(cache->name[i].host);
	free(cache);
}

static struct name *
find_name(struct name_cache *cache, struct str host)
{
	for (size_t i = 0; i < NAME_CACHE_NAMES; i++) {
		struct name *name = &cache->name[i];

		if (name->host != NULL &&
		    str_eq(str_view(name->host, name->host_n), host))
			return name;
	}
	return NULL;
}

static void
drop_name(struct name *name)
{
	free(name->host);
	memset(name, 0, sizeof(*name));
}

bool
name_cache_find(struct name_cache *cache, struct str host,
    const struct addr **addr, size_t *n)
{
	struct name *name = find_name(cache, host);

	if (name == NULL)
		return false;
	if (clock_ms() >= name->until) {
		drop_name(name);
		return false;
	}
	name->used = ++cache->uses;
	*addr = name->addr;
	*n = name->n;
	return true;
}

/* A free one, else the least recently used. */
static struct name *
oldest_name(struct name_cache *cache)
{
	struct name *best = &cache->name[0];

	for (size_t i = 1; i < NAME_CACHE_NAMES; i++) {
		if (cache->name[i].used < best->used)
			best = &cache->name[i];
	}
	return best;
}

void
name_cache_put(struct name_cache *cache, struct str host,
    const struct addr *addr, size_t n, int64_t ttl)
{
	struct name *name = find_name(cache, host);

	if (ttl <= 0)
		return;
	if (ttl > NAME_CACHE_MAX_S)
		ttl = NAME_CACHE_MAX_S;
	if (name == NULL)
		name = oldest_name(cache);
	drop_name(name);
	name->host = mem_alloc(host.n);
	if (host.n != 0)
		memcpy(name->host, host.p, host.n);
	name->host_n = host.n;
	name->n = n < NAME_CACHE_ADDRS ? n : NAME_CACHE_ADDRS;
	if (name->n != 0)
		memcpy(name->addr, addr, name->n * sizeof(*addr));
	name->until = clock_in((uint64_t)ttl * 1000);
	name->used = ++cache->uses;
}
