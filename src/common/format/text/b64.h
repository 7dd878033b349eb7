/*
 * b64: base64 as blobs travel on the wire: RFC 4648, section 4, padded,
 * strict. Custom alphabets and the functions for modules are in codec.h.
 */
#ifndef TEXT_B64_H
#define TEXT_B64_H

#include "base/buf.h"
#include "base/err.h"

void b64_add(struct buf *out, struct str bytes);

/*
 * The length is a multiple of four, unused bits are zero. Padding may close
 * any group of four. Errors: "invalid length at 4", "invalid symbol at 0",
 * "non-zero trailing bits at 1", "invalid padding length at 2".
 */
int b64_read(struct pool *pool, struct str text, struct str *out,
    struct err *err);

#endif
