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

#endif
