/*
 * configured: what sn0int.toml says about a child whose parent is not ours and
 * so gives no options: network.allow, network.deny, sandbox.limits. All else in
 * it is the host's business. Source: docs/files.md.
 */
#ifndef RUN_CONFIGURED_H
#define RUN_CONFIGURED_H

#include "ipc/child_options.h"

/*
 * Adds to *o, in front of what the command line says: of equal limits the last
 * one counts, and words of a policy add up. A missing file says nothing. -1:
 * "Failed to load config: ...", also of one that cannot be looked at.
 */
int configured_add(struct child_options *o, struct pool *pool, struct err *err);

#endif
