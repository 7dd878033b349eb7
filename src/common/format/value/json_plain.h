/*
 * json_plain: the part of a string that stands in JSON as it is, for who reads
 * one and who writes one (RFC 8259, section 7).
 */
#ifndef VALUE_JSON_PLAIN_H
#define VALUE_JSON_PLAIN_H

#include "base/str.h"
#include "base/word.h"

static inline bool
json_is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* Not 0: one of eight is not plain. */
static inline uint64_t
json_has_special(uint64_t w)
{
	return word_has_below(w, 0x20) | word_has(w, '"') | word_has(w, '\\');
}

/* How many bytes at the start are no quote, backslash or control character. */
static inline size_t
json_plain_length(struct str s)
{
	size_t i = 0;
	uint64_t special = 0;

	while (s.n - i >= WORD_BYTES && special == 0) {
		special = json_has_special(word_at(s.p + i));
		i += special == 0 ? WORD_BYTES : word_before(special);
	}
	while (i < s.n && json_is_plain(s.p[i]))
		i++;
	return i;
}

#endif
