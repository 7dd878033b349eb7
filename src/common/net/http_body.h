/*
 * http_body: reading the body of an answer from a stream, whichever way it
 * ends.
 */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include "net/http_head.h"
#include "net/stream.h"

/*
 * Appends all of the body to *out, which lies on the heap so that it can grow
 * in place. `length` with HTTP_LENGTH. 1: another answer may follow on the
 * stream; 0: none can, or where it would begin is open to doubt; -1. Errors,
 * besides those of the stream:
 *	end of file before message length reached
 *	Invalid chunk ...         http_chunk.h
 *	body is too large: more than N bytes
 */
int http_body_read(struct stream *s, enum http_framing framing, uint64_t length,
    size_t most, struct buf *out, struct err *err);

#endif
