/*
 * attempt: what a run leaves in the database about itself and its targets
 * (db/author.h): one run, one attempt a target, each with how it ended.
 */
#ifndef WORK_ATTEMPT_H
#define WORK_ATTEMPT_H

#include "work/death.h"
#include "work/outcome.h"
#include "work/work.h"

struct job;
struct run;

/* Around all targets. status -1: the run could not go on, because of *err. */
int attempt_run_begin(struct run *run, struct err *err);
int attempt_run_end(struct run *run, int status, struct err *err);

/*
 * Around a target: before its child has said anything, and when it is gone. An
 * end is stored with what begins behind it (work/ends.h); one that cannot be is
 * told, and the run goes on.
 */
int attempt_begin(struct job *job, const struct work_target *target,
    struct err *err);
void attempt_end(struct job *job, const struct death *death,
    const struct outcome_sum *sum);

/* In place of that: there was no child. */
void attempt_spoil(struct job *job, struct str why);

/* Why it was no success, as it is kept; in pool. */
struct str attempt_error(const struct job *job, const struct death *death,
    struct pool *pool);

/*
 * The options of a module as they may be kept: the value of one whose name says
 * that it is a secret, or of each with is_secret, is "[secret option NAME]".
 * JSON, in pool.
 */
struct str attempt_options(struct pool *pool, const struct json *options,
    bool is_secret);

#endif
