/*
 * riff: the chunks of a RIFF file. Source: Google, "WebP Container
 * Specification", "RIFF File Format".
 */
#ifndef IMG_RIFF_H
#define IMG_RIFF_H

#include "base/err.h"

struct riff_chunk {
	struct str type; /* 4 bytes */
	struct str data;
};

/*
 * The chunks of a file of the given form ("WEBP"), for riff_next. -1: it is
 * none, or shorter than it says.
 */
int riff_open(struct str bytes, const char *form, struct str *chunks,
    struct err *err);

/* Cuts the next chunk off. 1: a chunk, 0: there are no more, -1: it is cut. */
int riff_next(struct str *chunks, struct riff_chunk *chunk, struct err *err);

#endif
