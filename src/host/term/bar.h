/*
 * bar: numbers as lengths and heights, of block elements (U+2581 to U+258F).
 * For terminals that can: where bar_can() says no, nothing is to be added, and
 * what is printed has its numbers as digits anyway.
 */
#ifndef TERM_BAR_H
#define TERM_BAR_H

#include <stdint.h>

#include "base/buf.h"

/* A terminal that is not dumb. */
bool bar_can(void);

/*
 * n of most as a bar of up to `columns`, in eighths of a column; of what is not
 * 0 at least one. No blanks behind it.
 */
void bar_add(struct buf *out, uint64_t n, uint64_t most, unsigned columns);

/*
 * A column for each number, its height of the largest in eighths: blank for 0,
 * else at least one. More numbers than columns: neighbours are added up.
 */
void spark_add(struct buf *out, const uint64_t *number, size_t n,
    unsigned columns);

#endif
