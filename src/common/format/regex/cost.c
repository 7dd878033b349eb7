#include "regex/cost.h"

#include "base/utf8.h"

#define COST_RANGE 8  /* of a set, while it is all ASCII */
#define COST_BYTE  35 /* of a set that is not, for each range of bytes */

static uint32_t
last_of_length(uint32_t c)
{
	if (c < 0x800)
		return c < 0x80 ? 0x7f : 0x7ff;
	return c < 0x10000 ? 0xffff : CHAR_LAST;
}

size_t
regex_cost_char(uint32_t c)
{
	char bytes[UTF8_MAX_BYTES];

	return COST_STEP * utf8_encode(c, bytes);
}

/*
 * The last character of the sequence of byte ranges that starts with first:
 * the largest block of 64^k that starts there and is whole, and those behind it
 * that have the same bytes before.
 */
static uint32_t
sequence_end(uint32_t first, uint32_t last)
{
	uint32_t most = last_of_length(first), block = 1, whole;

	if (most < last)
		last = most;
	if (first < 0x80)
		return last;
	while (first % (block * 64) == 0 && last - first >= block * 64 - 1)
		block *= 64;
	most = first | (block * 64 - 1);
	whole = first + (last - first + 1) / block * block - 1;
	return whole < most ? whole : most;
}

/* The bytes of c that are not shared with the one before, which share a way. */
static size_t
new_bytes(uint32_t before, uint32_t c)
{
	char a[UTF8_MAX_BYTES], b[UTF8_MAX_BYTES];
	size_t n = utf8_encode(c, b), same = 0;

	if (utf8_encode(before, a) != n)
		return n;
	while (same < n - 1 && a[same] == b[same])
		same++;
	return n - same;
}

size_t
regex_cost_set(const struct range *range, size_t n)
{
	size_t bytes = 0;
	uint32_t before = 0;

	if (n == 0 || range[n - 1].last < 0x80)
		return 2 * COST_STEP + COST_RANGE * n;
	for (size_t i = 0; i < n; i++) {
		uint32_t first = range[i].first;

		while (first <= range[i].last) {
			bytes += new_bytes(before, first);
			before = sequence_end(first, range[i].last);
			first = before + 1;
		}
	}
	return COST_SPLIT + COST_BYTE * bytes;
}
