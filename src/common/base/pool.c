#include "base/pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define ALIGN       16u
#define CHUNK_FIRST ((size_t)4 << 10)
#define CHUNK_MOST  ((size_t)1 << 20)

struct pool_chunk {
	struct pool_chunk *next;
	size_t size; /* of data */
	_Alignas(ALIGN) char data[];
};

struct pool_defer {
	struct pool_defer *next;
	void (*done)(void *);
	void *handle;
};

static size_t
round_up(size_t n)
{
	if (n > SIZE_MAX / 2)
		mem_fail(n);
	/* nothing is a piece, too: no pointer into an empty pool is NULL */
	return (n + (n == 0) + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
}

static void
add_chunk(struct pool *pool, size_t least)
{
	size_t size = pool->chunk != NULL ? pool->chunk->size * 2 : CHUNK_FIRST;
	struct pool_chunk *chunk;

	if (size > CHUNK_MOST)
		size = CHUNK_MOST;
	if (size < least)
		size = least;
	chunk = mem_alloc(sizeof(*chunk) + size);
	chunk->size = size;
	chunk->next = pool->chunk;
	pool->chunk = chunk;
	pool->at = chunk->data;
	pool->end = chunk->data + size;
}

void *
pool_alloc(struct pool *pool, size_t n)
{
	size_t room = round_up(n);
	char *p;

	if ((size_t)(pool->end - pool->at) < room)
		add_chunk(pool, room);
	p = pool->at;
	pool->at += room;
	pool->used += room;
	return p;
}

void *
pool_zalloc(struct pool *pool, size_t n)
{
	return memset(pool_alloc(pool, n), 0, n);
}

void *
pool_array(struct pool *pool, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		mem_fail(SIZE_MAX);
	return pool_alloc(pool, total);
}

void *
pool_grow(struct pool *pool, void *p, size_t old, size_t n)
{
	size_t room = round_up(old);
	void *bigger;

	if (p != NULL && (char *)p + room == pool->at) {
		size_t more = round_up(n) - room;

		if ((size_t)(pool->end - pool->at) >= more) {
			pool->at += more;
			pool->used += more;
			return p;
		}
	}
	bigger = pool_alloc(pool, n);
	if (old != 0)
		memcpy(bigger, p, old);
	return bigger;
}

void *
pool_push(struct pool *pool, void *items, size_t n, size_t size)
{
	size_t room = n != 0 ? 2 * n : 1, bytes;

	if ((n & (n - 1)) != 0) /* no power of two: there is room */
		return items;
	if (__builtin_mul_overflow(room, size, &bytes))
		mem_fail(SIZE_MAX);
	return pool_grow(pool, items, n * size, bytes);
}

struct str
pool_copy(struct pool *pool, struct str s)
{
	char *p = pool_alloc(pool, s.n + 1);

	if (s.n != 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return str_view(p, s.n);
}

char *
pool_cstr(struct pool *pool, struct str s)
{
	return (char *)pool_copy(pool, s).p;
}

char *
pool_printf(struct pool *pool, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		mem_fail(0);
	text = pool_alloc(pool, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	va_end(args);
	return text;
}

void
pool_defer(struct pool *pool, void (*done)(void *), void *handle)
{
	struct pool_defer *defer = pool_alloc(pool, sizeof(*defer));

	defer->next = pool->defer;
	defer->done = done;
	defer->handle = handle;
	pool->defer = defer;
}

static void
run_deferred(struct pool *pool)
{
	while (pool->defer != NULL) {
		struct pool_defer *defer = pool->defer;

		pool->defer = defer->next;
		defer->done(defer->handle);
	}
}

void
pool_clear(struct pool *pool)
{
	run_deferred(pool);
	while (pool->chunk != NULL) {
		struct pool_chunk *chunk = pool->chunk;

		pool->chunk = chunk->next;
		free(chunk);
	}
	*pool = (struct pool)POOL_NONE;
}

void
pool_reset(struct pool *pool)
{
	struct pool_chunk *keep;

	if (pool->used == 0 && pool->defer == NULL)
		return;
	run_deferred(pool);
	keep = pool->chunk;
	if (keep == NULL || keep->size > CHUNK_MOST) {
		pool_clear(pool);
		return;
	}
	pool->chunk = keep->next;
	while (pool->chunk != NULL) {
		struct pool_chunk *chunk = pool->chunk;

		pool->chunk = chunk->next;
		free(chunk);
	}
	keep->next = NULL;
	pool->chunk = keep;
	pool->at = keep->data;
	pool->end = keep->data + keep->size;
	pool->used = 0;
}
