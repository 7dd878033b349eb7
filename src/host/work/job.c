/*
 * job: one child and its target, from the start line to its end.
 *
 * It is a small machine over three descriptors. What the child is to read is
 * kept until it takes it; what it says is read a line at a time and handed to
 * answer.c, which answers or puts it into the batch; what stands on its
 * standard error is shown with its name. It is at work until its last word
 * (Exit), then it is ending until it is reaped. Each of these may fail to come:
 * a timer and a count stand behind every wait, and whoever oversteps one is
 * killed, reaped and named (job_end.c).
 *
 * Here are its states; job_start.c makes one, job_watch.c has what the loop
 * calls.
 */
#include "work/job.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/mem.h"
#include "stream/clock.h"
#include "work/input.h"
#include "work/noted.h"
#include "work/run.h"

#define KEEP_ROOM   ((size_t)1 << 20) /* a larger buffer is given back */
#define SHOWN_BYTES 64 /* of a line of a target, around its text */

void
job_status(struct job *job, struct str text)
{
	autopool struct pool pool = POOL_NONE;

	if (job->slot >= TERM_MAX_STATUS || !term_is_animated())
		return;
	if (text.p == NULL)
		text = str_of(pool_printf(&pool, "Investigating %.*s...",
		    STR_ARG(job->label)));
	term_status_set(job->slot, text);
}

void
job_free(struct job *job)
{
	job_unwatch(job);
	term_status_give(job->slot);
	job_end_long_line(job);
	input_forget(job);
	child_clear(&job->child);
	db_author_clear(&job->author);
	asked_clear(&job->asked);
	if (job->is_secret && job->to.n != 0)
		mem_wipe(job->to.p, job->to.n);
	buf_clear(&job->to);
	line_clear(&job->in);
	messages_clear(&job->messages);
	pool_clear(&job->pool);
	free(job);
}

void
job_answer(struct job *job, struct str line)
{
	if (job->state == JOB_WORKING) {
		buf_add(&job->to, line);
		noted_answer(job, line);
	}
	job->is_answered = true;
}

/* All of it is on its way, or nobody reads it any more. */
static void
all_sent(struct job *job)
{
	if (job->is_secret)
		mem_wipe(job->to.p, job->to.n);
	job->is_secret = false;
	if (job->is_answered)
		pace_answered(&job->run->work->pace, &job->pace, clock_us());
	job->is_asking = job->is_asking && !job->is_answered;
	job->is_answered = false;
	job->to.n = 0;
	job->sent = 0;
	if (job->to.cap > KEEP_ROOM)
		buf_clear(&job->to);
}

void
job_flush(struct job *job)
{
	while (job->sent < job->to.n && job->child.proc.in != -1) {
		ssize_t n = write(job->child.proc.in, job->to.p + job->sent,
		    job->to.n - job->sent);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n == -1)
			fds_drop(&job->child.proc.in);
		else
			job->sent += (size_t)n;
	}
	if (job->to.n != 0)
		all_sent(job);
}

/* It will hear nothing any more, and ask for nothing. */
static void
cut_off(struct job *job)
{
	fds_drop(&job->child.proc.in);
	if (job->to.n != 0)
		all_sent(job);
	pace_leave(&job->pace);
	input_forget(job);
	if (job->state == JOB_WORKING) {
		job->run->working--;
		job->run->work->working--;
	}
}

void
job_begin_ending(struct job *job)
{
	if (job->state != JOB_WORKING)
		return;
	cut_off(job);
	job->state = JOB_ENDING;
	job->until = clock_in(RUN_GRACE_MS);
	term_status_give(job->slot);
	job->slot = TERM_MAX_STATUS;
}

struct str
job_cut(struct job *job, struct str text)
{
	return limits_cut(&job->run->turn, text,
	    job->run->limits.of[LIMIT_LOG_LINE]);
}

void
job_count_lines(struct job *job, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		job->bytes += text.p[i] == '\n' ? SHOWN_BYTES : 0;
}

void
job_say(struct job *job, enum term_mark mark, struct str text)
{
	text = job_cut(job, text);
	job_count_lines(job, text);
	term_run_line(mark, job->label, text);
}

void
job_exit(struct job *job, enum event_kind kind, struct str text)
{
	job->has_exited = true;
	job->exit = kind;
	job->exit_text = pool_copy(&job->pool, job_cut(job, text));
	job_begin_ending(job);
}

void
job_stop(struct job *job, struct str why)
{
	if (job->state == JOB_STOPPED)
		return;
	if (job->fault.p == NULL)
		job->fault = pool_copy(&job->pool, job_cut(job, why));
	cut_off(job);
	job->state = JOB_STOPPED;
	job->until = CLOCK_NEVER;
	fds_drop(&job->child.proc.out);
	proc_kill(&job->child.proc);
}

void
job_interrupt(struct job *job)
{
	/* what has said its last word is done, and ends soon by itself */
	if (job->state != JOB_WORKING)
		return;
	job->is_interrupted = true;
	job_stop(job, STR("Interrupted"));
}

bool
job_is_over(const struct job *job)
{
	const struct proc *proc = &job->child.proc;

	return proc->pid == 0 && proc->out == -1 && proc->err == -1 &&
	       job->child.control.fd == -1;
}
