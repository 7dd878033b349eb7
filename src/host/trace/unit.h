/*
 * unit: a document read as what it means, bit by bit, with the place of each
 * byte in what is there. Internal to trace.
 */
#ifndef TRACE_UNIT_H
#define TRACE_UNIT_H

#include "trace/trace.h"

#define UNIT_MOST 8 /* bytes that one escape becomes */

struct unit {
	char byte[UNIT_MOST];
	size_t n;    /* of them; 0: a tag */
	size_t size; /* of what is there */
};

/* What stands at s.p[at], which is there. */
void unit_take(enum trace_form form, struct str s, size_t at,
    struct unit *unit);

/* Whether anything in s is written otherwise than it means. */
bool unit_has_any(enum trace_form form, struct str s);

#endif
