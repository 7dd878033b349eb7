/*
 * pool: memory that belongs to a lifetime. Everything allocated from a pool
 * ends with pool_clear(); nobody frees single pieces, so there is nothing to
 * forget on an early return or when Lua throws.
 *
 *	autopool struct pool pool = POOL_NONE;
 *	char *text = pool_printf(&pool, "%d", 5);
 *
 * An empty pool costs nothing. Running out of memory ends the program.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <assert.h>
#include <stddef.h>

#include "base/sanitized.h"
#include "base/str.h"

struct pool_chunk;
struct pool_defer;

/* Where chunks come from; `end` overwrites what was in one. */
struct pool_memory {
	void *(*begin)(size_t n);
	void (*end)(void *p, size_t n);
};

struct pool {
	struct pool_chunk *chunk; /* the newest, where there is room */
	struct pool_defer *defer; /* what to end, newest first */
	char *at, *end;           /* free part of the newest chunk */
	size_t used;              /* bytes handed out since the last clear */
	const struct pool_memory *memory; /* of its chunks; NULL: malloc() */
};

#define POOL_NONE                                                              \
	{                                                                      \
		NULL, NULL, NULL, NULL, 0, NULL                                \
	}
#define autopool __attribute__((cleanup(pool_clear)))

/* Aligned for any type, not initialised. n may be 0. */
void *pool_alloc(struct pool *pool, size_t n);
void *pool_zalloc(struct pool *pool, size_t n);

/* n items of a size; an overflow of the product ends the program. */
void *pool_array(struct pool *pool, size_t n, size_t size);

/*
 * Grows the piece p of `old` bytes to n >= old, in place where it is the
 * newest piece of the pool. Returns the piece; p is no longer valid.
 */
void *pool_grow(struct pool *pool, void *p, size_t old, size_t n);

/* What pool_push() is made of. */
void *pool_push_more(struct pool *pool, void *items, size_t n, size_t size);
bool pool_is_whole(void *p, size_t n); /* no byte of it is poisoned */

/*
 * An array of n items with room for one more, made one by one: the room doubles
 * with each power of two, so that many items, with other pieces between them,
 * cost no more than a few times their size. Returns the array.
 *
 * The room is known from n alone, so items is NULL (n is 0) or came from
 * pool_push() with every n up to this one: an array from anywhere else has no
 * room, and the next item would be written over a neighbour. A sanitized build
 * ends the program there.
 */
static inline void *
pool_push(struct pool *pool, void *items, size_t n, size_t size)
{
	if ((n & (n - 1)) == 0)
		return pool_push_more(pool, items, n, size);
	/* no power of two: there is room */
	assert(!IS_SANITIZED || pool_is_whole(items, (n + 1) * size));
	return items;
}

/*
 * A copy of an array of n items that was not made by pool_push(), with the room
 * that pool_push() relies on.
 */
void *pool_roomy(struct pool *pool, const void *items, size_t n, size_t size);

/* A copy with a NUL behind it, which n does not count. */
struct str pool_copy(struct pool *pool, struct str s);
char *pool_cstr(struct pool *pool, struct str s);

char *pool_printf(struct pool *pool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* done(handle) is called when the pool ends, newest first. */
void pool_defer(struct pool *pool, void (*done)(void *), void *handle);

/* Ends everything in it; the pool is then as new. */
void pool_clear(struct pool *pool);

/* Like pool_clear, for secrets: nothing of what was in it stays in memory. */
void pool_wipe(struct pool *pool);

/* Like pool_clear, but keeps one chunk for the next round. */
void pool_reset(struct pool *pool);

#endif
