/*
 * http_chunk: a body that comes in chunks, RFC 9112, 7.1. Extensions and
 * trailers are read and dropped. A line may end with LF alone, as curl has it;
 * that is noted, for those who would keep the connection.
 *
 *	struct http_chunk chunk = HTTP_CHUNK_FIRST;
 *	switch (http_chunk_read(&chunk, held, &used, &data, err)) ...
 */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include <stdint.h>

#include "base/err.h"

#define HTTP_CHUNK_MAX_EXTRA   ((size_t)16 << 10) /* extensions of a body */
#define HTTP_CHUNK_MAX_TRAILER ((size_t)64 << 10)

struct http_chunk {
	int state;
	unsigned digits;
	uint64_t left; /* bytes of this chunk that are still to come */
	size_t extra, trailer;
	bool is_odd; /* a LF stood without its CR */
};

#define HTTP_CHUNK_FIRST                                                       \
	{                                                                      \
		.left = 0                                                      \
	}

enum http_chunk_step {
	HTTP_CHUNK_MORE, /* all of `in` is used, more is needed */
	HTTP_CHUNK_DATA, /* *data views some bytes of the body */
	HTTP_CHUNK_END,
	HTTP_CHUNK_BAD,
};

/*
 * Reads on in `in`, what came after the bytes used so far; *used of it are not
 * to be given again. BAD:
 *	Invalid chunk size line: Invalid Size     no hexadecimal number, or
 *	                                          more than 64 bits
 *	Invalid chunk size line: ..., Invalid chunk body: ...   the rest
 */
enum http_chunk_step http_chunk_read(struct http_chunk *chunk, struct str in,
    size_t *used, struct str *data, struct err *err);

/*
 * The last chunk was read: an end of the connection inside the trailer cuts
 * nothing off the body (RFC 9112, 8).
 */
bool http_chunk_is_whole(const struct http_chunk *chunk);

/*
 * How many of the bytes that come next belong to the body for certain; the
 * caller may read up to that many elsewhere and report them.
 */
uint64_t http_chunk_left(const struct http_chunk *chunk);
void http_chunk_skip(struct http_chunk *chunk, uint64_t n);

#endif
