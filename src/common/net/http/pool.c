#include "http/pool.h"

#include <stdlib.h>

#include "base/mem.h"

/* Leaves the slot free; the stream is the caller's. */
static struct stream *
empty_slot(struct http_pool_slot *slot)
{
	struct stream *s = slot->stream;

	free(slot->origin);
	memset(slot, 0, sizeof(*slot));
	return s;
}

static bool
is_to(const struct http_pool_slot *slot, struct str origin,
    const struct addr *proxy)
{
	if (!str_eq(str_view(slot->origin, slot->n), origin))
		return false;
	return proxy != NULL ? addr_eq(&slot->proxy, proxy)
	                     : slot->proxy.port == 0;
}

struct stream *
http_pool_take(struct http_pool *pool, struct str origin,
    const struct addr *proxy)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < HTTP_POOL_MOST; i++) {
		struct http_pool_slot *slot = &pool->slot[i];
		bool is_old = now - slot->since > HTTP_POOL_IDLE_MS;
		struct stream *s;

		if (slot->stream == NULL ||
		    (!is_old && !is_to(slot, origin, proxy)))
			continue;
		s = empty_slot(slot);
		if (!is_old && stream_is_idle(s))
			return s;
		stream_free(s);
	}
	return NULL;
}

void
http_pool_put(struct http_pool *pool, struct str origin,
    const struct addr *proxy, struct stream *s)
{
	struct http_pool_slot *slot = &pool->slot[0];

	for (size_t i = 0; i < HTTP_POOL_MOST && slot->stream != NULL; i++) {
		if (pool->slot[i].stream == NULL ||
		    pool->slot[i].since < slot->since)
			slot = &pool->slot[i];
	}
	stream_free(empty_slot(slot));
	slot->stream = s;
	slot->origin = mem_alloc(origin.n);
	memcpy(slot->origin, origin.p, origin.n);
	slot->n = origin.n;
	slot->since = clock_ms();
	if (proxy != NULL)
		slot->proxy = *proxy;
}

void
http_pool_clear(struct http_pool *pool)
{
	for (size_t i = 0; i < HTTP_POOL_MOST; i++)
		stream_free(empty_slot(&pool->slot[i]));
}
