/* job_end: the last line about a target. */
#include "stream/clock.h"
#include "term/term.h"
#include "work/attempt.h"
#include "work/death.h"
#include "work/job.h"
#include "work/run.h"
#include "work/shown.h"

uint64_t
job_cpu_ms(const struct job *job)
{
	const struct rusage *usage = &job->child.proc.usage;

	return (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) *
	           1000 +
	       (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) /
	           1000;
}

/* -vv: what it cost. */
static void
say_usage(struct job *job)
{
	if (job->run->options->start.verbose < 2 ||
	    !transport_carries(job->run->transport, CARGO_END))
		return;
	term_run_note(job->label,
	    str_of(pool_printf(&job->pool,
		"used %lld ms, %llu ms of processor time, %ld KiB of memory, "
		"%zu connections, %zu events",
		(long long)(clock_ms() - job->started),
		(unsigned long long)job_cpu_ms(job),
		job->child.proc.usage.ru_maxrss, job->connections,
		job->events - job->exchanges)));
}

/* 0: none. */
static uint64_t
cpu_limit_s(const struct run *run)
{
	uint64_t ms = run->limits.of[LIMIT_CPU];

	return ms == LIMIT_OFF ? 0 : ms / 1000;
}

static struct death
death_of_job(struct job *job)
{
	struct death_facts facts = {
		.is_ours = transport_carries(job->run->transport, CARGO_END),
		.has_exited = job->has_exited,
		.exit = job->exit,
		.exit_text = job->exit_text,
		.fault = job->fault,
		.violation = messages_violation(&job->messages),
		.status = job->child.proc.status,
		.cpu_s = job_cpu_ms(job) / 1000,
		.cpu_limit_s = cpu_limit_s(job->run),
	};

	return death_of(&facts, &job->pool);
}

/* As many names as are read; the others are counted. */
static void
add_cut_off(struct job *job)
{
	struct buf *names = &job->run->cut_off_names;

	job->run->cut_off++;
	if (names->n + job->label.n > RUN_CUT_NAMES)
		return;
	buf_add(names, names->n != 0 ? STR(", ") : STR(""));
	buf_add(names, job->label);
	job->run->named++;
}

void
job_end(struct job *job)
{
	struct run *run = job->run;
	struct outcome_sum sum = { .n = 0 };
	struct str violation;
	struct death death;

	messages_end(&job->messages);
	violation = messages_violation(&job->messages);
	tally_end(&job->tally, &sum);
	outcome_add(&run->outcome, &sum);
	shown_left(job);
	say_usage(job);
	death = death_of_job(job);
	attempt_end(job, &death, &sum);
	run->done++;
	if (job->is_interrupted)
		add_cut_off(job);
	else
		run->failed += !death.is_ok;
	if (!death.is_ok && !job->is_interrupted &&
	    run->options->failed != NULL)
		run->options->failed(run->options->failed_ctx,
		    attempt_error(job, &death, &job->pool));
	if (death.is_violation)
		run_report(run, death.text, violation);
	else if (violation.p != NULL) /* of somebody's child */
		term_child_line(str_of(run->options->module), violation);
	if (death.text.p != NULL && !job->is_interrupted)
		run_fail(run, job->label, death.text);
	if (job->junk != 0 && job->fault.p == NULL)
		term_line(TERM_WARN,
		    "%.*s went on after its Exit line; that was dropped",
		    STR_ARG(job->label));
}
