#include "run/heap.h"

#include <stdlib.h>
#include <string.h>

#include "base/sanitized.h"

#define CHUNK      ((size_t)32 << 10)
#define MOST_SMALL (IS_SANITIZED ? 0 : HEAP_SMALL)

struct heap_free {
	struct heap_free *next;
};

static size_t
class_of(size_t n)
{
	return (n - 1) / HEAP_UNIT;
}

static bool
is_small(size_t n)
{
	return n != 0 && n <= MOST_SMALL;
}

static void
give_back(struct heap *heap, void *p, size_t n)
{
	struct heap_free *block = p;

	block->next = heap->free[class_of(n)];
	heap->free[class_of(n)] = block;
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
	size_t class = class_of(n), room = (class + 1) * HEAP_UNIT;
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
move(struct heap *heap, void *p, size_t old, size_t n)
{
	void *q = is_small(n) ? take(heap, n) : malloc(n);

	/* Lua shrinks without looking; a larger block will do */
	if (q == NULL && n < old)
		return p;
	if (q == NULL || p == NULL)
		return q;
	memcpy(q, p, old < n ? old : n);
	if (is_small(old))
		give_back(heap, p, old);
	else
		free(p);
	return q;
}

void *
heap_resize(struct heap *heap, void *p, size_t old, size_t n)
{
	if (n == 0) {
		if (is_small(old))
			give_back(heap, p, old);
		else
			free(p);
		return NULL;
	}
	if (is_small(old) && is_small(n) && class_of(old) == class_of(n))
		return p;
	if (!is_small(old) && !is_small(n))
		return realloc(p, n);
	return move(heap, p, old, n);
}
