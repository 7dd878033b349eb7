#include "format/selector.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "format/selector_parts.h"

struct reader {
	struct pool *pool;
	struct str text;
	size_t at;
	unsigned parts;
	struct err *err;
};

/* Attributes whose values HTML compares without case; HTML, "Selectors". */
static const char *const caseless[] = { "accept", "accept-charset", "align",
	"alink", "axis", "bgcolor", "charset", "checked", "clear", "codetype",
	"color", "compact", "declare", "defer", "dir", "direction", "disabled",
	"enctype", "face", "frame", "hreflang", "http-equiv", "lang",
	"language", "link", "media", "method", "multiple", "nohref", "noresize",
	"noshade", "nowrap", "readonly", "rel", "rev", "rules", "scope",
	"scrolling", "selected", "shape", "target", "text", "type", "valign",
	"valuetype", "vlink" };

static int
fail(struct reader *r, const char *what)
{
	return err_set(r->err, "%s at byte %zu", what, r->at);
}

static int
peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->text.n
	           ? (unsigned char)r->text.p[r->at + ahead]
	           : -1;
}

static bool
take(struct reader *r, char c)
{
	if (peek(r, 0) != (unsigned char)c)
		return false;
	r->at++;
	return true;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
skip_comment(struct reader *r)
{
	size_t end;

	if (peek(r, 0) != '/' || peek(r, 1) != '*')
		return false;
	end = str_find(str_from(r->text, r->at + 2), STR("*/"));
	r->at = end == STR_NPOS ? r->text.n : r->at + 2 + end + 2;
	return true;
}

/* Whether there was a blank; comments alone are none. */
static bool
skip_blanks(struct reader *r)
{
	bool found = false;

	for (;;) {
		if (is_blank(peek(r, 0))) {
			found = true;
			r->at++;
		} else if (!skip_comment(r)) {
			return found;
		}
	}
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* CSS Syntax, 4.3.7, behind the backslash. */
static void
read_escape(struct reader *r, struct buf *out)
{
	uint32_t cp = 0;
	unsigned digits = 0;

	while (digits < 6 && hex_digit(peek(r, 0)) != -1) {
		cp = cp << 4 | (uint32_t)hex_digit(peek(r, 0));
		r->at++;
		digits++;
	}
	if (digits == 0) {
		if (peek(r, 0) == -1)
			utf8_add(out, UTF8_REPLACEMENT);
		else
			buf_add_char(out, r->text.p[r->at++]);
		return;
	}
	if (peek(r, 0) == '\r' && peek(r, 1) == '\n')
		r->at++;
	if (is_blank(peek(r, 0)))
		r->at++;
	if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = UTF8_REPLACEMENT;
	utf8_add(out, cp);
}

static bool
is_name_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c >= 0x80;
}

static bool
is_name(int c)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || c == '-';
}

static bool
is_escape(const struct reader *r, size_t ahead)
{
	int c = peek(r, ahead + 1);

	return peek(r, ahead) == '\\' && c != '\n' && c != '\r' && c != '\f';
}

/* CSS Syntax, 4.3.9 */
static bool
is_ident(const struct reader *r)
{
	size_t ahead = peek(r, 0) == '-';

	if (ahead == 1 && peek(r, 1) == '-')
		return true;
	return is_name_start(peek(r, ahead)) || is_escape(r, ahead);
}

static int
read_ident(struct reader *r, struct str *out)
{
	struct buf name = BUF_IN(r->pool);

	if (!is_ident(r))
		return fail(r, "a name is missing");
	for (;;) {
		if (is_name(peek(r, 0))) {
			buf_add_char(&name, r->text.p[r->at++]);
		} else if (is_escape(r, 0)) {
			r->at++;
			read_escape(r, &name);
		} else {
			break;
		}
	}
	*out = buf_str(&name);
	return 0;
}

/* At the end of the text a string is closed silently. */
static int
read_string(struct reader *r, struct str *out)
{
	struct buf text = BUF_IN(r->pool);
	int quote = peek(r, 0);

	for (r->at++; peek(r, 0) != -1; r->at++) {
		int c = peek(r, 0);

		if (c == quote) {
			r->at++;
			break;
		}
		if (c == '\n' || c == '\r' || c == '\f')
			return fail(r, "a line ends inside a string");
		if (c != '\\') {
			buf_add_char(&text, (char)c);
			continue;
		}
		r->at++;
		if (peek(r, 0) == -1)
			break;
		if (peek(r, 0) == '\r' && peek(r, 1) == '\n')
			r->at++;
		else if (!is_blank(peek(r, 0)) || peek(r, 0) == ' ' ||
			 peek(r, 0) == '\t') {
			read_escape(r, &text);
			r->at--;
		}
	}
	*out = text.n != 0 ? buf_str(&text) : STR("");
	return 0;
}

static struct str
lower_of(struct reader *r, struct str name)
{
	char *out = pool_cstr(r->pool, name);

	for (size_t i = 0; i < name.n; i++) {
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + 32);
	}
	return str_view(out, name.n);
}

static void
set_name(struct reader *r, struct simple *s, struct str name)
{
	s->name = name;
	s->lower = lower_of(r, name);
}

static bool
at_space_bar(const struct reader *r, size_t ahead)
{
	/* not the operator |= */
	return peek(r, ahead) == '|' && peek(r, ahead + 1) != '=';
}

/* a, *, *|a, *|*, |a; 1: there is one; 0: none; -1. */
static int
read_type(struct reader *r, struct simple *s)
{
	bool no_space = false;
	struct str name;

	*s = (struct simple){ .kind = SIMPLE_ANY };
	if (peek(r, 0) == '*' && at_space_bar(r, 1)) {
		r->at += 2;
	} else if (at_space_bar(r, 0)) {
		r->at++;
		no_space = true;
	} else if (peek(r, 0) != '*' && !is_ident(r)) {
		return 0;
	}
	if (!take(r, '*')) {
		if (read_ident(r, &name) == -1)
			return -1;
		if (at_space_bar(r, 0))
			return fail(r, "an unknown namespace");
		s->kind = SIMPLE_TYPE;
		set_name(r, s, name);
	}
	if (no_space)
		s->kind = SIMPLE_NO_SPACE;
	return 1;
}

static int
read_attr_op(struct reader *r, enum attr_op *op)
{
	static const struct {
		char sign;
		enum attr_op op;
	} row[] = { { '~', ATTR_WORD }, { '|', ATTR_DASH },
		{ '^', ATTR_PREFIX }, { '$', ATTR_SUFFIX },
		{ '*', ATTR_PART } };

	*op = ATTR_IS;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (take(r, row[i].sign))
			*op = row[i].op;
	}
	return take(r, '=') ? 0 : fail(r, "'=' is missing");
}

static int
read_attr_value(struct reader *r, struct simple *s)
{
	struct str flag;

	skip_blanks(r);
	if (peek(r, 0) == '"' || peek(r, 0) == '\'') {
		if (read_string(r, &s->value) == -1)
			return -1;
	} else if (read_ident(r, &s->value) == -1) {
		return -1;
	}
	skip_blanks(r);
	if (!is_ident(r))
		return 0;
	if (read_ident(r, &flag) == -1)
		return -1;
	if (str_eq_nocase(flag, STR("i")))
		s->case_mode = CASE_IGNORE;
	else if (str_eq_nocase(flag, STR("s")))
		s->case_mode = CASE_EXACT;
	else
		return fail(r, "an unknown flag");
	return 0;
}

static bool
is_caseless(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(caseless); i++) {
		if (str_is(name, caseless[i]))
			return true;
	}
	return false;
}

static int
read_attr_name(struct reader *r, struct simple *s)
{
	struct str name;

	skip_blanks(r);
	if (peek(r, 0) == '*' && at_space_bar(r, 1)) {
		r->at += 2;
		s->any_space = true;
	} else if (at_space_bar(r, 0)) {
		r->at++;
	}
	if (read_ident(r, &name) == -1)
		return -1;
	if (at_space_bar(r, 0))
		return fail(r, "an unknown namespace");
	set_name(r, s, name);
	s->has_no_case = is_caseless(s->lower);
	skip_blanks(r);
	return 0;
}

/* Behind "[". */
static int
read_attr(struct reader *r, struct simple *s)
{
	*s = (struct simple){ .kind = SIMPLE_ATTR };
	if (read_attr_name(r, s) == -1)
		return -1;
	if (peek(r, 0) != ']' && peek(r, 0) != -1) {
		if (read_attr_op(r, &s->op) == -1 ||
		    read_attr_value(r, s) == -1)
			return -1;
		skip_blanks(r);
	}
	if (peek(r, 0) != -1 && !take(r, ']'))
		return fail(r, "']' is missing");
	return 0;
}

static bool
read_digits(struct reader *r, int *n)
{
	bool found = false;

	*n = 0;
	while (peek(r, 0) >= '0' && peek(r, 0) <= '9') {
		/* no document has so many elements */
		if (*n < 100000000)
			*n = *n * 10 + (peek(r, 0) - '0');
		r->at++;
		found = true;
	}
	return found;
}

/* The "+b" of an+b, with blanks around its sign. */
static int
read_nth_rest(struct reader *r, int *b)
{
	size_t before = r->at;
	int sign;

	*b = 0;
	skip_blanks(r);
	sign = peek(r, 0);
	if (sign != '+' && sign != '-') {
		r->at = before;
		return 0;
	}
	r->at++;
	skip_blanks(r);
	if (!read_digits(r, b))
		return fail(r, "a number is missing");
	if (sign == '-')
		*b = -*b;
	return 0;
}

/* CSS Syntax, 6 */
static int
read_nth(struct reader *r, struct simple *s)
{
	bool is_negative, has_digits;
	struct str word;
	int n;

	skip_blanks(r);
	if (is_ident(r) && (peek(r, 0) | 32) != 'n' && peek(r, 0) != '-') {
		if (read_ident(r, &word) == -1)
			return -1;
		s->a = 2;
		if (str_eq_nocase(word, STR("odd")))
			s->b = 1;
		else if (!str_eq_nocase(word, STR("even")))
			return fail(r, "not an+b");
		return 0;
	}
	is_negative = peek(r, 0) == '-';
	if (is_negative || peek(r, 0) == '+')
		r->at++;
	has_digits = read_digits(r, &n);
	if (is_negative)
		n = -n;
	if ((peek(r, 0) | 32) != 'n') {
		s->b = n;
		return has_digits ? 0 : fail(r, "not an+b");
	}
	r->at++;
	s->a = has_digits ? n : is_negative ? -1 : 1;
	return read_nth_rest(r, &s->b);
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
find_plain(struct reader *r, struct str name, struct simple *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_pseudo); i++) {
		if (!str_eq_nocase(name, str_of(plain_pseudo[i].name)))
			continue;
		*s = (struct simple){ .kind = plain_pseudo[i].kind,
			.b = plain_pseudo[i].b,
			.from_end = plain_pseudo[i].from_end,
			.of_type = plain_pseudo[i].of_type };
		return 0;
	}
	return fail(r, "an unknown pseudo-class");
}

static int read_simple(struct reader *r, struct simple *s, bool in_not);

/* Behind ":not(": one simple selector. */
static int
read_not(struct reader *r, struct simple *s)
{
	int status;

	skip_blanks(r);
	status = read_type(r, s);
	if (status == 0)
		status = read_simple(r, s, true);
	if (status == 0)
		return fail(r, "a selector is missing");
	if (status == 1)
		s->is_not = true;
	return status == 1 ? 0 : -1;
}

static int
find_function(struct reader *r, struct str name, struct simple *s, bool in_not)
{
	if (str_eq_nocase(name, STR("not")) && !in_not)
		return read_not(r, s);
	for (size_t i = 0; i < ARRAY_SIZE(nth_pseudo); i++) {
		if (!str_eq_nocase(name, str_of(nth_pseudo[i].name)))
			continue;
		*s = (struct simple){ .kind = SIMPLE_NTH,
			.from_end = nth_pseudo[i].from_end,
			.of_type = nth_pseudo[i].of_type };
		return read_nth(r, s);
	}
	return fail(r, "an unknown pseudo-class");
}

/* Behind ":". */
static int
read_pseudo(struct reader *r, struct simple *s, bool in_not)
{
	struct str name;

	if (read_ident(r, &name) == -1)
		return -1;
	if (!take(r, '('))
		return find_plain(r, name, s);
	if (find_function(r, name, s, in_not) == -1)
		return -1;
	skip_blanks(r);
	if (peek(r, 0) != -1 && !take(r, ')'))
		return fail(r, "')' is missing");
	return 0;
}

/* All but a type. 1; 0: there is none; -1. */
static int
read_simple(struct reader *r, struct simple *s, bool in_not)
{
	enum simple_kind kind = SIMPLE_CLASS;
	struct str name;
	int status;

	if (take(r, '[')) {
		status = read_attr(r, s);
		return status == 0 ? 1 : -1;
	}
	if (take(r, ':')) {
		status = read_pseudo(r, s, in_not);
		return status == 0 ? 1 : -1;
	}
	if (take(r, '#'))
		kind = SIMPLE_ID;
	else if (!take(r, '.'))
		return 0;
	if (read_ident(r, &name) == -1)
		return -1;
	*s = (struct simple){ .kind = kind, .name = name };
	return 1;
}

static int
add_simple(struct reader *r, struct compound *c, const struct simple *s)
{
	if (++r->parts > SELECTOR_MAX_PARTS)
		return fail(r, "too many parts");
	c->simple = pool_grow(r->pool, c->simple, c->n * sizeof(*c->simple),
	    (c->n + 1) * sizeof(*c->simple));
	c->simple[c->n++] = *s;
	return 0;
}

static int
read_compound(struct reader *r, struct compound *c)
{
	struct simple s;
	int status = read_type(r, &s);

	if (status == 0)
		status = read_simple(r, &s, false);
	if (status == 0)
		return fail(r, "a selector is missing");
	while (status == 1) {
		if (add_simple(r, c, &s) == -1)
			return -1;
		status = read_simple(r, &s, false);
	}
	return status;
}

/* 1: another compound follows; 0: the end of the item; -1. */
static int
read_combinator(struct reader *r, enum combinator *out)
{
	bool blank = skip_blanks(r);
	int c = peek(r, 0);

	if (c == -1 || c == ',')
		return 0;
	if (c == '>' || c == '+' || c == '~') {
		*out = c == '>'   ? COMBINATOR_CHILD
		       : c == '+' ? COMBINATOR_NEXT
		                  : COMBINATOR_LATER;
		r->at++;
		skip_blanks(r);
		return 1;
	}
	*out = COMBINATOR_DESCENDANT;
	return blank ? 1 : fail(r, "unexpected character");
}

static int
read_complex(struct reader *r, struct complex *out)
{
	enum combinator left = COMBINATOR_DESCENDANT;
	int status;

	skip_blanks(r);
	do {
		struct compound *c;

		out->compound = pool_grow(r->pool, out->compound,
		    out->n * sizeof(*c), (out->n + 1) * sizeof(*c));
		c = &out->compound[out->n++];
		*c = (struct compound){ .left = left };
		if (read_compound(r, c) == -1)
			return -1;
		status = read_combinator(r, &left);
	} while (status == 1);
	return status;
}

int
selector_read(struct pool *pool, struct str text, struct selector **out,
    struct err *err)
{
	struct reader r = { .pool = pool, .text = text, .err = err };
	struct selector *s = pool_zalloc(pool, sizeof(*s));

	if (text.n > SELECTOR_MAX_BYTES)
		return err_set(err, "the selector has more than %zu bytes",
		    SELECTOR_MAX_BYTES);
	do {
		s->item = pool_grow(pool, s->item, s->n * sizeof(*s->item),
		    (s->n + 1) * sizeof(*s->item));
		s->item[s->n] = (struct complex){ .n = 0 };
		if (read_complex(&r, &s->item[s->n++]) == -1)
			return -1;
	} while (take(&r, ','));
	*out = s;
	return 0;
}
