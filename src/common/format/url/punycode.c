#include "url/punycode.h"

#include "base/utf8.h"

/* RFC 3492, 5 */
enum {
	BASE = 36,
	TMIN = 1,
	TMAX = 26,
	SKEW = 38,
	DAMP = 700,
	INITIAL_BIAS = 72,
	INITIAL_N = 128,
};

/* RFC 3492, 6.1 */
static uint32_t
adapt(uint32_t delta, uint32_t points, bool is_first)
{
	uint32_t k = 0;

	delta /= is_first ? DAMP : 2;
	delta += delta / points;
	while (delta > (BASE - TMIN) * TMAX / 2) {
		delta /= BASE - TMIN;
		k += BASE;
	}
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

/* What digit k, counted from BASE, must reach for another to follow. */
static uint32_t
threshold(uint32_t k, uint32_t bias)
{
	if (k <= bias)
		return TMIN;
	return k >= bias + TMAX ? TMAX : k - bias;
}

static void
add_number(struct buf *out, uint32_t q, uint32_t bias)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = threshold(k, bias);

		if (q < t)
			break;
		buf_add_char(out, digit[t + (q - t) % (BASE - t)]);
		q = (q - t) / (BASE - t);
	}
	buf_add_char(out, digit[q]);
}

static bool
decode_label(struct str label, uint32_t cp[PUNYCODE_MAX_CHARS], uint32_t *n)
{
	*n = 0;
	while (label.n != 0) {
		size_t used;

		if (*n == PUNYCODE_MAX_CHARS)
			return false;
		used = utf8_decode(label, &cp[*n]);
		if (used == 0)
			return false;
		++*n;
		label = str_from(label, used);
	}
	return true;
}

static uint32_t
add_basic(struct buf *out, const uint32_t *cp, uint32_t n)
{
	uint32_t basic = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (cp[i] < INITIAL_N) {
			buf_add_char(out, (char)cp[i]);
			basic++;
		}
	}
	if (basic != 0)
		buf_add_char(out, '-');
	return basic;
}

static uint32_t
least_from(const uint32_t *cp, uint32_t n, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t i = 0; i < n; i++) {
		if (cp[i] >= from && cp[i] < least)
			least = cp[i];
	}
	return least;
}

bool
punycode_write(struct buf *out, struct str label)
{
	uint32_t cp[PUNYCODE_MAX_CHARS], n, basic, done;
	uint32_t next = INITIAL_N, delta = 0, bias = INITIAL_BIAS;

	if (!decode_label(label, cp, &n))
		return false;
	basic = add_basic(out, cp, n);
	/* 1000 characters below 2^21: delta stays below 2^31 */
	for (done = basic; done < n; next++, delta++) {
		uint32_t m = least_from(cp, n, next);

		delta += (m - next) * (done + 1);
		next = m;
		for (uint32_t i = 0; i < n; i++) {
			if (cp[i] < next)
				delta++;
			if (cp[i] != next)
				continue;
			add_number(out, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
	return true;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0' + 26;
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' : -1;
}

/* A number of any length; more than 2^31 is an error. */
static bool
read_number(struct str *text, uint32_t bias, uint32_t *out)
{
	uint64_t value = 0, weight = 1;

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = threshold(k, bias);
		int digit;

		if (text->n == 0)
			return false;
		digit = digit_value(text->p[0]);
		*text = str_from(*text, 1);
		value += (uint64_t)digit * weight;
		if (digit == -1 || value > INT32_MAX)
			return false;
		if ((uint32_t)digit < t) {
			*out = (uint32_t)value;
			return true;
		}
		/* the next digit counts, unless it is 0 or an error */
		weight *= BASE - t;
		if (weight > INT32_MAX)
			weight = INT32_MAX;
	}
}

/* The characters in front of the last hyphen stand for themselves. */
static bool
take_basic(struct str *text, uint32_t *cp, uint32_t *n)
{
	size_t hyphen = str_rfind_char(*text, '-');

	*n = 0;
	if (hyphen == STR_NPOS || hyphen == 0)
		return true;
	for (; *n < hyphen; ++*n) {
		if ((unsigned char)text->p[*n] >= INITIAL_N)
			return false;
		cp[*n] = (unsigned char)text->p[*n];
	}
	*text = str_from(*text, hyphen + 1);
	return true;
}

bool
punycode_read(struct buf *out, struct str text)
{
	uint32_t cp[PUNYCODE_MAX_CHARS], n, bias = INITIAL_BIAS, delta;
	uint64_t state = 0, next = INITIAL_N;

	if (text.n > PUNYCODE_MAX_CHARS || !take_basic(&text, cp, &n))
		return false;
	for (bool is_first = true; text.n != 0; is_first = false) {
		if (!read_number(&text, bias, &delta))
			return false;
		state += delta;
		n++;
		bias = adapt(delta, n, is_first);
		next += state / n;
		state %= n;
		if (!utf8_is_scalar(next))
			return false;
		memmove(cp + state + 1, cp + state,
		    (n - 1 - state) * sizeof(*cp));
		cp[state++] = (uint32_t)next;
	}
	for (uint32_t i = 0; i < n; i++)
		utf8_add(out, cp[i]);
	return true;
}
