#include "run/heap.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)32 << 10)

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
	char *chunk = malloc(CHUNK);

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

/* Between small and large, or between two sizes of small. */
static void *
change(struct heap *heap, void *p, size_t old, size_t n)
{
	void *q = heap_is_small(n) ? take(heap, n) : malloc(n);

	/* Lua shrinks without looking; a larger block will do */
	if (q == NULL && n < old)
		return p;
	if (q == NULL || p == NULL)
		return q;
	memcpy(q, p, old < n ? old : n);
	if (heap_is_small(old))
		give_back(heap, p, old);
	else
		free(p);
	return q;
}

void *
heap_move(struct heap *heap, void *p, size_t old, size_t n)
{
	if (n == 0) {
		if (heap_is_small(old))
			give_back(heap, p, old);
		else
			free(p);
		return NULL;
	}
	if (heap_is_small(old) && heap_is_small(n) &&
	    heap_class(old) == heap_class(n))
		return p;
	if (!heap_is_small(old) && !heap_is_small(n))
		return realloc(p, n);
	return change(heap, p, old, n);
}
