#include "run/heap.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)32 << 10)

static size_t
large_class_of(size_t n)
{
	return (n - 1) / HEAP_LARGE_UNIT;
}

static size_t
large_room(size_t class)
{
	return (class + 1) * HEAP_LARGE_UNIT;
}

static bool
is_large(size_t n)
{
	return !IS_SANITIZED && n > HEAP_LARGE_UNIT &&
	       n <= HEAP_LARGE_UNIT * HEAP_LARGE_CLASSES;
}

static void *
take_kept(struct heap *heap, size_t class)
{
	struct heap_free *block = heap->large[class];

	if (block == NULL)
		return NULL;
	heap->large[class] = block->next;
	heap->kept -= large_room(class);
	return block;
}

static void
forget_kept(struct heap *heap)
{
	for (size_t class = 0; class < HEAP_LARGE_CLASSES; class ++) {
		void *block;

		while ((block = take_kept(heap, class)) != NULL)
			free(block);
	}
}

/* malloc(3), which may have what is kept here. */
static void *
take_plain(struct heap *heap, size_t n)
{
	void *p = malloc(n);

	if (p != NULL || heap->kept == 0)
		return p;
	forget_kept(heap);
	return malloc(n);
}

static void *
take_large(struct heap *heap, size_t n)
{
	size_t class = large_class_of(n);
	void *p = take_kept(heap, class);

	return p != NULL ? p : take_plain(heap, large_room(class));
}

static void
keep_large(struct heap *heap, void *p, size_t n)
{
	struct heap_free *block = p;
	size_t class = large_class_of(n);

	if (heap->kept + large_room(class) > HEAP_KEPT) {
		free(p);
		return;
	}
	block->next = heap->large[class];
	heap->large[class] = block;
	heap->kept += large_room(class);
}

static void
give_back(struct heap *heap, void *p, size_t n)
{
	struct heap_free *block = p;

	block->next = heap->free[heap_class(n)];
	heap->free[heap_class(n)] = block;
}

/* What is left of a chunk becomes a block of its own. */
static bool
add_chunk(struct heap *heap)
{
	size_t left = (size_t)(heap->end - heap->at);
	char *chunk = take_plain(heap, CHUNK);

	if (chunk == NULL)
		return false;
	if (left != 0)
		give_back(heap, heap->at, left);
	heap->at = chunk;
	heap->end = chunk + CHUNK;
	return true;
}

static void *
take(struct heap *heap, size_t n)
{
	size_t class = heap_class(n), room = (class + 1) * HEAP_UNIT;
	struct heap_free *block = heap->free[class];
	char *p;

	if (block != NULL) {
		heap->free[class] = block->next;
		return block;
	}
	if ((size_t)(heap->end - heap->at) < room && !add_chunk(heap))
		return NULL;
	p = heap->at;
	heap->at += room;
	return p;
}

static void
drop(struct heap *heap, void *p, size_t n)
{
	if (heap_is_small(n))
		give_back(heap, p, n);
	else if (is_large(n))
		keep_large(heap, p, n);
	else
		free(p);
}

/* From one kind or size to another. */
static void *
change(struct heap *heap, void *p, size_t old, size_t n)
{
	void *q = heap_is_small(n) ? take(heap, n)
	          : is_large(n)    ? take_large(heap, n)
	                           : take_plain(heap, n);

	/* Lua shrinks without looking; a larger block will do */
	if (q == NULL && n < old)
		return p;
	if (q == NULL || p == NULL)
		return q;
	memcpy(q, p, old < n ? old : n);
	drop(heap, p, old);
	return q;
}

static void *
resize_plain(struct heap *heap, void *p, size_t n)
{
	void *q = realloc(p, n);

	if (q != NULL || heap->kept == 0)
		return q;
	forget_kept(heap);
	return realloc(p, n);
}

void *
heap_move(struct heap *heap, void *p, size_t old, size_t n)
{
	if (n == 0) {
		drop(heap, p, old);
		return NULL;
	}
	if (heap_is_small(old) && heap_is_small(n) &&
	    heap_class(old) == heap_class(n))
		return p;
	if (is_large(old) && is_large(n) &&
	    large_class_of(old) == large_class_of(n))
		return p;
	if (!heap_is_small(old) && !heap_is_small(n) && !is_large(old) &&
	    !is_large(n))
		return resize_plain(heap, p, n);
	return change(heap, p, old, n);
}
