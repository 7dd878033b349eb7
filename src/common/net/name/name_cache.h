/*
 * name_cache: names that were looked up, for HTTP (docs/reference, "Names and
 * addresses"). The key is the host as it was written, letter case included. A
 * name is kept for the least TTL of its answer, a day at most; TTL 0 is not
 * kept. A name without an address is kept as such.
 */
#ifndef NAME_NAME_CACHE_H
#define NAME_NAME_CACHE_H

#include "stream/addr.h"

#define NAME_CACHE_NAMES 32 /* the least recently used one goes */
#define NAME_CACHE_ADDRS 16 /* of one name; more are not kept */
#define NAME_CACHE_MAX_S 86400

struct name_cache;

struct name_cache *name_cache_new(void);
void name_cache_free(struct name_cache *cache);

/*
 * true: the name is there, with *n addresses, which may be 0; *addr views them
 * until the next name_cache_put.
 */
bool name_cache_find(struct name_cache *cache, struct str host,
    const struct addr **addr, size_t *n);

/* ttl in seconds, -1: none known, which is not kept. */
void name_cache_put(struct name_cache *cache, struct str host,
    const struct addr *addr, size_t n, int64_t ttl);

#endif
