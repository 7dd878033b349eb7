/*
 * config: the user's sn0int.toml (config/config.h), as the host reads it.
 * Source: docs/files.md, "Configuration".
 */
#ifndef STATE_CONFIG_H
#define STATE_CONFIG_H

#include "config/config.h"

/*
 * A missing file says nothing. -1: "Failed to load config: in PATH: ...", also
 * of one that cannot be looked at. The folders of namespaces are absolute
 * then. Everything in *config lives in pool.
 */
int config_load(struct config *config, const char *path, const char *home,
    struct pool *pool, struct err *err);

#endif
