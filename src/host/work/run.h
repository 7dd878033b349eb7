/*
 * run: what the files of this room share about a run that is going on.
 */
#ifndef WORK_RUN_H
#define WORK_RUN_H

#include "work/batch.h"
#include "work/child.h"
#include "work/once.h"
#include "work/outcome.h"
#include "work/policy.h"
#include "work/ratelimit.h"
#include "work/work.h"

#define RUN_GRACE_MS 2000 /* from a child's last word to its end */
#define RUN_ENDING   16   /* children that may be ending beside those at work */

/*
 * A line may have LINE_MAX_BYTES, but not those of all children at once: more
 * than so many bytes of one are read of so many children at a time. The others
 * wait in their pipes.
 */
#define RUN_LONG_LINE  ((size_t)1 << 20)
#define RUN_LONG_LINES 2

/*
 * What is told at the end is kept until then, however many targets there are:
 * up to so many bytes. What has no room is told as it comes.
 */
#define RUN_FAILURE_BYTES ((size_t)1 << 20)
#define RUN_CUT_NAMES     ((size_t)1 << 10) /* bytes of names, about */
#define RUN_REPORTS       8 /* blocks to report, one a different call */

struct run_failure {
	struct run_failure *next;
	struct str text; /* "Failed NAME: why" */
};

struct run {
	const struct work_options *options;
	const struct transport *transport; /* of its children */
	struct spares *spares;
	struct run *outer; /* the run whose event caused this one; NULL: none */
	struct pool pool;  /* ends with the run */
	struct pool turn;  /* ends with each turn of the loop */
	struct policy policy;
	struct limits limits;        /* of each target */
	struct ratelimit *ratelimit; /* the outermost run's */
	struct once *once;           /* the same */
	struct batch batch;
	struct db_author author; /* its attempts are of the jobs */
	struct blob_hold blobs; /* since the first that was stored */

	struct job **job; /* that are not over */
	size_t n, cap;
	size_t working; /* of these, those that have not said their last word */
	bool has_started_all;
	size_t long_lines;
	bool is_stopping; /* nothing is started any more */
	unsigned deaths;  /* as of stop_deaths() when they were last reaped */
	size_t started, done, failed;
	size_t cut_off;     /* by an interrupt; named: */
	struct buf cut_off_names;
	size_t named;
	size_t added, changed; /* rows */
	struct outcome_sum outcome;
	size_t shown; /* 1 + `done` as the animation shows it; 0: not yet */

	struct run_failure *failure, **last_failure; /* in order */
	size_t failure_bytes;
	struct str reported[RUN_REPORTS]; /* which calls */
	size_t reports, more_reports;
	struct buf report; /* of violations */
};

/* "Failed NAME: text", at the end. */
void run_fail(struct run *run, struct str name, struct str text);

/* A block about a violation, at the end; violation: its line, or p NULL. */
void run_report(struct run *run, struct str text, struct str violation);

#endif
