/*
 * http_coding: the body of an answer without what content-encoding says was
 * done to it, and transfer-encoding besides chunks (RFC 9112, 7.2): gzip (RFC
 * 1952) and deflate, by which servers mean zlib (RFC 1950) or bare deflate (RFC
 * 1951).
 */
#ifndef HTTP_CODING_H
#define HTTP_CODING_H

#include "base/buf.h"
#include "base/err.h"

#define HTTP_MAX_CODINGS 4 /* one on top of the other */

/*
 * list: the value of content-encoding, then that of transfer-encoding. 1: *out,
 * which is empty and lies on the heap, has the body; 0: it stays as it came,
 * because it is not what the list says, is cut, or the list has a word that we
 * do not know; -1: "body is too large: more than N bytes", at `most`.
 */
int http_coding_read(struct str list, struct str body, size_t most,
    struct buf *out, struct err *err);

/* Does the list name a coding that we undo? */
bool http_coding_is_any(struct str list);

#endif
