/* Groups, their names, and flags. */
#include <stdlib.h>

#include "base/mem.h"
#include "regex/parse.h"
#include "regex/unicode.h"

static bool
starts(const struct parser *p, struct str text)
{
	return str_starts(str_from(p->pattern, p->at), text);
}

static void
add_name(struct parser *p, struct str name)
{
	p->name = pool_push(p->pool, p->name, p->names, sizeof(*p->name));
	p->name[p->names++] = name;
}

/* Up to and with the ">". */
static int
read_name(struct parser *p)
{
	size_t from = p->at;

	for (; p->width != 0 && p->c != '>'; cursor_next(p)) {
		if (p->at == from ? !unicode_is_name_start(p->c)
				  : !unicode_is_name(p->c))
			return parse_fail(p, "not a character for a name");
	}
	if (p->width == 0)
		return parse_fail(p, "a name that is not closed");
	if (p->at == from)
		return parse_fail(p, "an empty name");
	add_name(p, str_sub(p->pattern, from, p->at - from));
	cursor_next(p);
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int
parse_check_names(struct parser *p)
{
	if (p->names > 1)
		qsort(p->name, p->names, sizeof(*p->name), compare_names);
	for (size_t i = 1; i < p->names; i++) {
		if (str_eq(p->name[i - 1], p->name[i]))
			return parse_fail(p, "a name of two groups");
	}
	return 0;
}

static unsigned
flag_of(uint32_t c)
{
	static const struct {
		char letter;
		unsigned flag;
	} flags[] = {
		{ 'i', FLAG_FOLD },
		{ 'm', FLAG_LINES },
		{ 's', FLAG_DOT_ALL },
		{ 'R', FLAG_CRLF },
		{ 'U', FLAG_LAZY },
		{ 'u', FLAG_UNICODE },
		{ 'x', FLAG_BLANKS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (c == (uint32_t)flags[i].letter)
			return flags[i].flag;
	}
	return 0;
}

/* Letters up to ":" or ")"; those behind "-" go off. Returns how many. */
static int
read_flags(struct parser *p, unsigned *on, unsigned *off)
{
	bool is_off = false;
	int n = 0;

	*on = *off = 0;
	for (; p->width != 0 && p->c != ':' && p->c != ')'; cursor_next(p)) {
		unsigned flag = flag_of(p->c);

		if (p->c == '-' && !is_off) {
			is_off = true;
			continue;
		}
		if (flag == 0)
			return parse_fail(p, "not a flag");
		if ((*on | *off) & flag)
			return parse_fail(p, "a flag twice");
		*(is_off ? off : on) |= flag;
		n++;
	}
	if (p->width == 0)
		return parse_fail(p, "flags that are not closed");
	if (is_off && *off == 0)
		return parse_fail(p, "no flag behind \"-\"");
	return n;
}

/* The alternatives of a group that is open, up to and with its ")". */
static int
read_body(struct parser *p, unsigned depth, unsigned flags, uint32_t number)
{
	unsigned outer = p->flags;
	struct node *node;

	if (depth >= REGEX_MAX_DEPTH)
		return parse_fail(p, "nested too deeply");
	p->flags = flags;
	node = parse_alternatives(p, depth + 1);
	p->flags = outer;
	if (node == NULL)
		return -1;
	if (p->width == 0)
		return parse_fail(p, "a group that is not closed");
	cursor_next(p);
	node = node_group(p, node, number);
	if (node == NULL)
		return -1;
	node_push(p, node);
	return 0;
}

/* Behind "(?": flags for the rest of the group around, or for this one. */
static int
read_flagged(struct parser *p, unsigned depth)
{
	unsigned on, off;
	int n = read_flags(p, &on, &off);

	if (n == -1)
		return -1;
	on |= p->flags & ~off;
	if (p->c == ')') {
		if (n == 0)
			return parse_fail(p, "nothing to repeat");
		p->flags = on;
		cursor_next(p);
		node_push(p, node_empty(p, NODE_FLAGS));
		return 0;
	}
	cursor_next(p);
	return read_body(p, depth, on, 0);
}

int
parse_group(struct parser *p, unsigned depth)
{
	cursor_next_token(p);
	if (starts(p, STR("?=")) || starts(p, STR("?!")) ||
	    starts(p, STR("?<=")) || starts(p, STR("?<!")))
		return parse_fail(p, "looking around is not supported");
	if (starts(p, STR("?P<")) || starts(p, STR("?<"))) {
		uint32_t number = ++p->groups;

		cursor_skip(p, starts(p, STR("?P<")) ? 3 : 2);
		if (read_name(p) == -1)
			return -1;
		return read_body(p, depth, p->flags, number);
	}
	if (p->width != 0 && p->c == '?') {
		cursor_next(p);
		return read_flagged(p, depth);
	}
	p->groups++;
	return read_body(p, depth, p->flags, p->groups);
}
