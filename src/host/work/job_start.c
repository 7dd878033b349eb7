/* job_start: a child for a target, and what it is told first. */
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "enforce/enforce.h"
#include "stream/clock.h"
#include "work/attempt.h"
#include "work/job.h"
#include "work/noted.h"
#include "work/run.h"

#define WALL_GRACE_MS 5000 /* for a child to end by itself, as docs/jail.md */

/* A line on its standard error. */
static void
on_message(void *ctx, struct str line)
{
	struct job *job = ctx;

	/* of whom we have closed the pipes: that nobody reads is no news */
	if (job->is_interrupted)
		return;
	term_child_line(str_of(job->run->options->module), line);
}

static void
write_start(struct job *job, const struct work_target *target)
{
	struct start start = job->run->options->start;

	start.arg = &target->arg;
	start.blobs = target->blobs;
	job->is_secret = start.keyring.n != 0;
	start_write(&job->to, &start);
}

/*
 * Our own child ends itself when its wall time is over. A worker that an
 * attacker has does not, and nobody else watches a spare: until there is a
 * start line nobody knows when it begins.
 */
static void
set_deadline(struct job *job)
{
	const struct work_options *options = job->run->options;
	uint64_t wall = job->run->limits.of[LIMIT_WALL];
	int64_t timeout = CLOCK_NEVER, end = CLOCK_NEVER;

	if (options->timeout_ms != 0)
		timeout = clock_in(options->timeout_ms);
	if (transport_carries(job->run->transport, CARGO_END) &&
	    wall < LIMIT_OFF - WALL_GRACE_MS)
		end = clock_in(wall + WALL_GRACE_MS);
	job->until = clock_first(timeout, end);
	job->ends_by_wall = end < timeout;
}

/*
 * It stands in front of every line, and a row's name may be any child's text of
 * any length. Lives in pool or is the label itself.
 */
static struct str
label_of(struct pool *pool, struct str label)
{
	struct buf out = BUF_IN(pool);

	if (label.n == 0)
		return STR_NONE; /* of a session */
	if (label.n <= JOB_LABEL_BYTES)
		return label;
	buf_add(&out, utf8_cut(label, JOB_LABEL_BYTES));
	buf_printf(&out, " [cut: %zu bytes]", label.n);
	return buf_str(&out);
}

static struct job *
new_job(struct run *run, struct pool *pool, const struct work_target *target)
{
	struct job *job = mem_zalloc(sizeof(*job));

	job->run = run;
	job->pool = *pool;
	*pool = (struct pool)POOL_NONE;
	job->label = label_of(&job->pool, str_of(target->label));
	job->child = (struct child)CHILD_NONE;
	job->started = clock_ms();
	set_deadline(job);
	messages_init(&job->messages, on_message, job);
	return job;
}

static int
take_child(struct job *job, struct err *err)
{
	if (spares_take(&job->run->work->spares, job->run->transport,
		&job->child, err) == 0)
		return 0;
	(void)err_wrap(err, "Failed to spawn child process");
	attempt_spoil(job, err_join(&job->run->turn, err));
	return -1;
}

/* Its broker is told before it is: what it does is of this attempt. */
static void
begin_attempt(struct job *job, const struct work_target *target)
{
	const struct run *run = job->run;
	autoerr struct err err = ERR_NONE;

	if (control_begin(&job->child.control,
		(uint32_t)run->limits.of[LIMIT_CONNECTIONS],
		enforce_rules(run->options->enforce, &target->arg, &job->pool),
		&err) == -1)
		job_stop(job, err_text(&err));
}

struct job *
job_start(struct run *run, struct pool *pool, const struct work_target *target)
{
	struct job *job = new_job(run, pool, target);
	autoerr struct err err = ERR_NONE;

	job_watches_init(job);
	job->slot = term_status_take();
	if (attempt_begin(job, target, &err) == -1 ||
	    take_child(job, &err) == -1) {
		run_fail(run, job->label, err_join(&run->turn, &err));
		run->failed++;
		/* nor will any other be started */
		if (run->options->starter != NULL &&
		    starter_is_gone(run->options->starter))
			run_give_up(run, &err);
		job_free(job);
		return NULL;
	}
	proc_watch_start(&job->on_end, run->work->loop, &job->child.proc);
	line_init(&job->in, job->child.proc.out);
	begin_attempt(job, target);
	write_start(job, target);
	noted_start(job);
	job_status(job, STR_NONE);
	job_flush(job);
	return job;
}
