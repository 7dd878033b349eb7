/*
 * Patterns that stand there literally: regular expressions, and those of Lua,
 * which the texts' own methods take. Lua finds a fault of a pattern only when
 * it comes to it, so a run may not.
 */
#include "lint/inside.h"

#include "base/mem.h"
#include "regex/regex.h"

#define CAPTURES_MOST 32 /* LUA_MAXCAPTURES */

struct pattern {
	struct str rest;
	bool is_open[CAPTURES_MOST];
	unsigned captures;
};

static int
next_byte(struct pattern *p)
{
	int c;

	if (p->rest.n == 0)
		return -1;
	c = (unsigned char)p->rest.p[0];
	p->rest = str_from(p->rest, 1);
	return c;
}

/* Behind "[": up to its "]", of which the first may be a member. */
static const char *
read_class(struct pattern *p)
{
	bool is_first = true;

	if (str_starts(p->rest, STR("^")))
		(void)next_byte(p);
	for (;; is_first = false) {
		int c = next_byte(p);

		if (c == ']' && !is_first)
			return NULL;
		if (c == '%')
			c = next_byte(p);
		if (c == -1)
			return "a [ has no ]";
	}
}

static const char *
read_escape(struct pattern *p)
{
	int c = next_byte(p);
	unsigned group;

	if (c == -1)
		return "it ends in %";
	if (c == 'b' && (next_byte(p) == -1 || next_byte(p) == -1))
		return "%b needs two characters";
	if (c == 'f')
		return next_byte(p) == '[' ? read_class(p)
		                           : "%f needs a class: %f[%a]";
	if (c < '0' || c > '9')
		return NULL;
	group = (unsigned)(c - '1');
	return c == '0' || group >= p->captures || p->is_open[group]
	           ? "it refers to a capture that is not there"
	           : NULL;
}

static const char *
close_capture(struct pattern *p)
{
	for (unsigned i = p->captures; i-- > 0;) {
		if (p->is_open[i]) {
			p->is_open[i] = false;
			return NULL;
		}
	}
	return "a ) has no (";
}

static const char *
read_one(struct pattern *p, int c)
{
	switch (c) {
	case '%':
		return read_escape(p);
	case '[':
		return read_class(p);
	case '(':
		if (p->captures == CAPTURES_MOST)
			return "it has too many captures";
		p->is_open[p->captures++] = true;
		return NULL;
	case ')':
		return close_capture(p);
	default:
		return NULL;
	}
}

/* NULL: it is one. */
static const char *
fault_of(struct str text)
{
	struct pattern p = { .rest = text };
	const char *why = NULL;
	int c;

	while (why == NULL && (c = next_byte(&p)) != -1)
		why = read_one(&p, c);
	for (unsigned i = 0; why == NULL && i < p.captures; i++)
		why = p.is_open[i] ? "a ( has no )" : NULL;
	return why;
}

/* text:match(pattern); find(pattern, from, true) looks for the text itself. */
void
lint_pattern(struct lint *l, const struct syntax_node *method)
{
	static const char *const taking[] = { "find", "match", "gmatch",
		"gsub" };
	const struct syntax_node *text = method->list.first;
	const char *why;

	if (text == NULL || text->kind != SYNTAX_STRING ||
	    (method->list.n > 2 && str_is(method->text, "find")) ||
	    names_find(l, &l->fields, method->text, false) != NULL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(taking); i++) {
		if (!str_is(method->text, taking[i]))
			continue;
		why = fault_of(text->text);
		if (why != NULL)
			lint_add_at(l, LINT_PATTERN, text,
			    "%s is no pattern of Lua: %s",
			    lint_quote(l, text->text), why);
	}
}

void
lint_regex(struct lint *l, const struct syntax_node *text)
{
	autoerr struct err err = ERR_NONE;
	struct regex *regex;

	if (text->kind != SYNTAX_STRING || l->regexes > LINT_MOST_REGEXES)
		return;
	if (l->regexes++ == LINT_MOST_REGEXES) {
		lint_add_at(l, LINT_PATTERN, text,
		    "too many regular expressions (limit is %d): from here on "
		    "they are not looked at",
		    LINT_MOST_REGEXES);
		return;
	}
	regex = regex_new(text->text, &err);
	if (regex == NULL)
		lint_add_at(l, LINT_PATTERN, text, "%s: %s",
		    lint_quote(l, text->text),
		    pool_cstr(l->pool, err_join(l->pool, &err)));
	regex_free(regex);
}
