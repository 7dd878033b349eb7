/*
 * job: one child and its target, from the start line to its end.
 *
 * It is a small machine over three descriptors. What the child is to read is
 * kept until it takes it; what it says is read a line at a time and handed to
 * input.c, which answers or puts it into the batch; what stands on its standard
 * error is shown with its name. It is at work until its last word (Exit), then
 * it is ending until it is reaped. Each of these may fail to come: a timer and
 * a count stand behind every wait, and whoever oversteps one is killed, reaped
 * and named (job_end.c).
 */
#include "work/job.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "stream/clock.h"
#include "term/term.h"
#include "work/answer.h"
#include "work/attempt.h"
#include "work/input.h"
#include "work/run.h"

#define MOST_JUNK ((size_t)64 << 10) /* after the last word */
#define KEEP_ROOM ((size_t)1 << 20)  /* a larger buffer is given back */
#define LAST_ROOM ((size_t)1 << 10)  /* of an Exit line, around its text */
#define SHOWN_BYTES   64   /* of a line of a target, around its text */
#define WALL_GRACE_MS 5000 /* for a child to end by itself, as docs/jail.md */

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

/* A line on its standard error. */
static void
on_message(void *ctx, struct str line)
{
	struct job *job = ctx;

	term_child_line(str_of(job->run->options->module), line);
}

static void
on_connection(void *ctx, const struct broker_record *record)
{
	struct job *job = ctx;
	struct buf text = BUF_NONE;

	job->connections += record->reply.status == REPLY_CONNECTED;
	if (job->run->options->start.verbose < 2)
		return;
	policy_write_record(&text, record);
	term_run_note(job->label, buf_str(&text));
	buf_clear(&text);
}

static void
on_outcome(void *ctx, const struct outcome *outcome, bool is_word)
{
	struct job *job = ctx;

	if (is_word)
		tally_word(&job->tally, outcome);
	else
		tally_fact(&job->tally, outcome);
}

static void
configure_broker(struct job *job)
{
	const struct policy *policy = &job->run->policy;
	struct broker_config config = {
		.net = &policy->net,
		.egress = policy->egress,
		.connections = policy->connections,
		.record = on_connection,
		.outcome = on_outcome,
		.arg = job,
	};

	if (job->child.broker != NULL)
		broker_configure(job->child.broker, &config);
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

static struct job *
new_job(struct run *run, struct pool *pool, const struct work_target *target)
{
	struct job *job = mem_zalloc(sizeof(*job));

	job->run = run;
	job->pool = *pool;
	*pool = (struct pool)POOL_NONE;
	job->label = str_of(target->label);
	job->child = (struct child)CHILD_NONE;
	job->started = clock_ms();
	set_deadline(job);
	messages_init(&job->messages, on_message, job);
	return job;
}

static void
end_long_line(struct job *job)
{
	if (job->is_long)
		job->run->work->long_lines--;
	job->is_long = false;
}

/* Before each wait, when nothing views the lines any more: may it be read? */
static bool
may_read(struct job *job)
{
	bool is_long = job->in.buf.n - job->in.from >= RUN_LONG_LINE;

	if (job->is_long && !is_long) {
		line_shrink(&job->in);
		end_long_line(job);
	}
	if (!is_long || job->is_long)
		return true;
	if (job->run->work->long_lines == RUN_LONG_LINES)
		return false;
	job->run->work->long_lines++;
	job->is_long = true;
	return true;
}

static void
unwatch(struct job *job)
{
	loop_fd_stop(&job->on_in);
	loop_fd_stop(&job->on_out);
	loop_fd_stop(&job->on_err);
	for (size_t i = 0; i < BROKER_MAX_FDS; i++)
		loop_fd_stop(&job->on_broker[i]);
	loop_timer_stop(&job->on_time);
	loop_child_stop(&job->on_end);
}

void
job_free(struct job *job)
{
	unwatch(job);
	term_status_give(job->slot);
	end_long_line(job);
	input_forget(job);
	child_clear(&job->child);
	db_author_clear(&job->author);
	if (job->is_secret && job->to.n != 0)
		mem_wipe(job->to.p, job->to.n);
	buf_clear(&job->to);
	line_clear(&job->in);
	messages_clear(&job->messages);
	pool_clear(&job->pool);
	free(job);
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

void
job_answer(struct job *job, struct str line)
{
	if (job->state == JOB_WORKING)
		buf_add(&job->to, line);
	job->is_answered = true;
}

/* All of it is on its way, or nobody reads it any more. */
static void
all_sent(struct job *job)
{
	if (job->is_secret)
		mem_wipe(job->to.p, job->to.n);
	job->is_secret = false;
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
			proc_close(&job->child.proc.in);
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
	proc_close(&job->child.proc.in);
	if (job->to.n != 0)
		all_sent(job);
	if (job->child.broker != NULL)
		broker_last_words(job->child.broker);
	broker_free(job->child.broker);
	job->child.broker = NULL;
	input_forget(job);
	if (job->state == JOB_WORKING) {
		job->run->working--;
		job->run->work->working--;
	}
}

static void
begin_ending(struct job *job)
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
job_say(struct job *job, enum term_mark mark, struct str text)
{
	size_t lines = 0;

	text = job_cut(job, text);
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	job->bytes += lines * SHOWN_BYTES;
	term_run_line(mark, job->label, text);
}

void
job_exit(struct job *job, enum event_kind kind, struct str text)
{
	job->has_exited = true;
	job->exit = kind;
	job->exit_text = pool_copy(&job->pool, job_cut(job, text));
	begin_ending(job);
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
	proc_close(&job->child.proc.out);
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
		if (status != 1)
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
		begin_ending(job);
		proc_close(&job->child.proc.out);
	}
}

static void
read_messages(struct job *job)
{
	char bytes[4096];
	ssize_t n = read(job->child.proc.err, bytes, sizeof(bytes));

	if (n > 0)
		messages_add(&job->messages, str_view(bytes, (size_t)n));
	else if (n == 0 || errno != EINTR)
		proc_close(&job->child.proc.err);
}

/* Which limit it was, and its value. */
static void
stop_late(struct job *job)
{
	struct buf why = BUF_IN(&job->pool);

	if (job->ends_by_wall) {
		buf_add(&why, STR("ran out of time and did not end ("));
		limits_note(&why, LIMIT_WALL,
		    job->run->limits.of[LIMIT_WALL]);
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
	if (job->child.proc.out != -1)
		read_output(job);
}

static void
on_err(void *ctx, short revents)
{
	struct job *job = ctx;

	(void)revents;
	if (job->child.proc.err != -1)
		read_messages(job);
}

static void
on_in(void *ctx, short revents)
{
	(void)revents;
	job_flush(ctx);
}

/* The broker sees one of its descriptors at a time. */
static void
step_broker(struct job *job, size_t which, short revents)
{
	struct pollfd p[BROKER_MAX_FDS];

	if (job->child.broker == NULL)
		return;
	memcpy(p, job->broker, sizeof(p));
	for (size_t i = 0; i < BROKER_MAX_FDS; i++)
		p[i].revents = i == which ? revents : 0;
	broker_step(job->child.broker, p, job->n_broker);
}

static void
on_worker(void *ctx, short revents)
{
	step_broker(ctx, 0, revents);
}

static void
on_connecting(void *ctx, short revents)
{
	step_broker(ctx, 1, revents);
}

static void
on_time(void *ctx)
{
	step_broker(ctx, BROKER_MAX_FDS, 0);
	tick(ctx);
}

static void
on_end(void *ctx)
{
	struct job *job = ctx;

	(void)proc_reap(&job->child.proc);
}

static void
init_watches(struct job *job)
{
	job->on_in = (struct loop_fd){ .call = on_in, .ctx = job };
	job->on_out = (struct loop_fd){ .call = on_out, .ctx = job };
	job->on_err = (struct loop_fd){ .call = on_err, .ctx = job };
	job->on_broker[0] = (struct loop_fd){ .call = on_worker, .ctx = job };
	job->on_broker[1] =
	    (struct loop_fd){ .call = on_connecting, .ctx = job };
	job->on_time = (struct loop_timer){ .call = on_time, .ctx = job };
	job->on_end = (struct loop_child){ .call = on_end, .ctx = job };
}

struct job *
job_start(struct run *run, struct pool *pool, const struct work_target *target)
{
	struct job *job = new_job(run, pool, target);
	autoerr struct err err = ERR_NONE;

	init_watches(job);
	job->slot = term_status_take();
	if (attempt_begin(job, target, &err) == -1 ||
	    take_child(job, &err) == -1) {
		run_fail(run, job->label, err_join(&run->turn, &err));
		run->failed++;
		job_free(job);
		return NULL;
	}
	loop_child_start(run->work->loop, &job->on_end, job->child.proc.pid);
	line_init(&job->in, job->child.proc.out);
	configure_broker(job);
	write_start(job, target);
	job_status(job, STR_NONE);
	job_flush(job);
	return job;
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
		proc_close(fd);
}

void
job_settle(struct job *job)
{
	struct proc *proc = &job->child.proc;

	if (proc->pid == 0) {
		close_dry(&proc->err);
		if (!job->is_waiting)
			close_dry(&proc->out);
	}
	if (proc->out == -1)
		begin_ending(job);
}

bool
job_is_over(const struct job *job)
{
	const struct proc *proc = &job->child.proc;

	return proc->pid == 0 && proc->out == -1 && proc->err == -1;
}

static int64_t
until(const struct job *job)
{
	int broker_ms = -1;

	if (job->child.broker != NULL)
		broker_ms = broker_timeout(job->child.broker);
	if (broker_ms == -1)
		return job->until;
	return clock_first(job->until, clock_in((uint64_t)broker_ms));
}

static void
watch_broker(struct job *job)
{
	struct loop *loop = job->run->work->loop;

	job->n_broker = job->child.broker != NULL
	                    ? broker_poll(job->child.broker, job->broker)
	                    : 0;
	for (size_t i = 0; i < BROKER_MAX_FDS; i++) {
		const struct pollfd *p = &job->broker[i];
		bool is_there = i < job->n_broker;

		loop_fd_set(loop, &job->on_broker[i], is_there ? p->fd : -1,
		    p->events);
	}
}

void
job_watch(struct job *job)
{
	struct loop *loop = job->run->work->loop;
	const struct proc *proc = &job->child.proc;

	watch_broker(job);
	job->is_waiting = !may_read(job) && proc->out != -1;
	loop_fd_set(loop, &job->on_err, proc->err, POLLIN);
	loop_fd_set(loop, &job->on_out, job->is_waiting ? -1 : proc->out,
	    POLLIN);
	loop_fd_set(loop, &job->on_in,
	    job->sent < job->to.n ? proc->in : -1, POLLOUT);
	loop_timer_set(loop, &job->on_time, until(job));
}
