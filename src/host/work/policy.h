/*
 * policy: which connections the children of a run may have, and the brokers
 * that see to it. The policy itself: gate/egress.h.
 */
#ifndef WORK_POLICY_H
#define WORK_POLICY_H

#include "broker/broker.h"
#include "ipc/start.h"

struct policy {
	struct net_config net;
	struct egress *egress;
	unsigned connections; /* of a target; 0: as many as broker/broker.h says */
};

/*
 * The network as a start line has it: name servers, proxy, timeout. Lives in
 * pool. -1: one of them is no IP:PORT.
 */
int policy_network(struct net_config *net, const struct start *start,
    struct pool *pool, struct err *err);

/* The policy of egress_new(); ends with pool. */
struct egress *policy_egress(struct pool *pool);

/* Words as in gate/egress.h. Lives in pool. -1: a word is none. */
int policy_init(struct policy *policy, const struct start *start,
    const struct slot_texts *allow, const struct slot_texts *deny,
    struct pool *pool, struct err *err);

/*
 * "connected to 192.0.2.1:443 (tcp, 12 ms)", "no connection to ... (tcp, 0
 * ms): Connection refused (os error 111)", or the refusal of gate/egress.h.
 * Names in it are foreign.
 */
void policy_write_record(struct buf *out, const struct broker_record *record);

#endif
