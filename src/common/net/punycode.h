/*
 * punycode: a label that is not ASCII as letters, digits and hyphens
 * (RFC 3492, 6.3), without any mapping or check of the characters.
 */
#ifndef NET_PUNYCODE_H
#define NET_PUNYCODE_H

#include "base/buf.h"

#define PUNYCODE_MAX_CHARS 256 /* more cannot fit a label of 63 */

/* Adds what stands behind "xn--". false: not UTF-8, or too long. */
bool punycode_write(struct buf *out, struct str label);

#endif
