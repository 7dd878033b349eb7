/*
 * selector_parts: a selector after parsing. Internal to selector.
 */
#ifndef SELECTOR_PARTS_H
#define SELECTOR_PARTS_H

#include "selector/scan.h"
#include "selector/selector.h"

enum simple_kind {
	SIMPLE_ANY,      /* "*", with or without namespace */
	SIMPLE_TYPE,     /* name, lower */
	SIMPLE_NO_SPACE, /* "|a": elements without a namespace: never HTML */
	SIMPLE_CLASS,    /* name */
	SIMPLE_ID,       /* name */
	SIMPLE_ATTR,     /* name, lower, op, value */
	SIMPLE_NTH,      /* a, b, from_end, of_type */
	SIMPLE_ONLY,     /* of_type */
	SIMPLE_ROOT,
	SIMPLE_EMPTY,
	SIMPLE_LINK,
	SIMPLE_NEVER, /* :hover and the like */
};

enum attr_op {
	ATTR_EXISTS,
	ATTR_IS,
	ATTR_WORD,   /* ~= */
	ATTR_DASH,   /* |= */
	ATTR_PREFIX, /* ^= */
	ATTR_SUFFIX, /* $= */
	ATTR_PART,   /* *= */
};

enum attr_case {
	CASE_BY_NAME, /* some attributes of HTML do not care */
	CASE_IGNORE,
	CASE_EXACT,
};

struct simple {
	enum simple_kind kind;
	bool is_not;
	struct str name, lower; /* as written, and in lower case */
	enum attr_op op;
	enum attr_case case_mode;
	bool any_space;   /* [*|a] */
	bool has_no_case; /* CASE_BY_NAME: it does not care */
	struct str value;
	size_t *border; /* of ATTR_PART: of value[0..i], its longest part that
	                   is at both ends, case ignored */
	int a, b;       /* an+b */
	bool from_end, of_type;
};

enum combinator {
	COMBINATOR_DESCENDANT,
	COMBINATOR_CHILD,
	COMBINATOR_NEXT,  /* + */
	COMBINATOR_LATER, /* ~ */
};

struct compound {
	struct simple *simple;
	size_t n;
	enum combinator left; /* to the compound before it */
};

/* One item of the list: compounds from left to right. */
struct complex {
	struct compound *compound;
	size_t n;
};

struct selector {
	struct complex *item;
	size_t n;
};

/* Whether "|" stands there and not the operator "|=". */
bool selector_is_bar(const struct selector_scan *s, size_t ahead);

/* Sets name and lower. */
void selector_set_name(struct selector_scan *s, struct simple *out,
    struct str name);

/* Behind "[". */
int selector_read_attr(struct selector_scan *s, struct simple *out);

/* Behind "(": sets a and b. */
int selector_read_nth(struct selector_scan *s, struct simple *out);

#endif
