/*
 * locked: memory for secrets. It is not swapped out (mlock), not in a core file
 * (MADV_DONTDUMP) and overwritten when it is given back.
 */
#ifndef BASE_LOCKED_H
#define BASE_LOCKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"

/* A pool for secrets. It stays one when it is cleared. */
#define POOL_SECRET                                                            \
	{                                                                      \
		NULL, NULL, NULL, NULL, 0, &locked_memory                      \
	}
extern const struct pool_memory locked_memory;

/* Whole pages; running out of memory ends the program, as in mem.h. */
void *locked_alloc(size_t n);
void locked_free(void *p, size_t n); /* n as it was asked for */

/*
 * Some could not be locked, since RLIMIT_MEMLOCK is too small: it is memory like
 * any other then, but for the wiping and for core files.
 */
bool locked_failed(void);

#endif
