#include "value/toml.h"

#include <stdarg.h>

#include "base/num.h"
#include "base/utf8.h"
#include "value/toml_scalar.h"
#include "value/toml_tree.h"

struct toml {
	struct pool *pool;
	struct str text;
	size_t at;
	unsigned depth;
	struct err *err;
	struct toml_tree tree;
};

static int fail_at(struct toml *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
fail_at(struct toml *t, const char *fmt, ...)
{
	struct buf text = BUF_IN(t->pool);
	size_t line = 1;
	va_list args;

	for (size_t i = 0; i < t->at && i < t->text.n; i++)
		line += t->text.p[i] == '\n';
	buf_printf(&text, "line %zu: ", line);
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	return err_set_str(t->err, buf_str(&text));
}

static int
peek_char(const struct toml *t)
{
	return t->at < t->text.n ? (unsigned char)t->text.p[t->at] : -1;
}

static struct str
rest(const struct toml *t)
{
	return str_from(t->text, t->at);
}

static bool
take_token(struct toml *t, const char *token)
{
	if (!str_starts(rest(t), str_of(token)))
		return false;
	t->at += strlen(token);
	return true;
}

static void
skip_blanks(struct toml *t)
{
	while (peek_char(t) == ' ' || peek_char(t) == '\t')
		t->at++;
}

static bool
is_control(int c)
{
	return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f;
}

static int
skip_comment(struct toml *t)
{
	if (peek_char(t) != '#')
		return 0;
	while (peek_char(t) != -1 && peek_char(t) != '\n') {
		if (is_control(peek_char(t)) &&
		    !str_starts(rest(t), STR("\r\n")))
			return fail_at(t, "control character in a comment");
		t->at++;
	}
	return 0;
}

static bool
take_newline(struct toml *t)
{
	return take_token(t, "\n") || take_token(t, "\r\n");
}

/* Blanks, comments and newlines between things. */
static int
skip_lines(struct toml *t)
{
	do {
		skip_blanks(t);
		if (skip_comment(t) == -1)
			return -1;
	} while (take_newline(t));
	return 0;
}

static int
end_of_line(struct toml *t)
{
	skip_blanks(t);
	if (skip_comment(t) == -1)
		return -1;
	if (peek_char(t) == -1 || take_newline(t))
		return 0;
	return fail_at(t, "unexpected '%c' behind a value", peek_char(t));
}

static bool
is_bare(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static int
read_hex(struct toml *t, unsigned digits, struct buf *out)
{
	uint32_t cp = 0;

	for (unsigned i = 0; i < digits; i++) {
		int digit = num_hex_digit(peek_char(t));

		if (digit == -1)
			return fail_at(t, "not %u hexadecimal digits", digits);
		cp = cp << 4 | (uint32_t)digit;
		t->at++;
	}
	if (!utf8_is_scalar(cp))
		return fail_at(t, "no Unicode character");
	utf8_add(out, cp);
	return 0;
}

static int
read_escape(struct toml *t, struct buf *out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	int c = peek_char(t);
	const char *at;

	if (c == -1)
		return fail_at(t, "text is not closed");
	t->at++;
	if (c == 'u' || c == 'U')
		return read_hex(t, c == 'u' ? 4 : 8, out);
	at = c != 0 ? strchr(from, c) : NULL;
	if (at == NULL)
		return fail_at(t, "no escape: \\%c", c);
	buf_add_char(out, to[at - from]);
	return 0;
}

/* A backslash at the end of a line takes all blanks and newlines behind it. */
static bool
skip_line_end(struct toml *t)
{
	size_t at = t->at;

	skip_blanks(t);
	if (!take_newline(t)) {
		t->at = at;
		return false;
	}
	do
		skip_blanks(t);
	while (take_newline(t));
	return true;
}

static int
read_text_part(struct toml *t, bool is_basic, bool is_long, struct buf *out)
{
	int c = peek_char(t);

	if (c == -1 || (c == '\n' && !is_long))
		return fail_at(t, "text is not closed");
	if (c == '\\' && is_basic) {
		t->at++;
		if (is_long && skip_line_end(t))
			return 0;
		return read_escape(t, out);
	}
	if (is_control(c) &&
	    !(is_long && (c == '\n' || str_starts(rest(t), STR("\r\n")))))
		return fail_at(t, "control character in a text");
	buf_add_char(out, (char)c);
	t->at++;
	return 0;
}

/* Up to two quotes may stand right before the three that close. */
static void
take_quotes(struct toml *t, char quote, struct buf *out)
{
	for (unsigned n = 0;
	     n < 2 && t->at + 3 < t->text.n && t->text.p[t->at + 3] == quote;
	     n++) {
		buf_add_char(out, quote);
		t->at++;
	}
}

static int
read_text(struct toml *t, bool may_be_long, struct str *out)
{
	struct buf text = BUF_IN(t->pool);
	char quote = (char)peek_char(t);
	const char *close = quote == '"' ? "\"" : "'";
	const char *long_close = quote == '"' ? "\"\"\"" : "'''";
	bool is_long = may_be_long && str_starts(rest(t), str_of(long_close));

	(void)take_token(t, is_long ? long_close : close);
	if (is_long)
		(void)take_newline(t);
	for (;;) {
		if (is_long && str_starts(rest(t), str_of(long_close)))
			take_quotes(t, quote, &text);
		if (take_token(t, is_long ? long_close : close))
			break;
		if (read_text_part(t, quote == '"', is_long, &text) == -1)
			return -1;
	}
	*out = text.n != 0 ? buf_str(&text) : STR("");
	return 0;
}

static int
read_key_part(struct toml *t, struct str *out)
{
	size_t from = t->at;

	if (peek_char(t) == '"' || peek_char(t) == '\'')
		return read_text(t, false, out);
	while (is_bare(peek_char(t)))
		t->at++;
	*out = str_sub(t->text, from, t->at - from);
	return out->n != 0 ? 0 : fail_at(t, "a key is missing");
}

/* a.b.c: the table of a.b, and c. made: how those on the way are made. */
static struct toml_node *
read_key(struct toml *t, struct toml_node *table, enum toml_made made,
    struct str *last)
{
	for (unsigned parts = 0;; parts++) {
		skip_blanks(t);
		if (read_key_part(t, last) == -1)
			return NULL;
		skip_blanks(t);
		if (!take_token(t, "."))
			return table;
		if (parts == TOML_MAX_DEPTH) {
			(void)fail_at(t, "too many parts in a key");
			return NULL;
		}
		if (toml_enter(&t->tree, table, *last, made, &table) == -1) {
			(void)fail_at(t,
			    "%.*s is no table that can be added to",
			    STR_ARG(*last));
			return NULL;
		}
	}
}

static int read_value(struct toml *t, struct json *out);

static int
read_pair(struct toml *t, struct toml_node *table)
{
	struct toml_node *pair;
	struct str name;

	table = read_key(t, table, TOML_DOTTED, &name);
	if (table == NULL)
		return -1;
	pair = toml_value(&t->tree, table, name);
	if (pair == NULL)
		return fail_at(t, "%.*s is there twice", STR_ARG(name));
	if (!take_token(t, "="))
		return fail_at(t, "'=' is missing behind %.*s", STR_ARG(name));
	skip_blanks(t);
	return read_value(t, &pair->value);
}

static int
read_inline_table(struct toml *t, struct json *out)
{
	struct toml_node *table = toml_root(&t->tree);

	skip_blanks(t);
	if (!take_token(t, "}")) {
		do {
			if (read_pair(t, table) == -1)
				return -1;
			skip_blanks(t);
		} while (take_token(t, ","));
		if (!take_token(t, "}"))
			return fail_at(t, "a table is not closed");
	}
	*out = toml_json(t->pool, table);
	return 0;
}

static int
read_array(struct toml *t, struct json *out)
{
	*out = json_list();
	for (;;) {
		struct json value;

		if (skip_lines(t) == -1)
			return -1;
		if (take_token(t, "]"))
			return 0;
		if (read_value(t, &value) == -1)
			return -1;
		(void)json_append(t->pool, out, value);
		if (skip_lines(t) == -1)
			return -1;
		if (!take_token(t, ",") && peek_char(t) != ']')
			return fail_at(t, "an array is not closed");
	}
}

static int
read_scalar(struct toml *t, struct json *out)
{
	autoerr struct err err = ERR_NONE;
	struct str word = str_sub(t->text, t->at, toml_scalar_length(rest(t)));

	if (word.n == 0)
		return fail_at(t, "a value is missing");
	if (toml_scalar_read(t->pool, word, out, &err) == -1) {
		struct str why = err_text(&err);

		return fail_at(t, "%.*s", STR_ARG(why));
	}
	t->at += word.n;
	return 0;
}

static int
read_nested(struct toml *t, struct json *out)
{
	bool is_array = take_token(t, "[");
	int status;

	if (!is_array)
		(void)take_token(t, "{");
	if (++t->depth > TOML_MAX_DEPTH)
		return fail_at(t, "nested too deeply");
	status = is_array ? read_array(t, out) : read_inline_table(t, out);
	t->depth--;
	return status;
}

static int
read_value(struct toml *t, struct json *out)
{
	struct str text;

	if (peek_char(t) == '[' || peek_char(t) == '{')
		return read_nested(t, out);
	if (peek_char(t) != '"' && peek_char(t) != '\'')
		return read_scalar(t, out);
	if (read_text(t, true, &text) == -1)
		return -1;
	*out = json_str(text);
	return 0;
}

/* The table that is open from there on. */
static struct toml_node *
read_header(struct toml *t, struct toml_node *root)
{
	bool is_array = take_token(t, "[[");
	struct toml_node *table;
	struct str name;

	if (!is_array)
		(void)take_token(t, "[");
	table = read_key(t, root, TOML_PASSED, &name);
	if (table == NULL)
		return NULL;
	if (!take_token(t, is_array ? "]]" : "]")) {
		(void)fail_at(t, "']' is missing");
		return NULL;
	}
	table = is_array ? toml_tables(&t->tree, table, name)
	                 : toml_table(&t->tree, table, name);
	if (table == NULL && is_array)
		(void)fail_at(t, "%.*s is no array of tables", STR_ARG(name));
	else if (table == NULL)
		(void)fail_at(t, "[%.*s] is there twice", STR_ARG(name));
	return table;
}

int
toml_read(struct pool *pool, struct str text, struct json *out, struct err *err)
{
	struct toml t = { .pool = pool,
		.text = text,
		.err = err,
		.tree = { .pool = pool } };
	struct toml_node *root = toml_root(&t.tree), *table = root;

	if (text.n > TOML_MAX_BYTES)
		return err_set(err, "it is larger than %zu bytes",
		    TOML_MAX_BYTES);
	if (!utf8_is_valid(text))
		return err_set(err, "it is not UTF-8");
	(void)take_token(&t,
	    "\357\273\277"); /* the byte order mark of editors */
	for (;;) {
		if (skip_lines(&t) == -1)
			return -1;
		if (peek_char(&t) == -1)
			break;
		if (peek_char(&t) == '[') {
			table = read_header(&t, root);
			if (table == NULL)
				return -1;
		} else if (read_pair(&t, table) == -1) {
			return -1;
		}
		if (end_of_line(&t) == -1)
			return -1;
	}
	*out = toml_json(pool, root);
	return 0;
}
