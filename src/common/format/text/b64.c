#include "text/b64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
b64_add(struct buf *out, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	char *to = buf_room(out, bytes.n / 3 * 4 + 4);
	size_t i = 0, k = 0;

	for (; i + 3 <= bytes.n; i += 3) {
		to[k++] = digits[p[i] >> 2];
		to[k++] = digits[(p[i] & 3) << 4 | p[i + 1] >> 4];
		to[k++] = digits[(p[i + 1] & 15) << 2 | p[i + 2] >> 6];
		to[k++] = digits[p[i + 2] & 63];
	}
	if (i < bytes.n) {
		unsigned next = i + 1 < bytes.n ? p[i + 1] : 0u;

		to[k++] = digits[p[i] >> 2];
		to[k++] = digits[(p[i] & 3u) << 4 | next >> 4];
		to[k++] = i + 1 < bytes.n ? digits[(next & 15) << 2] : '=';
		to[k++] = '=';
	}
	out->n += k;
}

/* 1 + the value of each symbol; 0: it is none. */
static const unsigned char values[256] = {
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	63,
	0,
	0,
	0,
	64,
	53,
	54,
	55,
	56,
	57,
	58,
	59,
	60,
	61,
	62,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	1,
	2,
	3,
	4,
	5,
	6,
	7,
	8,
	9,
	10,
	11,
	12,
	13,
	14,
	15,
	16,
	17,
	18,
	19,
	20,
	21,
	22,
	23,
	24,
	25,
	26,
	0,
	0,
	0,
	0,
	0,
	0,
	27,
	28,
	29,
	30,
	31,
	32,
	33,
	34,
	35,
	36,
	37,
	38,
	39,
	40,
	41,
	42,
	43,
	44,
	45,
	46,
	47,
	48,
	49,
	50,
	51,
	52,
	0,
	0,
	0,
	0,
	0,
};

static int
value_of(char c)
{
	return values[(unsigned char)c] - 1;
}

/* Three bytes of four symbols; false: one is none of them, or padding. */
static bool
read_whole(const char *p, unsigned char out[3])
{
	int a = value_of(p[0]), b = value_of(p[1]), c = value_of(p[2]),
	    d = value_of(p[3]);
	unsigned bits;

	if ((a | b | c | d) < 0)
		return false;
	bits = (unsigned)a << 18 | (unsigned)b << 12 | (unsigned)c << 6 |
	       (unsigned)d;
	out[0] = (unsigned char)(bits >> 16);
	out[1] = (unsigned char)(bits >> 8);
	out[2] = (unsigned char)bits;
	return true;
}

/* One group of four; returns the number of bytes, 0 with the error. */
static size_t
read_group(struct str text, size_t at, unsigned char out[3], struct err *err)
{
	const char *p = text.p + at;
	unsigned bits = 0;
	size_t n = 4;

	while (n > 0 && p[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++) {
		int v = value_of(p[i]);

		if (v == -1) {
			err_set(err, "invalid symbol at %zu", at + i);
			return 0;
		}
		bits |= (unsigned)v << (18 - 6 * i);
	}
	if (n < 2) {
		err_set(err, "invalid padding length at %zu", at + n);
		return 0;
	}
	out[0] = (unsigned char)(bits >> 16);
	out[1] = (unsigned char)(bits >> 8);
	out[2] = (unsigned char)bits;
	if ((n == 2 && (bits & 0xffff) != 0) ||
	    (n == 3 && (bits & 0xff) != 0)) {
		err_set(err, "non-zero trailing bits at %zu", at + n - 1);
		return 0;
	}
	return n - 1;
}

int
b64_read(struct pool *pool, struct str text, struct str *out, struct err *err)
{
	unsigned char *p;
	size_t n = 0;

	if (text.n % 4 != 0)
		return err_set(err, "invalid length at %zu",
		    text.n - text.n % 4);
	p = pool_alloc(pool, text.n / 4 * 3);
	for (size_t at = 0; at < text.n; at += 4) {
		size_t k = read_whole(text.p + at, p + n)
		               ? 3
		               : read_group(text, at, p + n, err);

		if (k == 0)
			return -1;
		n += k;
	}
	*out = str_view((const char *)p, n);
	return 0;
}
