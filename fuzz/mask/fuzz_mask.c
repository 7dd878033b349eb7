/*
 * mask: a secret written in any form is in no output, and a stream does not
 * depend on how it is cut. First the length of a secret, the form, the size of
 * pieces; then the secret; then what stands around it.
 */
#include "mask/find.h"
#include "mask/mask.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char symbol[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static void
add_base64(struct buf *out, struct str s, unsigned how)
{
	for (size_t bit = 0; bit < 8 * s.n; bit += 6) {
		unsigned v = (unsigned)(unsigned char)s.p[bit / 8] << 8;

		if (bit / 8 + 1 < s.n)
			v |= (unsigned char)s.p[bit / 8 + 1];
		v = v >> (10 - bit % 8) & 63;
		buf_add_char(out,
		    v < 62 ? symbol[v] : "+/-_"[v - 62 + how % 2 * 2]);
	}
}

/* Each byte in a way that the last byte and the number of it choose. */
static void
add_mixed(struct buf *out, struct str s, unsigned how)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		how = how * 5 + c + 1;
		if (how / 8 % 3 == 0)
			buf_printf(out, how % 2 ? "%%%02x" : "%%%02X", c);
		else if (how / 8 % 3 == 1 && c < 0x80)
			buf_printf(out, how % 2 ? "\\u%04x" : "\\u%04X", c);
		else
			buf_add_char(out, (char)c);
	}
}

static void
add(struct buf *out, struct str s, unsigned how)
{
	if (how % 4 == 0)
		buf_add(out, s);
	else if (how % 4 == 1)
		add_mixed(out, s, how);
	else if (how % 4 == 3)
		add_base64(out, s, how / 4);
	else
		for (size_t i = 0; i < s.n; i++)
			buf_printf(out, how & 4 ? "%02x" : "%02X",
			    (unsigned char)s.p[i]);
}

/* Without what a placeholder is made of: beside one it might be found again. */
static struct str
secret_of(struct pool *pool, struct str s)
{
	struct str copy = pool_copy(pool, s);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < s.n; i++) {
		if (memchr("SECRT-ns", p[i], 8) != NULL)
			p[i] = 'q';
	}
	return copy;
}

static struct str
stream(struct pool *pool, struct mask *mask, struct str in, size_t piece)
{
	struct mask_stream s;
	struct buf out = BUF_IN(pool);

	mask_stream_init(&s, mask, NULL);
	for (size_t at = 0; at < in.n; at += piece)
		buf_add(&out, mask_stream_feed(&s, str_sub(in, at, piece)));
	buf_add(&out, mask_stream_finish(&s));
	mask_stream_clear(&s);
	return buf_str(&out);
}

/*
 * What is found in the output is no secret of the input if a byte of it was
 * replaced: beside a placeholder anything may come about.
 */
static void
check_stream(struct mask *mask, struct str in, struct str out)
{
	assert(out.n == in.n);
	for (size_t at = 0;
	     (at = find_place(mask, out, at)) + FORM_GRAM <= out.n; at++) {
		struct find f = find_at(mask, out, at);

		assert(f.secret == NULL || !str_eq(str_sub(in, at, f.match.n),
					       str_sub(out, at, f.match.n)));
	}
}

static void
check(struct pool *pool, struct mask *mask, struct str in, struct str written,
    size_t piece)
{
	struct str text = mask_text(mask, pool, in, NULL);
	struct str out = stream(pool, mask, in, piece);

	assert(mask_finds(mask, in) != -1);
	assert(mask_finds(mask, text) == -1);
	assert(str_find(text, written) == STR_NPOS);
	check_stream(mask, in, out);
	assert(str_eq(out, stream(pool, mask, in, in.n)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct mask_secret key[2] = { { STR("ns"), STR_NONE },
		{ STR("s"), STR_NONE } };
	struct buf in = BUF_IN(&pool), written = BUF_IN(&pool);
	struct str rest = str_view((const char *)p, n), around;
	size_t length;

	if (n < 4)
		return 0;
	length = MASK_SHORTEST + p[0] % 32;
	if (rest.n < 4 + 2 * length)
		return 0;
	key[0].value = secret_of(&pool, str_sub(rest, 4, length));
	key[1].value = secret_of(&pool, str_sub(rest, 4 + length / 2, length));
	around = str_from(rest, 4 + length);
	buf_add(&in, str_sub(around, 0, p[3]));
	add(&written, key[0].value, p[1]);
	buf_add(&in, buf_str(&written));
	buf_add(&in, str_from(around, p[3]));
	check(&pool, mask_new(&pool, key, 2), buf_str(&in), buf_str(&written),
	    1 + p[2]);
	return 0;
}
