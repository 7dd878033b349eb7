/*
 * punycode: a label that is not ASCII as letters, digits and hyphens, without
 * any mapping or check of the characters.
 * Source: RFC 3492, 6.2 and 6.3.
 */
#ifndef URL_PUNYCODE_H
#define URL_PUNYCODE_H

#include "base/buf.h"

/* Of the longer form: the work grows with its square. DNS ends at 63. */
#define PUNYCODE_MAX_CHARS 1000

/* Adds what stands behind "xn--". false: not UTF-8, or too long. */
bool punycode_write(struct buf *out, struct str label);

/*
 * Adds as UTF-8 what `text` stands for; letters may be upper case and keep
 * their case. false: no punycode, or too long; out is then as it was.
 */
bool punycode_read(struct buf *out, struct str text);

#endif
