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

/* Whether c may begin what is more than a byte. */
static inline bool
unit_may_begin(enum trace_form form, char c)
{
	switch (form) {
	case TRACE_JSON:
		return c == '\\';
	case TRACE_HTML:
		return c == '&';
	case TRACE_TEXT:
		return c == '<' || c == '&';
	case TRACE_PERCENT:
		return c == '%';
	case TRACE_FORM:
		return c == '%' || c == '+';
	case TRACE_PLAIN:
	case TRACE_FORMS:
		break;
	}
	return false;
}

/* Whether anything in s is written otherwise than it means. */
bool unit_has_any(enum trace_form form, struct str s);

#endif
