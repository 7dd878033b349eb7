/* Whether an element matches. Compounds are tried from right to left. */
#include "base/mem.h"
#include "selector/parts.h"

static bool
is_html(const struct html_node *e)
{
	return e->space == HTML_SPACE_HTML;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
equals(struct str a, struct str b, bool ignore_case)
{
	return ignore_case ? str_eq_nocase(a, b) : str_eq(a, b);
}

/* One of the words in a list of them. */
static bool
has_word(struct str list, struct str word, bool ignore_case)
{
	size_t at = 0;

	if (word.n == 0)
		return false;
	while (at < list.n) {
		size_t from;

		while (at < list.n && is_blank(list.p[at]))
			at++;
		from = at;
		while (at < list.n && !is_blank(list.p[at]))
			at++;
		if (at != from &&
		    equals(str_sub(list, from, at - from), word, ignore_case))
			return true;
	}
	return false;
}

static bool
contains(struct str text, const struct simple *s, bool ignore_case)
{
	struct str part = s->value;
	size_t n = 0;

	if (!ignore_case)
		return str_find(text, part) != STR_NPOS;
	for (size_t i = 0; i < text.n && n < part.n; i++) {
		struct str c = str_sub(text, i, 1);

		while (n != 0 && !str_eq_nocase(str_sub(part, n, 1), c))
			n = s->border[n - 1];
		n += str_eq_nocase(str_sub(part, n, 1), c);
	}
	return n == part.n;
}

static bool
value_fits(const struct simple *s, struct str have, bool ignore_case)
{
	struct str want = s->value;

	switch (s->op) {
	case ATTR_EXISTS:
		return true;
	case ATTR_IS:
		return equals(have, want, ignore_case);
	case ATTR_WORD:
		return has_word(have, want, ignore_case);
	case ATTR_DASH:
		return equals(have, want, ignore_case) ||
		       (have.n > want.n && have.p[want.n] == '-' &&
			   equals(str_sub(have, 0, want.n), want, ignore_case));
	case ATTR_PREFIX:
		return want.n != 0 && have.n >= want.n &&
		       equals(str_sub(have, 0, want.n), want, ignore_case);
	case ATTR_SUFFIX:
		return want.n != 0 && have.n >= want.n &&
		       equals(str_from(have, have.n - want.n), want,
			   ignore_case);
	case ATTR_PART:
		return want.n != 0 && contains(have, s, ignore_case);
	}
	return false;
}

/* What looking through so many attributes or bytes is counted as. */
#define WORK_OF(n) ((n) / 16)

static bool
attr_fits(const struct simple *s, const struct html_node *e, uint64_t *work)
{
	struct str name = is_html(e) ? s->lower : s->name;
	bool ignore_case =
	    s->case_mode == CASE_IGNORE ||
	    (s->case_mode == CASE_BY_NAME && s->has_no_case && is_html(e));

	*work += WORK_OF(e->attrs);
	for (size_t i = 0; i < e->attrs; i++) {
		const struct html_attr *attr = &e->attr[i];

		if ((!s->any_space && attr->space != HTML_SPACE_NONE) ||
		    !str_eq(attr->name, name))
			continue;
		*work += WORK_OF(attr->value.n);
		if (value_fits(s, attr->value, ignore_case))
			return true;
	}
	return false;
}

/* The value of class or id; NULL: there is none. */
static const struct str *
named_value(const struct html_node *e, const char *name, uint64_t *work)
{
	const struct str *value = html_attr(e, name);

	*work += WORK_OF(e->attrs);
	if (value != NULL)
		*work += WORK_OF(value->n);
	return value;
}

static bool
same_type(const struct html_node *a, const struct html_node *b)
{
	return a->kind == HTML_ELEMENT && a->space == b->space &&
	       str_eq(a->name, b->name);
}

/* Numbers all siblings of a type at once, so that each list is read once. */
static void
number_type(struct html_node *e, uint64_t *work)
{
	struct html_node *first = e->parent != NULL ? e->parent->first : e;
	unsigned n = 0, total = 0;

	for (struct html_node *o = first; o != NULL; o = o->next) {
		++*work;
		if (same_type(o, e))
			o->of_type = ++total;
	}
	for (struct html_node *o = first; o != NULL; o = o->next) {
		if (same_type(o, e))
			o->of_type_last = total - n++;
	}
}

/* The place among its siblings, counted from 1. */
static unsigned
place_among(const struct simple *s, struct html_node *e, bool from_end,
    uint64_t *work)
{
	if (s->of_type) {
		if (e->of_type == 0)
			number_type(e, work);
		return from_end ? e->of_type_last : e->of_type;
	}
	if (e->parent == NULL)
		return 1;
	return from_end ? e->parent->elements - e->index + 1 : e->index;
}

/* an+b for some n >= 0 */
static bool
nth_fits(const struct simple *s, struct html_node *e, uint64_t *work)
{
	int64_t left = (int64_t)place_among(s, e, s->from_end, work) - s->b;

	if (s->a == 0)
		return left == 0;
	return left % s->a == 0 && left / s->a >= 0;
}

static bool
is_only(const struct simple *s, struct html_node *e, uint64_t *work)
{
	return place_among(s, e, false, work) == 1 &&
	       place_among(s, e, true, work) == 1;
}

static bool
is_empty(const struct html_node *e, uint64_t *work)
{
	for (const struct html_node *o = e->first; o != NULL; o = o->next) {
		++*work;
		if (o->kind == HTML_ELEMENT ||
		    (o->kind == HTML_TEXT && o->text.n != 0))
			return false;
	}
	return true;
}

static bool
is_link(const struct html_node *e)
{
	return is_html(e) &&
	       (str_is(e->name, "a") || str_is(e->name, "area") ||
		   str_is(e->name, "link")) &&
	       html_attr(e, "href") != NULL;
}

static bool
kind_fits(const struct simple *s, struct html_node *e, uint64_t *work)
{
	const struct str *value;

	switch (s->kind) {
	case SIMPLE_ANY:
		return true;
	case SIMPLE_TYPE:
		return str_eq(e->name, is_html(e) ? s->lower : s->name);
	case SIMPLE_NO_SPACE:
	case SIMPLE_NEVER:
		return false;
	case SIMPLE_CLASS:
		value = named_value(e, "class", work);
		return value != NULL && has_word(*value, s->name, false);
	case SIMPLE_ID:
		value = named_value(e, "id", work);
		return value != NULL && str_eq(*value, s->name);
	case SIMPLE_ATTR:
		return attr_fits(s, e, work);
	case SIMPLE_NTH:
		return nth_fits(s, e, work);
	case SIMPLE_ONLY:
		return is_only(s, e, work);
	case SIMPLE_ROOT:
		return e->parent == NULL;
	case SIMPLE_EMPTY:
		return is_empty(e, work);
	case SIMPLE_LINK:
		return is_link(e);
	}
	return false;
}

static bool
compound_fits(const struct compound *c, struct html_node *e, uint64_t *work)
{
	for (size_t i = 0; i < c->n; i++) {
		++*work;
		if (kind_fits(&c->simple[i], e, work) == c->simple[i].is_not)
			return false;
	}
	return true;
}

static struct html_node *
previous_element(struct html_node *e, uint64_t *work)
{
	do {
		e = e->prev;
		++*work;
	} while (e != NULL && e->kind != HTML_ELEMENT);
	return e;
}

/*
 * Why the left part does not match says where it is worth to go on: at a
 * later place to the right, at a deeper one, or nowhere. Without it, mixed
 * combinators would be tried exponentially often.
 */
enum match { MATCH, MATCH_NOT_HERE, MATCH_NOT_BELOW, MATCH_NEVER };

static enum match match_left(const struct complex *x, size_t i,
    struct html_node *e, uint64_t *work);

/* Compound i on e, then all to the left of it. */
static enum match
match_at(const struct complex *x, size_t i, struct html_node *e, uint64_t *work)
{
	if (!compound_fits(&x->compound[i], e, work))
		return MATCH_NOT_HERE;
	return i == 0 ? MATCH : match_left(x, i, e, work);
}

static bool
is_final(enum match match, enum combinator left)
{
	return match == MATCH || match == MATCH_NEVER ||
	       left == COMBINATOR_NEXT ||
	       (left == COMBINATOR_LATER && match == MATCH_NOT_BELOW);
}

/* Recursion is as deep as the selector has compounds. */
static enum match
match_left(const struct complex *x, size_t i, struct html_node *e,
    uint64_t *work)
{
	enum combinator left = x->compound[i].left;
	bool is_sideways = left == COMBINATOR_NEXT || left == COMBINATOR_LATER;

	for (;;) {
		enum match match;

		e = is_sideways ? previous_element(e, work) : e->parent;
		if (e == NULL)
			return is_sideways ? MATCH_NOT_BELOW : MATCH_NEVER;
		if (*work > SELECTOR_MAX_WORK)
			return MATCH_NEVER;
		match = match_at(x, i - 1, e, work);
		if (is_final(match, left))
			return match;
		if (left == COMBINATOR_CHILD)
			return MATCH_NOT_BELOW;
	}
}

bool
selector_match(const struct selector *selector, struct html_node *element,
    uint64_t *work)
{
	for (size_t i = 0; i < selector->n; i++) {
		const struct complex *x = &selector->item[i];

		if (match_at(x, x->n - 1, element, work) == MATCH)
			return true;
	}
	return false;
}
