#include "regex/parse.h"

#include "base/utf8.h"
#include "regex/unicode.h"

#define MAX_RANGES ((size_t)1 << 20) /* written by the sets of one pattern */

/* A character that stands for itself. */
static int
push_literal(struct parser *p, uint32_t c)
{
	struct set set = SET_NONE;

	if (!(p->flags & FLAG_UNICODE) && c > 0x7f)
		return parse_fail(p, WHAT_NO_UNICODE);
	if (!(p->flags & FLAG_FOLD) || unicode_fold_next(c) == c)
		return node_push_char(p, c);
	set_add(&p->sets, &set, c, c);
	parse_fold(p, &set);
	return node_push_set(p, &set, 0);
}

static int
push_dot(struct parser *p)
{
	struct set set = SET_NONE;

	if (!(p->flags & FLAG_UNICODE))
		return parse_fail(p, WHAT_NOT_UTF8);
	if (!(p->flags & FLAG_DOT_ALL)) {
		set_add(&p->sets, &set, '\n', '\n');
		if (p->flags & FLAG_CRLF)
			set_add(&p->sets, &set, '\r', '\r');
	}
	set_negate(&p->sets, &set, CHAR_LAST);
	return node_push_set(p, &set, 0);
}

static int
push_line(struct parser *p, enum look text, enum look line, enum look crlf)
{
	if (!(p->flags & FLAG_LINES))
		return node_push_look(p, text);
	return node_push_look(p, p->flags & FLAG_CRLF ? crlf : line);
}

static int
push_escape(struct parser *p)
{
	struct atom atom;

	if (parse_escape(p, &atom) == -1)
		return -1;
	switch (atom.kind) {
	case ATOM_CHAR:
		return push_literal(p, atom.value);
	case ATOM_BYTE:
		return parse_fail(p, WHAT_NOT_UTF8);
	case ATOM_SET:
		return node_push_set(p, &atom.set, 0);
	default:
		return node_push_look(p, atom.value);
	}
}

static int
push_class(struct parser *p)
{
	struct set set = SET_NONE;
	unsigned depth;

	if (parse_class(p, &set, &depth) == -1)
		return -1;
	return node_push_set(p, &set, depth);
}

static int
check_repeatable(struct parser *p, size_t base)
{
	if (p->n == base || p->stack[p->n - 1]->kind == NODE_FLAGS)
		return parse_fail(p, "nothing to repeat");
	return 0;
}

static int
repeat_last(struct parser *p, size_t base)
{
	uint32_t min = p->c == '+', max = p->c == '?' ? 1 : REPEAT_FOREVER;
	bool is_lazy;

	if (check_repeatable(p, base) == -1)
		return -1;
	is_lazy = cursor_next(p) && p->c == '?';
	if (is_lazy)
		cursor_next(p);
	return node_repeat(p, min, max, is_lazy);
}

/* A number with blanks around it, whether x is on or not. */
static int
read_count(struct parser *p, uint32_t *out)
{
	uint64_t n = 0;
	size_t digits = 0;

	while (p->width != 0 && unicode_is_space(p->c))
		cursor_next(p);
	for (; p->c >= '0' && p->c <= '9'; digits++) {
		n = n * 10 + (p->c - '0');
		if (n > UINT32_MAX)
			return parse_fail(p, "too large a count");
		cursor_next(p);
	}
	if (digits == 0)
		return parse_fail(p, "not a count of repetitions");
	while (p->width != 0 && unicode_is_space(p->c))
		cursor_next(p);
	/* it will be too large all the same */
	*out = n == REPEAT_FOREVER ? REPEAT_FOREVER - 1 : (uint32_t)n;
	return 0;
}

/* At "{": "min}", "min,}" or "min,max}". */
static int
read_counts(struct parser *p, uint32_t *min, uint32_t *max)
{
	cursor_next_token(p);
	if (read_count(p, min) == -1)
		return -1;
	*max = *min;
	if (p->c == ',') {
		cursor_next_token(p);
		*max = REPEAT_FOREVER;
		if (p->c != '}' && read_count(p, max) == -1)
			return -1;
	}
	if (p->c != '}')
		return parse_fail(p, "a repetition that is not closed");
	if (*min > *max)
		return parse_fail(p, "a repetition from more to less");
	return 0;
}

static int
repeat_counted(struct parser *p, size_t base)
{
	uint32_t min, max;
	bool is_lazy;

	if (check_repeatable(p, base) == -1 || read_counts(p, &min, &max) == -1)
		return -1;
	is_lazy = cursor_next_token(p) && p->c == '?';
	if (is_lazy)
		cursor_next(p);
	return node_repeat(p, min, max, is_lazy);
}

/* One part of a list that began at base, or what repeats its last one. */
static int
read_item(struct parser *p, size_t base, unsigned depth)
{
	uint32_t c = p->c;

	switch (c) {
	case '(':
		return parse_group(p, depth);
	case '[':
		return push_class(p);
	case '\\':
		return push_escape(p);
	case '*':
	case '+':
	case '?':
		return repeat_last(p, base);
	case '{':
		return repeat_counted(p, base);
	case '.':
		cursor_next(p);
		return push_dot(p);
	case '^':
		cursor_next(p);
		return push_line(p, LOOK_START, LOOK_LINE_START,
		    LOOK_CRLF_START);
	case '$':
		cursor_next(p);
		return push_line(p, LOOK_END, LOOK_LINE_END, LOOK_CRLF_END);
	default:
		cursor_next(p);
		return push_literal(p, c);
	}
}

static struct node *
read_list(struct parser *p, unsigned depth)
{
	size_t base = p->n;

	for (;;) {
		cursor_blanks(p);
		if (p->width == 0 || p->c == '|' || p->c == ')')
			return node_list(p, NODE_LIST, base);
		if (read_item(p, base, depth) == -1)
			return NULL;
	}
}

struct node *
parse_alternatives(struct parser *p, unsigned depth)
{
	size_t base = p->n;

	for (;;) {
		struct node *node = read_list(p, depth);

		if (node == NULL)
			return NULL;
		node_push(p, node);
		if (p->c != '|')
			return node_list(p, NODE_ALTERNATIVES, base);
		cursor_next(p);
	}
}

struct node *
parse_pattern(struct parser *p)
{
	struct node *node;

	if (p->pattern.n > REGEX_MAX_PATTERN || !utf8_is_valid(p->pattern)) {
		parse_fail(p, "too long or no UTF-8");
		return NULL;
	}
	p->sets = (struct set_maker){ p->pool, MAX_RANGES };
	p->flags = FLAG_UNICODE;
	cursor_skip(p, 0);
	node = parse_alternatives(p, 0);
	if (node == NULL ||
	    (p->width != 0 &&
		parse_fail(p, "a group that was not opened") == -1) ||
	    parse_check_names(p) == -1)
		return NULL;
	return node;
}
