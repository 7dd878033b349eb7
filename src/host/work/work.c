/*
 * What runs share, and the end of a turn. What children say is read as it
 * comes, by the functions that the loop calls (job_watch.c); before the next wait it
 * is settled here, for all runs together: changes are committed, answers leave,
 * what is over is told, and new targets are started.
 */
#include "work/work.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "stream/clock.h"
#include "term/term.h"
#include "work/job.h"
#include "work/layers.h"
#include "work/run.h"

#define CHILD_FDS 4  /* three pipes, control */
#define SPARE_FDS 4  /* the same */
#define OTHER_FDS 64 /* the database, the terminal, what is being started */

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
work_store(struct work *work)
{
	batch_commit(work);
	for (size_t i = 0; i < work->n; i++) {
		struct run *run = work->run[i];

		for (size_t k = 0; k < run->n; k++)
			job_flush(run->job[k]);
	}
	batch_reset(work);
	for (size_t i = 0; i < work->n; i++)
		pool_reset(&work->run[i]->turn);
}

/* Where there is not room for all, they take turns. */
static void
start_targets(struct work *work)
{
	size_t first = work->first;

	for (size_t i = 0; i < work->n; i++) {
		size_t which = (first + i) % work->n;
		struct run *run = work->run[which];
		size_t before = run->started;

		run_start_targets(run);
		if (run->started != before)
			work->first = which + 1;
	}
}

/* Of all that are going on. */
static void
show_progress(struct work *work)
{
	autopool struct pool pool = POOL_NONE;
	size_t targets = 0, done = 0, failed = 0;

	for (size_t i = 0; i < work->n; i++) {
		const struct run *run = work->run[i];

		if (run->is_over)
			continue;
		targets += run->options->targets;
		done += run->done;
		failed += run->failed;
	}
	if (targets < 2 || !term_is_animated() || work->shown == done + 1)
		return;
	work->shown = done + 1;
	term_status_summary(str_of(pool_printf(&pool,
	    "%zu of %zu done, %zu failed", done, targets, failed)));
}

/* Who is hot is so for short waits only: after the first long one it is not. */
static bool
may_lag(const struct work *work)
{
	return pace_is_hot(&work->pace) && term_may_lag() &&
	       clock_ms() - work->printed < RUN_LAG_MS;
}

/* All that was printed is on its way before the wait. */
static void
show(struct work *work)
{
	int frame_ms;

	if (may_lag(work))
		return;
	work->printed = clock_ms();
	show_progress(work);
	term_status_tick();
	if (term_flush() == -1) {
		for (size_t i = 0; i < work->n; i++) {
			autoerr struct err err = ERR_NONE;

			if (term_failure(NULL) == 0) /* else main says why */
				(void)err_set(&err,
				    "nobody reads the output any more");
			run_give_up(work->run[i], &err);
		}
	}
	frame_ms = term_status_timeout();
	loop_timer_set(work->loop, &work->frame,
	    frame_ms == -1 ? CLOCK_NEVER : clock_in((uint64_t)frame_ms));
}

static void
watch_signals(struct work *work)
{
	input_watch(work);
	for (size_t i = 0; i < work->n; i++) {
		struct run *run = work->run[i];

		for (size_t k = 0; k < run->n; k++)
			job_watch(run->job[k]);
	}
}

/* The first that is over and has not been told; NULL: none. */
static struct run *
find_over(const struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		struct run *run = work->run[i];

		if (!run->is_told && run->n == 0 && run_is_last(run))
			return run;
	}
	return NULL;
}

/* Whoever is called may begin runs and end them. */
static void
tell_over(struct work *work)
{
	struct run *run;

	while ((run = find_over(work)) != NULL) {
		run->is_told = true;
		term_status_summary(STR_NONE);
		work->shown = 0;
		run_finish(run);
		loop_hurry(work->loop); /* who waits for it is in no list */
		if (run->options->done != NULL)
			run->options->done(run->options->done_ctx, run);
	}
}

/* Behind all that was answered in this turn. */
static void
look_at_pace(struct work *work)
{
	if (!pace_is_hot(&work->pace))
		return;
	pace_look(&work->pace, clock_us());
	if (pace_is_hot(&work->pace))
		loop_beat_start(work->loop, &work->look, PACE_LOOK_MS);
}

/* Before each wait. */
static void
settle_turn(void *ctx)
{
	struct work *work = ctx;

	if (work->n == 0)
		return;
	for (size_t i = 0; i < work->n; i++) {
		struct run *run = work->run[i];

		for (size_t k = 0; k < run->n; k++)
			job_settle(run->job[k]);
	}
	work_store(work);
	for (size_t i = 0; i < work->n; i++)
		run_retire(work->run[i]);
	start_targets(work);
	ends_store(&work->ends);
	tell_over(work);
	look_at_pace(work);
	loop_timer_set(work->loop, &work->notes,
	    batch_notes_until(&work->batch));
	show(work);
	watch_signals(work);
}

/* The next frame is drawn, and notes are stored, by settle_turn(). */
static void
on_time(void *ctx)
{
	(void)ctx;
}

/* Who is hot is seen by settle_turn(), too. */
static void
on_look(void *ctx)
{
	struct work *work = ctx;

	if (!pace_is_hot(&work->pace))
		loop_beat_stop(&work->look);
}

static void
on_interrupt(void *ctx, unsigned n)
{
	(void)n;
	work_stop_all(ctx);
}

/* It would be born to one processor. */
static void
part_before_start(void *arg)
{
	struct work *work = arg;

	pace_part(&work->pace);
}

struct work *
work_new(struct loop *loop, unsigned jobs)
{
	struct work *work = mem_zalloc(sizeof(*work));
	unsigned most = work_max_jobs();

	work->loop = loop;
	work->most = jobs != 0 && jobs < most ? jobs : most;
	work->ratelimit = ratelimit_new();
	work->settle = (struct loop_before){ .call = settle_turn, .ctx = work };
	work->frame = (struct loop_timer){ .call = on_time };
	work->notes = (struct loop_timer){ .call = on_time };
	work->look = (struct loop_beat){ .call = on_look, .ctx = work };
	loop_beat_open(&work->look);
	pace_init(&work->pace, &beside_acts, &work->beside,
	    beside_processors());
	work->interrupt =
	    (struct loop_signal){ .call = on_interrupt, .ctx = work };
	work->spares.before = part_before_start;
	work->spares.arg = work;
	loop_before_start(loop, &work->settle);
	return work;
}

void
work_free(struct work *work)
{
	struct work_result unused;

	if (work == NULL)
		return;
	while (work->n != 0)
		(void)work_end(work->run[0], &unused, NULL);
	loop_before_stop(&work->settle);
	loop_timer_stop(&work->frame);
	loop_timer_stop(&work->notes);
	loop_beat_close(&work->look);
	loop_signal_stop(&work->interrupt);
	for (size_t i = 0; i < WORK_ENDS; i++)
		loop_signal_stop(&work->end[i]);
	spares_clear(&work->spares);
	input_clear(&work->input);
	ratelimit_free(work->ratelimit);
	once_clear(&work->once);
	batch_clear(&work->batch);
	ends_clear(&work->ends);
	free(work->run);
	free(work);
}

void
work_listen(struct work *work)
{
	if (work->interrupt.link.loop == NULL)
		loop_signal_start(work->loop, &work->interrupt, SIGINT,
		    LOOP_SIGNAL_ASKS);
}

static const int ends[WORK_ENDS] = { SIGTERM, SIGHUP };

void
work_listen_to_ends(struct work *work)
{
	for (size_t i = 0; i < WORK_ENDS; i++) {
		struct sigaction is;

		if (sigaction(ends[i], NULL, &is) == 0 &&
		    is.sa_handler == SIG_IGN)
			continue;
		work->end[i] =
		    (struct loop_signal){ .call = on_interrupt, .ctx = work };
		loop_signal_start(work->loop, &work->end[i], ends[i],
		    LOOP_SIGNAL_ASKS);
	}
}

int
work_stopped_by(const struct work *work)
{
	for (size_t i = 0; i < WORK_ENDS; i++) {
		if (loop_signal_count(&work->end[i]) != 0)
			return ends[i];
	}
	return work->is_stopping || loop_signal_count(&work->interrupt) != 0
	           ? SIGINT
	           : 0;
}

void
work_listen_no_more(struct work *work)
{
	loop_signal_stop_last(&work->interrupt);
}

void
work_stop_all(struct work *work)
{
	work->is_stopping = true;
	for (size_t i = 0; i < work->n; i++)
		work_stop(work->run[i]);
}

bool
work_is_stopped(const struct work *work)
{
	return work_stopped_by(work) != 0;
}

static bool
are_all_over(const struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		if (!work->run[i]->is_over)
			return false;
	}
	return true;
}

int
work_run(struct work *work, const struct work_options *options,
    struct work_result *result, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct run *run;
	int status = 0;

	*result = (struct work_result){ 0 };
	if (work_begin(work, options, &run, err) == -1)
		return -1;
	while (status == 0 && !are_all_over(work))
		status = loop_turn(work->loop, &why);
	if (work_end(run, result, err) == -1)
		return -1;
	if (status == -1)
		err_move(err, &why);
	return status;
}

size_t
work_recipes(const struct work_options *options, struct pool *pool,
    struct recipe recipe[WORK_RECIPES])
{
	size_t n = 0;

	recipe[n++] = transport_recipe(child_transport(options, pool));
	if (layers_are_said(options))
		recipe[n++] = layers_recipe(options, pool);
	return n;
}

size_t
work_children(const struct work_options *options)
{
	/* and the one that says which layers it has */
	return options->jobs + RUN_ENDING + SPARES_MAX + 1;
}

void
work_prepare(struct work *work, const struct work_options *options)
{
	autopool struct pool pool = POOL_NONE;

	spares_prepare(&work->spares, child_transport(options, &pool), 1);
}
