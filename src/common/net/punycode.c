#include "net/punycode.h"

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

static void
add_number(struct buf *out, uint32_t q, uint32_t bias)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias          ? TMIN
		             : k >= bias + TMAX ? TMAX
		                                : k - bias;

		if (q < t)
			break;
		buf_add_char(out, digit[t + (q - t) % (BASE - t)]);
		q = (q - t) / (BASE - t);
	}
	buf_add_char(out, digit[q]);
}

static bool
decode(struct str label, uint32_t cp[PUNYCODE_MAX_CHARS], uint32_t *n)
{
	*n = 0;
	while (label.n != 0) {
		size_t used = utf8_decode(label, &cp[*n]);

		if (used == 0 || ++*n == PUNYCODE_MAX_CHARS)
			return false;
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

	if (!decode(label, cp, &n))
		return false;
	basic = add_basic(out, cp, n);
	/* 256 characters below 2^21: delta stays below 2^30 */
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
