/*
 * pairing: what a child says it asked, against what its broker says it did. An
 * exchange is seen when its connection is one that the broker made in this
 * attempt, to the server that it names, it went on while that was open, and all
 * exchanges over it claim no more bytes than the kernel has counted. A look-up
 * of addresses (A, the broker asks for nothing else) is seen when the broker
 * asked for that name itself: datagrams are counted by nobody. That says nothing
 * of what was asked and answered.
 *
 *	pairing_request(), pairing_closed()    as the broker's notices come
 *	pairing_claim(), pairing_claim_bytes() as exchanges come: false is final
 *	pairing_unseen()                       at the end of the attempt
 *
 * Nothing is copied of a claim: its bytes are added up at its connection, and
 * an exchange over a connection that is not known is unseen at once. So memory
 * is bounded by what the broker has made: its limit of connections.
 * Source: docs/database.md, "What it asked".
 */
#ifndef WITNESS_PAIRING_H
#define WITNESS_PAIRING_H

#include "broker/notice.h"
#include "ipc/exchange.h"

#define PAIRING_NAMES 1024 /* looked up by the broker; more are not known */

/*
 * What the two clocks, which are one, are read apart, and milliseconds that are
 * rounded.
 */
#define PAIRING_SLACK_MS 50

/*
 * So long before its connection was begun an exchange may begin: other addresses
 * of the name were tried, and the name was looked up.
 */
#define PAIRING_BEFORE_MS 600000

struct pairing_connection {
	uint32_t number;
	bool is_closed, is_cut;
	bool is_proxied;            /* to the proxy */
	struct addr server;         /* else to whom */
	int64_t from, to;           /* milliseconds since 1970 */
	uint64_t sent, received;    /* by the kernel */
	uint64_t said_out, said_in; /* by the child */
};

/* Zero: nothing yet. */
struct pairing {
	struct pairing_connection *connection; /* by number */
	size_t n, cap;
	uint64_t *name; /* hashes of names, lower case */
	size_t names;
};

/* now: milliseconds since 1970, when it came. */
void pairing_request(struct pairing *p, const struct broker_record *record,
    int64_t now);
void pairing_closed(struct pairing *p, const struct broker_closed *closed,
    int64_t now);

/* May it have been seen? false: never. Of one that is open, its beginning. */
bool pairing_claim(const struct pairing *p, const struct exchange *x);

/* The same for people: "made 2026-11-30T00:50:57Z, open". In pool. */
struct str pairing_describe(const struct pairing *p, const struct exchange *x,
    struct pool *pool);

/* Adds what it says to its connection; of one that is over, once. */
void pairing_claim_bytes(struct pairing *p, const struct exchange *x);

/*
 * Numbers of connections whose exchanges are unseen, as the kernel counts less
 * than they claim, or has not counted to the end. In pool; *n of them.
 */
int64_t *pairing_unseen(const struct pairing *p, struct pool *pool, size_t *n);

void pairing_clear(struct pairing *p);

#endif
