/*
 * serving: an outer half that is its worker's broker. What it has to know are
 * words, whether it goes on in its own program or in sn0int-outer (main.c):
 *
 *	allow=WORD  deny=WORD   of the policy, gate/egress.h; any number
 *	ns=IP:PORT  proxy=IP:PORT
 *	control                 the host is at CONTROL_FD
 *	own                     the kernel's own addresses are at OUTER_NETLINK_FD
 *	begin=CONNECTIONS       the one attempt that there is begins at once
 *
 * Until an order comes, or without `begin`, everything is refused.
 */
#ifndef OUTER_SERVING_H
#define OUTER_SERVING_H

#include "broker/broker.h"
#include "jail/jail.h"

struct serving {
	struct pool pool;
	struct net_config net;
	struct addr *ns; /* of net */
	struct egress *egress;
	struct broker *broker; /* once the worker is there */
	int fd, control;
	bool is_begun;
	struct order_packet order;
};

/*
 * What the broker of the worker's socket `fd` will be, as the words say (NULL
 * ends them). Without `own` the socket to the kernel is opened. s is zero.
 */
int serving_init(struct serving *s, int fd, const char *const *word,
    struct err *err);

/* Fills in all of it but the program. */
void serving_hooks(struct serving *s, struct jail_serve *serve);

/*
 * The hook `begin`: makes the broker, in the program in which the outer half
 * goes on. Its descriptors are counted for it alone from here on.
 */
void serving_begin(void *serving);

/* Of a line of the worker, its first bytes: does it want one of reply? */
bool serving_is_question(struct str head);

#endif
