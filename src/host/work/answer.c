#include "work/answer.h"

#include <time.h>

#include "enforce/enforce.h"
#include "stream/clock.h"
#include "term/term.h"
#include "value/quote.h"
#include "work/batch.h"
#include "work/input.h"
#include "work/job.h"
#include "work/noted.h"
#include "work/run.h"
#include "work/shown.h"

enum turn {
	ANY_TIME,
	QUESTION, /* when no other one is open; waits for its answer */
	LAST,     /* and nothing after it */
};

struct handler {
	enum turn turn;
	void (*handle)(struct job *job, struct event *event);
};

void
answer_err(struct job *job, struct str text)
{
	struct buf line = BUF_IN(&job->run->turn);

	reply_write_err(&line, text);
	job_answer(job, buf_str(&line));
}

static void
on_log(struct job *job, struct event *event)
{
	static const enum term_mark mark[] = {
		[LOG_INFO] = TERM_INFO,
		[LOG_DEBUG] = TERM_DEBUG,
		[LOG_SUCCESS] = TERM_SUCCESS,
		[LOG_ERROR] = TERM_ERROR,
		[LOG_WARN] = TERM_WARN,
		[LOG_WARN_ONCE] = TERM_WARN,
	};

	if (event->log == LOG_STATUS)
		job_status(job, job_cut(job, event->text));
	else if (event->log != LOG_WARN_ONCE)
		job_say(job, mark[event->log], event->text);
	else if (once_add(&job->run->work->once, event->text))
		term_run_line(TERM_WARN, STR_NONE, job_cut(job, event->text));
}

static void
on_database(struct job *job, struct event *event)
{
	batch_add(job->run, job, event);
}

/* The words are the reference program's; what to do about it is said once. */
static void
refuse_stdin(struct job *job)
{
	answer_err(job, STR("stdin is unavailable"));
	if (job->run->options->session != NULL) /* nothing gives it that */
		return;
	if (once_add(&job->run->work->once, STR("--stdin")))
		term_line(TERM_WARN,
		    "%s reads standard input, which it was not given: run it "
		    "with --stdin",
		    job->run->options->module);
}

static void
on_stdin(struct job *job, struct event *event)
{
	if (job->run->options->has_stdin)
		input_ask(job, event->kind == EVENT_STDIN_REST);
	else
		refuse_stdin(job);
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A target that waits says so. */
static void
show_wait(struct job *job, const struct event *event,
    const struct reply_wait *wait)
{
	struct buf text = BUF_IN(&job->run->turn);

	if (wait->passes) {
		job_status(job, STR_NONE);
		return;
	}
	buf_add(&text, job->label);
	buf_printf(&text, " waits %llu ms for the rate limit ",
	    (unsigned long long)(wait->wait_ns / 1000000));
	quote_add(&text, event->text);
	job_status(job, buf_str(&text));
}

static void
on_ratelimit(struct job *job, struct event *event)
{
	const struct ratelimit_ask ask = {
		.module = str_of(job->run->options->module),
		.key = event->text,
		.passes = event->passes,
		.time_ms = event->time_ms,
		.now_ns = now_ns(),
	};
	struct buf line = BUF_IN(&job->run->turn);
	autoerr struct err err = ERR_NONE;
	struct reply_wait wait;

	if (ratelimit_ask(job->run->work->ratelimit, &ask, &wait, &err) == -1) {
		answer_err(job, err_text(&err));
		return;
	}
	show_wait(job, event, &wait);
	reply_write_wait(&line, &wait);
	job_answer(job, buf_str(&line));
}

static void
on_blob(struct job *job, struct event *event)
{
	struct run *run = job->run;
	struct buf line = BUF_IN(&run->turn);
	autoerr struct err err = ERR_NONE;
	struct str id;

	if (workspace_blob_store(run->options->ws, &run->blobs, event->text,
		&run->turn, &id, &err) == -1) {
		(void)err_wrap(&err, "Failed to write blob");
		term_run_line(TERM_ERROR, job->label,
		    err_join(&run->turn, &err));
		answer_err(job, STR("Failed to write blob"));
		return;
	}
	reply_write_null(&line);
	job_answer(job, buf_str(&line));
}

/* Which files of data it could look into; a foreign child knows none. */
static void
on_data(struct job *job, struct event *event)
{
	struct outcome o = { .what = OUTCOME_FILE,
		.cause = event->is_there ? OUTCOME_FINE : OUTCOME_MISSING };

	if (!transport_carries(job->run->transport, CARGO_OUTCOMES)) {
		job_stop(job, STR("an event of another program's"));
		return;
	}
	outcome_set_host(&o, event->text);
	tally_word(&job->tally, &o);
}

/* What nobody asked for is not from a child of ours. */
static bool
is_asked_for(const struct job *job, enum evidence least)
{
	return child_evidence(job->run->options) >= least &&
	       transport_carries(job->run->transport, CARGO_EVIDENCE);
}

/* What is kept has no secrets that are looked for, nor has what is shown. */
static void
note_exchange(struct job *job, const struct exchange *x)
{
	batch_note(job->run, job, x);
	shown_end(job, x);
}

static void
on_exchange(struct job *job, struct event *event)
{
	autoerr struct err err = ERR_NONE;

	if (!is_asked_for(job, EVIDENCE_DIGEST))
		job_stop(job, STR("evidence that it was not asked for"));
	else if (asked_check(&job->asked, &event->exchange, &err) == -1)
		job_stop(job, err_text(&err));
	else
		note_exchange(job, &event->exchange);
}

static void
on_bytes(struct job *job, struct event *event)
{
	autoerr struct err err = ERR_NONE;
	int status = 0;

	if (!is_asked_for(job, EVIDENCE_FULL))
		job_stop(job, STR("evidence that it was not asked for"));
	else if (event->kind == EVENT_PIECE)
		status = asked_piece(&job->asked, &job->run->asked,
		    &event->piece, &err);
	if (status == -1)
		job_stop(job, err_text(&err));
	else if (status == 1)
		run_lose_bytes(job->run, &err);
}

/* Of a session: it wants the next one, when it has said what came of the last. */
static void
on_chunk(struct job *job, struct event *event)
{
	const struct work_session *session = job->run->options->session;

	(void)event;
	if (session == NULL || job->has_chunk || job->had_last_chunk) {
		job_stop(job, STR("asked for a chunk that it has no use for"));
		return;
	}
	job->wants_chunk = true;
	session->ask(session->ctx);
}

/* Every line of it is shown, as those of a message are. */
static struct str
cut_shown(struct job *job, struct str text)
{
	if (text.p == NULL)
		return text;
	text = job_cut(job, text);
	job_count_lines(job, text);
	return text;
}

static void
on_result(struct job *job, struct event *event)
{
	const struct work_session *session = job->run->options->session;
	struct chunk_result result = event->result;

	if (session == NULL || !job->has_chunk) {
		job_stop(job, STR("a result that nobody asked for"));
		return;
	}
	job->has_chunk = false;
	result.value = cut_shown(job, result.value);
	result.raised = cut_shown(job, result.raised);
	result.left = cut_shown(job, result.left);
	session->told(session->ctx, &result);
}

static void
on_exit_event(struct job *job, struct event *event)
{
	if (event->kind == EVENT_EXIT_ERR)
		job_say(job, TERM_ERROR, event->text);
	job_exit(job, event->kind, event->text);
}

static const struct handler handlers[EVENT_KINDS] = {
	[EVENT_LOG] = { ANY_TIME, on_log },
	[EVENT_INSERT] = { QUESTION, on_database },
	[EVENT_ACTIVITY] = { QUESTION, on_database },
	[EVENT_SELECT] = { QUESTION, on_database },
	[EVENT_UPDATE] = { QUESTION, on_database },
	[EVENT_STDIN_LINE] = { QUESTION, on_stdin },
	[EVENT_STDIN_REST] = { QUESTION, on_stdin },
	[EVENT_RATELIMIT] = { QUESTION, on_ratelimit },
	[EVENT_BLOB] = { QUESTION, on_blob },
	[EVENT_DATA] = { ANY_TIME, on_data },
	[EVENT_EXCHANGE] = { ANY_TIME, on_exchange },
	[EVENT_PIECE] = { ANY_TIME, on_bytes },
	[EVENT_VALUE] = { ANY_TIME, on_bytes },
	[EVENT_CHUNK] = { QUESTION, on_chunk },
	[EVENT_RESULT] = { ANY_TIME, on_result },
	[EVENT_EXIT_OK] = { LAST, on_exit_event },
	[EVENT_EXIT_ERR] = { LAST, on_exit_event },
	[EVENT_EXIT_SETUP_FAILED] = { LAST, on_exit_event },
};

/* What needs a permission; false: it does not. */
static bool
read_question(const struct event *event, struct enforce_question *q)
{
	static const enum word_kind kind[EVENT_KINDS] = {
		[EVENT_INSERT] = WORD_FAMILY,
		[EVENT_UPDATE] = WORD_FAMILY,
		[EVENT_SELECT] = WORD_FAMILY,
		[EVENT_ACTIVITY] = WORD_ACTIVITY,
		[EVENT_STDIN_LINE] = WORD_STDIN,
		[EVENT_STDIN_REST] = WORD_STDIN,
		[EVENT_RATELIMIT] = WORD_RATELIMIT,
		[EVENT_BLOB] = WORD_BLOBS,
	};

	*q = (struct enforce_question){ .kind = kind[event->kind],
		.deed = event->kind == EVENT_SELECT   ? DEED_READ
		        : event->kind == EVENT_UPDATE ? DEED_UPDATE
		                                      : DEED_ADD };
	if (q->kind == WORD_FAMILY)
		q->model = event->model;
	return q->kind != WORD_NET;
}

/* A worker may be another's: what its text does not do is not done for it. */
static bool
is_permitted(struct job *job, const struct event *event)
{
	const struct enforce *enforce = job->run->options->enforce;
	struct enforce_question q;
	struct outcome refused;

	if (!read_question(event, &q) || enforce_may(enforce, &q, &refused))
		return true;
	tally_fact(&job->tally, &refused);
	answer_err(job, enforce_refusal(enforce, &q, &job->run->turn));
	return false;
}

/*
 * What it says of its exchanges is its parent's wish: the module has said
 * nothing by that.
 */
static void
count(struct job *job, enum event_kind kind, size_t bytes)
{
	bool is_exchange = kind == EVENT_EXCHANGE;

	if (is_exchange || kind == EVENT_PIECE || kind == EVENT_VALUE) {
		job->evidence += bytes;
		job->bytes -= bytes;
		job->exchanges += is_exchange;
	}
	job->events +=
	    is_exchange || (kind != EVENT_PIECE && kind != EVENT_VALUE);
}

/*
 * Twice what it may keep, as base64 has more bytes, and what it may say: a
 * child of ours is below that.
 */
static bool
is_over_evidence(const struct job *job)
{
	const uint64_t *of = job->run->limits.of;

	return job->evidence / 2 > of[LIMIT_EVIDENCE] &&
	       job->evidence - of[LIMIT_EVIDENCE] > of[LIMIT_OUTPUT];
}

static void
stop_witness(struct job *job)
{
	struct buf why = BUF_IN(&job->pool);

	buf_add(&why, STR("said more of its exchanges than it may ("));
	limits_note(&why, LIMIT_EVIDENCE, job->run->limits.of[LIMIT_EVIDENCE]);
	buf_add_char(&why, ')');
	job_stop(job, buf_str(&why));
}

void
answer_line(struct job *job, struct str line)
{
	autoerr struct err err = ERR_NONE;
	struct event event;
	int status = event_read(&job->run->turn, line, &event, &err);

	if (status == -1) {
		job_stop(job, err_text(&err));
		return;
	}
	count(job, event.kind, line.n);
	noted_event(job, event.kind, line);
	if (is_over_evidence(job)) {
		stop_witness(job);
		return;
	}
	if (handlers[event.kind].turn == QUESTION) {
		if (job->is_asking) {
			job_stop(job, STR("asked before its last question was "
					  "answered"));
			return;
		}
		job->is_asking = true;
		pace_asked(&job->run->work->pace, &job->pace, clock_us());
	}
	if (status == 1)
		batch_refuse(job->run, job,
		    job_cut(job, err_join(&job->run->turn, &err)));
	else if (is_permitted(job, &event))
		handlers[event.kind].handle(job, &event);
}
