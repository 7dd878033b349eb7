/*
 * A run: which targets are at work, and what comes of them. work.c calls this
 * at the end of each turn.
 */
#include "work/run.h"

#include <stdlib.h>

#include "base/mem.h"
#include "work/attempt.h"
#include "work/job.h"
#include "work/layers.h"

static void
add_job(struct run *run, struct job *job)
{
	if (run->n == run->cap) {
		run->cap = run->cap != 0 ? 2 * run->cap : 16;
		run->job = mem_grow(run->job, run->cap, sizeof(*run->job));
	}
	run->job[run->n++] = job;
	run->working++;
	run->work->jobs++;
	run->work->working++;
}

/* As options->next. */
static int
start_next(struct run *run, struct err *err)
{
	const struct work_options *options = run->options;
	struct pool pool = POOL_NONE;
	struct work_target target;
	struct job *job;
	int status = options->next(options->next_ctx, &pool, &target, err);

	if (status != 1) {
		run->has_started_all = status != 2;
		pool_clear(&pool);
		return status;
	}
	run->started++;
	job = job_start(run, &pool, &target);
	if (job != NULL)
		add_job(run, job);
	return 1;
}

/*
 * Spares for what is still to come: one more than work at a time, so that the
 * next jail is being made while the last one is waited for.
 */
static void
prepare_spares(struct run *run)
{
	const struct work_options *options = run->options;
	size_t most = options->jobs + 1, left;

	if (run->has_started_all || options->targets <= run->started)
		return;
	left = options->targets - run->started;
	spares_prepare(&run->work->spares, run->transport,
	    left < most ? left : most);
}

bool
run_is_last(const struct run *run)
{
	return run->has_started_all || run->is_stopping ||
	       (run->options->stops_at_error && run->failed != 0);
}

/* Of this run, and of all; how one ended is known when its child is gone. */
static bool
has_room(const struct run *run)
{
	const struct work_options *options = run->options;
	const struct work *work = run->work;
	size_t at_work = options->stops_at_error ? run->n : run->working;

	return at_work < options->jobs && run->n < options->jobs + RUN_ENDING &&
	       work->working < work->most &&
	       work->jobs < work->most + RUN_ENDING;
}

void
run_start_targets(struct run *run)
{
	autoerr struct err err = ERR_NONE;
	int status = 1;

	while (status == 1 && !run_is_last(run) && has_room(run))
		status = start_next(run, &err);
	if (status == -1)
		run_give_up(run, &err);
	if (!run_is_last(run))
		prepare_spares(run);
}

static bool
has_one_over(const struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		if (job_is_over(run->job[i]))
			return true;
	}
	return false;
}

void
run_retire(struct run *run)
{
	size_t kept = 0;

	/* while all of its jobs are there */
	if (has_one_over(run))
		batch_store_notes(run->work);
	for (size_t i = 0; i < run->n; i++) {
		struct job *job = run->job[i];

		if (!job_is_over(job)) {
			run->job[kept++] = job;
			continue;
		}
		job_end(job);
		job_free(job);
		run->work->jobs--;
	}
	run->n = kept;
}

static void
stop_jobs(struct run *run)
{
	run->is_stopping = true;
	loop_hurry(run->work->loop);
	for (size_t i = 0; i < run->n; i++)
		job_interrupt(run->job[i]);
}

void
run_give_up(struct run *run, struct err *err)
{
	if (run->is_stopping)
		return;
	run->status = -1;
	err_move(&run->err, err);
	stop_jobs(run);
}

void
work_stop(struct run *run)
{
	if (!run->is_over)
		run->is_interrupted = true;
	stop_jobs(run);
}

void
run_finish(struct run *run)
{
	run_say_end(run);
	run->status = attempt_run_end(run, run->status, &run->err);
	run->is_over = true;
}

bool
work_is_over(const struct run *run)
{
	return run->is_over;
}

size_t
run_left(const struct run *run)
{
	return run->options->targets > run->started
	           ? run->options->targets - run->started
	           : 0;
}

static int
set_limits(struct run *run, struct err *err)
{
	struct child_options options = run->options->child_options;

	/* of its words alone; it goes to children that are spares */
	options.evidence = EVIDENCE_OFF;
	options.is_repl = false;
	if (child_options_check(&options, err) == -1)
		return -1;
	run->limits = options.limits;
	return 0;
}

static void
add_run(struct work *work, struct run *run)
{
	if (work->n == work->cap) {
		work->cap = work->cap != 0 ? 2 * work->cap : 4;
		work->run = mem_grow(work->run, work->cap, sizeof(*work->run));
	}
	work->run[work->n++] = run;
}

static void
run_free(struct run *run)
{
	blob_hold_drop(&run->blobs);
	free(run->job);
	buf_clear(&run->report);
	buf_clear(&run->cut_off_names);
	err_clear(&run->err);
	pool_clear(&run->turn);
	pool_wipe(&run->secrets);
	pool_clear(&run->pool);
	free(run);
}

int
work_begin(struct work *work, const struct work_options *options,
    struct run **out, struct err *err)
{
	struct run *run = mem_zalloc(sizeof(*run));

	run->work = work;
	run->options = options;
	run->blobs = (struct blob_hold)BLOB_HOLD_NONE;
	run->last_failure = &run->failure;
	run->transport = child_transport(options, &run->pool);
	if (set_limits(run, err) == -1 ||
	    policy_init(&run->policy, &options->start, &options->allow_net,
		&options->deny_net, err) == -1 ||
	    attempt_run_begin(run, err) == -1) {
		run_free(run);
		return -1;
	}
	if (!options->is_inner) {
		input_begin(&work->input);
		layers_say(options);
	}
	add_run(work, run);
	if (work->is_stopping)
		work_stop(run);
	loop_hurry(work->loop);
	*out = run;
	return 0;
}

/* Others may be of the same kind, and want theirs. */
static void
drop_spares(const struct run *run)
{
	struct work *work = run->work;

	for (size_t i = 0; i < work->n; i++) {
		if (str_eq(transport_key(work->run[i]->transport),
			transport_key(run->transport)))
			return;
	}
	spares_drop(&work->spares, run->transport);
}

static void
take_out(struct run *run)
{
	struct work *work = run->work;
	size_t i = 0;

	while (work->run[i] != run)
		i++;
	work->n--;
	memmove(&work->run[i], &work->run[i + 1],
	    (work->n - i) * sizeof(struct run *));
}

/* Nobody turns the loop any more, or not for this one. */
static void
break_off(struct run *run)
{
	work_store(run->work);
	work_stop(run);
	for (size_t i = 0; i < run->n; i++) {
		run->job[i]->is_interrupted = true;
		child_clear(&run->job[i]->child);
		job_settle(run->job[i]);
	}
	run_retire(run);
	ends_store(&run->work->ends);
	input_watch(run->work); /* nobody may be left who asks */
	run_finish(run);
}

int
work_end(struct run *run, struct work_result *result, struct err *err)
{
	int status;

	if (!run->is_over)
		break_off(run);
	*result = (struct work_result){
		.failed = run->failed,
		.cut_off = run->cut_off,
		.not_started = run_left(run),
		.added = run->added,
		.changed = run->changed,
		.interrupted =
		    run->is_interrupted || work_is_stopped(run->work),
		.outcome = run->outcome,
	};
	status = run->status;
	if (status == -1)
		err_move(err, &run->err);
	take_out(run);
	drop_spares(run);
	run_free(run);
	return status;
}
