/*
 * sum: digests that a record says its block and its payload have.
 */
#ifndef WARC_SUM_H
#define WARC_SUM_H

#include "crypt/digest.h"
#include "warc/read.h"

/* Where the head of a message of HTTP ends, piece by piece. */
struct head_end {
	char line[32]; /* the beginning of the line */
	size_t n;      /* bytes of the line */
	uint64_t at;   /* bytes that were read */
	bool is_found; /* `at` is where the body begins */
	bool is_coded; /* a transfer coding is named */
};

/* How many of the bytes belong to the head. */
size_t head_end_add(struct head_end *h, struct str bytes);

struct sum {
	struct digest *digest; /* NULL: there is none */
	struct str want; /* in pool; p == NULL: of a kind that is not known */
	bool is_there;
};

struct sums {
	struct sum block, payload;
	bool has_head; /* the payload begins behind one */
	struct head_end head;
};

void sums_begin(struct sums *s, struct pool *pool,
    const struct warc_entry *entry);
void sums_add(struct sums *s, struct str bytes);
enum warc_sum sum_end(const struct sum *s, struct pool *pool);

/* Of the payload, of which more has to be known. */
enum warc_sum sums_payload(const struct sums *s, struct pool *pool);

#endif
