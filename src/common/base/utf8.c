#include "base/utf8.h"

/* Bounds of the second byte; table 3-7 of the Unicode standard. */
static void
second_byte(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
}

static size_t
length_of(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/*
 * Length of the whole character at s.p, or 0; then *good is the number of
 * bytes that could have been the start of one.
 */
static size_t
measure_good(struct str s, size_t *good)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char low, high;
	size_t n;

	*good = 0;
	if (s.n == 0)
		return 0;
	n = length_of(p[0]);
	if (n <= 1)
		return n;
	second_byte(p[0], &low, &high);
	*good = 1;
	for (size_t i = 1; i < n; i++) {
		if (i >= s.n || p[i] < low || p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
		*good = i + 1;
	}
	return n;
}

size_t
utf8_decode(struct str s, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t good, n;

	if (s.n != 0 && p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	n = measure_good(s, &good);
	switch (n) {
	case 2:
		*cp = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
		break;
	case 3:
		*cp =
		    (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		break;
	case 4:
		*cp = (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 |
		      (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
		break;
	default:
		break;
	}
	return n;
}

size_t
utf8_encode(uint32_t cp, char out[UTF8_MAX_BYTES])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

void
utf8_add(struct buf *buf, uint32_t cp)
{
	buf->n += utf8_encode(cp, buf_room(buf, UTF8_MAX_BYTES));
}

size_t
utf8_valid_up_to(struct str s, size_t *bad)
{
	size_t i = str_ascii_length(s), n;

	*bad = 0;
	while (i < s.n) {
		if ((unsigned char)s.p[i] < 0x80) {
			i += str_ascii_length(str_from(s, i));
			continue;
		}
		n = measure_good(str_from(s, i), bad);
		if (n == 0) {
			if (*bad != 0 && i + *bad == s.n)
				*bad = 0; /* cut, not broken */
			else if (*bad == 0)
				*bad = 1;
			return i;
		}
		i += n;
	}
	*bad = 0;
	return s.n;
}

int
utf8_fail(size_t at, size_t bad, struct err *err)
{
	if (bad == 0)
		return err_set(err,
		    "incomplete utf-8 byte sequence from index %zu", at);
	return err_set(err,
	    "invalid utf-8 sequence of %zu bytes from index %zu", bad, at);
}

size_t
utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

struct str
utf8_cut(struct str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_sub(s, 0, n);
}

bool
utf8_is_valid(struct str s)
{
	size_t bad;

	return str_ascii_length(s) == s.n || utf8_valid_up_to(s, &bad) == s.n;
}

/* The bytes of utf8_lossy(); the first n are valid. */
static size_t
lossy_size(struct str s, size_t n, size_t bad)
{
	size_t size = 0;

	while (n != s.n) {
		size += n + 3;
		s = str_from(s, n + (bad != 0 ? bad : s.n - n));
		n = utf8_valid_up_to(s, &bad);
	}
	return size + n;
}

struct str
utf8_lossy(struct pool *pool, struct str s)
{
	struct buf out = BUF_IN(pool);
	size_t bad, n = utf8_valid_up_to(s, &bad);

	if (n == s.n)
		return s;
	/* a body of a page may be large: no room to grow in steps */
	buf_room(&out, lossy_size(s, n, bad) + UTF8_MAX_BYTES);
	for (;;) {
		buf_add(&out, str_sub(s, 0, n));
		if (n == s.n)
			return buf_str(&out);
		utf8_add(&out, UTF8_REPLACEMENT);
		s = str_from(s, n + (bad != 0 ? bad : s.n - n));
		n = utf8_valid_up_to(s, &bad);
	}
}
