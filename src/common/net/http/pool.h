/*
 * http_pool: connections that are kept for the next request to the same place:
 * RFC 9112, 9.3. The place is the beginning of the URL as it is written, up to
 * the path, and the proxy.
 */
#ifndef HTTP_POOL_H
#define HTTP_POOL_H

#include "base/str.h"
#include "stream/addr.h"
#include "stream/stream.h"

#define HTTP_POOL_MOST    8
#define HTTP_POOL_IDLE_MS 60000 /* longer, and it may be dead unseen */

struct http_pool_slot {
	struct stream *stream; /* NULL: free */
	char *origin;
	size_t n;
	struct addr proxy; /* port 0: none of the request's own */
	int64_t since;
};

struct http_pool {
	struct http_pool_slot slot[HTTP_POOL_MOST];
};

/*
 * Takes a connection to that place out, one that nothing has come from and
 * that has not ended. NULL: there is none. Ends those that are too old.
 */
struct stream *http_pool_take(struct http_pool *pool, struct str origin,
    const struct addr *proxy);

/* The pool owns s then; the one that waits longest makes room. */
void http_pool_put(struct http_pool *pool, struct str origin,
    const struct addr *proxy, struct stream *s);

void http_pool_clear(struct http_pool *pool);

#endif
