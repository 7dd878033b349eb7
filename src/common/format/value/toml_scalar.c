/*
 * The grammar of TOML 1.0 is followed byte by byte, since those of the readers
 * of numbers behind it are wider: each skip_ function moves *at behind what it
 * is named after, or says that it is not there.
 */
#include "value/toml_scalar.h"

#include <math.h>

#include "base/num.h"
#include "date/date.h"
#include "value/toml.h"

static int
at(struct str s, size_t i)
{
	return i < s.n ? (unsigned char)s.p[i] : -1;
}

static bool
is_digit(int c, unsigned base)
{
	int digit = num_hex_digit(c);

	return digit >= 0 && (unsigned)digit < base;
}

static bool
skip_any(struct str s, size_t *i, const char *set)
{
	if (at(s, *i) <= 0 || strchr(set, at(s, *i)) == NULL)
		return false;
	++*i;
	return true;
}

/* Digits, with single underscores between them. */
static bool
skip_digits(struct str s, size_t *i, unsigned base)
{
	do {
		if (!is_digit(at(s, *i), base))
			return false;
		while (is_digit(at(s, *i), base))
			++*i;
	} while (skip_any(s, i, "_"));
	return true;
}

/* n decimal digits that are at most `most`. */
static bool
skip_field(struct str s, size_t *i, unsigned n, unsigned most, unsigned *out)
{
	*out = 0;
	for (; n != 0; n--, ++*i) {
		if (!is_digit(at(s, *i), 10))
			return false;
		*out = *out * 10 + (unsigned)(at(s, *i) - '0');
	}
	return *out <= most;
}

static bool
skip_date(struct str s, size_t *i)
{
	unsigned year, month, day;

	return skip_field(s, i, 4, 9999, &year) && skip_any(s, i, "-") &&
	       skip_field(s, i, 2, 12, &month) && skip_any(s, i, "-") &&
	       skip_field(s, i, 2, 31, &day) && date_is_valid(year, month, day);
}

static bool
skip_minutes(struct str s, size_t *i)
{
	unsigned hour, minute;

	return skip_field(s, i, 2, 23, &hour) && skip_any(s, i, ":") &&
	       skip_field(s, i, 2, 59, &minute);
}

/* RFC 3339, 5.6; a second 60 may be one that was put in. */
static bool
skip_time(struct str s, size_t *i)
{
	unsigned second;

	if (!skip_minutes(s, i) || !skip_any(s, i, ":") ||
	    !skip_field(s, i, 2, 60, &second))
		return false;
	if (!skip_any(s, i, "."))
		return true;
	if (!is_digit(at(s, *i), 10))
		return false;
	*i = num_skip_digits(s, *i);
	return true;
}

static bool
skip_offset(struct str s, size_t *i)
{
	if (skip_any(s, i, "Zz"))
		return true;
	return !skip_any(s, i, "+-") || skip_minutes(s, i);
}

static bool
is_moment(struct str word)
{
	size_t i = 0;

	if (at(word, 2) == ':')
		return skip_time(word, &i) && i == word.n;
	if (!skip_date(word, &i))
		return false;
	if (i != word.n && (!skip_any(word, &i, "Tt ") ||
			       !skip_time(word, &i) || !skip_offset(word, &i)))
		return false;
	return i == word.n;
}

static struct json
moment(struct pool *pool, struct str word)
{
	struct json v = json_map();

	(void)json_set(pool, &v, STR(TOML_MOMENT), json_str(word));
	return v;
}

size_t
toml_scalar_length(struct str text)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.:";
	size_t n = 0, behind = 0;

	while (skip_any(text, &n, set))
		;
	if (n == 10 && at(text, n) == ' ' && is_digit(at(text, n + 1), 10) &&
	    skip_date(str_sub(text, 0, n), &behind)) {
		n++;
		while (skip_any(text, &n, set))
			;
	}
	return n;
}

static int
not_a(const char *what, struct str word, struct err *err)
{
	return err_set(err, "%s: %.*s", what, STR_ARG(word));
}

/* 0x, 0o, 0b: the base. 10: neither. */
static unsigned
base_of(struct str word)
{
	if (at(word, 0) != '0')
		return 10;
	switch (at(word, 1)) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 10;
	}
}

static int
read_based(struct str word, unsigned base, struct json *out, struct err *err)
{
	uint64_t n = 0;
	size_t end = 2;

	if (!skip_digits(word, &end, base) || end != word.n)
		return not_a("not a number", word, err);
	for (size_t i = 2; i < end; i++) {
		if (word.p[i] == '_')
			continue;
		if (n > (uint64_t)INT64_MAX / base)
			return not_a("a number over 64 bits", word, err);
		n = n * base + (unsigned)num_hex_digit(word.p[i]);
	}
	*out = json_int((int64_t)n);
	return 0;
}

/* How a decimal number is written. */
enum form { FORM_NONE, FORM_INTEGER, FORM_FLOAT };

static enum form
form_of(struct str word)
{
	enum form form = FORM_INTEGER;
	size_t i = 0;

	(void)skip_any(word, &i, "+-");
	if (!skip_digits(word, &i, 10))
		return FORM_NONE;
	if (skip_any(word, &i, ".")) {
		form = FORM_FLOAT;
		if (!skip_digits(word, &i, 10))
			return FORM_NONE;
	}
	if (skip_any(word, &i, "eE")) {
		form = FORM_FLOAT;
		(void)skip_any(word, &i, "+-");
		if (!skip_digits(word, &i, 10))
			return FORM_NONE;
	}
	return i == word.n ? form : FORM_NONE;
}

/* Without the underscores and a +, as num takes it. */
static struct str
plain(struct pool *pool, struct str word)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = word.p[0] == '+'; i < word.n; i++) {
		if (word.p[i] != '_')
			buf_add_char(&out, word.p[i]);
	}
	return buf_str(&out);
}

static int
read_decimal(struct pool *pool, struct str word, struct json *out,
    struct err *err)
{
	enum form form = form_of(word);
	size_t first = at(word, 0) == '+' || at(word, 0) == '-';
	double d;

	if (form == FORM_NONE)
		return not_a(is_digit(at(word, first), 10) ? "not a number"
							   : "not a value",
		    word, err);
	if (at(word, first) == '0' &&
	    (is_digit(at(word, first + 1), 10) || at(word, first + 1) == '_'))
		return not_a("a number with a leading zero", word, err);
	if (form == FORM_INTEGER) {
		*out = json_int(0);
		return num_read_i64(plain(pool, word), &out->i) == 0
		           ? 0
		           : not_a("a number over 64 bits", word, err);
	}
	if (num_read_double(plain(pool, word), &d) == -1 || !isfinite(d))
		return not_a("a number out of range", word, err);
	*out = json_double(d);
	return 0;
}

/* inf and nan with their signs, true and false. */
static bool
read_named(struct str word, struct json *out)
{
	size_t sign = at(word, 0) == '+' || at(word, 0) == '-';
	struct str name = str_from(word, sign);
	double d = str_is(name, "inf") ? INFINITY : NAN;

	if (str_is(word, "true") || str_is(word, "false")) {
		*out = json_bool(word.n == 4);
		return true;
	}
	*out = json_double(at(word, 0) == '-' ? -d : d);
	return str_is(name, "inf") || str_is(name, "nan");
}

int
toml_scalar_read(struct pool *pool, struct str word, struct json *out,
    struct err *err)
{
	if (read_named(word, out))
		return 0;
	if (is_moment(word)) {
		*out = moment(pool, word);
		return 0;
	}
	if (base_of(word) != 10)
		return read_based(word, base_of(word), out, err);
	return read_decimal(pool, word, out, err);
}
