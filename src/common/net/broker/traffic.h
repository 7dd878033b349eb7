/*
 * traffic: how much goes over the connections that a worker was given. The
 * broker keeps a descriptor of each, asks the kernel when both directions are
 * shut (TCP_INFO), and closes it; so nobody has to believe the worker, and no
 * byte is read by anybody but it.
 *
 * While it is kept, the worker's close(2) ends nothing: the library shuts a
 * connection down first (stream_free()).
 */
#ifndef BROKER_TRAFFIC_H
#define BROKER_TRAFFIC_H

#include <poll.h>

#include "broker/notice.h"

#define TRAFFIC_MOST 512 /* connections watched at once */

struct traffic_flow {
	int fd;
	uint32_t number, attempt;
};

struct traffic {
	struct traffic_flow flow[TRAFFIC_MOST]; /* the oldest first */
	size_t n, most;
};

enum traffic_how {
	TRAFFIC_CUT = 1 << 0,    /* it is watched no more, and may go on */
	TRAFFIC_BROKEN = 1 << 1, /* poll(2) said that there was an error */
};

/* Asks how much went; what a system cannot say is 0. Closes the flow's fd. */
void traffic_end(struct traffic *t, size_t i, unsigned how, struct notice *out);

/*
 * Watches one more; the descriptor is its own from now on. true: *out is about
 * the oldest one, which had to go for it.
 */
bool traffic_add(struct traffic *t, const struct traffic_flow *flow,
    struct notice *out);

/* What to poll for, t->n of them: POLLHUP and POLLERR come unasked. */
void traffic_poll(const struct traffic *t, struct pollfd *p);

/* Closes all, unasked. */
void traffic_clear(struct traffic *t);

#endif
