/*
 * utf8: RFC 3629. Surrogates, overlong forms and values above U+10FFFF are
 * errors.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define UTF8_MAX_BYTES   4
#define UTF8_REPLACEMENT 0xfffd

/* A code point that a character may have: no surrogate. */
static inline bool
utf8_is_scalar(uint64_t cp)
{
	return cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
}

/*
 * Reads one character at s.p. Returns its length and sets *cp; 0 at the end of
 * s and where s does not start with a whole character.
 */
size_t utf8_decode(struct str s, uint32_t *cp);

/* The number of bytes written. cp is a Unicode scalar value. */
size_t utf8_encode(uint32_t cp, char out[UTF8_MAX_BYTES]);

void utf8_add(struct buf *buf, uint32_t cp);

/* Characters, in a text that is UTF-8; of others the bytes that begin one. */
size_t utf8_count(struct str s);

/* The longest beginning of at most n bytes that cuts no character. */
struct str utf8_cut(struct str s, size_t n);

bool utf8_is_valid(struct str s);

/*
 * Where s stops being UTF-8: the offset, s.n if it never does. *bad is the
 * length of the maximal broken part there (Unicode 15, 3.9 "U+FFFD
 * substitution"), 0 if s only ends too early.
 */
size_t utf8_valid_up_to(struct str s, size_t *bad);

/*
 * The error for what it found, in the words of Rust, which modules know:
 *	invalid utf-8 sequence of 1 bytes from index 4
 *	incomplete utf-8 byte sequence from index 4      bad is 0
 * Returns -1.
 */
int utf8_fail(size_t at, size_t bad, struct err *err);

/* Each maximal broken part becomes U+FFFD. A valid s is returned as it is. */
struct str utf8_lossy(struct pool *pool, struct str s);

#endif
