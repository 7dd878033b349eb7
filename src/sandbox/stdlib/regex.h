/*
 * regex: compiled patterns that stay with the run.
 */
#ifndef STDLIB_REGEX_H
#define STDLIB_REGEX_H

#include "regex/regex.h"
#include "stdlib/call.h"

/* Patterns kept; the one that was not used for longest makes room. */
#define REGEX_CACHE 32

/*
 * The pattern, compiled unless it was among the last. Valid for this call.
 * NULL with c->err set: it is none.
 */
const struct regex *regex_cached(struct call *c, struct str pattern);

#endif
