/*
 * num: numbers from and to text, whatever the locale.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/buf.h"

/*
 * Decimal digits, all of s; a sign only where said. 0, or -1 if s is anything
 * else or the value does not fit (errno is not used).
 */
int num_read_u64(struct str s, uint64_t *out);
int num_read_i64(struct str s, int64_t *out); /* one optional + or - */

/* num_read_u64 with a bound: -1 above most. */
int num_read_max(struct str s, uint64_t most, uint64_t *out);

/* 0 to 15; -1: c is no hexadecimal digit. */
static inline int
num_hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* As hashes and ids are written. */
static inline bool
num_is_lower_hex(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* So many of them, and nothing else. */
static inline bool
num_is_lower_hex_text(struct str s, size_t digits)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!num_is_lower_hex(s.p[i]))
			return false;
	}
	return s.n == digits;
}

/* The end of the digits of s from i on. */
static inline size_t
num_skip_digits(struct str s, size_t i)
{
	while (i < s.n && char_is_digit(s.p[i]))
		i++;
	return i;
}

/*
 * A JSON-like decimal: [-]digits[.digits][e[+-]digits], all of s. Correctly
 * rounded. -1 if s has another form; out of range gives an infinity.
 */
int num_read_double(struct str s, double *out);

/*
 * The shortest decimal digits that read back as the same value: writes 1 to 17
 * digits without zeros at either end, returns how many, and sets *point so
 * that the value is 0.DIGITS * 10^point. d is finite and above 0.
 */
#define NUM_MAX_DIGITS 17
size_t num_shortest(double d, char digit[NUM_MAX_DIGITS], int *point);

/*
 * The three ways in which we print a double (docs/wire.md, "Numbers"):
 *   JSON   1.0 0.00001 1e-6 1e16; never nan or inf
 *   log    1.0 0.0001 1e-5 1e16 NaN inf
 *   plain  1 0.000001 10000000000000000 NaN inf; never an exponent
 */
void num_add_json(struct buf *buf, double d);
void num_add_log(struct buf *buf, double d);
void num_add_plain(struct buf *buf, double d);

/* The same for single precision: the digits are those of the float. */
void num_add_json_float(struct buf *buf, float f);
void num_add_plain_float(struct buf *buf, float f);

#endif
