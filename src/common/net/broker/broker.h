/*
 * broker: the other end of a worker's BROKER_FD. It opens the connections
 * that a worker asks for (request.h), where the policy allows them (egress.h),
 * and hands them over; where a proxy is set, nothing goes elsewhere. It never
 * blocks and has no threads: a poll loop drives it. It works on one request at
 * a time, and on none while its replies, or its notices to the host, are not
 * taken.
 *
 *	b = broker_new(fd, &config);
 *	while (there is a worker) {
 *		n = broker_poll(b, p);
 *		ppoll(p, n, broker_timeout(b), ...);
 *		broker_step(b, p, n);
 *	}
 *	broker_end(b);
 *
 * It is what the outer half of a child does, whoever is its parent. Our host
 * holds the other end of its control socket (notice.h) and begins each attempt;
 * under any other parent nobody does, and the outer half begins it itself.
 * Rules: docs/jail.md, "The network".
 */
#ifndef BROKER_BROKER_H
#define BROKER_BROKER_H

#include <poll.h>

#include "broker/notice.h"
#include "broker/traffic.h"
#include "gate/egress.h"
#include "gate/net_config.h"

/* The worker's, the control's, one being connected, and those watched. */
#define BROKER_OWN_FDS     3
#define BROKER_MAX_FDS     (BROKER_OWN_FDS + TRAFFIC_MOST)
#define BROKER_MAX_WAIT_MS 120000u
#define BROKER_MAX_BAD     3 /* malformed packets: then it hangs up */

/* Copied; but egress must live as long, its own addresses are refreshed. */
struct broker_config {
	const struct net_config *net; /* NULL: no name servers, no proxy */
	struct egress *egress;
	int control;    /* to the host, taken over; -1: there is none */
	size_t watched; /* connections whose bytes are counted at once, at most
	                    TRAFFIC_MOST; without control none is */
	void (*place)(uint32_t processor); /* the worker: what the host wants;
	                    NULL: it cannot be */
};

struct broker;

/*
 * A connected pair of SEQPACKET sockets, for a worker and its broker or for a
 * host and its broker. Both close-on-exec.
 */
int broker_pair(int fd[2], struct err *err);

/*
 * Takes over fd. Until the first order everything is refused, so a worker may
 * be there before its start line. All memory is taken here.
 */
struct broker *broker_new(int fd, const struct broker_config *config);
void broker_free(struct broker *b);

/*
 * The next attempt of the same worker: counts start anew. An order on the
 * control socket does the same.
 */
void broker_begin(struct broker *b, const struct order_packet *order);

/* What to poll for; the count, at least BROKER_OWN_FDS. */
size_t broker_poll(const struct broker *b, struct pollfd p[BROKER_MAX_FDS]);

/* When to come back at the latest, for poll(2); -1: no need. */
int broker_timeout(const struct broker *b);

/* Does what can be done. p as filled in by broker_poll, then by poll(2). */
void broker_step(struct broker *b, const struct pollfd *p, size_t n);

/* The worker has gone, or was hung up on. */
bool broker_is_done(const struct broker *b);

/*
 * The worker has ended: takes what it has said of itself and nobody has read
 * yet, asks how much went over what is still open, and waits until the host has
 * taken all notices or is gone itself. Requests are dropped.
 */
void broker_end(struct broker *b);

/* Connections begun in this attempt. */
unsigned broker_count(const struct broker *b);

#endif
