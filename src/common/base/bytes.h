/*
 * bytes: pieces and numbers of binary formats, checked against the end.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>

#include "base/str.h"

/* Cuts n bytes off the front of *rest. -1: there are not so many. */
static inline int
bytes_take(struct str *rest, size_t n, struct str *out)
{
	if (n > rest->n)
		return -1;
	*out = str_view(rest->p, n);
	if (n != 0)
		*rest = str_view(rest->p + n, rest->n - n);
	return 0;
}

/* The n bytes from `at`. -1: they are not all there. */
static inline int
bytes_at(struct str s, size_t at, size_t n, struct str *out)
{
	if (at > s.n || n > s.n - at)
		return -1;
	*out = n != 0 ? str_view(s.p + at, n) : STR_NONE;
	return 0;
}

/* All of s as an unsigned number, of at most 8 bytes. */
static inline uint64_t
bytes_be(struct str s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

/* Two bytes at p. */
static inline uint16_t
bytes_be16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline void
bytes_put_be16(unsigned char *p, uint16_t v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)(v & 0xff);
}

static inline bool
bytes_are_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

static inline uint64_t
bytes_le(struct str s)
{
	uint64_t v = 0;

	for (size_t i = s.n; i-- > 0;)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

/* Cuts a number of n bytes off the front of *rest. */
static inline int
bytes_take_be(struct str *rest, size_t n, uint64_t *out)
{
	struct str s;

	if (bytes_take(rest, n, &s) == -1)
		return -1;
	*out = bytes_be(s);
	return 0;
}

static inline int
bytes_take_le(struct str *rest, size_t n, uint64_t *out)
{
	struct str s;

	if (bytes_take(rest, n, &s) == -1)
		return -1;
	*out = bytes_le(s);
	return 0;
}

#endif
