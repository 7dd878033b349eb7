/* value: what is looked for, in its spellings. Internal to trace. */
#ifndef TRACE_VALUE_H
#define TRACE_VALUE_H

#include <stdint.h>

#include "trace/trace.h"

#define VALUE_SPELLINGS 3

struct spelling {
	struct str text; /* in lower case, if the value folds */
	bool is_other;
	uint16_t
	    *back; /* of the first i + 1 bytes: the longest end of them that
	                   is a beginning, too */
};

struct trace_value {
	struct spelling spelling[VALUE_SPELLINGS];
	size_t n;
	bool folds; /* A to Z in either case */
};

#endif
