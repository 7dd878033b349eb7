/*
 * word: eight bytes of a text looked at in one step, in any order of bytes. Each
 * answer is about all eight: 0 if no byte is like that.
 *
 *	while (s.n - i >= WORD_BYTES && word_has_high(word_at(s.p + i)) == 0)
 *		i += WORD_BYTES;
 *
 * Below, a byte that is like that borrows from its high bit. Only such a byte
 * borrows from the next one, so that an answer of 0 is exact and another is, too.
 */
#ifndef BASE_WORD_H
#define BASE_WORD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WORD_BYTES sizeof(uint64_t)
#define WORD_EACH  UINT64_C(0x0101010101010101)
#define WORD_HIGH  (WORD_EACH << 7)

static inline uint64_t
word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* A byte above 127. */
static inline uint64_t
word_has_high(uint64_t w)
{
	return w & WORD_HIGH;
}

/* A byte below c, which is at most 128. */
static inline uint64_t
word_has_below(uint64_t w, unsigned char c)
{
	return (w - WORD_EACH * c) & ~w & WORD_HIGH;
}

/* The byte c. */
static inline uint64_t
word_has(uint64_t w, char c)
{
	return word_has_below(w ^ WORD_EACH * (unsigned char)c, 1);
}

/*
 * Of an answer that is not 0: how many bytes at the start are not like that, or
 * less. Where the first byte is not the lowest one, it may have borrowed.
 */
static inline size_t
word_before(uint64_t found)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (size_t)__builtin_ctzll(found) / 8;
#else
	(void)found;
	return 0;
#endif
}

#endif
