#include "ask/fold.h"

/* What may stand behind a cut that was due: an escape, quotes, parentheses. */
#define SLACK 12

struct code {
	struct buf *out;
	const char *indent;
	size_t column;
	bool in_comment;
};

static void
add_code(struct code *c, struct str s)
{
	buf_add(c->out, s);
	c->column += s.n;
}

static void
begin_line(struct code *c)
{
	buf_add_char(c->out, '\n');
	buf_add(c->out, str_of(c->indent));
	c->column = 0;
	add_code(c, c->in_comment ? STR("-- ") : STR("    "));
}

/* How many bytes of a text in quotes, the second one included. */
static size_t
quoted(struct str s)
{
	size_t n = 1;

	while (n < s.n && s.p[n] != s.p[0])
		n += s.p[n] == '\\' ? 2 : 1;
	return n + 1 < s.n ? n + 1 : s.n;
}

/* To the next blank that is in no text. */
static size_t
piece(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ' ')
		n += s.p[n] == '\'' || s.p[n] == '"' ? quoted(str_from(s, n))
		                                     : 1;
	return n;
}

/* A text may be cut before s.p[n]: inside of no character and no escape. */
static bool
may_cut(struct str s, size_t n)
{
	size_t from = n < 4 ? 0 : n - 4;

	return ((unsigned char)s.p[n] & 0xc0) != 0x80 &&
	       memchr(s.p + from, '\\', n - from) == NULL;
}

/* A text in quotes that is longer than what is left of the line. */
static void
add_quoted(struct code *c, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (c->column + SLACK >= FOLD_COLUMNS && i > 1 && i + 1 < s.n &&
		    may_cut(s, i)) {
			add_code(c, str_view(s.p, 1));
			add_code(c, STR(" .."));
			begin_line(c);
			add_code(c, str_view(s.p, 1));
		}
		add_code(c, str_view(s.p + i, 1));
	}
}

static void
add_piece(struct code *c, struct str s)
{
	size_t n;

	for (; s.n != 0; s = str_from(s, n)) {
		n = s.p[0] == '\'' || s.p[0] == '"' ? quoted(s) : 1;
		if (n > 1 && c->column + n + SLACK > FOLD_COLUMNS)
			add_quoted(c, str_view(s.p, n));
		else
			add_code(c, str_view(s.p, n));
	}
}

/* A comment that does not fit begins a line, with its sign. */
static bool
begins_comment(struct code *c, struct str piece, size_t rest)
{
	if (c->in_comment || !str_is(piece, "--"))
		return false;
	c->in_comment = true;
	if (c->column + rest <= FOLD_COLUMNS)
		return false;
	begin_line(c);
	return true;
}

void
fold_code(struct buf *out, struct str code, const char *indent)
{
	struct code c = { .out = out, .indent = indent };

	buf_add(out, str_of(indent));
	while (code.n != 0) {
		struct str blanks = str_view(code.p, strspn(code.p, " "));
		struct str rest = str_from(code, blanks.n);
		struct str word = str_view(rest.p, piece(rest));

		code = str_from(rest, word.n);
		if (begins_comment(&c, word, blanks.n + rest.n)) {
			code = str_from(code, 1);
			continue;
		}
		if (c.column != 0 &&
		    c.column + blanks.n + word.n > FOLD_COLUMNS)
			begin_line(&c);
		else
			add_code(&c, blanks);
		add_piece(&c, word);
	}
	buf_add_char(out, '\n');
}
