/*
 * config: sn0int.toml. Host and child read all of it by one table of sections
 * and keys: what is wrong in it stops both, with section and key, and of what
 * has no row in the table both tell.
 *
 * To add a key: a member here and a row in config.c's table. The manual page
 * sn0int.toml(5) and docs/reference/config.md are printed from it.
 * The format: value/toml.h.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/err.h"
#include "value/slot.h"

#define CONFIG_MAX_JOBS  1000u /* run.jobs, and run -j */
#define CONFIG_MAX_RULES 64    /* of notifications */

/* A key of [namespaces]. */
struct config_namespace {
	struct str name;
	const char *folder; /* NULL: state/config.h, which knows the home */
	struct str written; /* the folder as it stands in the file */
};

/* [notifications.LABEL]: who is told of what; checked. */
struct config_rule {
	struct str label;
	struct str script;            /* the module */
	struct slot_texts workspaces; /* n 0: all */
	struct slot_texts topics;     /* the same; text/glob.h, topic by part */
	struct slot_texts options;    /* "KEY=VALUE" */

	/* As in [notify], which is what holds where they are 0. */
	struct slot_texts allow;
	uint32_t max;
	struct str digest;
	uint32_t digest_s;
};

/* Of texts that are not in the file p is NULL, of lists n is 0. */
struct config {
	/* [core] */
	struct str registry;
	bool no_autoupdate;
	bool bundled;         /* have the modules that come with the program */
	uint32_t update_days; /* between two looks for newer modules */

	/* [lists]: URLs: psl, geoip-city, geoip-asn; as in web/lists.h */
	struct str list[3];

	/* [namespaces], [notifications] */
	struct config_namespace *namespace;
	size_t namespaces;
	struct config_rule *rule; /* in the order of the file */
	size_t rules;

	/* [notify] */
	struct slot_texts notify_allow; /* rules, as allow_net */
	uint32_t notify_max;            /* an hour; 0: any number */
	struct str notify_digest;
	uint32_t notify_digest_s; /* 0: each goes alone */

	/* [network] */
	struct slot_texts allow_net; /* rules, gate/rule.h; checked */
	struct slot_texts deny_net;
	bool has_allow_net;   /* allow is there, maybe empty */
	struct slot_texts ns; /* "IP:PORT", checked; 0: of resolv.conf(5) */
	struct str proxy;     /* "IP:PORT", checked */
	struct str user_agent;

	/* [run] */
	uint32_t jobs;       /* up to CONFIG_MAX_JOBS; 0: as many as cores */
	struct str evidence; /* a level of ipc/exchange.h, checked */

	/* what modules may do beside what their texts say; checked */
	struct str permissions;
	enum config_permissions {
		PERMISSIONS_ENFORCE, /* nothing */
		PERMISSIONS_ASK,     /* the same, and each new text is shown */
		PERMISSIONS_OFF,     /* everything */
	} permissions_kind;

	/* [select] */
	struct str form;  /* "lines", or "table" for persons; checked */
	struct str pager; /* a program and its arguments */

	/* [sandbox] */
	struct slot_texts limits; /* "memory=512M", checked */

	/*
	 * What it says and nobody knows: "unknown key proxi in [network], did
	 * you mean proxy?". A key that does nothing may be a proxy that is not
	 * used.
	 */
	struct str *warning;
	size_t warnings;
};

/*
 * One that says nothing. Other readers begin with it, too.
 */
void config_init(struct config *config);

/*
 * Fills in *config, which config_init() has made, from the text of the file.
 * Everything in it lives in pool or views into text. -1: it is no TOML, a
 * type or a value is wrong; *config is of no use then.
 */
int config_read(struct config *config, struct str text, struct pool *pool,
    struct err *err);

/* One more warning, a copy in pool. */
void config_warn(struct config *config, struct pool *pool, const char *text);

struct config_section {
	const char *name;
	const struct slot *slot; /* ends with { NULL } */
	/*
	 * Its names are the user's own: the only slot, "NAME", says what
	 * stands behind each of them.
	 */
	bool is_open;
	const char *doc; /* for the pages: a sentence */
	bool is_tables;  /* and what stands there are tables with these slots */
};

/* Ends with a row whose name is NULL. */
extern const struct config_section config_sections[];

/* Whether modules of that author are the user's own, by [namespaces]. */
bool config_has_namespace(const struct config *config, struct str name);

#endif
