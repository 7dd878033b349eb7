/*
 * replace: every occurrence of a text by another.
 */
#ifndef TEXT_REPLACE_H
#define TEXT_REPLACE_H

#include "base/err.h"

/* What a module's memory (docs/jail.md, "Limits") could not hold anyway. */
#define REPLACE_MAX_BYTES ((size_t)256 << 20)

/*
 * Literally, left to right, without overlap. An empty search is found before
 * each character (a broken one counts by bytes) and at the end. -1: the result
 * would be above REPLACE_MAX_BYTES. Without an occurrence *out is s itself.
 */
int replace_all(struct pool *pool, struct str s, struct str search,
    struct str by, struct str *out, struct err *err);

#endif
