#include "value/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "value/json_plain.h"
#include "value/quote.h"

#define INLINE_VALUES 8  /* of open lists and maps, before the heap is used */
#define HEAP_VALUES   64 /* then */

/* Open lists and maps lie on a stack until they are complete. */
struct reader {
	struct pool *pool;
	struct str text;
	size_t at;
	unsigned depth;
	size_t values; /* that may still be read */
	bool packs;    /* see JSON_PACKED */
	struct json_member *open;
	size_t n, cap;
	struct json_member first[INLINE_VALUES];
	struct err *err;
};

/* An error where `at` bytes are used up. */
static int
fail_at(struct reader *r, size_t at, const char *what)
{
	size_t line = 1, column = 0;

	for (size_t i = 0; i < at; i++) {
		column++;
		if (r->text.p[i] == '\n') {
			line++;
			column = 0;
		}
	}
	err_set(r->err, "%s at line %zu column %zu", what, line, column);
	if (r->err != NULL)
		err_set_debug(r->err, "Error(%s, line: %zu, column: %zu)",
		    quote_text(&r->err->pool, str_of(what)).p, line, column);
	return -1;
}

/* An error about the next byte, or the end of the text. */
static int
fail_next(struct reader *r, const char *what, const char *at_end)
{
	if (r->at >= r->text.n)
		return fail_at(r, r->text.n, at_end);
	return fail_at(r, r->at + 1, what);
}

static inline void
skip_blanks(struct reader *r)
{
	while (r->at < r->text.n && (unsigned char)r->text.p[r->at] <= ' ' &&
	       char_is_blank(r->text.p[r->at]))
		r->at++;
}

static void
add_room(struct reader *r)
{
	if (r->open == r->first) {
		r->cap = HEAP_VALUES;
		r->open = mem_array(r->cap, sizeof(*r->open));
		memcpy(r->open, r->first, sizeof(r->first));
	} else {
		r->cap *= 2;
		r->open = mem_grow(r->open, r->cap, sizeof(*r->open));
	}
}

static inline void
push(struct reader *r, struct str name, uint32_t end, const struct json *v)
{
	if (r->n == r->cap)
		add_room(r);
	r->open[r->n].name = name;
	r->open[r->n].end = end;
	r->open[r->n].value = *v;
	r->n++;
}

/* Four hexadecimal digits, or -1. */
static int
read_hex4(struct reader *r, uint32_t *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		int digit;

		if (r->at >= r->text.n)
			return fail_at(r, r->text.n,
			    "EOF while parsing a string");
		digit = num_hex_digit(r->text.p[r->at++]);
		if (digit == -1)
			return fail_at(r, r->at, "invalid escape");
		v = v << 4 | (uint32_t)digit;
	}
	*out = v;
	return 0;
}

/* Behind "\u"; a surrogate must have its other half (RFC 8259, section 7). */
static int
read_unicode(struct reader *r, struct buf *out)
{
	uint32_t cp = 0, low = 0;

	if (read_hex4(r, &cp) == -1)
		return -1;
	if (cp >= 0xdc00 && cp <= 0xdfff)
		return fail_at(r, r->at,
		    "lone leading surrogate in hex escape");
	if (cp >= 0xd800 && cp <= 0xdbff) {
		if (r->text.n - r->at < 2 || r->text.p[r->at] != '\\' ||
		    r->text.p[r->at + 1] != 'u')
			return fail_next(r, "unexpected end of hex escape",
			    "EOF while parsing a string");
		r->at += 2;
		if (read_hex4(r, &low) == -1)
			return -1;
		if (low < 0xdc00 || low > 0xdfff)
			return fail_at(r, r->at,
			    "lone leading surrogate in hex escape");
		cp = 0x10000 + ((cp - 0xd800) << 10 | (low - 0xdc00));
	}
	utf8_add(out, cp);
	return 0;
}

static int
read_escape(struct reader *r, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	char c;

	if (r->at >= r->text.n)
		return fail_at(r, r->text.n, "EOF while parsing a string");
	c = r->text.p[r->at++];
	if (c == 'u')
		return read_unicode(r, out);
	at = c != '\0' ? strchr(from, c) : NULL;
	if (at == NULL)
		return fail_at(r, r->at, "invalid escape");
	buf_add_char(out, to[at - from]);
	return 0;
}

/* The rest of a string that is no view of the text. */
static int
read_escaped(struct reader *r, struct str *out)
{
	struct buf copy = BUF_IN(r->pool);

	for (;;) {
		struct str rest = str_from(r->text, r->at);
		size_t n = json_plain_length(rest);

		buf_add(&copy, str_sub(rest, 0, n));
		r->at += n;
		if (n == rest.n)
			return fail_at(r, r->text.n,
			    "EOF while parsing a string");
		if ((unsigned char)rest.p[n] < 0x20)
			return fail_at(r, r->at + 1,
			    "control character (\\u0000-\\u001F) found while parsing a string");
		r->at++;
		if (rest.p[n] == '"') {
			*out = buf_str(&copy);
			return 0;
		}
		if (read_escape(r, &copy) == -1)
			return -1;
	}
}

/* Behind the opening quote. */
static int
read_string(struct reader *r, struct str *out)
{
	struct str rest = str_from(r->text, r->at);
	size_t n = json_plain_length(rest);

	if (n == rest.n || rest.p[n] != '"')
		return read_escaped(r, out);
	*out = str_view(rest.p, n);
	r->at += n + 1;
	return 0;
}

/* The form of a number from r->at; *whole: neither fraction nor exponent. */
static int
measure_number(struct reader *r, size_t *end, bool *whole)
{
	struct str t = r->text;
	size_t at = r->at + (t.p[r->at] == '-'), from = at;

	*end = at;
	*whole = true;
	at = num_skip_digits(t, at);
	if (at == from || (t.p[from] == '0' && at - from > 1)) {
		r->at = at == from ? at : from + 1;
		return fail_next(r, "invalid number",
		    "EOF while parsing a value");
	}
	if (at < t.n && t.p[at] == '.') {
		*whole = false;
		from = ++at;
		at = num_skip_digits(t, at);
		if (at == from)
			goto bad;
	}
	if (at < t.n && (t.p[at] | 0x20) == 'e') {
		*whole = false;
		at++;
		if (at < t.n && (t.p[at] == '+' || t.p[at] == '-'))
			at++;
		from = at;
		at = num_skip_digits(t, at);
		if (at == from)
			goto bad;
	}
	*end = at;
	return 0;
bad:
	r->at = at;
	return fail_next(r, "invalid number", "EOF while parsing a value");
}

#define SMALL_DIGITS 18 /* any so many fit an int64_t */

/* What most numbers are. False: another, and r->at is as it was. */
static bool
read_small(struct reader *r, struct json *out)
{
	struct str t = r->text;
	bool negative = t.p[r->at] == '-';
	size_t from = r->at + negative, at = from;
	int64_t v = 0;

	for (; at < t.n && char_is_digit(t.p[at]); at++) {
		if (at - from == SMALL_DIGITS)
			return false;
		v = 10 * v + (t.p[at] - '0');
	}
	if (at == from || (t.p[from] == '0' && (at - from > 1 || negative)) ||
	    (at < t.n && (t.p[at] == '.' || (t.p[at] | 0x20) == 'e')))
		return false;
	out->kind = JSON_INT;
	out->i = negative ? -v : v;
	r->at = at;
	return true;
}

static int
read_number(struct reader *r, struct json *out)
{
	struct str text;
	size_t end;
	uint64_t u;
	bool whole;

	if (read_small(r, out))
		return 0;
	if (measure_number(r, &end, &whole) == -1)
		return -1;
	text = str_view(r->text.p + r->at, end - r->at);
	r->at = end;
	if (whole && num_read_i64(text, &out->i) == 0 &&
	    !(out->i == 0 && text.p[0] == '-')) {
		out->kind = JSON_INT;
	} else if (whole && num_read_u64(text, &u) == 0) {
		out->kind = JSON_UINT;
		out->u = u;
	} else {
		out->kind = JSON_DOUBLE;
		if (num_read_double(text, &out->d) == -1 || isinf(out->d))
			return fail_at(r, r->at, "number out of range");
	}
	return 0;
}

static int
read_word(struct reader *r, const char *word, struct json *out)
{
	for (size_t i = 0; word[i] != '\0'; i++, r->at++) {
		if (r->at >= r->text.n || r->text.p[r->at] != word[i])
			return fail_next(r, "expected ident",
			    "EOF while parsing a value");
	}
	out->kind = word[0] == 'n' ? JSON_NULL : JSON_BOOL;
	out->b = word[0] == 't';
	return 0;
}

static int read_value(struct reader *r, struct json *out);

static int
enter_nested(struct reader *r)
{
	r->at++;
	if (++r->depth > JSON_MAX_DEPTH)
		return fail_at(r, r->at, "recursion limit exceeded");
	return 0;
}

static void
take_list(struct reader *r, size_t from, struct json *out)
{
	size_t n = r->n - from;

	out->kind = JSON_LIST;
	out->list.n = n;
	out->list.item = pool_array(r->pool, n, sizeof(*out->list.item));
	for (size_t i = 0; i < n; i++)
		out->list.item[i] = r->open[from + i].value;
	r->n = from;
}

/* "255" without a sign, a point, or a zero in front. False: something else. */
static bool
skip_byte(struct reader *r, unsigned *byte)
{
	struct str t = r->text;
	size_t from = r->at;

	for (*byte = 0; r->at < t.n && char_is_digit(t.p[r->at]); r->at++) {
		*byte = 10 * *byte + (unsigned)(t.p[r->at] - '0');
		if (*byte > UINT8_MAX || (r->at != from && t.p[from] == '0'))
			return false;
	}
	return r->at != from;
}

/* From behind "[" to behind "]": how many bytes; 0: it holds other things. */
static size_t
skip_bytes(struct reader *r, char *out)
{
	unsigned byte;

	for (size_t n = 0;;) {
		skip_blanks(r);
		if (!skip_byte(r, &byte))
			return 0;
		if (out != NULL)
			out[n] = (char)byte;
		n++;
		skip_blanks(r);
		if (r->at >= r->text.n ||
		    (r->text.p[r->at] != ',' && r->text.p[r->at] != ']'))
			return 0;
		if (r->text.p[r->at++] == ']')
			return n;
	}
}

/*
 * A list of numbers is gone through twice: what it is, then what is in it.
 * Where it holds a list the first time ends, so that no byte is looked at more
 * often however they nest.
 */
static bool
read_packed(struct reader *r, struct json *out)
{
	size_t from = r->at, n;
	char *p;

	if (!r->packs)
		return false;
	n = skip_bytes(r, NULL);
	r->at = from;
	if (n < JSON_PACKED)
		return false;
	p = pool_alloc(r->pool, n);
	(void)skip_bytes(r, p);
	r->depth--;
	*out = json_byte_list(str_view(p, n));
	return true;
}

static int
read_list(struct reader *r, struct json *out)
{
	size_t from = r->n;

	if (enter_nested(r) == -1)
		return -1;
	if (read_packed(r, out))
		return 0;
	skip_blanks(r);
	while (r->at >= r->text.n || r->text.p[r->at] != ']' || r->n != from) {
		struct json v;

		if (r->at >= r->text.n)
			return fail_at(r, r->text.n,
			    "EOF while parsing a list");
		if (read_value(r, &v) == -1)
			return -1;
		push(r, STR_NONE, 0, &v);
		skip_blanks(r);
		if (r->at < r->text.n && r->text.p[r->at] == ']')
			break;
		if (r->at >= r->text.n || r->text.p[r->at] != ',')
			return fail_next(r, "expected `,` or `]`",
			    "EOF while parsing a list");
		r->at++;
		skip_blanks(r);
		if (r->at < r->text.n && r->text.p[r->at] == ']')
			return fail_at(r, r->at + 1, "trailing comma");
	}
	r->at++;
	r->depth--;
	take_list(r, from, out);
	return 0;
}

static void
take_map(struct reader *r, size_t from, struct json *out)
{
	size_t n = r->n - from;

	out->kind = JSON_MAP;
	out->map.n = n;
	out->map.member = pool_array(r->pool, n, sizeof(*out->map.member));
	memcpy(out->map.member, r->open + from, n * sizeof(*out->map.member));
	r->n = from;
}

/* "name": value */
static int
read_member(struct reader *r)
{
	struct str name;
	uint32_t end;
	struct json v;

	if (r->at >= r->text.n || r->text.p[r->at] != '"')
		return fail_next(r, "key must be a string",
		    "EOF while parsing an object");
	r->at++;
	if (read_string(r, &name) == -1)
		return -1;
	end = (uint32_t)r->at;
	skip_blanks(r);
	if (r->at >= r->text.n || r->text.p[r->at] != ':')
		return fail_next(r, "expected `:`",
		    "EOF while parsing an object");
	r->at++;
	skip_blanks(r);
	if (read_value(r, &v) == -1)
		return -1;
	push(r, name, end, &v);
	return 0;
}

static int
read_map(struct reader *r, struct json *out)
{
	size_t from = r->n;

	if (enter_nested(r) == -1)
		return -1;
	skip_blanks(r);
	if (r->at < r->text.n && r->text.p[r->at] == '}')
		goto done;
	for (;;) {
		if (read_member(r) == -1)
			return -1;
		skip_blanks(r);
		if (r->at < r->text.n && r->text.p[r->at] == '}')
			goto done;
		if (r->at >= r->text.n || r->text.p[r->at] != ',')
			return fail_next(r, "expected `,` or `}`",
			    "EOF while parsing an object");
		r->at++;
		skip_blanks(r);
		if (r->at < r->text.n && r->text.p[r->at] == '}')
			return fail_at(r, r->at + 1, "trailing comma");
	}
done:
	r->at++;
	r->depth--;
	take_map(r, from, out);
	return 0;
}

static int
read_kind(struct reader *r, struct json *out)
{
	if (r->at >= r->text.n)
		return fail_at(r, r->text.n, "EOF while parsing a value");
	switch (r->text.p[r->at]) {
	case '{':
		return read_map(r, out);
	case '[':
		return read_list(r, out);
	case '"':
		r->at++;
		out->kind = JSON_STR;
		return read_string(r, &out->str);
	case 't':
		return read_word(r, "true", out);
	case 'f':
		return read_word(r, "false", out);
	case 'n':
		return read_word(r, "null", out);
	default:
		if (r->text.p[r->at] == '-' || char_is_digit(r->text.p[r->at]))
			return read_number(r, out);
		return fail_at(r, r->at + 1, "expected value");
	}
}

/* The depth of the recursion is bounded by JSON_MAX_DEPTH. */
static int
read_value(struct reader *r, struct json *out)
{
	*out = json_null();
	if (r->values-- == 0)
		return fail_at(r, r->at, "too many values");
	if (read_kind(r, out) == -1)
		return -1;
	out->end = (uint32_t)r->at;
	return 0;
}

static int
reader_init(struct reader *r, struct pool *pool, struct str text, size_t at,
    bool check, struct err *err)
{
	r->pool = pool;
	r->text = text;
	r->at = at;
	r->depth = 0;
	r->values = JSON_MAX_VALUES;
	r->packs = false;
	r->open = r->first;
	r->n = 0;
	r->cap = INLINE_VALUES;
	r->err = err;
	if (text.n > JSON_MAX_BYTES)
		return err_set(err,
		    "a JSON text of %zu bytes is over the limit of %u", text.n,
		    JSON_MAX_BYTES);
	if (check && !utf8_is_valid(text))
		return err_set(err, "stream did not contain valid UTF-8");
	return 0;
}

static void
reader_clear(struct reader *r)
{
	if (r->open != r->first)
		free(r->open);
}

/* One value, and nothing but blanks behind it. */
static int
read_whole(struct reader *r, struct json *out)
{
	struct json v;
	int status;

	skip_blanks(r);
	status = read_value(r, &v);
	reader_clear(r);
	if (status == -1)
		return -1;
	skip_blanks(r);
	if (r->at != r->text.n)
		return fail_at(r, r->at + 1, "trailing characters");
	*out = v;
	return 0;
}

int
json_read(struct pool *pool, struct str text, struct json *out, struct err *err)
{
	struct reader r;

	if (reader_init(&r, pool, text, 0, true, err) == -1)
		return -1;
	return read_whole(&r, out);
}

int
json_read_most(struct pool *pool, struct str text, size_t values,
    struct json *out, struct err *err)
{
	struct reader r;

	if (reader_init(&r, pool, text, 0, true, err) == -1)
		return -1;
	r.values = values;
	r.packs = true;
	return read_whole(&r, out);
}

/* The depth of a tree is bounded, see there. */
size_t
json_count(const struct json *v)
{
	size_t n = 1;

	if (v->kind == JSON_BYTES || v->kind == JSON_BYTE_LIST)
		return v->str.n < JSON_PACKED ? 1 + v->str.n : 1;
	if (v->kind == JSON_LIST)
		for (size_t i = 0; i < v->list.n; i++)
			n += json_count(&v->list.item[i]);
	if (v->kind == JSON_MAP)
		for (size_t i = 0; i < v->map.n; i++)
			n += json_count(&v->map.member[i].value);
	return n;
}

/* Whether something must separate v from what follows it. */
static bool
wants_separator(const struct json *v)
{
	return v->kind != JSON_LIST && v->kind != JSON_MAP &&
	       v->kind != JSON_STR;
}

/* What may follow a number or a word at once, as the reference has it. */
static bool
separates(char c)
{
	return char_is_blank(c) || c == '"' || c == '[' || c == ']' ||
	       c == '{' || c == '}' || c == ',' || c == ':';
}

int
json_read_next(struct pool *pool, struct str text, size_t *at, struct json *out,
    struct err *err)
{
	struct reader r;
	struct json v;
	int status;

	/* the bytes were checked with the first value */
	if (reader_init(&r, pool, text, *at, *at == 0, err) == -1)
		return -1;
	skip_blanks(&r);
	*at = r.at;
	if (r.at == text.n)
		return 0;
	status = read_value(&r, &v);
	reader_clear(&r);
	if (status == -1)
		return -1;
	if (wants_separator(&v) && r.at < text.n && !separates(text.p[r.at]))
		return fail_at(&r, r.at + 1, "trailing characters");
	*at = r.at;
	*out = v;
	return 1;
}

const struct json *
json_member_str(const struct json *v, struct str name)
{
	if (v->kind != JSON_MAP)
		return NULL;
	for (size_t i = v->map.n; i-- > 0;) {
		if (str_eq(v->map.member[i].name, name))
			return &v->map.member[i].value;
	}
	return NULL;
}

const struct json *
json_member(const struct json *v, const char *name)
{
	return json_member_str(v, str_of(name));
}

struct json
json_null(void)
{
	return (struct json){ .kind = JSON_NULL };
}

struct json
json_bool(bool b)
{
	return (struct json){ .kind = JSON_BOOL, .b = b };
}

struct json
json_int(int64_t i)
{
	return (struct json){ .kind = JSON_INT, .i = i };
}

struct json
json_double(double d)
{
	return (struct json){ .kind = JSON_DOUBLE, .d = d };
}

struct json
json_str(struct str s)
{
	return (struct json){
		.kind = utf8_is_valid(s) ? JSON_STR : JSON_BYTES,
		.str = s,
	};
}

struct json
json_utf8(struct str s)
{
	return (struct json){ .kind = JSON_STR, .str = s };
}

struct json
json_text(const char *text)
{
	return text != NULL ? json_str(str_of(text)) : json_null();
}

struct json
json_byte_list(struct str s)
{
	return (struct json){ .kind = JSON_BYTE_LIST, .str = s };
}

struct json
json_list(void)
{
	return (struct json){ .kind = JSON_LIST, .list = { NULL, 0 } };
}

struct json
json_map(void)
{
	return (struct json){ .kind = JSON_MAP, .map = { NULL, 0 } };
}

struct json *
json_append(struct pool *pool, struct json *list, struct json v)
{
	size_t n = list->list.n, size = sizeof(*list->list.item);

	if (!list->grows)
		list->list.item =
		    n != 0 ? pool_roomy(pool, list->list.item, n, size) : NULL;
	list->grows = true;
	list->list.item = pool_push(pool, list->list.item, n, size);
	list->list.item[n] = v;
	list->list.n++;
	return &list->list.item[n];
}

struct json *
json_set(struct pool *pool, struct json *map, struct str name, struct json v)
{
	size_t n = map->map.n, size = sizeof(*map->map.member);
	struct json_member *member;

	if (!map->grows)
		map->map.member =
		    n != 0 ? pool_roomy(pool, map->map.member, n, size) : NULL;
	map->grows = true;
	map->map.member = pool_push(pool, map->map.member, n, size);
	member = &map->map.member[n];
	member->name = name;
	member->end = 0;
	member->value = v;
	map->map.n++;
	return &member->value;
}
