/*
 * inside: what the files of this room have in common.
 */
#ifndef WARC_INSIDE_H
#define WARC_INSIDE_H

#include <zlib.h>

#include "base/buf.h"
#include "warc/warc.h"

/* What a URI may not have as %XX. In pool. */
struct str warc_clean_uri(struct pool *pool, struct str uri);

/* The head of a record, up to and with the empty line. In pool. */
struct str warc_head(struct pool *pool, const struct warc_record *record,
    struct str block_digest, struct str payload_digest, uint64_t n);

/*
 * One gzip member after the other, into a descriptor.
 */
struct member {
	z_stream z;
	int fd;
	uint64_t n; /* bytes of this one that were written */
	unsigned char out[64 << 10];
};

void member_init(struct member *m, int fd);
void member_end(struct member *m);

/* Begins one. What looks as if it would not shrink is stored. */
void member_begin(struct member *m, struct str sample);
int member_add(struct member *m, struct str bytes, struct err *err);
int member_finish(struct member *m, struct err *err);

#endif
