/*
 * http_body: reading the body of an answer from a stream, whichever way it
 * ends.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/head.h"
#include "stream/stream.h"

/* Where it goes. */
struct http_body {
	struct buf *out; /* empty; on the heap, so that it can grow in place */
	size_t most;     /* bytes of all of it */

	/*
	 * NULL: all of it stays in *out. Else it is given piece by piece, as it
	 * comes, and *out is empty again after each. -1 ends the reading.
	 */
	int (*take)(void *arg, struct str bytes, struct err *err);
	void *arg;
	size_t taken; /* bytes that were given away */
};

/*
 * Reads all of the body. `length` with HTTP_LENGTH. 1: another answer may
 * follow on the stream; 0: none can, or where it would begin is open to doubt;
 * -1. Errors, besides those of the stream and of take():
 *	end of file before message length reached
 *	Invalid chunk ...         http_chunk.h
 *	body is too large: more than N bytes
 */
int http_body_read(struct stream *s, enum http_framing framing, uint64_t length,
    struct http_body *body, struct err *err);

#endif
