/* record: what was recorded of an exchange. Internal to why. */
#ifndef WHY_RECORD_H
#define WHY_RECORD_H

#include "why/form.h"

#define RECORD_STEP ((size_t)64 << 10)
#define RECORD_MOST ((size_t)64 << 20) /* bytes of one record that are read */

/* Blocks; p NULL: there is none. All of it lives in the pool given. */
struct record {
	struct str id, refers_to;     /* of the response */
	struct str request, response; /* HTTP as on the wire */
	struct str query, answer;     /* DNS, two bytes of length each */
	struct str in, out;           /* sockets */
	struct str chain;             /* certificates as PEM, the leaf first */
	bool is_long; /* one of them is more than RECORD_MOST, and cut there */
};

/*
 * exchange: a row of db_model_exchange; uuid: of its run. 1; 0: no bytes were
 * kept; -1: they cannot be read.
 */
int record_load(struct why *why, struct str uuid, const struct row *exchange,
    struct pool *pool, struct record *out, struct err *err);

/* The leaf of a chain as DER, in pool; empty: there is none. */
struct str record_leaf(const struct record *record, struct pool *pool);

#endif
