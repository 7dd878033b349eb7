#include "url/idna.h"

#include "base/utf8.h"
#include "text/lower.h"
#include "url/idna_data.h"
#include "url/punycode.h"

/* Characters of a label. */
struct label {
	const uint32_t *cp;
	size_t n;
};

/* Labels that stand for others, or may not. */
static bool
has_ace(struct str domain)
{
	while (domain.n != 0) {
		struct str label = str_cut(&domain, '.');

		if (str_eq_nocase(str_sub(label, 0, 4), STR("xn--")))
			return true;
	}
	return false;
}

/* UTS #46, 4, step 1. NULL: not UTF-8, or a disallowed character. */
static uint32_t *
map_text(struct pool *pool, struct str text, size_t *n)
{
	uint32_t *out = NULL, cp;
	size_t room = 0;

	*n = 0;
	while (text.n != 0) {
		size_t used = utf8_decode(text, &cp);
		int mapped;

		if (used == 0)
			return NULL;
		if (room - *n < IDNA_MAP_MOST) {
			out = pool_grow(pool, out, room * sizeof(*out),
			    (2 * room + 64) * sizeof(*out));
			room = 2 * room + 64;
		}
		text = str_from(text, used);
		mapped = idna_map(cp, out + *n);
		if (mapped == -1)
			return NULL;
		*n += (size_t)mapped;
	}
	return out;
}

/* Steps 2 and 3: the next label of the mapped text, normalised. */
static int
next_label(struct pool *pool, struct label *rest, struct label *label)
{
	uint32_t *cp;
	size_t n = 0;

	while (n < rest->n && rest->cp[n] != '.')
		n++;
	if (n > IDNA_MAX_LABEL)
		return -1;
	cp = pool_array(pool, n, IDNA_NFC_GROWTH * sizeof(*cp));
	label->n = idna_compose(rest->cp, n, cp);
	label->cp = cp;
	rest->cp += n;
	rest->n -= n;
	return 0;
}

static bool
is_ace(const struct label *label)
{
	return label->n >= 4 && label->cp[0] == 'x' && label->cp[1] == 'n' &&
	       label->cp[2] == '-' && label->cp[3] == '-';
}

static bool
is_ascii(const struct label *label)
{
	for (size_t i = 0; i < label->n; i++) {
		if (label->cp[i] >= 0x80)
			return false;
	}
	return true;
}

/*
 * Step 4: replaces a label by what its punycode stands for. It must be one
 * that no mapping would change, and that has no other spelling.
 */
static int
decode_ace(struct pool *pool, struct label *label)
{
	struct buf ascii = BUF_IN(pool), text = BUF_IN(pool);
	struct label decoded, normal;
	uint32_t *cp, *again;
	struct str rest;

	for (size_t i = 4; i < label->n; i++)
		utf8_add(&ascii, label->cp[i]);
	if (!punycode_read(&text, buf_str(&ascii)))
		return -1;
	rest = buf_str(&text);
	cp = pool_array(pool, rest.n, sizeof(*cp));
	for (decoded.n = 0; rest.n != 0; decoded.n++)
		rest = str_from(rest, utf8_decode(rest, &cp[decoded.n]));
	decoded.cp = cp;
	again = pool_array(pool, decoded.n, IDNA_NFC_GROWTH * sizeof(*cp));
	normal.n = idna_compose(cp, decoded.n, again);
	if (is_ascii(&decoded) || is_ace(&decoded) || normal.n != decoded.n ||
	    memcmp(again, cp, decoded.n * sizeof(*cp)) != 0)
		return -1;
	*label = decoded;
	return 0;
}

/* The character nearest to i on one side that takes part in joining. */
static unsigned
joining_beside(const struct label *label, size_t i, int step)
{
	unsigned joining;

	do {
		i += (size_t)step; /* SIZE_MAX in front of the first */
		if (i >= label->n)
			return JOINING_NONE;
		joining = idna_kind(label->cp[i])->joining;
	} while (joining == JOINING_TRANSPARENT);
	return joining;
}

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER     0x200d

/* RFC 5892, A.1 and A.2 */
static bool
may_join(const struct label *label, size_t i)
{
	unsigned before, behind;

	if (i > 0 && idna_kind(label->cp[i - 1])->combining == IDNA_VIRAMA)
		return true;
	if (label->cp[i] == ZERO_WIDTH_JOINER)
		return false;
	before = joining_beside(label, i, -1);
	behind = joining_beside(label, i, 1);
	return (before == JOINING_LEFT || before == JOINING_DUAL) &&
	       (behind == JOINING_RIGHT || behind == JOINING_DUAL);
}

/* 4.1 "Validity Criteria", without Bidi */
static bool
is_valid(const struct label *label)
{
	for (size_t i = 0; i < label->n; i++) {
		if (idna_kind(label->cp[i]) == NULL || label->cp[i] == '.')
			return false;
	}
	if (label->n != 0 && idna_kind(label->cp[0])->is_mark)
		return false;
	for (size_t i = 0; i < label->n; i++) {
		if ((label->cp[i] == ZERO_WIDTH_NON_JOINER ||
			label->cp[i] == ZERO_WIDTH_JOINER) &&
		    !may_join(label, i))
			return false;
	}
	return true;
}

#define BIT(bidi) (1u << (bidi))

enum {
	RIGHT = BIT(BIDI_R) | BIT(BIDI_AL),
	NEUTRAL = BIT(BIDI_ES) | BIT(BIDI_CS) | BIT(BIDI_ET) | BIT(BIDI_ON) |
	          BIT(BIDI_BN) | BIT(BIDI_NSM),
	IN_RTL = RIGHT | BIT(BIDI_AN) | BIT(BIDI_EN) | NEUTRAL,
	ENDS_RTL = RIGHT | BIT(BIDI_AN) | BIT(BIDI_EN),
	IN_LTR = BIT(BIDI_L) | BIT(BIDI_EN) | NEUTRAL,
	ENDS_LTR = BIT(BIDI_L) | BIT(BIDI_EN),
};

static unsigned
bidi_bit(uint32_t cp)
{
	return BIT(idna_kind(cp)->bidi);
}

static unsigned
bidi_bits(const struct label *label)
{
	unsigned bits = 0;

	for (size_t i = 0; i < label->n; i++)
		bits |= bidi_bit(label->cp[i]);
	return bits;
}

/* RFC 5893, 2: the six conditions for a label of a right-to-left name */
static bool
follows_bidi_rule(const struct label *label)
{
	unsigned all = bidi_bits(label), first, last = 0;
	size_t n = label->n;

	if (n == 0)
		return true;
	first = bidi_bit(label->cp[0]);
	while (n > 0 && (n == label->n || last == BIT(BIDI_NSM)))
		last = bidi_bit(label->cp[--n]);
	if (first & BIT(BIDI_L))
		return (all & ~(unsigned)IN_LTR) == 0 && (last & ENDS_LTR) != 0;
	return (first & RIGHT) != 0 && (all & ~(unsigned)IN_RTL) == 0 &&
	       (last & ENDS_RTL) != 0 &&
	       (all & (BIT(BIDI_EN) | BIT(BIDI_AN))) !=
	           (BIT(BIDI_EN) | BIT(BIDI_AN));
}

static int
add_label(struct buf *out, const struct label *label)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	for (size_t i = 0; i < label->n; i++)
		utf8_add(&text, label->cp[i]);
	if (is_ascii(label)) {
		buf_add(out, buf_str(&text));
		return 0;
	}
	buf_add(out, STR("xn--"));
	return punycode_write(out, buf_str(&text)) ? 0 : -1;
}

/* All labels of the name, decoded and checked one by one. */
static struct label *
read_labels(struct pool *pool, struct str text, size_t *n)
{
	struct label rest, *label;
	size_t dots = 0;

	rest.cp = map_text(pool, text, &rest.n);
	if (rest.cp == NULL)
		return NULL;
	for (size_t i = 0; i < rest.n; i++)
		dots += rest.cp[i] == '.';
	*n = dots + 1;
	label = pool_array(pool, *n, sizeof(*label));
	for (size_t i = 0; i < *n; i++) {
		if (next_label(pool, &rest, &label[i]) == -1 ||
		    (is_ace(&label[i]) && decode_ace(pool, &label[i]) == -1) ||
		    !is_valid(&label[i]))
			return NULL;
		if (rest.n != 0) {
			rest.cp++;
			rest.n--;
		}
	}
	return label;
}

static bool
is_bidi_name(const struct label *label, size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= bidi_bits(&label[i]);
	return (bits & (RIGHT | BIT(BIDI_AN))) != 0;
}

int
idna_to_ascii(struct pool *pool, struct str text, struct str *ascii)
{
	autopool struct pool scratch = POOL_NONE;
	struct buf out = BUF_IN(pool);
	struct label *label;
	bool is_bidi;
	size_t n;

	if (str_is_ascii(text) && !has_ace(text)) {
		*ascii = lower_text(pool, text);
		return 0;
	}
	if (text.n > IDNA_MAX_BYTES)
		return -1;
	label = read_labels(&scratch, text, &n);
	if (label == NULL)
		return -1;
	is_bidi = is_bidi_name(label, n);
	for (size_t i = 0; i < n; i++) {
		if (is_bidi && !follows_bidi_rule(&label[i]))
			return -1;
		if (i != 0)
			buf_add_char(&out, '.');
		if (add_label(&out, &label[i]) == -1)
			return -1;
	}
	*ascii = buf_str(&out);
	return 0;
}
