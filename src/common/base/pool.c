/*
 * Pieces are cut one behind the other out of chunks that double in size. For
 * AddressSanitizer a chunk is one block, so a write behind a piece would land in
 * its neighbour unseen: in sanitized builds the free part of a chunk is
 * poisoned, each piece has a red zone behind it, and a piece that moved is
 * poisoned where it was.
 */
#include "base/pool.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sanitized.h"

#define ALIGN       16u
#define CHUNK_FIRST ((size_t)4 << 10)
#define CHUNK_MOST  ((size_t)1 << 20)

#if IS_SANITIZED
#include <sanitizer/asan_interface.h>
#define RED_ZONE       ((size_t)ALIGN)
#define POISON(p, n)   __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define IS_WHOLE(p, n) (__asan_region_is_poisoned((p), (n)) == NULL)
#else
#define RED_ZONE       ((size_t)0)
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define IS_WHOLE(p, n) true
#endif

struct pool_chunk {
	struct pool_chunk *next;
	size_t size; /* of data */
	const struct pool_memory *memory;
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
	chunk = pool->memory != NULL
	            ? pool->memory->begin(sizeof(*chunk) + size)
	            : mem_alloc(sizeof(*chunk) + size);
	chunk->memory = pool->memory;
	chunk->size = size;
	chunk->next = pool->chunk;
	pool->chunk = chunk;
	pool->at = chunk->data;
	pool->end = chunk->data + size;
	POISON(chunk->data, size);
}

static void
free_chunk(struct pool_chunk *chunk)
{
	UNPOISON(chunk->data, chunk->size);
	if (chunk->memory != NULL)
		chunk->memory->end(chunk, sizeof(*chunk) + chunk->size);
	else
		free(chunk);
}

void *
pool_alloc(struct pool *pool, size_t n)
{
	size_t room = round_up(n);
	char *p;

	if ((size_t)(pool->end - pool->at) < room + RED_ZONE)
		add_chunk(pool, room + RED_ZONE);
	p = pool->at;
	pool->at += room + RED_ZONE;
	pool->used += room;
	UNPOISON(p, n);
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

	if (p != NULL && (char *)p + room + RED_ZONE == pool->at) {
		size_t more = round_up(n) - room;

		if ((size_t)(pool->end - pool->at) >= more) {
			pool->at += more;
			pool->used += more;
			UNPOISON(p, n);
			return p;
		}
	}
	bigger = pool_alloc(pool, n);
	if (p != NULL) {
		memcpy(bigger, p, old);
		POISON(p, old);
	}
	return bigger;
}

bool
pool_is_whole(void *p, size_t n)
{
	(void)p;
	(void)n;
	return IS_WHOLE(p, n);
}

void *
pool_push_more(struct pool *pool, void *items, size_t n, size_t size)
{
	size_t room = n != 0 ? 2 * n : 1, bytes;

	if (__builtin_mul_overflow(room, size, &bytes))
		mem_fail(SIZE_MAX);
	return pool_grow(pool, items, n * size, bytes);
}

void *
pool_roomy(struct pool *pool, const void *items, size_t n, size_t size)
{
	size_t room = 1;
	void *copy;

	while (room < n) {
		if (__builtin_mul_overflow(room, 2, &room))
			mem_fail(SIZE_MAX);
	}
	copy = pool_array(pool, room, size);
	if (n != 0)
		memcpy(copy, items, n * size);
	return copy;
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
		free_chunk(chunk);
	}
	*pool = (struct pool){ .memory = pool->memory };
}

void
pool_wipe(struct pool *pool)
{
	run_deferred(pool);
	for (struct pool_chunk *c = pool->chunk; c != NULL; c = c->next) {
		UNPOISON(c->data, c->size);
		mem_wipe(c->data, c->size);
	}
	pool_clear(pool);
}

void
pool_reset(struct pool *pool)
{
	struct pool_chunk *keep;

	if (pool->used == 0 && pool->defer == NULL)
		return;
	run_deferred(pool);
	keep = pool->chunk;
	if (keep == NULL || keep->size > CHUNK_MOST || pool->memory != NULL) {
		pool_clear(pool);
		return;
	}
	pool->chunk = keep->next;
	while (pool->chunk != NULL) {
		struct pool_chunk *chunk = pool->chunk;

		pool->chunk = chunk->next;
		free_chunk(chunk);
	}
	keep->next = NULL;
	pool->chunk = keep;
	pool->at = keep->data;
	pool->end = keep->data + keep->size;
	POISON(keep->data, keep->size);
	pool->used = 0;
}
