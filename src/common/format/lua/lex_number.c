/*
 * Numerals. What looks like one is taken whole, as Lua does ("3..2" and "0x1g"
 * are one faulty numeral), and then read: an integer where it is one and fits,
 * hexadecimal ones modulo 2^64, else a float. Source: Lua 5.4 manual, 3.1.
 */
#include "lua/lex.h"

#include <math.h>

#include "base/num.h"

static int
char_at(struct str s, size_t i)
{
	return i < s.n ? (unsigned char)s.p[i] : -1;
}

static bool
is_either(int c, char lower)
{
	return c >= 0 && char_lower((char)c) == (unsigned char)lower;
}

static bool
is_letter(int c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(struct str s)
{
	return char_at(s, 0) == '0' && is_either(char_at(s, 1), 'x');
}

/* How much of the text looks like one. */
static size_t
numeral_length(struct str s)
{
	char exponent = is_hex(s) ? 'p' : 'e';
	size_t i = is_hex(s) ? 2 : 0;

	for (;;) {
		int c = char_at(s, i);

		if (is_either(c, exponent)) {
			i++;
			if (char_at(s, i) == '+' || char_at(s, i) == '-')
				i++;
		} else if (num_hex_digit(c) >= 0 || c == '.') {
			i++;
		} else {
			break;
		}
	}
	return is_letter(char_at(s, i)) ? i + 1 : i;
}

/* Digits with at most one point among them, at least one digit. */
static bool
skip_mantissa(struct str s, size_t *i, bool hex)
{
	bool has_point = false, has_digit = false;

	for (;; ++*i) {
		int c = char_at(s, *i);

		if (c == '.' && !has_point)
			has_point = true;
		else if (hex ? num_hex_digit(c) >= 0 : c >= '0' && c <= '9')
			has_digit = true;
		else
			return has_digit;
	}
}

/* Behind the mantissa: nothing, or an exponent. */
static bool
has_good_end(struct str s, size_t i, bool hex)
{
	size_t digits;

	if (i == s.n)
		return true;
	if (!is_either(char_at(s, i), hex ? 'p' : 'e'))
		return false;
	i++;
	if (char_at(s, i) == '+' || char_at(s, i) == '-')
		i++;
	digits = i;
	i = num_skip_digits(s, i);
	return i == s.n && i != digits;
}

/* In the form that num_read_double() wants: "5." and ".5" get their zeros. */
static double
decimal(struct pool *pool, struct str s)
{
	struct buf out = BUF_IN(pool);
	double number = 0;

	if (char_at(s, 0) == '.')
		buf_add_char(&out, '0');
	for (size_t i = 0; i < s.n; i++) {
		buf_add_char(&out, s.p[i]);
		if (s.p[i] == '.' && !char_is_digit((char)char_at(s, i + 1)))
			buf_add_char(&out, '0');
	}
	(void)num_read_double(buf_str(&out), &number);
	return number;
}

#define MOST_EXPONENT 1000000 /* far beyond any double */

static int
exponent_of(struct str s)
{
	bool is_negative = char_at(s, 0) == '-';
	uint64_t n;

	if (is_negative || char_at(s, 0) == '+')
		s = str_from(s, 1);
	if (num_read_max(s, MOST_EXPONENT, &n) == -1)
		n = MOST_EXPONENT;
	return is_negative ? -(int)n : (int)n;
}

/* 64 bits of the digits; one that is lost makes the last bit 1, so that it rounds right. */
static double
hexadecimal(struct str s)
{
	uint64_t bits = 0;
	int exponent = 0;
	bool has_point = false;
	size_t i = 2;

	for (; num_hex_digit(char_at(s, i)) >= 0 || char_at(s, i) == '.'; i++) {
		unsigned digit = (unsigned)num_hex_digit(char_at(s, i));

		if (s.p[i] == '.') {
			has_point = true;
		} else if (bits >> 60 == 0) {
			bits = bits << 4 | digit;
			exponent -= has_point ? 4 : 0;
		} else {
			bits |= digit != 0;
			exponent += has_point ? 0 : 4;
		}
	}
	if (i < s.n)
		exponent += exponent_of(str_from(s, i + 1));
	return ldexp((double)bits, exponent);
}

static bool
read_integer(struct str s, int64_t *out)
{
	uint64_t bits = 0;

	if (!is_hex(s))
		return num_read_i64(s, out) == 0;
	for (size_t i = 2; i < s.n; i++) {
		int digit = num_hex_digit(s.p[i]);

		if (digit < 0)
			return false;
		bits = bits << 4 | (unsigned)digit;
	}
	*out = (int64_t)bits;
	return true;
}

void
lex_number(struct lex *lex, struct token *token)
{
	struct str rest = str_from(lex->text, lex->at);
	struct str s = str_sub(rest, 0, numeral_length(rest));
	bool hex = is_hex(s);
	size_t i = hex ? 2 : 0;

	lex->at += s.n;
	if (!skip_mantissa(s, &i, hex) || !has_good_end(s, i, hex)) {
		lex_fail(lex,
		    (struct syntax_place){ token->line, token->column },
		    "malformed number near '%.*s'", STR_ARG(str_sub(s, 0, 40)));
		return;
	}
	token->kind = TOKEN_INTEGER;
	if (read_integer(s, &token->integer))
		return;
	token->kind = TOKEN_FLOAT;
	token->number = hex ? hexadecimal(s) : decimal(lex->pool, s);
}
