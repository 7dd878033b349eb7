/*
 * The place in a pattern: whoever reads a part of it steps with these. They know
 * nothing of what is read.
 */
#include "base/utf8.h"
#include "regex/parse.h"
#include "regex/unicode.h"

int
parse_fail(struct parser *p, const char *what)
{
	return err_set(p->err, "not a regular expression: %s at byte %zu", what,
	    p->at);
}

static void
look_at(struct parser *p, size_t at)
{
	p->at = at;
	p->c = 0;
	p->width = utf8_decode(str_from(p->pattern, at), &p->c);
}

void
cursor_skip(struct parser *p, size_t n)
{
	look_at(p, p->at + n);
}

bool
cursor_next(struct parser *p)
{
	look_at(p, p->at + p->width);
	return p->width != 0;
}

void
cursor_blanks(struct parser *p)
{
	bool is_comment = false;

	if (!(p->flags & FLAG_BLANKS))
		return;
	while (p->width != 0 &&
	       (is_comment || p->c == '#' || unicode_is_space(p->c))) {
		is_comment = (is_comment || p->c == '#') && p->c != '\n';
		cursor_next(p);
	}
}

bool
cursor_next_token(struct parser *p)
{
	cursor_next(p);
	cursor_blanks(p);
	return p->width != 0;
}

uint32_t
cursor_peek(const struct parser *p)
{
	struct parser ahead = *p;

	cursor_next_token(&ahead);
	return ahead.c;
}
