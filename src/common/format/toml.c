#include "format/toml.h"

#include <stdarg.h>

#include "base/num.h"
#include "base/utf8.h"

struct toml {
	struct pool *pool;
	struct str text;
	size_t at;
	unsigned depth;
	struct err *err;
	/* paths that a [header] has named: again is an error */
	struct str *defined;
	size_t n_defined;
	struct buf path; /* of the header that is being read */
};

static int fail(struct toml *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
fail(struct toml *t, const char *fmt, ...)
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
peek(const struct toml *t)
{
	return t->at < t->text.n ? (unsigned char)t->text.p[t->at] : -1;
}

static struct str
rest(const struct toml *t)
{
	return str_from(t->text, t->at);
}

static bool
take(struct toml *t, const char *token)
{
	if (!str_starts(rest(t), str_of(token)))
		return false;
	t->at += strlen(token);
	return true;
}

static void
skip_blanks(struct toml *t)
{
	while (peek(t) == ' ' || peek(t) == '\t')
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
	if (peek(t) != '#')
		return 0;
	while (peek(t) != -1 && peek(t) != '\n') {
		if (is_control(peek(t)) && !str_starts(rest(t), STR("\r\n")))
			return fail(t, "control character in a comment");
		t->at++;
	}
	return 0;
}

static bool
take_newline(struct toml *t)
{
	return take(t, "\n") || take(t, "\r\n");
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
	if (peek(t) == -1 || take_newline(t))
		return 0;
	return fail(t, "unexpected '%c' behind a value", peek(t));
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
		int c = peek(t);
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (uint32_t)((c | 32) - 'a' + 10);
		else
			return fail(t, "not %u hexadecimal digits", digits);
		cp = cp << 4 | digit;
		t->at++;
	}
	if (!utf8_is_scalar(cp))
		return fail(t, "no Unicode character");
	utf8_add(out, cp);
	return 0;
}

static int
read_escape(struct toml *t, struct buf *out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	int c = peek(t);
	const char *at;

	if (c == -1)
		return fail(t, "text is not closed");
	t->at++;
	if (c == 'u' || c == 'U')
		return read_hex(t, c == 'u' ? 4 : 8, out);
	at = c != 0 ? strchr(from, c) : NULL;
	if (at == NULL)
		return fail(t, "no escape: \\%c", c);
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
	int c = peek(t);

	if (c == -1 || (c == '\n' && !is_long))
		return fail(t, "text is not closed");
	if (c == '\\' && is_basic) {
		t->at++;
		if (is_long && skip_line_end(t))
			return 0;
		return read_escape(t, out);
	}
	if (is_control(c) && !(is_long && (c == '\n' || c == '\r')))
		return fail(t, "control character in a text");
	buf_add_char(out, (char)c);
	t->at++;
	return 0;
}

/* Up to two quotes may stand right before the three that close. */
static void
take_quotes(struct toml *t, char quote, struct buf *out)
{
	while (peek(t) == quote && t->at + 3 < t->text.n &&
	       t->text.p[t->at + 3] == quote) {
		buf_add_char(out, quote);
		t->at++;
	}
}

static int
read_text(struct toml *t, bool may_be_long, struct str *out)
{
	struct buf text = BUF_IN(t->pool);
	char quote = (char)peek(t);
	const char *close = quote == '"' ? "\"" : "'";
	const char *long_close = quote == '"' ? "\"\"\"" : "'''";
	bool is_long = may_be_long && str_starts(rest(t), str_of(long_close));

	(void)take(t, is_long ? long_close : close);
	if (is_long)
		(void)take_newline(t);
	for (;;) {
		if (is_long && str_starts(rest(t), str_of(long_close)))
			take_quotes(t, quote, &text);
		if (take(t, is_long ? long_close : close))
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

	if (peek(t) == '"' || peek(t) == '\'')
		return read_text(t, false, out);
	while (is_bare(peek(t)))
		t->at++;
	*out = str_sub(t->text, from, t->at - from);
	return out->n != 0 ? 0 : fail(t, "a key is missing");
}

static struct json *
find(struct json *table, struct str name)
{
	for (size_t i = 0; i < table->map.n; i++) {
		if (str_eq(table->map.member[i].name, name))
			return &table->map.member[i].value;
	}
	return NULL;
}

/* The table below a table; the last one of an array of tables. */
static struct json *
descend(struct toml *t, struct json *table, struct str name)
{
	struct json *next = find(table, name);

	buf_add_char(&t->path, '\n');
	buf_add(&t->path, name);
	if (next == NULL)
		return json_set(t->pool, table, name, json_map());
	if (next->kind == JSON_LIST && next->list.n != 0 &&
	    next->list.item[next->list.n - 1].kind == JSON_MAP) {
		/* each table of an array has names of its own */
		buf_printf(&t->path, "#%zu", next->list.n);
		return &next->list.item[next->list.n - 1];
	}
	if (next->kind != JSON_MAP) {
		(void)fail(t, "%.*s is no table that can be added to",
		    STR_ARG(name));
		return NULL;
	}
	return next;
}

/* a.b.c: the table of a.b, and c. */
static struct json *
read_key(struct toml *t, struct json *table, struct str *last)
{
	unsigned parts = 0;

	for (;;) {
		skip_blanks(t);
		if (read_key_part(t, last) == -1)
			return NULL;
		skip_blanks(t);
		if (!take(t, "."))
			return table;
		if (++parts > TOML_MAX_DEPTH) {
			(void)fail(t, "too many parts in a key");
			return NULL;
		}
		table = descend(t, table, *last);
		if (table == NULL)
			return NULL;
	}
}

static int read_value(struct toml *t, struct json *out);

static int
read_pair(struct toml *t, struct json *table)
{
	struct json value;
	struct str name;

	table = read_key(t, table, &name);
	if (table == NULL)
		return -1;
	if (find(table, name) != NULL)
		return fail(t, "%.*s is there twice", STR_ARG(name));
	if (!take(t, "="))
		return fail(t, "'=' is missing behind %.*s", STR_ARG(name));
	skip_blanks(t);
	if (read_value(t, &value) == -1)
		return -1;
	(void)json_set(t->pool, table, name, value);
	return 0;
}

static int
read_inline_table(struct toml *t, struct json *out)
{
	*out = json_map();
	skip_blanks(t);
	if (take(t, "}"))
		return 0;
	do {
		if (read_pair(t, out) == -1)
			return -1;
		skip_blanks(t);
	} while (take(t, ","));
	return take(t, "}") ? 0 : fail(t, "a table is not closed");
}

static int
read_array(struct toml *t, struct json *out)
{
	*out = json_list();
	for (;;) {
		struct json value;

		if (skip_lines(t) == -1)
			return -1;
		if (take(t, "]"))
			return 0;
		if (read_value(t, &value) == -1)
			return -1;
		(void)json_append(t->pool, out, value);
		if (skip_lines(t) == -1)
			return -1;
		if (!take(t, ",") && peek(t) != ']')
			return fail(t, "an array is not closed");
	}
}

/* Digits with single underscores between them, which are dropped. */
static int
clean_number(struct toml *t, struct str word, struct buf *out)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (c != '_') {
			buf_add_char(out, c);
			continue;
		}
		if (i == 0 || i + 1 == word.n || !is_bare(word.p[i - 1]) ||
		    word.p[i - 1] == '_' || word.p[i + 1] == '_')
			return fail(t, "not a number: %.*s", STR_ARG(word));
	}
	return 0;
}

static int
read_based(struct toml *t, struct str digits, unsigned base, struct json *out)
{
	uint64_t n = 0;

	if (digits.n == 0)
		return fail(t, "a number without digits");
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
		                 : (c | 32) >= 'a' && (c | 32) <= 'f'
		                     ? (unsigned)((c | 32) - 'a' + 10)
		                     : base;

		if (digit >= base || n > (uint64_t)INT64_MAX / base)
			return fail(t, "not a number: %.*s", STR_ARG(digits));
		n = n * base + digit;
	}
	*out = json_int((int64_t)n);
	return 0;
}

static int
read_decimal(struct toml *t, struct str digits, struct json *out)
{
	struct str bare = digits;
	int64_t i;
	double d;

	if (bare.n > 1 && (bare.p[0] == '+' || bare.p[0] == '-'))
		bare = str_from(bare, 1);
	if (bare.n > 1 && bare.p[0] == '0' && bare.p[1] >= '0' &&
	    bare.p[1] <= '9')
		return fail(t, "a number with a leading zero: %.*s",
		    STR_ARG(digits));
	if (num_read_i64(digits, &i) == 0) {
		*out = json_int(i);
		return 0;
	}
	if (digits.n != 0 && digits.p[0] == '+')
		digits = bare;
	if (num_read_double(digits, &d) == 0 && d - d == 0) {
		*out = json_double(d);
		return 0;
	}
	return fail(t, "not a value: %.*s", STR_ARG(digits));
}

static int
read_word(struct toml *t, struct json *out)
{
	struct buf clean = BUF_IN(t->pool);
	size_t from = t->at;
	struct str word;

	while (is_bare(peek(t)) || peek(t) == '+' || peek(t) == '.' ||
	       peek(t) == ':')
		t->at++;
	word = str_sub(t->text, from, t->at - from);
	if (word.n == 0)
		return fail(t, "a value is missing");
	if (str_is(word, "true") || str_is(word, "false")) {
		*out = json_bool(word.n == 4);
		return 0;
	}
	if (clean_number(t, word, &clean) == -1)
		return -1;
	word = buf_str(&clean);
	if (str_starts(word, STR("0x")))
		return read_based(t, str_from(word, 2), 16, out);
	if (str_starts(word, STR("0o")))
		return read_based(t, str_from(word, 2), 8, out);
	if (str_starts(word, STR("0b")))
		return read_based(t, str_from(word, 2), 2, out);
	return read_decimal(t, word, out);
}

static int
read_nested(struct toml *t, struct json *out)
{
	bool is_array = take(t, "[");
	int status;

	if (!is_array)
		(void)take(t, "{");
	if (++t->depth > TOML_MAX_DEPTH)
		return fail(t, "nested too deeply");
	status = is_array ? read_array(t, out) : read_inline_table(t, out);
	t->depth--;
	return status;
}

static int
read_value(struct toml *t, struct json *out)
{
	struct str text;

	if (peek(t) == '[' || peek(t) == '{')
		return read_nested(t, out);
	if (peek(t) != '"' && peek(t) != '\'')
		return read_word(t, out);
	if (read_text(t, true, &text) == -1)
		return -1;
	*out = json_str(text);
	return 0;
}

/* [[name]]: one more table of an array. */
static struct json *
open_array_table(struct toml *t, struct json *parent, struct str name)
{
	struct json *list = find(parent, name);

	if (list == NULL)
		list = json_set(t->pool, parent, name, json_list());
	if (list->kind != JSON_LIST) {
		(void)fail(t, "%.*s is no array of tables", STR_ARG(name));
		return NULL;
	}
	return json_append(t->pool, list, json_map());
}

/* [name]; the same twice is an error. */
static struct json *
open_table(struct toml *t, struct json *parent, struct str name)
{
	struct json *table = descend(t, parent, name);

	if (table == NULL)
		return NULL;
	for (size_t i = 0; i < t->n_defined; i++) {
		if (str_eq(t->defined[i], buf_str(&t->path))) {
			(void)fail(t, "[%.*s] is there twice", STR_ARG(name));
			return NULL;
		}
	}
	t->defined = pool_push(t->pool, t->defined, t->n_defined,
	    sizeof(*t->defined));
	t->defined[t->n_defined++] = pool_copy(t->pool, buf_str(&t->path));
	return table;
}

static struct json *
read_header(struct toml *t, struct json *root)
{
	bool is_array = take(t, "[[");
	struct json *parent;
	struct str name;

	t->path.n = 0;
	if (!is_array)
		(void)take(t, "[");
	parent = read_key(t, root, &name);
	if (parent == NULL)
		return NULL;
	if (!take(t, is_array ? "]]" : "]")) {
		(void)fail(t, "']' is missing");
		return NULL;
	}
	if (end_of_line(t) == -1)
		return NULL;
	return is_array ? open_array_table(t, parent, name)
	                : open_table(t, parent, name);
}

int
toml_read(struct pool *pool, struct str text, struct json *out, struct err *err)
{
	struct toml t = { .pool = pool, .text = text, .err = err };
	struct json root = json_map(), *table = &root;

	t.path.pool = pool;
	if (text.n > TOML_MAX_BYTES)
		return err_set(err, "it is larger than %zu bytes",
		    TOML_MAX_BYTES);
	if (!utf8_is_valid(text))
		return err_set(err, "it is not UTF-8");
	for (;;) {
		if (skip_lines(&t) == -1)
			return -1;
		if (peek(&t) == -1)
			break;
		if (peek(&t) == '[') {
			table = read_header(&t, &root);
			if (table == NULL)
				return -1;
		} else if (read_pair(&t, table) == -1 ||
			   end_of_line(&t) == -1) {
			return -1;
		}
	}
	*out = root;
	return 0;
}
