#include "selector/selector.h"

#include "base/mem.h"
#include "selector/parts.h"

struct reader {
	struct selector_scan scan;
	unsigned parts;
};

bool
selector_is_bar(const struct selector_scan *s, size_t ahead)
{
	return scan_peek(s, ahead) == '|' && scan_peek(s, ahead + 1) != '=';
}

void
selector_set_name(struct selector_scan *s, struct simple *out, struct str name)
{
	char *lower = pool_cstr(s->pool, name);

	for (size_t i = 0; i < name.n; i++) {
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] = (char)(lower[i] + 32);
	}
	out->name = name;
	out->lower = str_view(lower, name.n);
}

/* a, *, *|a, *|*, |a; 1: there is one; 0: none; -1. */
static int
read_type(struct selector_scan *s, struct simple *out)
{
	bool no_space = false;
	struct str name;

	*out = (struct simple){ .kind = SIMPLE_ANY };
	if (scan_peek(s, 0) == '*' && selector_is_bar(s, 1)) {
		s->at += 2;
	} else if (selector_is_bar(s, 0)) {
		s->at++;
		no_space = true;
	} else if (scan_peek(s, 0) != '*' && !scan_is_ident(s)) {
		return 0;
	}
	if (!scan_take(s, '*')) {
		if (scan_ident(s, &name) == -1)
			return -1;
		if (selector_is_bar(s, 0))
			return scan_fail(s, "an unknown namespace");
		out->kind = SIMPLE_TYPE;
		selector_set_name(s, out, name);
	}
	if (no_space)
		out->kind = SIMPLE_NO_SPACE;
	return 1;
}

static const struct {
	const char *name;
	enum simple_kind kind;
	int b; /* of SIMPLE_NTH: the first */
	bool from_end, of_type;
} plain_pseudo[] = {
	{ "first-child", SIMPLE_NTH, 1, false, false },
	{ "last-child", SIMPLE_NTH, 1, true, false },
	{ "only-child", SIMPLE_ONLY, 0, false, false },
	{ "first-of-type", SIMPLE_NTH, 1, false, true },
	{ "last-of-type", SIMPLE_NTH, 1, true, true },
	{ "only-of-type", SIMPLE_ONLY, 0, false, true },
	{ "root", SIMPLE_ROOT, 0, false, false },
	{ "scope", SIMPLE_ROOT, 0, false, false },
	{ "empty", SIMPLE_EMPTY, 0, false, false },
	{ "link", SIMPLE_LINK, 0, false, false },
	{ "any-link", SIMPLE_LINK, 0, false, false },
	{ "visited", SIMPLE_NEVER, 0, false, false },
	{ "hover", SIMPLE_NEVER, 0, false, false },
	{ "active", SIMPLE_NEVER, 0, false, false },
	{ "focus", SIMPLE_NEVER, 0, false, false },
	{ "enabled", SIMPLE_NEVER, 0, false, false },
	{ "disabled", SIMPLE_NEVER, 0, false, false },
	{ "checked", SIMPLE_NEVER, 0, false, false },
	{ "indeterminate", SIMPLE_NEVER, 0, false, false },
};

static const struct {
	const char *name;
	bool from_end, of_type;
} nth_pseudo[] = {
	{ "nth-child", false, false },
	{ "nth-last-child", true, false },
	{ "nth-of-type", false, true },
	{ "nth-last-of-type", true, true },
};

static int
find_plain(struct selector_scan *s, struct str name, struct simple *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_pseudo); i++) {
		if (!str_eq_nocase(name, str_of(plain_pseudo[i].name)))
			continue;
		*out = (struct simple){ .kind = plain_pseudo[i].kind,
			.b = plain_pseudo[i].b,
			.from_end = plain_pseudo[i].from_end,
			.of_type = plain_pseudo[i].of_type };
		return 0;
	}
	return scan_fail(s, "an unknown pseudo-class");
}

static int read_simple(struct selector_scan *s, struct simple *out,
    bool in_not);

/* Behind ":not(": one simple selector. */
static int
read_not(struct selector_scan *s, struct simple *out)
{
	int status;

	scan_blanks(s);
	status = read_type(s, out);
	if (status == 0)
		status = read_simple(s, out, true);
	if (status == 0)
		return scan_fail(s, "a selector is missing");
	if (status == 1)
		out->is_not = true;
	return status == 1 ? 0 : -1;
}

static int
find_function(struct selector_scan *s, struct str name, struct simple *out,
    bool in_not)
{
	if (str_eq_nocase(name, STR("not")) && !in_not)
		return read_not(s, out);
	for (size_t i = 0; i < ARRAY_SIZE(nth_pseudo); i++) {
		if (!str_eq_nocase(name, str_of(nth_pseudo[i].name)))
			continue;
		*out = (struct simple){ .kind = SIMPLE_NTH,
			.from_end = nth_pseudo[i].from_end,
			.of_type = nth_pseudo[i].of_type };
		return selector_read_nth(s, out);
	}
	return scan_fail(s, "an unknown pseudo-class");
}

/* Behind ":". */
static int
read_pseudo(struct selector_scan *s, struct simple *out, bool in_not)
{
	struct str name;

	scan_comments(s);
	if (scan_ident(s, &name) == -1)
		return -1;
	if (!scan_take(s, '('))
		return find_plain(s, name, out);
	if (find_function(s, name, out, in_not) == -1)
		return -1;
	scan_blanks(s);
	if (scan_peek(s, 0) != -1 && !scan_take(s, ')'))
		return scan_fail(s, "')' is missing");
	return 0;
}

/* Behind "#" or ".". */
static int
read_named(struct selector_scan *s, struct simple *out, enum simple_kind kind)
{
	*out = (struct simple){ .kind = kind };
	return scan_ident(s, &out->name);
}

/* All but a type. 1; 0: there is none; -1. */
static int
read_simple(struct selector_scan *s, struct simple *out, bool in_not)
{
	int status;

	if (scan_take(s, '[')) {
		status = selector_read_attr(s, out);
	} else if (scan_take(s, ':')) {
		status = read_pseudo(s, out, in_not);
	} else if (scan_take(s, '#')) {
		status = read_named(s, out, SIMPLE_ID);
	} else if (scan_take(s, '.')) {
		scan_comments(s);
		status = read_named(s, out, SIMPLE_CLASS);
	} else {
		return 0;
	}
	return status == 0 ? 1 : -1;
}

static int
add_simple(struct reader *r, struct compound *c, const struct simple *simple)
{
	if (++r->parts > SELECTOR_MAX_PARTS)
		return scan_fail(&r->scan, "too many parts");
	c->simple = pool_push(r->scan.pool, c->simple, c->n, sizeof(*simple));
	c->simple[c->n++] = *simple;
	return 0;
}

static int
read_compound(struct reader *r, struct compound *c)
{
	struct simple simple;
	int status = read_type(&r->scan, &simple);

	if (status == 0)
		status = read_simple(&r->scan, &simple, false);
	if (status == 0)
		return scan_fail(&r->scan, "a selector is missing");
	while (status == 1) {
		if (add_simple(r, c, &simple) == -1)
			return -1;
		scan_comments(&r->scan);
		status = read_simple(&r->scan, &simple, false);
	}
	return status;
}

/* 1: another compound follows; 0: the end of the item; -1. */
static int
read_combinator(struct selector_scan *s, enum combinator *out)
{
	bool blank = scan_blanks(s);
	int c = scan_peek(s, 0);

	if (c == -1 || c == ',')
		return 0;
	if (c == '>' || c == '+' || c == '~') {
		*out = c == '>'   ? COMBINATOR_CHILD
		       : c == '+' ? COMBINATOR_NEXT
		                  : COMBINATOR_LATER;
		s->at++;
		scan_blanks(s);
		return 1;
	}
	*out = COMBINATOR_DESCENDANT;
	return blank ? 1 : scan_fail(s, "unexpected character");
}

static int
read_complex(struct reader *r, struct complex *out)
{
	enum combinator left = COMBINATOR_DESCENDANT;
	int status;

	scan_blanks(&r->scan);
	do {
		struct compound *c;

		out->compound =
		    pool_push(r->scan.pool, out->compound, out->n, sizeof(*c));
		c = &out->compound[out->n++];
		*c = (struct compound){ .left = left };
		if (read_compound(r, c) == -1)
			return -1;
		status = read_combinator(&r->scan, &left);
	} while (status == 1);
	return status;
}

int
selector_read(struct pool *pool, struct str text, struct selector **out,
    struct err *err)
{
	struct reader r = {
		.scan = { .pool = pool, .text = text, .err = err },
	};
	struct selector *s = pool_zalloc(pool, sizeof(*s));

	if (text.n > SELECTOR_MAX_BYTES)
		return err_set(err, "the selector has more than %zu bytes",
		    SELECTOR_MAX_BYTES);
	do {
		s->item = pool_push(pool, s->item, s->n, sizeof(*s->item));
		s->item[s->n] = (struct complex){ .n = 0 };
		if (read_complex(&r, &s->item[s->n++]) == -1)
			return -1;
	} while (scan_take(&r.scan, ','));
	*out = s;
	return 0;
}
