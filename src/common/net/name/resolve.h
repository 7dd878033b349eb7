/*
 * resolve: a look-up (lookup.h) over a dialler, waited for. Rules:
 * docs/reference, "Names and addresses" and "dns".
 */
#ifndef NAME_RESOLVE_H
#define NAME_RESOLVE_H

#include "name/dial.h"
#include "name/dns.h"

struct resolve {
	const struct addr *ns; /* NULL: those of the dialler's configuration */
	size_t n_ns;
	bool tcp;
	int64_t timeout_ms; /* for all of it; -1: LOOKUP_TIMEOUT_MS */
	int64_t deadline;   /* over it */
	struct tap *tap;    /* who looks on; NULL: nobody */
	bool says_who; /* the cause of "timed out" names servers and faults */
};

#define RESOLVE_NONE                                                           \
	{                                                                      \
		.timeout_ms = -1, .deadline = CLOCK_NEVER                      \
	}

/*
 * Asks for records. An error code in the answer is no failure. Everything in
 * *out lives in pool. Leaves the cause for dial_tell(), which it does not call.
 * Errors:
 *	No nameserver configured
 *	DNS query timed out     no usable answer in timeout_ms
 *	request timed out       the same, without a timeout_ms
 *	proto error: io error   TCP refused or broken, with the last server
 *	connection to ... refused: ...  egress.h
 */
int resolve_query(struct dialler *d, const struct dns_name *name, uint16_t type,
    const struct resolve *how, struct pool *pool, struct dns_message *out,
    struct err *err);

/*
 * The answer that messages are, each behind its length in two bytes (RFC 1035,
 * 4.2.2), as they were recorded of one look-up: the last one; of a zone
 * transfer all records of those that have some. Lives in pool.
 */
int resolve_read(struct str messages, uint16_t type, struct pool *pool,
    struct dns_message *out, struct err *err);

/*
 * That a host name could not be looked up, by lookup_detail() and who was asked
 * (NULL: nobody): leaves it as the cause, and sets one of the errors of
 * resolve_host(). Returns -1.
 */
int resolve_fail(struct dialler *d, uint32_t detail, const struct addr *server,
    struct err *err);

/*
 * The addresses of a host name, as the dialler is configured: one question for
 * A, every address in the answer. None is no failure: *n is 0. *ttl is the
 * least of the answer, -1 if it is empty. Errors: those above, those of
 * dns_name_read(), and "dns server returned error: NXDomain".
 */
int resolve_host(struct dialler *d, struct str host, int64_t deadline,
    struct pool *pool, struct addr **addr, size_t *n, int64_t *ttl,
    struct err *err);

#endif
