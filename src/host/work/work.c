#include "work/work.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "stream/clock.h"
#include "term/term.h"
#include "work/attempt.h"
#include "work/input.h"
#include "work/job.h"
#include "work/layers.h"
#include "work/report.h"
#include "work/run.h"
#include "work/stop.h"

#define CHILD_FDS 5  /* three pipes, the broker's, what it connects */
#define SPARE_FDS 4  /* it connects nothing */
#define OTHER_FDS 64 /* the database, the terminal, what is being started */

static struct run *innermost; /* runs nest, see work.h */
static struct spares spares;

unsigned
work_max_jobs(void)
{
	const rlim_t fixed = OTHER_FDS + SPARE_FDS + RUN_ENDING * CHILD_FDS;
	struct rlimit limit;
	rlim_t jobs;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return WORK_MAX_JOBS;
	if (limit.rlim_cur <= fixed)
		return 1;
	jobs = (limit.rlim_cur - fixed) / (CHILD_FDS + SPARE_FDS);
	if (jobs > WORK_MAX_JOBS)
		return WORK_MAX_JOBS;
	return jobs != 0 ? (unsigned)jobs : 1;
}

void
run_fail(struct run *run, struct str name, struct str text)
{
	struct run_failure *failure;
	struct buf line = BUF_IN(&run->turn);

	buf_add(&line, STR("Failed "));
	buf_add(&line, name);
	buf_add(&line, STR(": "));
	buf_add(&line, text);
	if (line.n > RUN_FAILURE_BYTES - run->failure_bytes) {
		term_run_line(TERM_ERROR, STR_NONE, buf_str(&line));
		return;
	}
	run->failure_bytes += line.n;
	failure = pool_alloc(&run->pool, sizeof(*failure));
	*failure = (struct run_failure){
		.text = pool_copy(&run->pool, buf_str(&line)),
	};
	*run->last_failure = failure;
	run->last_failure = &failure->next;
}

void
run_report(struct run *run, struct str text, struct str violation)
{
	const struct work_options *options = run->options;

	if (str_is_among(text, run->reported, run->reports))
		return;
	if (run->reports == RUN_REPORTS) {
		run->more_reports++;
		return;
	}
	run->reported[run->reports++] = pool_copy(&run->pool, text);
	report_write(&run->report, str_of(options->module),
	    options->start.module.version, text, violation);
}

static void
add_job(struct run *run, struct job *job)
{
	if (run->n == run->cap) {
		run->cap = run->cap != 0 ? 2 * run->cap : 16;
		run->job = mem_grow(run->job, run->cap, sizeof(*run->job));
	}
	run->job[run->n++] = job;
	run->working++;
}

static int
start_next(struct run *run, struct err *err)
{
	const struct work_options *options = run->options;
	struct pool pool = POOL_NONE;
	struct work_target target;
	struct job *job;
	int status = options->next(options->next_ctx, &pool, &target, err);

	if (status != 1) {
		run->has_started_all = true;
		pool_clear(&pool);
		return status;
	}
	run->started++;
	job = job_start(run, &pool, &target);
	if (job != NULL)
		add_job(run, job);
	return 0;
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
	spares_prepare(run->spares, run->transport,
	    left < most ? left : most);
}

/* No target is started any more; those at work may go on. */
static bool
is_last(const struct run *run)
{
	return run->has_started_all || run->is_stopping ||
	       (run->options->stops_at_error && run->failed != 0);
}

/* How one ended is known when its child is gone, not at its last word. */
static size_t
at_work(const struct run *run)
{
	return run->options->stops_at_error ? run->n : run->working;
}

static int
start_targets(struct run *run, struct err *err)
{
	while (!is_last(run) && at_work(run) < run->options->jobs &&
	       run->n < run->options->jobs + RUN_ENDING) {
		if (start_next(run, err) == -1)
			return -1;
	}
	if (!is_last(run))
		prepare_spares(run);
	return 0;
}

static void
show_progress(struct run *run)
{
	autopool struct pool pool = POOL_NONE;

	if (run->options->targets < 2 || !term_is_animated() ||
	    run->shown == run->done + 1)
		return;
	run->shown = run->done + 1;
	term_status_summary(
	    str_of(pool_printf(&pool, "%zu of %zu done, %zu failed", run->done,
		run->options->targets, run->failed)));
}

/* Waits for whatever comes first. */
static void
wait_for_all(struct run *run, struct pollset *set)
{
	int64_t until = CLOCK_NEVER;
	bool is_late = run->deaths != stop_deaths();
	int timeout_ms = term_status_timeout(), left_ms;

	set->n = 0;
	(void)pollset_add(set, stop_fd(), POLLIN);
	input_poll(set);
	for (size_t i = 0; i < run->n; i++) {
		struct job *job = run->job[i];

		job_poll(job, set);
		until = clock_first(until, job_until(job));
		is_late =
		    is_late || (job->child.proc.pid == 0 && !job->is_waiting);
	}
	left_ms = is_late ? 0 : clock_left(until);
	if (timeout_ms == -1 || (left_ms != -1 && left_ms < timeout_ms))
		timeout_ms = left_ms;
	if (poll(set->p, (nfds_t)set->n, timeout_ms) == -1)
		for (size_t i = 0; i < set->n; i++)
			set->p[i].revents = 0;
	if (set->p[0].revents != 0)
		stop_drain();
}

static void
reap(struct run *run)
{
	unsigned deaths = stop_deaths();

	if (deaths == run->deaths)
		return;
	run->deaths = deaths;
	for (size_t i = 0; i < run->n; i++)
		(void)proc_reap(&run->job[i]->child.proc);
}

static void
retire(struct run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->n; i++) {
		struct job *job = run->job[i];

		if (!job_is_over(job)) {
			run->job[kept++] = job;
			continue;
		}
		job_end(job);
		job_free(job);
	}
	run->n = kept;
}

static void
stop_all(struct run *run)
{
	run->is_stopping = true;
	for (size_t i = 0; i < run->n; i++)
		job_interrupt(run->job[i]);
}

/* Notifications are runs of their own; what waits meanwhile has time yet. */
static void
tell_changes(struct run *run)
{
	int64_t begin = clock_ms(), ms;

	if (run->options->changed != NULL && run->batch.n != 0)
		run->shown = 0; /* the animation may show another run */
	batch_tell(run);
	ms = clock_ms() - begin;
	for (size_t i = 0; ms != 0 && i < run->n; i++) {
		if (run->job[i]->until != CLOCK_NEVER)
			run->job[i]->until += ms;
	}
}

/* One round: what has come is read, then stored, then answered. */
static void
turn(struct run *run, struct pollset *set)
{
	int64_t now;

	wait_for_all(run, set);
	if (stop_is_wanted())
		stop_all(run);
	now = clock_ms();
	input_step(set);
	for (size_t i = 0; i < run->n; i++) {
		job_step(run->job[i], set);
		job_tick(run->job[i], now);
	}
	batch_commit(run);
	for (size_t i = 0; i < run->n; i++)
		job_flush(run->job[i]);
	tell_changes(run);
	reap(run);
	retire(run);
	pool_reset(&run->turn);
}

static int
loop(struct run *run, struct err *err)
{
	struct pollset set = { NULL, 0, 0 };
	int status = 0;

	for (;;) {
		if (status == 0)
			status = start_targets(run, err);
		if (status == -1 && !run->is_stopping)
			stop_all(run);
		if (run->n == 0 && is_last(run))
			break;
		show_progress(run);
		term_status_tick();
		if (term_flush() == -1 && !run->is_stopping) {
			status = term_failure(NULL); /* main says why */
			if (status == 0)
				status = err_set(err,
				    "nobody reads the output any more");
			stop_all(run);
		}
		turn(run, &set);
	}
	pollset_clear(&set);
	return status;
}

static void
say_outcome(struct run *run)
{
	struct buf lines = BUF_IN(&run->pool);
	struct str text;

	outcome_lines(&lines, &run->outcome);
	text = buf_str(&lines);
	while (text.n != 0)
		term_run_line(TERM_WARN, STR_NONE, str_cut(&text, '\n'));
}

static size_t
count_left(const struct run *run)
{
	return run->options->targets > run->started
	           ? run->options->targets - run->started
	           : 0;
}

static void
say_interrupted(struct run *run)
{
	struct buf text = BUF_IN(&run->pool);

	buf_printf(&text, "Interrupted: %zu targets not started",
	    count_left(run));
	if (run->cut_off != 0)
		buf_printf(&text, ", %zu not finished", run->cut_off);
	if (run->named != 0)
		buf_add(&text, STR(": "));
	buf_add(&text, buf_str(&run->cut_off_names));
	if (run->named != 0 && run->cut_off > run->named)
		buf_printf(&text, " and %zu more", run->cut_off - run->named);
	term_line(TERM_WARN, "%.*s", STR_ARG(buf_str(&text)));
}

static void
say_end(struct run *run)
{
	term_status_summary(STR_NONE);
	if (stop_is_wanted() && run->outer == NULL)
		say_interrupted(run);
	else if (run->options->stops_at_error && run->failed != 0 &&
		 count_left(run) != 0)
		term_line(TERM_WARN,
		    "Stopped at the first error: %zu targets not started",
		    count_left(run));
	for (struct run_failure *f = run->failure; f != NULL; f = f->next)
		term_run_line(TERM_ERROR, STR_NONE, f->text);
	if (run->report.n != 0)
		term_print(buf_str(&run->report));
	if (run->more_reports != 0)
		term_line(TERM_WARN,
		    "%zu more targets were stopped by the sandbox, for other "
		    "calls than the %d that are shown",
		    run->more_reports, RUN_REPORTS);
	say_outcome(run);
}

static int
set_limits(struct run *run, struct err *err)
{
	struct child_options options = run->options->child_options;

	if (child_options_check(&options, err) == -1)
		return -1;
	run->limits = options.limits;
	run->policy.connections =
	    (unsigned)options.limits.of[LIMIT_CONNECTIONS];
	return 0;
}

static int
run_init(struct run *run, const struct work_options *options, struct err *err)
{
	run->options = options;
	run->transport = child_transport(options, &run->pool);
	run->spares = &spares;
	run->outer = innermost;
	run->last_failure = &run->failure;
	run->deaths = stop_deaths();
	if (run->outer != NULL) {
		run->ratelimit = run->outer->ratelimit;
		run->once = run->outer->once;
	} else {
		run->ratelimit = ratelimit_new();
		run->once = mem_zalloc(sizeof(*run->once));
	}
	if (set_limits(run, err) == -1)
		return -1;
	return policy_init(&run->policy, &options->start, &options->allow_net,
	    &options->deny_net, &run->pool, err);
}

static void
run_clear(struct run *run)
{
	if (run->transport != NULL)
		spares_drop(run->spares, run->transport);
	if (run->outer == NULL) {
		ratelimit_free(run->ratelimit);
		once_clear(run->once);
		free(run->once);
	}
	batch_clear(&run->batch);
	blob_hold_drop(&run->blobs);
	free(run->job);
	buf_clear(&run->report);
	buf_clear(&run->cut_off_names);
	pool_clear(&run->turn);
	pool_clear(&run->pool);
}

int
work_run(const struct work_options *options, struct work_result *result,
    struct err *err)
{
	struct run run = { .blobs = BLOB_HOLD_NONE };
	int status;

	*result = (struct work_result){ 0 };
	if (stop_begin(err) == -1)
		return -1;
	status = run_init(&run, options, err);
	if (status == 0)
		status = attempt_run_begin(&run, err);
	innermost = &run;
	if (status == 0) {
		if (run.outer == NULL) {
			input_begin();
			layers_say(options);
		}
		status = loop(&run, err);
		say_end(&run);
		status = attempt_run_end(&run, status, err);
	}
	result->failed = run.failed;
	result->cut_off = run.cut_off;
	result->not_started = count_left(&run);
	result->added = run.added;
	result->changed = run.changed;
	result->outcome = run.outcome;
	result->interrupted = stop_is_wanted();
	innermost = run.outer;
	run_clear(&run);
	stop_end();
	return status;
}

void
work_prepare(const struct work_options *options)
{
	autopool struct pool pool = POOL_NONE;

	spares_prepare(&spares, child_transport(options, &pool), 1);
}
