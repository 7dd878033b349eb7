/*
 * json_plain: the part of a string that stands in JSON as it is, for who reads
 * one and who writes one (RFC 8259, section 7).
 */
#ifndef VALUE_JSON_PLAIN_H
#define VALUE_JSON_PLAIN_H

#include <stdint.h>

#include "base/str.h"

#define JSON_PLAIN_EACH UINT64_C(0x0101010101010101)
#define JSON_PLAIN_HIGH (JSON_PLAIN_EACH << 7)

static inline bool
json_is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/*
 * Of eight bytes. A byte below 0x20, or one that is 0 without the bits of '"' or
 * '\\', borrows from its high bit. Only such a byte borrows from the next, so the
 * answer for all eight is exact.
 */
static inline bool
json_is_plain_word(const char *p)
{
	uint64_t w, quote, slash, low;

	memcpy(&w, p, sizeof(w));
	quote = w ^ JSON_PLAIN_EACH * '"';
	slash = w ^ JSON_PLAIN_EACH * '\\';
	low = (w - JSON_PLAIN_EACH * 0x20) & ~w;
	quote = (quote - JSON_PLAIN_EACH) & ~quote;
	slash = (slash - JSON_PLAIN_EACH) & ~slash;
	return ((low | quote | slash) & JSON_PLAIN_HIGH) == 0;
}

/* How many bytes at the start are no quote, backslash or control character. */
static inline size_t
json_plain_length(struct str s)
{
	size_t i = 0, word = sizeof(uint64_t);

	while (s.n - i >= word && json_is_plain_word(s.p + i))
		i += word;
	while (i < s.n && json_is_plain(s.p[i]))
		i++;
	return i;
}

#endif
