/*
 * config: sn0int.toml. A missing file means defaults; a wrong type or a bad
 * value is an error with section and key; of what we do not know there is a
 * warning.
 * To add a key: a member here and a row in config.c's table.
 * Source: docs/files.md, "Configuration"; the subset of TOML 1.0 in toml.h.
 */
#ifndef STATE_CONFIG_H
#define STATE_CONFIG_H

#include "base/err.h"
#include "stream/addr.h"
#include "value/slot.h"

struct config_namespace {
	struct str name;
	const char *folder; /* absolute, or below the home folder */
	struct str written; /* as it stands in the file */
};

struct config {
	bool bundled; /* core.bundled: the modules that come with us */
	struct config_namespace *namespace;
	size_t namespaces;
	struct str proxy; /* network.proxy, checked; p NULL: none */
	struct str user_agent;
	struct slot_texts allow_net; /* network.allow: rule.h, checked */
	struct slot_texts deny_net;  /* network.deny, checked */
	struct slot_texts ns;        /* network.nameservers, checked; n 0:
	                                those of resolv.conf(5) */
	struct str list[3]; /* URLs: lists.psl, .geoip-city, .geoip-asn; in the
	                       order of web/lists.h; p NULL: not named */
	unsigned jobs;      /* run.jobs; 0: as many as cores */
	struct slot_texts limits; /* sandbox.limits: "memory=512M" */

	/* What it says and nobody heeds: "unknown key x in [network], ..." */
	struct str *warning;
	size_t warnings;
};

/* Everything in *config lives in pool. */
int config_load(struct config *config, const char *path, const char *home,
    struct pool *pool, struct err *err);

/*
 * For the manual: each key; slot NULL: the names of this section are the
 * user's own.
 */
void config_describe(void (*each)(void *ctx, const char *section,
			 const struct slot *slot),
    void *ctx);

#endif
