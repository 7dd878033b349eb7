/*
 * narrow: a line "-- Reaches: api.example.com *.example.net:443", by which an
 * author says which hosts "any" are.
 */
#ifndef REACH_NARROW_H
#define REACH_NARROW_H

#include "lua/syntax.h"
#include "reach/reach.h"

/* Whatever the lines say, what comes out is no more than what came in. */
void narrow_hosts(struct pool *pool, const struct syntax *tree,
    struct permissions *p);

/* A word of such a line that is no host, or is one too many, and its place. */
struct narrow_fault {
	struct str word;
	unsigned line, column;
	bool is_too_many;
};

/*
 * Calls for each in the order of the text, in one pass. The words that are
 * hosts allow them, however many of the others there are.
 */
void narrow_faults(struct pool *pool, const struct syntax *tree,
    void (*call)(void *ctx, const struct narrow_fault *fault), void *ctx);

/* Whether the comment is such a line. */
bool narrow_is_line(const struct syntax_comment *comment);

#endif
