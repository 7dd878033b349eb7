/* Classes in brackets. */
#include "base/mem.h"
#include "regex/parse.h"
#include "regex/unicode.h"

#define BYTE_LAST 0xffu

enum operation {
	OP_NONE,
	OP_INTERSECT, /* && */
	OP_SUBTRACT,  /* -- */
	OP_DIFFER,    /* ~~ */
};

/* A class that is open. */
struct class
{
	bool is_negated;
	enum operation op; /* what comes behind `left` */
	struct set left, set;
	unsigned left_depth, depth;
	size_t items; /* in set */
};

static int
unclosed(struct parser *p)
{
	return parse_fail(p, "a class that is not closed");
}

void
parse_fold(struct parser *p, struct set *set)
{
	size_t n;

	set_sort(&p->sets, set);
	if (p->flags & FLAG_UNICODE) {
		unicode_fold(&p->sets, set);
		return;
	}
	n = set->n;
	for (size_t i = 0; i < n; i++) {
		for (uint32_t c = set->range[i].first;
		     c <= set->range[i].last && c < 0x80; c++) {
			if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
				set_add(&p->sets, set, c ^ 0x20, c ^ 0x20);
		}
	}
	set_sort(&p->sets, set);
}

/* Case and "^"; then, without Unicode, only ASCII may be left. */
static int
finish_set(struct parser *p, struct set *set, bool is_negated)
{
	bool is_unicode = (p->flags & FLAG_UNICODE) != 0;

	set_sort(&p->sets, set);
	if (p->flags & FLAG_FOLD)
		parse_fold(p, set);
	if (is_negated)
		set_negate(&p->sets, set, is_unicode ? CHAR_LAST : BYTE_LAST);
	if (!is_unicode && set->n != 0 && set->range[set->n - 1].last > 0x7f)
		return parse_fail(p, WHAT_NOT_UTF8);
	return 0;
}

static void
add_item(struct class *cl, unsigned depth)
{
	cl->items++;
	if (depth > cl->depth)
		cl->depth = depth;
}

/* The sets on both sides of an operator, by the one that came before. */
static void
operate(struct parser *p, struct class *cl)
{
	unsigned depth = cl->depth + (cl->items > 1);

	set_sort(&p->sets, &cl->set);
	if (p->flags & FLAG_FOLD)
		parse_fold(p, &cl->set);
	switch (cl->op) {
	case OP_NONE:
		cl->left = cl->set;
		cl->left_depth = depth;
		break;
	case OP_INTERSECT:
		set_intersect(&p->sets, &cl->left, &cl->set);
		break;
	case OP_SUBTRACT:
		set_subtract(&p->sets, &cl->left, &cl->set);
		break;
	case OP_DIFFER:
		set_differ(&p->sets, &cl->left, &cl->set);
		break;
	}
	if (cl->op != OP_NONE)
		cl->left_depth =
		    1 + (depth > cl->left_depth ? depth : cl->left_depth);
	cl->set = (struct set)SET_NONE;
	cl->items = 0;
	cl->depth = 0;
}

/* At an operator: which, or OP_NONE. */
static enum operation
operation_at(const struct parser *p)
{
	struct str rest = str_from(p->pattern, p->at);

	if (str_starts(rest, STR("&&")))
		return OP_INTERSECT;
	if (str_starts(rest, STR("--")))
		return OP_SUBTRACT;
	return str_starts(rest, STR("~~")) ? OP_DIFFER : OP_NONE;
}

static const struct ascii_class {
	const char *name;
	struct range range[4];
} ascii_classes[] = {
	{ "alnum", { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } } },
	{ "alpha", { { 'A', 'Z' }, { 'a', 'z' } } },
	{ "ascii", { { 0, 0x7f } } },
	{ "blank", { { '\t', '\t' }, { ' ', ' ' } } },
	{ "cntrl", { { 0, 0x1f }, { 0x7f, 0x7f } } },
	{ "digit", { { '0', '9' } } },
	{ "graph", { { '!', '~' } } },
	{ "lower", { { 'a', 'z' } } },
	{ "print", { { ' ', '~' } } },
	{ "punct", { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } } },
	{ "space", { { '\t', '\r' }, { ' ', ' ' } } },
	{ "upper", { { 'A', 'Z' } } },
	{ "word", { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
	{ "xdigit", { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } } },
};

static const struct ascii_class *
ascii_class_by_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ascii_classes); i++) {
		if (str_is(name, ascii_classes[i].name))
			return &ascii_classes[i];
	}
	return NULL;
}

/* "[:alpha:]": 1 and it is added; 0: something else; -1. */
static int
read_ascii_class(struct parser *p, struct class *cl)
{
	struct str rest = str_from(p->pattern, p->at);
	bool is_negated = str_starts(rest, STR("[:^"));
	size_t skip = is_negated ? 3 : 2, n;
	const struct ascii_class *ascii;
	struct set set = SET_NONE;

	if (!str_starts(rest, STR("[:")))
		return 0;
	n = str_find_char(str_sub(rest, skip, sizeof("xdigit:")), ':');
	if (n == STR_NPOS || !str_starts(str_from(rest, skip + n), STR(":]")))
		return 0;
	ascii = ascii_class_by_name(str_sub(rest, skip, n));
	if (ascii == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(ascii->range); i++) {
		if (ascii->range[i].last != 0)
			set_add(&p->sets, &set, ascii->range[i].first,
			    ascii->range[i].last);
	}
	if (finish_set(p, &set, is_negated) == -1)
		return -1;
	set_add_set(&p->sets, &cl->set, &set);
	add_item(cl, 0);
	cursor_skip(p, skip + n + 2);
	return 1;
}

static int
read_atom(struct parser *p, struct atom *out)
{
	if (p->c == '\\')
		return parse_escape(p, out);
	*out = (struct atom){ .kind = ATOM_CHAR, .value = p->c };
	cursor_next(p);
	return 0;
}

static int
check_literal(struct parser *p, const struct atom *atom)
{
	if (atom->kind != ATOM_CHAR && atom->kind != ATOM_BYTE)
		return parse_fail(p, "a range without a character at an end");
	if (atom->kind == ATOM_BYTE)
		return parse_fail(p, WHAT_NOT_UTF8);
	if (atom->value > 0x7f && !(p->flags & FLAG_UNICODE))
		return parse_fail(p, WHAT_NO_UNICODE);
	return 0;
}

static int
add_atom(struct parser *p, struct class *cl, const struct atom *atom)
{
	add_item(cl, 0);
	if (atom->kind == ATOM_LOOK)
		return parse_fail(p, "an escape that is no character");
	if (atom->kind == ATOM_SET) {
		set_add_set(&p->sets, &cl->set, &atom->set);
		return 0;
	}
	set_add(&p->sets, &cl->set, atom->value, atom->value);
	return check_literal(p, atom);
}

/* A character, a range, or an escape. */
static int
read_range(struct parser *p, struct class *cl)
{
	struct atom first, last;
	uint32_t next;

	if (read_atom(p, &first) == -1)
		return -1;
	cursor_blanks(p);
	if (p->width == 0)
		return unclosed(p);
	next = p->c == '-' ? cursor_peek(p) : 0;
	/* "-" is a character before "]" and begins an operator before "-" */
	if (p->c != '-' || next == ']' || next == '-')
		return add_atom(p, cl, &first);
	if (!cursor_next_token(p))
		return unclosed(p);
	if (read_atom(p, &last) == -1 || check_literal(p, &first) == -1 ||
	    check_literal(p, &last) == -1)
		return -1;
	if (first.value > last.value)
		return parse_fail(p, "a range that ends before it starts");
	set_add(&p->sets, &cl->set, first.value, last.value);
	add_item(cl, 0);
	return 0;
}

/* At "[": what may stand at the beginning only. */
static int
open_class(struct parser *p, struct class *cl)
{
	cursor_next_token(p);
	if (p->c == '^') {
		cl->is_negated = true;
		cursor_next_token(p);
	}
	for (; p->c == '-'; cursor_next_token(p)) {
		set_add(&p->sets, &cl->set, '-', '-');
		add_item(cl, 0);
	}
	if (cl->items == 0 && p->c == ']') {
		set_add(&p->sets, &cl->set, ']', ']');
		add_item(cl, 0);
		cursor_next_token(p);
	}
	return p->width != 0 ? 0 : unclosed(p);
}

static int
close_class(struct parser *p, struct class *cl, struct set *out,
    unsigned *depth)
{
	cursor_next(p);
	operate(p, cl);
	if (finish_set(p, &cl->left, cl->is_negated) == -1)
		return -1;
	*out = cl->left;
	*depth = cl->left_depth + 1;
	if (*depth > REGEX_MAX_DEPTH)
		return parse_fail(p, "nested too deeply");
	return p->sets.left != 0 ? 0 : parse_fail(p, "too large");
}

static int read_class(struct parser *p, unsigned level, struct set *out,
    unsigned *depth);

/* At "[" in a class. */
static int
read_nested(struct parser *p, unsigned level, struct class *cl)
{
	struct set set = SET_NONE;
	unsigned depth = 0;
	int result = read_ascii_class(p, cl);

	if (result != 0)
		return result == 1 ? 0 : -1;
	if (level == REGEX_MAX_DEPTH)
		return parse_fail(p, "nested too deeply");
	if (read_class(p, level + 1, &set, &depth) == -1)
		return -1;
	set_add_set(&p->sets, &cl->set, &set);
	add_item(cl, depth);
	return 0;
}

static int
read_class(struct parser *p, unsigned level, struct set *out, unsigned *depth)
{
	struct class cl = { .op = OP_NONE };
	enum operation op;
	int result = open_class(p, &cl);

	while (result == 0) {
		cursor_blanks(p);
		if (p->width == 0)
			return unclosed(p);
		if (p->c == ']')
			return close_class(p, &cl, out, depth);
		op = operation_at(p);
		if (p->c == '[') {
			result = read_nested(p, level, &cl);
		} else if (op != OP_NONE) {
			operate(p, &cl);
			cl.op = op;
			cursor_skip(p, 2);
		} else {
			result = read_range(p, &cl);
		}
	}
	return -1;
}

int
parse_class(struct parser *p, struct set *out, unsigned *depth)
{
	return read_class(p, 1, out, depth);
}
