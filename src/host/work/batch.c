/*
 * batch: a turn of the loop is one transaction. An event is executed when it is
 * read, so that the next one sees what it did; its line and its answer wait for
 * the commit, so that nobody is told of what could still be lost. Where the
 * commit fails all who changed something are told that, and those who only
 * asked get what they asked for. What notifies of a change is stored with it, and
 * undone with it.
 */
#include "work/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ipc/reply.h"
#include "stream/clock.h"
#include "term/term.h"
#include "work/job.h"
#include "work/run.h"
#include "work/say.h"

static struct change *
new_change(struct batch *batch, struct job *job, enum event_kind kind)
{
	struct change *change;

	if (batch->n == batch->cap) {
		batch->cap = batch->cap != 0 ? 2 * batch->cap : 16;
		batch->change =
		    mem_grow(batch->change, batch->cap, sizeof(*batch->change));
	}
	change = &batch->change[batch->n++];
	*change = (struct change){ .job = job, .kind = kind };
	return change;
}

void
batch_clear(struct batch *batch)
{
	free(batch->change);
	free(batch->noted);
}

static void
say_wish(struct run *run, const struct job *job, const struct event *event)
{
	struct buf text = BUF_IN(&run->turn);

	if (run->options->start.verbose < 1)
		return;
	if (event->kind == EVENT_INSERT) {
		buf_add(&text, STR("Inserting: "));
		row_dump_insert(&text, &event->row);
	} else if (event->kind == EVENT_UPDATE) {
		buf_add(&text, STR("Updating: "));
		row_dump_update(&text, &event->row);
	} else {
		return;
	}
	term_run_line(TERM_DEBUG, job->label, buf_str(&text));
}

/* A row about a blob that is not there is one that nothing can be done with. */
static int
check_blob(const struct run *run, const struct event *event, struct err *err)
{
	int at = model_field_with(event->model, FIELD_BLOB), status;
	struct str id;

	if (at == -1)
		return 0;
	id = event->row.value[at].text;
	status = workspace_has_blob(run->options->ws, id, err);
	if (status == 0)
		return err_set(err, "there is no blob %.*s", STR_ARG(id));
	return status == 1 ? 0 : -1;
}

static int
insert_row(struct run *run, struct event *event, struct change *change,
    struct err *err)
{
	if (check_blob(run, event, err) == -1)
		return -1;
	return db_insert(run->options->db, &change->job->author, &event->row,
	    event->has_ttl ? &event->ttl : NULL, &run->turn, &change->result,
	    err);
}

/*
 * The turn's transaction. Another process that holds the database is waited for
 * once, not by each child in turn.
 */
static int
begin_turn(struct run *run, struct err *err)
{
	struct batch *batch = &run->work->batch;
	struct db *db = run->options->db;

	/* see work.h: another one's commit would not be told to us */
	assert(batch->db == NULL ? !db_is_open(db) : batch->db == db);
	if (batch->db != NULL)
		return 0;
	if (batch->refusal.p != NULL)
		return err_set_str(err, batch->refusal);
	if (db_begin(db, err) == 0) {
		batch->db = db;
		return 0;
	}
	batch->refusal = err_join(&run->turn, err);
	return -1;
}

/* In the change that it tells of. */
static int
tell_change(struct run *run, const struct change *change, struct err *err)
{
	const struct work_options *options = run->options;
	enum reply_kind kind = change->result.reply.kind;
	struct buf topic = BUF_IN(&run->turn), subject = BUF_IN(&run->turn);

	if (kind != REPLY_INSERTED && kind != REPLY_UPDATED)
		return 0;
	if (change->kind == EVENT_ACTIVITY) {
		say_activity_topic(&topic, &change->row);
		say_activity_subject(&subject, &change->row);
	} else if (kind == REPLY_INSERTED) {
		say_topic(&topic, change->model, change->result.label,
		    "insert");
		say_insert(&subject, change->model, &change->result, SAY_DONE);
	} else {
		say_topic(&topic, change->model, change->result.label,
		    "update");
		say_update(&subject, &change->result, SAY_DONE);
	}
	return options->changed(options->changed_ctx, change->job->label,
	    buf_str(&topic), buf_str(&subject), err);
}

static int
apply(struct run *run, struct event *event, struct change *change,
    struct err *err)
{
	struct db *db = run->options->db;
	struct job *job = change->job;

	if (event->kind == EVENT_ACTIVITY) {
		change->row = event->row;
		return db_log(db, &job->author, &event->row,
		    &change->result.reply, err);
	}
	if (event->kind == EVENT_UPDATE)
		return db_update(db, &job->author, &event->row, &run->turn,
		    &change->result, err);
	return insert_row(run, event, change, err);
}

static int
apply_and_tell(struct run *run, struct event *event, struct change *change,
    struct err *err)
{
	struct db *db = run->options->db;
	struct db_part part;
	int status;

	if (db_part_begin(db, &part, err) == -1)
		return -1;
	status = apply(run, event, change, err);
	if (status != -1)
		status = tell_change(run, change, err);
	return db_part_end(db, &part, status, err);
}

/* Once a run; how many there were is in its counters. */
static void
miss(struct run *run, const struct err *err)
{
	if (run->unnoted++ == 0)
		term_line(TERM_ERROR,
		    "what %s asks is not noted any more: %.*s",
		    run->options->module, STR_ARG(err_join(&run->turn, err)));
}

static void
store_notes_of(struct job *job, uint64_t turn)
{
	struct run *run = job->run;
	const struct asked_place place = { run->options->db, &job->author,
		turn };
	autoerr struct err err = ERR_NONE;

	if (begin_turn(run, &err) == -1) {
		asked_drop(&job->asked, &job->author);
		miss(run, &err);
	} else if (asked_store(&job->asked, &place, &err) == -1) {
		miss(run, &err);
	}
}

/* In the turn's transaction. */
static void
store_notes(struct batch *batch)
{
	for (size_t i = 0; i < batch->n_noted; i++)
		store_notes_of(batch->noted[i], batch->turn);
	batch->n_noted = batch->notes = batch->note_bytes = 0;
}

static int
execute(struct run *run, struct event *event, struct change *change,
    struct err *err)
{
	struct job *job = change->job;

	job->author.sequence = (int64_t)job->events;
	if (event->kind == EVENT_SELECT)
		return db_find(run->options->db, event->model, event->text,
		    &change->result.reply, err);
	if (begin_turn(run, err) == -1)
		return -1;
	store_notes(&run->work->batch);
	if (run->options->changed == NULL)
		return apply(run, event, change, err);
	return apply_and_tell(run, event, change, err);
}

void
batch_add(struct run *run, struct job *job, struct event *event)
{
	struct change *change = new_change(&run->work->batch, job, event->kind);
	autoerr struct err err = ERR_NONE;

	change->model = event->model;
	say_wish(run, job, event);
	if (execute(run, event, change, &err) == -1)
		change->error = err_join(&run->turn, &err);
}

void
batch_refuse(struct run *run, struct job *job, struct str why)
{
	struct change *change =
	    new_change(&run->work->batch, job, EVENT_INSERT);

	change->error = pool_copy(&run->turn, why);
}

/* Its first that waits. */
static void
push_noted(struct batch *batch, struct job *job)
{
	if (batch->n_noted == batch->cap_noted) {
		batch->cap_noted =
		    batch->cap_noted != 0 ? 2 * batch->cap_noted : 16;
		batch->noted = mem_grow(batch->noted, batch->cap_noted,
		    sizeof(struct job *));
	}
	batch->noted[batch->n_noted++] = job;
}

void
batch_note(struct run *run, struct job *job, const struct exchange *x)
{
	const struct asked_by by = { job->author.attempt,
		(int64_t)job->events };
	struct batch *batch = &run->work->batch;
	bool is_kept = job->author.attempt != 0 &&
	               run->options->child_options.evidence != EVIDENCE_OFF;
	bool is_first = job->asked.holds == 0;
	autoerr struct err err = ERR_NONE;
	size_t bytes;

	if (asked_add(&job->asked, &run->asked, &by, x, &bytes, &err) == 1)
		run_lose_bytes(run, &err);
	if (!is_kept) { /* it is shown, and what is open is known */
		asked_drop(&job->asked, &job->author);
		return;
	}
	if (is_first)
		push_noted(batch, job);
	if (batch->notes++ == 0)
		batch->notes_until = clock_in(BATCH_NOTES_MS);
	batch->note_bytes += bytes;
}

int64_t
batch_notes_until(const struct batch *batch)
{
	return batch->notes != 0 ? batch->notes_until : CLOCK_NEVER;
}

static bool
is_due(const struct batch *batch)
{
	return batch->notes >= BATCH_NOTES ||
	       batch->note_bytes >= BATCH_NOTE_BYTES ||
	       (batch->notes != 0 && clock_ms() >= batch->notes_until);
}

/* What was asked in a turn that is not stored is before nothing. */
static void
lose(struct work *work, const struct err *err)
{
	for (size_t i = 0; i < work->n; i++) {
		struct run *run = work->run[i];
		bool is_lost = false;

		for (size_t k = 0; k < run->n; k++)
			is_lost = asked_lose(&run->job[k]->asked,
				      &run->job[k]->author, work->batch.turn) ||
			          is_lost;
		if (is_lost)
			miss(run, err);
	}
}

/* Nothing of the turn is stored: everybody who changed something is told. */
static void
commit(struct work *work)
{
	autoerr struct err err = ERR_NONE;
	struct batch *batch = &work->batch;
	struct db *db = batch->db;

	batch->db = NULL;
	if (db == NULL || db_commit(db, &err) == 0)
		return;
	(void)err_wrap(&err, "cannot store it");
	lose(work, &err);
	for (size_t i = 0; i < batch->n; i++) {
		struct change *change = &batch->change[i];

		if (change->kind != EVENT_SELECT && change->error.p == NULL)
			change->error = err_join(&change->job->run->turn, &err);
	}
}

static void
say_change(const struct change *change)
{
	struct run *run = change->job->run;
	struct buf text = BUF_IN(&run->turn);
	struct str name = change->job->label;
	enum say_tense tense = run->options->is_dry ? SAY_WOULD : SAY_DOING;

	if (change->error.p != NULL) {
		term_run_line(TERM_ERROR, name, change->error);
		return;
	}
	if (change->kind == EVENT_ACTIVITY) {
		if (change->result.reply.kind != REPLY_INSERTED)
			return;
		if (tense == SAY_WOULD)
			buf_add(&text, STR("Would log "));
		say_activity(&text, &change->row,
		    run->options->start.verbose >= 1);
		term_run_line(TERM_INFO, name, buf_str(&text));
		return;
	}
	if (change->result.reply.kind == REPLY_INSERTED)
		say_insert(&text, change->model, &change->result, tense);
	else if (change->result.reply.kind == REPLY_UPDATED)
		say_update(&text, &change->result, tense);
	else
		return;
	term_run_own(TERM_INFO, name, buf_str(&text));
}

static void
count_change(const struct change *change)
{
	struct run *run = change->job->run;

	if (change->error.p != NULL)
		return;
	run->added += change->result.reply.kind == REPLY_INSERTED;
	run->changed += change->result.reply.kind == REPLY_UPDATED;
}

static void
answer(const struct change *change)
{
	struct buf line = BUF_IN(&change->job->run->turn);

	if (change->error.p != NULL)
		reply_write_err(&line, change->error);
	else
		reply_write_db(&line, &change->result.reply);
	job_answer(change->job, buf_str(&line));
}

void
batch_commit(struct work *work)
{
	struct batch *batch = &work->batch;

	if (is_due(batch))
		store_notes(batch);
	commit(work);
	for (size_t i = 0; i < batch->n; i++) {
		count_change(&batch->change[i]);
		say_change(&batch->change[i]);
		answer(&batch->change[i]);
	}
}

void
batch_store_notes(struct work *work)
{
	struct batch *batch = &work->batch;

	if (batch->notes == 0)
		return;
	store_notes(batch);
	commit(work);
	batch->refusal = STR_NONE;
}

void
batch_reset(struct work *work)
{
	work->batch.n = 0;
	work->batch.turn++;
	work->batch.refusal = STR_NONE;
}
