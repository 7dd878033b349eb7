/*
 * heap: memory for Lua's objects. Most are small, of a few sizes, and live
 * shortly, so small blocks are cut from chunks and kept in a list for each
 * size: taking one and giving it back is a few instructions. Chunks live as long
 * as the process. Larger blocks are malloc(3)'s. Of the large ones among these,
 * texts that grow piece by piece, some are kept when they are given back: a C
 * library may map each anew (musl, above 128 KiB), and then the kernel clears
 * every page of it. In a build with the address sanitizer every block is
 * malloc(3)'s, so that it can be watched.
 */
#ifndef RUN_HEAP_H
#define RUN_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sanitized.h"

#define HEAP_UNIT    16  /* sizes are told apart by these */
#define HEAP_SMALL   256 /* bytes of the largest small block */
#define HEAP_CLASSES (HEAP_SMALL / HEAP_UNIT)

#define HEAP_LARGE_UNIT    ((size_t)64 << 10) /* the same of large ones */
#define HEAP_LARGE_CLASSES 16 /* the first is left to malloc(3) */
#define HEAP_KEPT          ((size_t)4 << 20) /* bytes, of them all */

struct heap_free {
	struct heap_free *next;
};

/* Zero: nothing taken yet. */
struct heap {
	struct heap_free *free[HEAP_CLASSES];
	char *at, *end; /* of the chunk that blocks are cut from */
	struct heap_free *large[HEAP_LARGE_CLASSES]; /* that are kept */
	size_t kept;                                 /* their bytes */
};

static inline size_t
heap_class(size_t n)
{
	return (n - 1) / HEAP_UNIT;
}

static inline bool
heap_is_small(size_t n)
{
	/* 0 is none */
	return !IS_SANITIZED && n - 1 < HEAP_SMALL;
}

/* What heap_resize() does not do itself. */
void *heap_move(struct heap *heap, void *p, size_t old, size_t n);

/*
 * As realloc(3), told the size of p (NULL: 0). n == 0 gives it back. NULL: no
 * memory, p is as it was; never where n is less than old.
 */
static inline void *
heap_resize(struct heap *heap, void *p, size_t old, size_t n)
{
	struct heap_free *block;

	/* one that is there, and one that was: all but a few */
	if (p == NULL && heap_is_small(n)) {
		block = heap->free[heap_class(n)];
		if (block != NULL) {
			heap->free[heap_class(n)] = block->next;
			return block;
		}
	} else if (n == 0 && heap_is_small(old)) {
		block = p;
		block->next = heap->free[heap_class(old)];
		heap->free[heap_class(old)] = block;
		return NULL;
	}
	return heap_move(heap, p, old, n);
}

#endif
