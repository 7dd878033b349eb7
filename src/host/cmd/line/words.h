/*
 * words: a line as a shell splits it: blanks, single and double quotes,
 * backslash; nothing is expanded.
 */
#ifndef LINE_WORDS_H
#define LINE_WORDS_H

#include "base/err.h"

/* -1: "a quote is not closed". Words live in pool. */
int words_split(struct pool *pool, struct str line, struct str **word,
    size_t *n, struct err *err);

/* The line that words_split() splits into these words. */
struct str words_join(struct pool *pool, const struct str *word, size_t n);

#endif
