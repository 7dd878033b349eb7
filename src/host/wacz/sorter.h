/*
 * sorter: lines in the order of their bytes, however many: what has no room in
 * memory is sorted in pieces, which lie in a file and are merged.
 *
 *	struct sorter *s = sorter_new(&pool, fd, SORTER_MOST);
 *	sorter_add(s, line, err);            ...each with its newline...
 *	sorter_each(s, each, ctx, err);
 */
#ifndef WACZ_SORTER_H
#define WACZ_SORTER_H

#include "base/err.h"

#define SORTER_MOST ((size_t)32 << 20) /* of lines in memory */

struct sorter;

/*
 * fd: a file to write to and to read from, empty and the caller's; it is only
 * used if there are more than `most` bytes. Lives in pool.
 */
struct sorter *sorter_new(struct pool *pool, int fd, size_t most);
int sorter_add(struct sorter *sorter, struct str line, struct err *err);

/* Once; -1 from each() ends it. */
int sorter_each(struct sorter *sorter,
    int (*each)(void *ctx, struct str line, struct err *err), void *ctx,
    struct err *err);

#endif
