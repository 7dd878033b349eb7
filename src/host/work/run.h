/*
 * run: what the files of this room share: what is going on, and what all runs
 * share that are.
 */
#ifndef WORK_RUN_H
#define WORK_RUN_H

#include "witness/asked.h"
#include "work/batch.h"
#include "work/beside.h"
#include "work/child.h"
#include "work/ends.h"
#include "work/input.h"
#include "work/once.h"
#include "work/outcome.h"
#include "work/pace.h"
#include "work/policy.h"
#include "work/ratelimit.h"
#include "work/work.h"

/*
 * From a child's last word to its end. That costs it a millisecond, and on a
 * machine with much to do two seconds.
 */
#define RUN_GRACE_MS 10000
#define RUN_ENDING   16 /* children that may be ending beside those at work */

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

struct job;

/*
 * Into a pipe or a file, while a child asks and asks: a system call a row, and a
 * reader that wakes for each, cost more than the row.
 */
#define RUN_LAG_MS 20

/* What the runs of a struct work share. */
struct work {
	struct loop *loop;
	struct loop_before settle; /* the end of a turn, see work.c */
	struct loop_timer frame;   /* of the animation */
	struct loop_timer notes;   /* that wait are stored */
	struct loop_signal interrupt, end[WORK_ENDS];
	bool is_stopping; /* no run starts anything any more */

	struct run **run; /* that were begun and not ended */
	size_t n, cap;
	size_t first;         /* who may start first */
	unsigned most;        /* children at work */
	size_t jobs, working; /* of all runs: n and working of struct run */
	size_t long_lines;
	int64_t printed; /* clock_ms() of the last flush */
	size_t shown;    /* 1 + how many are done as the animation shows it */

	struct pace pace;
	struct beside beside;
	struct loop_beat look; /* while somebody is hot */

	struct batch batch;
	struct ends ends;
	struct input input;
	struct spares spares;
	struct ratelimit *ratelimit;
	struct once once;
};

struct run {
	struct work *work;
	const struct work_options *options;
	const struct transport *transport; /* of its children */
	struct pool pool;                  /* ends with the run */
	struct pool turn;                  /* ends with each turn of the loop */
	struct policy policy;
	struct db_author author; /* its attempts are of the jobs */
	struct limits limits;    /* of each target */
	struct blob_hold blobs;  /* since the first that was stored */

	struct job **job; /* that are not over */
	size_t n, cap;
	size_t working; /* of these, those that have not said their last word */
	bool has_started_all;
	bool is_stopping;    /* nothing is started any more */
	bool is_interrupted; /* because somebody wants it to stop */
	bool is_over, is_told;
	int status; /* -1: it could not go on */
	struct err err;
	size_t started, done, failed;
	size_t cut_off; /* by an interrupt; named: */
	struct buf cut_off_names;
	size_t named;
	size_t added, changed; /* rows */
	size_t unnoted;        /* exchanges, and turns of them */
	size_t unkept;        /* pieces of bytes of exchanges, and whole ones */
	bool has_told_unkept; /* why the first of them was not kept */
	struct asked_run asked;
	struct pool secrets; /* of its mask */
	struct outcome_sum outcome;

	struct run_failure *failure, **last_failure; /* in order */
	size_t failure_bytes;
	struct str reported[RUN_REPORTS]; /* which calls */
	size_t reports, more_reports;
	struct buf report; /* of violations */
};

/* Stores and answers what was asked for; the answers are on their way. */
void work_store(struct work *work);

/* Starts what may be started. */
void run_start_targets(struct run *run);

/* No target is started any more; those at work may go on. */
bool run_is_last(const struct run *run);

/* Takes leave of the jobs that are over. */
void run_retire(struct run *run);

/* The run as a whole cannot go on: *err, which is taken, says why. */
void run_give_up(struct run *run, struct err *err);

/* Targets that were not started. */
size_t run_left(const struct run *run);

/* It is over: that is said, and noted. */
void run_finish(struct run *run);
void run_say_end(struct run *run);

/* Bytes of exchanges are not kept; why, of the first that is no limit. */
void run_lose_bytes(struct run *run, struct err *err);

/* "Failed NAME: text", at the end. */
void run_fail(struct run *run, struct str name, struct str text);

/* A block about a violation, at the end; violation: its line, or p NULL. */
void run_report(struct run *run, struct str text, struct str violation);

#endif
