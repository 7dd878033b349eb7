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

#endif
