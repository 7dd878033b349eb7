/*
 * What the caller of a session says to its child: the next chunk, an interrupt,
 * an end. There is one job; what it says comes by answer.c.
 */
#include "work/job.h"
#include "work/run.h"

/* NULL: there is none at work. */
static struct job *
job_of(const struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		if (run->job[i]->state == JOB_WORKING)
			return run->job[i];
	}
	return NULL;
}

void
work_chunk(struct run *run, struct str text)
{
	struct job *job = job_of(run);
	struct buf line = BUF_NONE;

	if (job == NULL || !job->wants_chunk)
		return;
	job->wants_chunk = false;
	job->has_chunk = text.p != NULL;
	job->had_last_chunk = text.p == NULL;
	reply_write_text(&line, text);
	job_answer(job, buf_str(&line));
	buf_clear(&line);
	job_flush(job);
}

void
work_interrupt(struct run *run)
{
	struct job *job = job_of(run);

	if (job == NULL || job->wants_chunk)
		return;
	buf_add(&job->to, STR("\"Interrupt\"\n"));
	job_flush(job);
}

void
work_break(struct run *run, struct str why)
{
	struct job *job = job_of(run);

	if (job == NULL)
		return;
	job_stop(job, why);
	loop_hurry(run->work->loop);
}
