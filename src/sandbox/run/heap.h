/*
 * heap: memory for Lua's objects. Most are small, of a few sizes, and live
 * shortly, so small blocks are cut from chunks and kept in a list for each
 * size: taking one and giving it back is a few instructions. Larger blocks are
 * malloc(3)'s. Chunks live as long as the process. In a build with the address
 * sanitizer every block is malloc(3)'s, so that it can be watched.
 */
#ifndef RUN_HEAP_H
#define RUN_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#define HEAP_UNIT    16  /* sizes are told apart by these */
#define HEAP_SMALL   256 /* bytes of the largest small block */
#define HEAP_CLASSES (HEAP_SMALL / HEAP_UNIT)

struct heap_free;

/* Zero: nothing taken yet. */
struct heap {
	struct heap_free *free[HEAP_CLASSES];
	char *at, *end; /* of the chunk that blocks are cut from */
};

/*
 * As realloc(3), told the size of p (NULL: 0). n == 0 gives it back. NULL: no
 * memory, p is as it was; never where n is less than old.
 */
void *heap_resize(struct heap *heap, void *p, size_t old, size_t n);

#endif
