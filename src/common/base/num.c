#include "base/num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Exact powers of ten in a double. */
static const double power[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
	1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
	1e21, 1e22 };

#define EXACT_DIGITS   15 /* any so many decimal digits survive a double */
#define SCALED_DECIMAL 8  /* fraction digits tried without printf */

struct digits {
	char digit[NUM_MAX_DIGITS];
	size_t n;
	int point;
};

int
num_read_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return -1;
	}
	*out = v;
	return 0;
}

int
num_read_max(struct str s, uint64_t most, uint64_t *out)
{
	uint64_t v;

	if (num_read_u64(s, &v) == -1 || v > most)
		return -1;
	*out = v;
	return 0;
}

int
num_read_i64(struct str s, int64_t *out)
{
	bool negative = s.n != 0 && s.p[0] == '-';
	uint64_t v;

	if (negative || (s.n != 0 && s.p[0] == '+'))
		s = str_from(s, 1);
	if (num_read_u64(s, &v) == -1)
		return -1;
	if (v > (uint64_t)INT64_MAX + (negative ? 1u : 0u))
		return -1;
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return 0;
}

/* The form only; see num_read_double. */
static bool
is_decimal(struct str s)
{
	size_t i = s.n != 0 && s.p[0] == '-', from = i;

	i = num_skip_digits(s, i);
	if (i == from)
		return false;
	if (i < s.n && s.p[i] == '.') {
		from = ++i;
		i = num_skip_digits(s, i);
		if (i == from)
			return false;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		from = i;
		i = num_skip_digits(s, i);
		if (i == from)
			return false;
	}
	return i == s.n;
}

/* Few digits and no exponent: one exact division does it (Clinger 1990). */
static bool
read_simple(struct str s, double *out)
{
	uint64_t v = 0;
	size_t digits = 0, decimals = 0;
	bool negative = s.p[0] == '-', point = false;

	for (size_t i = negative; i < s.n; i++) {
		if (s.p[i] == '.') {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || ++digits > EXACT_DIGITS)
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
		decimals += point;
	}
	*out = (double)v / power[decimals];
	if (negative)
		*out = -*out;
	return true;
}

int
num_read_double(struct str s, double *out)
{
	char text[64];
	char *copy = text;

	if (!is_decimal(s))
		return -1;
	if (read_simple(s, out))
		return 0;
	if (s.n >= sizeof(text)) {
		copy = malloc(s.n + 1);
		if (copy == NULL)
			return -1;
	}
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	*out = strtod(copy, NULL);
	if (copy != text)
		free(copy);
	return 0;
}

static void
from_integer(uint64_t v, struct digits *d)
{
	char text[20];
	size_t i = sizeof(text), n;

	while (v != 0) {
		text[--i] = (char)('0' + v % 10);
		v /= 10;
	}
	n = sizeof(text) - i;
	d->point = (int)n;
	while (n > 0 && text[i + n - 1] == '0')
		n--;
	memcpy(d->digit, text + i, n);
	d->n = n;
}

/* A short decimal fraction, found by scaling; exact by Clinger's argument. */
static bool
from_scaled(double v, struct digits *d)
{
	for (int k = 0; k <= SCALED_DECIMAL; k++) {
		double m = v * power[k];

		if (m >= 1e15)
			return false;
		if (m >= 1 && m == floor(m) && m / power[k] == v) {
			from_integer((uint64_t)m, d);
			d->point -= k;
			return true;
		}
	}
	return false;
}

/* "%.*e" writes d.ddde+xx: takes the digits and the exponent out of it. */
static void
from_print(const char *text, struct digits *d)
{
	size_t n = 0;

	for (; *text != 'e'; text++) {
		if (*text != '.')
			d->digit[n++] = *text;
	}
	while (n > 1 && d->digit[n - 1] == '0')
		n--;
	d->n = n;
	d->point = atoi(text + 1) + 1; /* printf wrote it */
}

size_t
num_shortest(double v, char digit[NUM_MAX_DIGITS], int *point)
{
	struct digits d;
	char text[32];

	if (!from_scaled(v, &d)) {
		/* a subnormal has less than EXACT_DIGITS digits of its own */
		int least = v < DBL_MIN ? 1 : EXACT_DIGITS;

		for (int n = least; n <= NUM_MAX_DIGITS; n++) {
			snprintf(text, sizeof(text), "%.*e", n - 1, v);
			if (strtod(text, NULL) == v)
				break;
		}
		from_print(text, &d);
	}
	memcpy(digit, d.digit, d.n);
	*point = d.point;
	return d.n;
}

/* Of single precision; v is finite and above 0. */
static size_t
shortest_float(float v, char digit[NUM_MAX_DIGITS], int *point)
{
	struct digits d;
	char text[32];

	for (int n = 1; n <= 9; n++) {
		snprintf(text, sizeof(text), "%.*e", n - 1, (double)v);
		if (strtof(text, NULL) == v)
			break;
	}
	from_print(text, &d);
	memcpy(digit, d.digit, d.n);
	*point = d.point;
	return d.n;
}

static void
add_zeros(struct buf *buf, int n)
{
	for (int i = 0; i < n; i++)
		buf_add_char(buf, '0');
}

static void
add_plain(struct buf *buf, const struct digits *d, bool fraction)
{
	int n = (int)d->n;

	if (d->point <= 0) {
		buf_add(buf, STR("0."));
		add_zeros(buf, -d->point);
		buf_add(buf, str_view(d->digit, d->n));
	} else if (d->point >= n) {
		buf_add(buf, str_view(d->digit, d->n));
		add_zeros(buf, d->point - n);
		if (fraction)
			buf_add(buf, STR(".0"));
	} else {
		buf_add(buf, str_view(d->digit, (size_t)d->point));
		buf_add_char(buf, '.');
		buf_add(buf,
		    str_view(d->digit + d->point, d->n - (size_t)d->point));
	}
}

static void
add_exponent(struct buf *buf, const struct digits *d)
{
	buf_add_char(buf, d->digit[0]);
	if (d->n > 1) {
		buf_add_char(buf, '.');
		buf_add(buf, str_view(d->digit + 1, d->n - 1));
	}
	buf_add_char(buf, 'e');
	buf_add_int(buf, d->point - 1);
}

static bool
add_special(struct buf *buf, double v)
{
	if (isnan(v)) {
		buf_add(buf, STR("NaN"));
		return true;
	}
	if (signbit(v))
		buf_add_char(buf, '-');
	if (isinf(v)) {
		buf_add(buf, STR("inf"));
		return true;
	}
	return false;
}

/* false: there are no digits; what stands for v was added, zero for 0. */
static bool
take_digits(struct buf *buf, double v, bool is_single, const char *zero,
    struct digits *d)
{
	if (add_special(buf, v))
		return false;
	if (v == 0) {
		buf_add(buf, str_of(zero));
		return false;
	}
	v = fabs(v);
	d->n = is_single ? shortest_float((float)v, d->digit, &d->point)
	                 : num_shortest(v, d->digit, &d->point);
	return true;
}

static void
add_json(struct buf *buf, const struct digits *d)
{
	if (d->point > -5 && d->point <= 16)
		add_plain(buf, d, true);
	else
		add_exponent(buf, d);
}

void
num_add_json(struct buf *buf, double v)
{
	struct digits d;

	if (!take_digits(buf, v, false, "0.0", &d))
		return;
	add_json(buf, &d);
}

void
num_add_json_float(struct buf *buf, float v)
{
	struct digits d;

	if (!take_digits(buf, (double)v, true, "0.0", &d))
		return;
	add_json(buf, &d);
}

void
num_add_log(struct buf *buf, double v)
{
	struct digits d;

	if (!take_digits(buf, v, false, "0.0", &d))
		return;
	if (d.point > -4 && d.point <= 16)
		add_plain(buf, &d, true);
	else
		add_exponent(buf, &d);
}

void
num_add_plain(struct buf *buf, double v)
{
	struct digits d;

	if (!take_digits(buf, v, false, "0", &d))
		return;
	add_plain(buf, &d, false);
}

void
num_add_plain_float(struct buf *buf, float v)
{
	struct digits d;

	if (!take_digits(buf, (double)v, true, "0", &d))
		return;
	add_plain(buf, &d, false);
}
