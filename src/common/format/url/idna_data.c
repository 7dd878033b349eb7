#include "url/idna_data.h"

#include <stdbool.h>

#include "base/mem.h"

/* Characters first, first + step, ... last; each becomes one, `away` off. */
struct idna_run {
	uint32_t first, last;
	uint32_t step;
	int32_t away;
};

/* Characters first to last; each becomes the n at idna_pool[at]. */
struct idna_text {
	uint32_t first, last;
	uint16_t at, n;
};

/* A canonical decomposition. */
struct idna_pair {
	uint32_t whole, first, second;
};

#include "url/idna_table.h"

const struct idna_kind *
idna_kind(uint32_t cp)
{
	size_t low = 0, high = ARRAY_SIZE(idna_ranges);

	/* the last range that starts at cp or before; the first starts at 0 */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (idna_ranges[middle] >> 8 <= cp)
			low = middle;
		else
			high = middle;
	}
	low = idna_ranges[low] & 0xff;
	return low != 0 ? &idna_kinds[low] : NULL;
}

static const struct idna_run *
find_run(uint32_t cp)
{
	size_t low = 0, high = ARRAY_SIZE(idna_runs);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct idna_run *run = &idna_runs[middle];

		if (cp < run->first)
			high = middle;
		else if (cp > run->last)
			low = middle + 1;
		else
			return (cp - run->first) % run->step == 0 ? run : NULL;
	}
	return NULL;
}

static const struct idna_text *
find_text(uint32_t cp)
{
	size_t low = 0, high = ARRAY_SIZE(idna_texts);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct idna_text *text = &idna_texts[middle];

		if (cp < text->first)
			high = middle;
		else if (cp > text->last)
			low = middle + 1;
		else
			return text;
	}
	return NULL;
}

int
idna_map(uint32_t cp, uint32_t to[IDNA_MAP_MOST])
{
	const struct idna_run *run;
	const struct idna_text *text;

	to[0] = cp;
	if (idna_kind(cp) != NULL)
		return 1;
	run = find_run(cp);
	if (run != NULL) {
		to[0] = (uint32_t)((int32_t)cp + run->away);
		return 1;
	}
	text = find_text(cp);
	if (text == NULL)
		return -1;
	for (size_t i = 0; i < text->n; i++)
		to[i] = idna_pool[text->at + i];
	return text->n;
}

/* Hangul syllables compose by arithmetic: Unicode, 3.12. */
enum {
	S_BASE = 0xac00,
	L_BASE = 0x1100,
	V_BASE = 0x1161,
	T_BASE = 0x11a7,
	L_COUNT = 19,
	V_COUNT = 21,
	T_COUNT = 28,
	S_COUNT = L_COUNT * V_COUNT * T_COUNT,
};

static bool
split_hangul(uint32_t cp, uint32_t *first, uint32_t *second)
{
	uint32_t s = cp - S_BASE;

	if (cp < S_BASE || s >= S_COUNT)
		return false;
	if (s % T_COUNT != 0) {
		*first = cp - s % T_COUNT;
		*second = T_BASE + s % T_COUNT;
	} else {
		*first = L_BASE + s / (V_COUNT * T_COUNT);
		*second = V_BASE + s / T_COUNT % V_COUNT;
	}
	return true;
}

static uint32_t
join_hangul(uint32_t first, uint32_t second)
{
	uint32_t l = first - L_BASE, v = second - V_BASE, s = first - S_BASE,
		 t = second - T_BASE;

	if (l < L_COUNT && v < V_COUNT)
		return S_BASE + (l * V_COUNT + v) * T_COUNT;
	if (s < S_COUNT && s % T_COUNT == 0 && t > 0 && t < T_COUNT)
		return first + t;
	return 0;
}

/* False: cp has no canonical decomposition. */
static bool
split_char(uint32_t cp, uint32_t *first, uint32_t *second)
{
	size_t low = 0, high = ARRAY_SIZE(idna_pairs);

	if (split_hangul(cp, first, second))
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct idna_pair *pair = &idna_pairs[middle];

		if (cp < pair->whole) {
			high = middle;
		} else if (cp > pair->whole) {
			low = middle + 1;
		} else {
			*first = pair->first;
			*second = pair->second;
			return true;
		}
	}
	return false;
}

/* 0: the two do not compose. */
static uint32_t
join_pair(uint32_t first, uint32_t second)
{
	size_t low = 0, high = ARRAY_SIZE(idna_wholes);
	uint32_t hangul = join_hangul(first, second);

	if (hangul != 0)
		return hangul;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct idna_pair *pair = &idna_pairs[idna_wholes[middle]];

		if (first == pair->first && second == pair->second)
			return pair->whole;
		if (first < pair->first ||
		    (first == pair->first && second < pair->second))
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

static unsigned
combining(uint32_t cp)
{
	const struct idna_kind *kind = idna_kind(cp);

	return kind != NULL ? kind->combining : 0;
}

/* Only the first part of a pair decomposes further. */
static size_t
decompose(uint32_t cp, uint32_t out[IDNA_NFC_GROWTH])
{
	uint32_t tail[IDNA_NFC_GROWTH];
	size_t n = 0, done = 0;

	while (n < IDNA_NFC_GROWTH - 1 && split_char(cp, &cp, &tail[n]))
		n++;
	out[done++] = cp;
	while (n != 0)
		out[done++] = tail[--n];
	return done;
}

/* Canonical ordering: the new last character moves in front of later ones. */
static void
settle_order(uint32_t *cp, size_t last)
{
	uint32_t moved = cp[last];
	unsigned order = combining(moved);
	size_t i = last;

	if (order == 0)
		return;
	for (; i > 0 && combining(cp[i - 1]) > order; i--)
		cp[i] = cp[i - 1];
	cp[i] = moved;
}

size_t
idna_compose(const uint32_t *cp, size_t n, uint32_t *out)
{
	size_t all = 0, kept = 0, starter = SIZE_MAX;
	unsigned last = 0; /* combining class of the one kept last */

	for (size_t i = 0; i < n; i++) {
		size_t end = all + decompose(cp[i], out + all);

		while (all < end)
			settle_order(out, all++);
	}
	for (size_t i = 0; i < all; i++) {
		unsigned order = combining(out[i]);
		bool is_next = starter != SIZE_MAX && starter + 1 == kept;
		uint32_t whole = 0;

		if (is_next || (starter != SIZE_MAX && last < order))
			whole = join_pair(out[starter], out[i]);
		if (whole != 0) {
			out[starter] = whole;
			continue;
		}
		if (order == 0)
			starter = kept;
		last = order;
		out[kept++] = out[i];
	}
	return kept;
}
