/*
 * query: one question of DNS as it is sent, and what counts as its answer:
 * only what has its id, drawn at random, and repeats the question. Bytes in and
 * out; who sends them, and from which port, is lookup.h.
 * Sources: RFC 5452; RFC 6891, 6.2.2 (servers that do not take OPT) and 7.
 */
#ifndef NAME_QUERY_H
#define NAME_QUERY_H

#include "name/dns.h"

struct query {
	const struct dns_name *name; /* the caller's */
	uint16_t type, id;
	unsigned char bytes[2 + DNS_QUERY_MAX]; /* its length first: for TCP */
	size_t n;                               /* without the length */
	unsigned char plain[DNS_QUERY_MAX];     /* the same without OPT */
	size_t n_plain;
};

/* Draws an id. has_opt: with an OPT record, in bytes; plain never has one. */
void query_make(struct query *q, const struct dns_name *name, uint16_t type,
    bool has_opt);

/*
 * Reads one message if it is the answer; then *out lives in pool. What is none
 * costs no memory of the pool, for it may come by the thousand. An answer is
 * also a bare head that says the query could not be worked on: then it has no
 * records, and only its code counts.
 */
bool query_is_answered(const struct query *q, struct str message,
    struct pool *pool, struct dns_message *out);

/* The code may be about the OPT record and not about the question. */
bool query_is_about_opt(unsigned rcode);

#endif
