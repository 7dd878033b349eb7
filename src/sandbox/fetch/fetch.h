/*
 * fetch: the errands of the host, in place of a module (ipc/errand.h, docs/
 * wire.md, "Errands"): a request in, the answer out while it comes. One after
 * the other; connections are kept in between. The jail is that of a module that
 * names a function of the network, the policy is that of the broker.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "child/wire.h"
#include "ipc/start.h"

/*
 * Until standard input ends, or nobody reads what is said. Of the start line
 * only the network and the agent count. The exit status.
 */
int fetch_run(const struct start *start, struct wire *wire);

#endif
