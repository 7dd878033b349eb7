/*
 * work: runs a module on its targets: children, the poll loop, answers.
 * One thread. Replies leave only after what they say is committed; events that
 * wait together share a commit. A child that misbehaves is killed, reaped and
 * named. Source: docs/wire.md, "The parent".
 */
#ifndef WORK_WORK_H
#define WORK_WORK_H

#include "db/db.h"
#include "ipc/child_options.h"
#include "ipc/start.h"
#include "state/workspace.h"
#include "work/outcome.h"

#define WORK_MAX_JOBS 1000u

/*
 * As many as RLIMIT_NOFILE has descriptors for, at least 1 and at most
 * WORK_MAX_JOBS.
 */
unsigned work_max_jobs(void);

/* What a child is started for. Lives in the pool that target_fn is given. */
struct work_target {
	const char *label; /* as lines show it: "\"example.com\"" or a/b */
	struct db_unit unit; /* sees.p NULL: arg as a whole */
	struct json arg;
	struct slot_texts blobs; /* base64 */
};

struct work_options {
	const char *module; /* "author/name" */
	struct str command; /* what was typed, without secrets; may be empty */

	/* --child COMMAND, in words, NULL-terminated; NULL: our own. */
	const char *const *child;
	struct start start; /* of every target, but for arg and blobs */

	/* The next target: 1, 0: no more, -1. */
	int (*next)(void *ctx, struct pool *pool, struct work_target *out,
	    struct err *err);
	void *next_ctx;
	size_t targets; /* how many there are; 0: unknown */

	struct db *db;
	const struct workspace *ws;
	unsigned jobs;       /* at once, at least 1 */
	bool has_stdin;      /* --stdin */
	bool stops_at_error; /* none is started after the first that failed */
	unsigned timeout_ms; /* of each target; 0: none */

	/*
	 * What our own child is told: limits, layers that may be missing, the
	 * audit. The rest of it is filled in here. The limits on output,
	 * connections and processor time count for ours and foreign ones.
	 */
	struct child_options child_options;

	/* Where it may connect: words of gate/egress.h. None: public. */
	struct slot_texts allow_net, deny_net;

	/*
	 * Told after a row was inserted or updated, or an event logged, and the
	 * child that did it has its answer; may be NULL: notifications. label
	 * is the target's. It may call work_run(), which then is part of this
	 * run: rate limits, what is shown once, and an interrupt are shared.
	 */
	void (*changed)(void *ctx, struct str label, struct str topic,
	    struct str subject);
	void *changed_ctx;
};

struct work_result {
	size_t failed; /* without Exit Ok, and nobody interrupted them */
	size_t cut_off, not_started; /* by an interrupt, or by an error */
	size_t added, changed; /* rows; an event that was logged is added */
	bool interrupted;
	struct outcome_sum outcome;
};

/*
 * Runs all targets, prints their lines, and at the end the failures of set-up,
 * the report of violations and what could not be looked at; not the Finished
 * line. -1: the run as a whole
 * could not go on. *result is set in any case.
 */
int work_run(const struct work_options *options, struct work_result *result,
    struct err *err);

/*
 * Starts a child ahead of time, while the caller still reads its database.
 * The next work_run() with the same options.module uses it. Never fails.
 */
void work_prepare(const struct work_options *options);

#endif
