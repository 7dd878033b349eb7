/*
 * configured: what sn0int.toml says about a child whose parent is not ours and
 * so gives no options: network.allow, network.deny, sandbox.limits. All of the
 * file is read as the host reads it (config/config.h); what else it says is
 * the host's business, or that of the other parent. Source: docs/files.md.
 */
#ifndef RUN_CONFIGURED_H
#define RUN_CONFIGURED_H

#include "config/config.h"
#include "ipc/child_options.h"

/*
 * Adds to *o, in front of what the command line says: of equal limits the last
 * one counts, and words of a policy add up. A missing file says nothing. -1:
 * "Failed to load config: ...", also of one that cannot be looked at.
 * config->warning is for the user, and *path where they are; they live in
 * pool.
 */
int configured_add(struct child_options *o, struct config *config,
    const char **path, struct pool *pool, struct err *err);

#endif
