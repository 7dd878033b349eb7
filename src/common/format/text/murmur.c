#include "text/murmur.h"

static uint32_t
rotate(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static uint32_t
scramble(uint32_t k)
{
	return rotate(k * 0xcc9e2d51u, 15) * 0x1b873593u;
}

/* Up to four bytes, the first is the lowest. */
static uint32_t
word_at(struct str text, size_t at, size_t n)
{
	uint32_t k = 0;

	for (size_t i = n; i-- > 0;)
		k = k << 8 | (unsigned char)text.p[at + i];
	return k;
}

uint32_t
murmur3_32(struct str text)
{
	size_t at = 0;
	uint32_t h = 0;

	for (; text.n - at >= 4; at += 4)
		h = rotate(h ^ scramble(word_at(text, at, 4)), 13) * 5 +
		    0xe6546b64u;
	h ^= scramble(word_at(text, at, text.n - at));
	h ^= (uint32_t)text.n;
	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}
