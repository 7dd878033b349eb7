/*
 * Most bytes are none of a secret, so a place is left as soon as possible. The
 * first four bytes of each form of each secret, in every spelling, are known
 * beforehand (some 60 of them a secret). A bit for each hash of them, a few
 * kilobytes, settles nearly every place; a search in the sorted list the rest;
 * what is left is compared in the form that the list says.
 */
#include "mask/find.h"

#include <stdlib.h>

#include "base/mem.h"

#define HASH_LEAST 12 /* bits: 512 bytes */
#define HASH_MOST  18 /* 32 kilobytes */

/* Two of them: of what is common in a text one may be set by chance. */
static const uint32_t factor[2] = { 2654435761u, 2246822519u };

static inline bool
has_bit(const struct mask *mask, uint32_t gram, int i)
{
	uint32_t h = (gram + 1) * factor[i] >> (32 - mask->bits);

	return (mask->has[h / 64] >> h % 64 & 1) != 0;
}

static void
set_bits(struct mask *mask, uint32_t gram)
{
	for (int i = 0; i < 2; i++) {
		uint32_t h = (gram + 1) * factor[i] >> (32 - mask->bits);

		mask->has[h / 64] |= (uint64_t)1 << h % 64;
	}
}

size_t
find_place(const struct mask *mask, struct str text, size_t from)
{
	for (; from + FORM_GRAM <= text.n; from++) {
		uint32_t gram = form_gram(text.p + from);

		if (has_bit(mask, gram, 0) && has_bit(mask, gram, 1))
			return from;
	}
	return from;
}

/* The first with that gram, or the first with a larger one. */
static size_t
first_begin(const struct mask *mask, uint32_t gram)
{
	size_t low = 0, high = mask->n_begins;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mask->begin[middle].gram < gram)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct find
find_at(const struct mask *mask, struct str text, size_t at)
{
	struct find best = { .secret = NULL };
	uint32_t gram = form_gram(text.p + at);
	size_t i = first_begin(mask, gram);

	for (; i < mask->n_begins && mask->begin[i].gram == gram; i++) {
		const struct begin *b = &mask->begin[i];
		const struct secret *s = &mask->secret[b->secret];
		struct match m = form_match(s, b->form, str_from(text, at));
		bool is_open = best.match.is_open || m.is_open;

		if (m.n > best.match.n)
			best = (struct find){ s, b->form, m };
		best.match.is_open = is_open;
	}
	return best;
}

/* What is being collected. */
struct collecting {
	struct pool *pool;
	struct mask *mask;
	size_t secret;
	enum form form;
};

static void
add_gram(void *handle, uint32_t gram)
{
	struct collecting *c = handle;
	struct mask *m = c->mask;

	m->begin = pool_push(c->pool, m->begin, m->n_begins, sizeof(*m->begin));
	m->begin[m->n_begins++] =
	    (struct begin){ gram, (uint16_t)c->secret, (uint8_t)c->form };
}

static int
compare(const void *a, const void *b)
{
	const struct begin *x = a, *y = b;

	if (x->gram != y->gram)
		return x->gram < y->gram ? -1 : 1;
	if (x->secret != y->secret)
		return x->secret < y->secret ? -1 : 1;
	return (x->form > y->form) - (x->form < y->form);
}

/* Sorted, each once. */
static void
sort(struct mask *m)
{
	size_t n = 0;

	if (m->n_begins != 0)
		qsort(m->begin, m->n_begins, sizeof(*m->begin), compare);
	for (size_t i = 0; i < m->n_begins; i++) {
		if (n == 0 || compare(&m->begin[n - 1], &m->begin[i]) != 0)
			m->begin[n++] = m->begin[i];
	}
	m->n_begins = n;
}

/* As many bits that about one in sixteen is set. */
static void
hash_all(struct pool *pool, struct mask *m)
{
	m->bits = HASH_LEAST;
	while (m->bits < HASH_MOST && (size_t)1 << m->bits < 32 * m->n_begins)
		m->bits++;
	m->has = pool_zalloc(pool, ((size_t)1 << m->bits) / 8);
	for (size_t i = 0; i < m->n_begins; i++)
		set_bits(m, m->begin[i].gram);
}

static void
index_all(struct pool *pool, struct mask *m)
{
	struct collecting c = { .pool = pool, .mask = m };

	for (c.secret = 0; c.secret < m->n; c.secret++) {
		for (c.form = FORM_TEXT; c.form < FORMS; c.form++)
			form_grams(&m->secret[c.secret], c.form, add_gram, &c);
	}
	sort(m);
	hash_all(pool, m);
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str
mask_placeholder(struct pool *pool, struct str name)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("SECRET-"));
	for (size_t i = 0; i < name.n; i++)
		buf_add_char(&out, is_letter(name.p[i]) ? name.p[i] : '-');
	return buf_str(&out);
}

/*
 * A placeholder that holds a secret itself (a key "shodan" of the namespace
 * shodan) says no name; one that still does is of other letters.
 */
static void
choose_placeholder(struct pool *pool, struct mask *m, struct secret *s)
{
	static const char *const other[] = { "SECRET", "REDACTED", "XXXX",
		"----" };

	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		struct buf longest = BUF_IN(pool);

		buf_add(&longest, s->placeholder);
		while (longest.n < s->value.n)
			buf_add_char(&longest, '-');
		if (mask_finds(m, buf_str(&longest)) == -1)
			return;
		s->placeholder = str_of(other[i]);
	}
}

struct mask *
mask_new(struct pool *pool, const struct mask_secret *secret, size_t n)
{
	struct mask *m = pool_zalloc(pool, sizeof(*m));

	m->secret =
	    pool_array(pool, n < MASK_MOST ? n : MASK_MOST, sizeof(*m->secret));
	for (size_t i = 0; i < n; i++) {
		struct str v = secret[i].value;
		struct secret *s = &m->secret[m->n];

		if (v.n == 0)
			continue;
		if (v.n < MASK_SHORTEST || v.n > MASK_LONGEST ||
		    m->n == MASK_MOST) {
			m->is_blind = true;
			continue;
		}
		*s = (struct secret){ .value = pool_copy(pool, v),
			.placeholder = mask_placeholder(pool, secret[i].name),
			.number = (unsigned)i };
		secret_prepare(pool, s);
		m->n++;
	}
	index_all(pool, m);
	for (size_t i = 0; i < m->n; i++)
		choose_placeholder(pool, m, &m->secret[i]);
	return m;
}

bool
mask_is_empty(const struct mask *mask)
{
	return mask->n == 0;
}

bool
mask_is_blind(const struct mask *mask)
{
	return mask->is_blind;
}

int
mask_finds(struct mask *mask, struct str text)
{
	if (mask->n == 0)
		return -1;
	for (size_t at = 0;
	     (at = find_place(mask, text, at)) + FORM_GRAM <= text.n; at++) {
		struct find f = find_at(mask, text, at);

		if (f.secret != NULL)
			return (int)f.secret->number;
	}
	return -1;
}
