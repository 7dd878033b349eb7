/*
 * regex: regular expressions, in time linear in the text.
 * Source: docs/reference/regex.md, the syntax of the regex crate 1.9 in Unicode
 * mode; Unicode 15.0.0. Found is the leftmost match, and of those the one that
 * backtracking would come to first.
 *
 *	struct regex *re = regex_new(STR("(a+)b"), err);
 *	struct regex_search *s = regex_search_new(re, text, pool, err);
 *
 *	while (regex_search_next(s))
 *		use(regex_search_group(s, 1));
 *
 * A pattern is read into a tree (regex_parse.h) and compiled to a program
 * (regex_prog.h), which is run by backtracking that never does a step twice,
 * or, where the notes for that would take too much room, by all its threads at
 * once (regex_run.h).
 */
#ifndef REGEX_REGEX_H
#define REGEX_REGEX_H

#include <stdint.h>

#include "base/err.h"

#define REGEX_MAX_PATTERN ((size_t)1 << 20)  /* bytes */
#define REGEX_MAX_TEXT    ((size_t)1 << 31)  /* bytes */
#define REGEX_MAX_SIZE    ((size_t)10 << 20) /* as the crate counts a program */
#define REGEX_MAX_DEPTH   250 /* groups, classes and repetitions nested */

struct regex;
struct regex_search;

/* A part of the text, in bytes. */
struct regex_span {
	uint32_t from, to; /* both REGEX_NONE: took no part */
};

#define REGEX_NONE UINT32_MAX

/* Pattern is UTF-8 and not kept. NULL with the error set: it is none. */
struct regex *regex_new(struct str pattern, struct err *err);
void regex_free(struct regex *re);

/* How many groups a match has: number 0 is the match itself. */
size_t regex_groups(const struct regex *re);

/*
 * A walk over the matches in text, which is UTF-8. Both it and re are kept;
 * everything lives in pool. NULL with the error set: text is longer than
 * REGEX_MAX_TEXT.
 */
struct regex_search *regex_search_new(const struct regex *re, struct str text,
    struct pool *pool, struct err *err);

/*
 * Goes to the next match; false: there is none. It starts where the last one
 * ended or later; an empty one just there is passed over.
 */
bool regex_search_next(struct regex_search *s);

/* A group of that match. */
struct regex_span regex_search_group(const struct regex_search *s, size_t i);

/* The work so far: instructions, and characters that a loop went over. */
uint64_t regex_search_steps(const struct regex_search *s);

#endif
