/* inside: what the files of this room share. */
#ifndef NOTIFY_INSIDE_H
#define NOTIFY_INSIDE_H

#include "base/locked.h"
#include "notify/notify.h"

struct rule {
	const struct config_rule *config;
	const struct module *module; /* NULL: with fault */
	struct json options;
	struct work_options work;
	struct pool keys;
	struct str fault; /* why it cannot deliver; p NULL: it can */
	uint32_t max, digest_s;

	/* of one pass over the outbox */
	bool is_met, is_stopped;
	uint64_t left;                     /* deliveries that it may make yet */
	uint64_t due;                      /* that were not taken yet */
	size_t failures;                   /* on end */
	size_t waiting;                    /* passed over, or failed */
	uint64_t dropped[DB_OUTBOX_DROPS]; /* and not said yet */
};

struct notify {
	struct program *p;
	struct pool pool;
	struct rule *rule;
	size_t n;
	size_t added; /* rows since the last trim */
	size_t lost;  /* that no outbox took, and nobody was told */
	size_t gone;  /* rows of rules that are not there, in this pass */
	uint64_t gone_dropped[DB_OUTBOX_DROPS];
};

/* So many more than DB_OUTBOX_MOST there may be while a run adds them. */
#define NOTIFY_TRIM 1000

/* Drops what is too old, or too much; that is said by the next pass. */
int pass_trim(struct notify *n, struct err *err);

/*
 * One message over one rule: 1; 0: it failed, *why in pool; 2: it was
 * interrupted, and nobody knows; -1. label: of who caused it; p NULL: nobody.
 */
int deliver_one(struct rule *rule, struct work *work, struct pool *pool,
    const struct db_notice *notice, bool is_said, struct str *why,
    struct err *err);

#endif
