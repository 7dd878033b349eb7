/*
 * job_watch: a job in the loop. Before each wait its watches are put in as they
 * shall be; what comes is read, judged by its amount and by the time, and
 * handed on a line at a time.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/fds.h"
#include "stream/clock.h"
#include "work/answer.h"
#include "work/job.h"
#include "work/run.h"

#define MOST_JUNK ((size_t)64 << 10) /* after the last word */
#define LAST_ROOM ((size_t)1 << 10)  /* of an Exit line, around its text */

/* What comes after the last word is thrown away, up to a point. */
static void
drop_junk(struct job *job)
{
	job->junk += job->in.buf.n - job->in.from;
	job->in.buf.n = job->in.from = job->in.seen = 0;
	if (job->junk > MOST_JUNK)
		job_stop(job, STR("went on after its Exit line"));
}

/*
 * Our own child stops at its limit, and what it says about that is beyond it:
 * one Exit line, whose text has the length of a log line, escaped.
 */
static bool
is_over_output(const struct job *job)
{
	const struct limits *limits = &job->run->limits;
	uint64_t most = limits->of[LIMIT_OUTPUT];

	return job->bytes > most &&
	       job->bytes - most > 6 * limits->of[LIMIT_LOG_LINE] + LAST_ROOM;
}

/* A child that did not. */
static void
stop_talker(struct job *job)
{
	struct buf why = BUF_IN(&job->pool);

	buf_add(&why, STR("said more than it may ("));
	limits_note(&why, LIMIT_OUTPUT, job->run->limits.of[LIMIT_OUTPUT]);
	buf_add_char(&why, ')');
	job_stop(job, buf_str(&why));
}

/*
 * A child of ours ends each line. One that is cut off was killed in it, and how
 * it ended says more than where.
 */
static bool
is_cut_off(const struct job *job, struct str line)
{
	return line.p[line.n - 1] != '\n' &&
	       transport_carries(job->run->transport, CARGO_END);
}

/* Every whole line of what was read. */
static void
take_lines(struct job *job, bool is_ended)
{
	autoerr struct err err = ERR_NONE;
	struct str line;
	int status = 2;

	while (job->state == JOB_WORKING) {
		status =
		    line_next(&job->in, LINE_MAX_BYTES, is_ended, &line, &err);
		if (status != 1 || is_cut_off(job, line))
			break;
		job->bytes += line.n;
		if (is_over_output(job))
			stop_talker(job);
		else
			answer_line(job, line);
	}
	if (job->state == JOB_WORKING && status == -1)
		job_stop(job, err_text(&err));
}

static void
on_request(struct job *job, const struct broker_record *record)
{
	struct outcome outcome;
	struct buf text = BUF_NONE;

	asked_request(&job->asked, record, clock_unix_ms());
	job->connections += record->status == REPLY_CONNECTED;
	job->uncounted += record->status == REPLY_CONNECTED &&
	                  record->proto == DIAL_TCP && !record->is_ns;
	if (broker_record_outcome(record, policy_proxy(&job->run->policy),
		&outcome))
		tally_fact(&job->tally, &outcome);
	if (job->run->options->start.verbose < 2)
		return;
	policy_write_record(&text, record);
	term_run_note(job->label, buf_str(&text));
	buf_clear(&text);
}

static void
on_notice(void *ctx, const struct notice *notice)
{
	struct job *job = ctx;

	switch (notice->kind) {
	case NOTICE_REQUEST:
		on_request(job, &notice->record);
		break;
	case NOTICE_WORD:
		tally_word(&job->tally, &notice->word);
		break;
	case NOTICE_CLOSED:
		asked_closed(&job->asked, &notice->closed, clock_unix_ms());
		job->bytes_out += notice->closed.sent;
		job->bytes_in += notice->closed.received;
		job->uncounted -= job->uncounted != 0 && !notice->closed.is_cut;
		break;
	case NOTICE_HUNG_UP:
		break; /* its library says what it cannot do any more */
	}
}

/* What its broker did. true: there may be more. */
static bool
take_notices(struct job *job)
{
	autoerr struct err err = ERR_NONE;
	int status = control_read(&job->child.control, on_notice, job, &err);

	if (status == -1)
		job_stop(job, err_text(&err));
	return status == 1;
}

static void
read_output(struct job *job)
{
	autoerr struct err err = ERR_NONE;
	int status = line_fill(&job->in, &err);

	if (status == -1) {
		job_stop(job, err_text(&err));
		return;
	}
	take_lines(job, status == 0);
	if (job->state == JOB_ENDING)
		drop_junk(job);
	if (status == 0) {
		job_begin_ending(job);
		fds_drop(&job->child.proc.out);
	}
}

/* Which limit it was, and its value. */
static void
stop_late(struct job *job)
{
	struct buf why = BUF_IN(&job->pool);

	if (job->ends_by_wall) {
		buf_add(&why, STR("ran out of time and did not end ("));
		limits_note(&why, LIMIT_WALL, job->run->limits.of[LIMIT_WALL]);
	} else {
		buf_printf(&why, "Timed out (--timeout %u",
		    job->run->options->timeout_ms / 1000);
	}
	buf_add_char(&why, ')');
	job_stop(job, buf_str(&why));
}

static void
tick(struct job *job)
{
	if (clock_ms() < job->until)
		return;
	if (job->state == JOB_WORKING)
		stop_late(job);
	else if (job->has_exited)
		job_stop(job, STR("did not end after its Exit line"));
	else if (!transport_carries(job->run->transport, CARGO_END))
		job_stop(job, STR("Sandbox child has crashed"));
	else
		job_stop(job, STR("closed its output and did not end"));
}

/*
 * What the loop calls. One call may close what another one waits for; it is
 * out of the loop before the next wait, and until then has nothing to say.
 */
static void
on_out(void *ctx, short revents)
{
	struct job *job = ctx;

	(void)revents;
	/* what its broker did before it said this is told before */
	if (take_notices(job))
		return;
	if (job->child.proc.out != -1)
		read_output(job);
}

static void
on_control(void *ctx, short revents)
{
	(void)revents;
	(void)take_notices(ctx);
}

static void
on_err(void *ctx, short revents)
{
	struct job *job = ctx;

	(void)revents;
	if (job->child.proc.err != -1 &&
	    messages_read(&job->messages, job->child.proc.err) == -1)
		fds_drop(&job->child.proc.err);
}

static void
on_in(void *ctx, short revents)
{
	(void)revents;
	job_flush(ctx);
}

static void
on_time(void *ctx)
{
	tick(ctx);
}

static void
on_end(void *ctx)
{
	struct job *job = ctx;

	(void)proc_reap(&job->child.proc);
}

void
job_watches_init(struct job *job)
{
	job->on_in = (struct loop_fd){ .call = on_in, .ctx = job };
	job->on_out = (struct loop_fd){ .call = on_out, .ctx = job };
	job->on_err = (struct loop_fd){ .call = on_err, .ctx = job };
	job->on_control = (struct loop_fd){ .call = on_control, .ctx = job };
	job->on_time = (struct loop_timer){ .call = on_time, .ctx = job };
	job->on_end = (struct proc_watch){ .call = on_end, .ctx = job };
}

void
job_unwatch(struct job *job)
{
	loop_fd_stop(&job->on_in);
	loop_fd_stop(&job->on_out);
	loop_fd_stop(&job->on_err);
	loop_fd_stop(&job->on_control);
	loop_timer_stop(&job->on_time);
	proc_watch_stop(&job->on_end);
}

/*
 * Its end may be held open by somebody else; when it is dead and nothing is
 * waiting to be read, all has been read.
 */
static void
close_dry(int *fd)
{
	struct pollfd p = { .fd = *fd, .events = POLLIN };

	if (*fd != -1 && poll(&p, 1, 0) == 0)
		fds_drop(fd);
}

void
job_settle(struct job *job)
{
	struct proc *proc = &job->child.proc;

	if (proc->pid == 0) {
		close_dry(&proc->err);
		close_dry(&job->child.control.fd);
		if (!job->is_waiting)
			close_dry(&proc->out);
	}
	if (proc->out == -1)
		job_begin_ending(job);
}

void
job_end_long_line(struct job *job)
{
	struct work *work = job->run->work;

	if (!job->is_long)
		return;
	job->is_long = false;
	work->long_lines--;
	/* who waits for the place may have been asked already in this turn */
	loop_hurry(work->loop);
}

/* Before each wait, when nothing views the lines any more: may it be read? */
static bool
may_read(struct job *job)
{
	bool is_long = job->in.buf.n - job->in.from >= RUN_LONG_LINE;

	if (job->is_long && !is_long) {
		line_shrink(&job->in);
		job_end_long_line(job);
	}
	if (!is_long || job->is_long)
		return true;
	if (job->run->work->long_lines == RUN_LONG_LINES)
		return false;
	job->run->work->long_lines++;
	job->is_long = true;
	return true;
}

void
job_watch(struct job *job)
{
	struct loop *loop = job->run->work->loop;
	const struct proc *proc = &job->child.proc;

	job->is_waiting = !may_read(job) && proc->out != -1;
	loop_fd_set(loop, &job->on_err, proc->err, POLLIN);
	loop_fd_set(loop, &job->on_out, job->is_waiting ? -1 : proc->out,
	    POLLIN);
	loop_fd_set(loop, &job->on_in, job->sent < job->to.n ? proc->in : -1,
	    POLLOUT);
	loop_fd_set(loop, &job->on_control, job->child.control.fd, POLLIN);
	loop_timer_set(loop, &job->on_time, job->until);
}
