/*
 * What a digest is of is told by its length: hexadecimal has two digits a byte,
 * base32 eight for five. Both are met, in either case, and with any padding.
 */
#include "warc/sum.h"

#include "base/mem.h"
#include "base/num.h"

static const struct kind {
	const char *name, *other;
	enum digest_kind digest;
	size_t n;
} kinds[] = {
	{ "sha256", "sha-256", DIGEST_SHA2_256, 32 },
	{ "sha1", "sha-1", DIGEST_SHA1, 20 },
	{ "sha512", "sha-512", DIGEST_SHA2_512, 64 },
	{ "md5", "md-5", DIGEST_MD5, 16 },
};

static int
digit_of(char c, unsigned bits)
{
	c = (char)char_lower(c);
	if (bits == 4)
		return num_hex_digit(c);
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return c >= 'a' && c <= 'z' ? c - 'a' : -1;
}

/* n bytes of digits with so many bits each. */
static bool
read_digits(struct pool *pool, struct str text, unsigned bits, size_t n,
    struct str *out)
{
	char *p = pool_zalloc(pool, n + 1);
	unsigned value = 0, have = 0;
	size_t k = 0;

	for (size_t i = 0; i < text.n; i++) {
		int digit = digit_of(text.p[i], bits);

		if (digit == -1)
			return false;
		value = (value << bits | (unsigned)digit) & 0xffff;
		have += bits;
		if (have >= 8 && k < n) {
			have -= 8;
			p[k++] = (char)(value >> have);
		}
	}
	*out = str_view(p, n);
	return k == n;
}

/* "sha256:91ab..." */
static void
sum_begin(struct sum *s, struct pool *pool, struct str text)
{
	struct str digits = text, name = str_cut(&digits, ':');
	unsigned bits;

	*s = (struct sum){ .is_there = text.n != 0 };
	digits = str_trim(digits);
	while (str_ends(digits, STR("=")))
		digits.n--;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct kind *k = &kinds[i];

		if (!str_eq_nocase(name, str_of(k->name)) &&
		    !str_eq_nocase(name, str_of(k->other)))
			continue;
		bits = digits.n == 2 * k->n ? 4 : 5;
		if (bits == 5 && digits.n != (8 * k->n + 4) / 5)
			return;
		if (read_digits(pool, digits, bits, k->n, &s->want))
			s->digest = digest_new(pool, k->digest);
	}
}

/* "Transfer-Encoding:" */
static bool
is_transfer_coding(const struct head_end *h)
{
	struct str line =
	    str_view(h->line, h->n < sizeof(h->line) ? h->n : sizeof(h->line));

	return str_eq_nocase(str_trim(
				 str_sub(line, 0, str_find_char(line, ':'))),
	    STR("transfer-encoding"));
}

size_t
head_end_add(struct head_end *h, struct str bytes)
{
	size_t i;

	for (i = 0; i < bytes.n && !h->is_found; i++) {
		char c = bytes.p[i];

		h->at++;
		if (c != '\n') {
			if (h->n < sizeof(h->line))
				h->line[h->n] = c;
			h->n++;
			continue;
		}
		h->is_found = h->n == 0 || (h->n == 1 && h->line[0] == '\r');
		h->is_coded = h->is_coded || is_transfer_coding(h);
		h->n = 0;
	}
	return i;
}

static bool
is_http(const struct warc_entry *e)
{
	return str_starts(e->content_type, STR("application/http")) &&
	       (e->kind == WARC_REQUEST || e->kind == WARC_RESPONSE);
}

void
sums_begin(struct sums *s, struct pool *pool, const struct warc_entry *entry)
{
	*s = (struct sums){ .has_head = is_http(entry) };
	sum_begin(&s->block, pool,
	    warc_field_value(entry, "WARC-Block-Digest", 0));
	if (entry->kind != WARC_REVISIT)
		sum_begin(&s->payload, pool,
		    warc_field_value(entry, "WARC-Payload-Digest", 0));
}

void
sums_add(struct sums *s, struct str bytes)
{
	if (s->block.digest != NULL)
		digest_add(s->block.digest, bytes);
	if (s->payload.digest == NULL)
		return;
	if (s->has_head)
		bytes = str_from(bytes, head_end_add(&s->head, bytes));
	if (bytes.n != 0)
		digest_add(s->payload.digest, bytes);
}

enum warc_sum
sum_end(const struct sum *s, struct pool *pool)
{
	if (!s->is_there)
		return WARC_SUM_NONE;
	if (s->digest == NULL)
		return WARC_SUM_UNKNOWN;
	return str_eq(digest_sum(s->digest, pool), s->want) ? WARC_SUM_RIGHT
	                                                    : WARC_SUM_WRONG;
}

enum warc_sum
sums_payload(const struct sums *s, struct pool *pool)
{
	if (s->has_head && (!s->head.is_found || s->head.is_coded))
		return WARC_SUM_NONE;
	return sum_end(&s->payload, pool);
}
