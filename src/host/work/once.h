/*
 * once: texts that were seen, so that each is shown only once. Beyond
 * ONCE_MAX texts, or for one over ONCE_MAX_BYTES, nothing is remembered.
 */
#ifndef WORK_ONCE_H
#define WORK_ONCE_H

#include <stdint.h>

#include "base/pool.h"

#define ONCE_MAX       1024
#define ONCE_MAX_BYTES 4096

struct once {
	struct pool pool;
	struct str text[ONCE_MAX];
	size_t n;
};

/* Is this the first time? */
bool once_add(struct once *once, struct str text);

void once_clear(struct once *once);

#endif
