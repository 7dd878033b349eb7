/*
 * batch: what children of all runs want of the database, one commit a turn of
 * the loop.
 * Each change is made at once, inside the turn's transaction; its line is
 * printed and its answer given after the commit.
 * What a child asked the outside waits in memory, as nobody waits for it: until
 * one of the children changes something, an attempt ends, or there is enough of
 * it. So no row refers to an exchange that is not there, and a kill costs the
 * notes of the last moments.
 */
#ifndef WORK_BATCH_H
#define WORK_BATCH_H

#include "db/db.h"
#include "ipc/event.h"

/* Whichever comes first: notes, bytes, and milliseconds of the oldest. */
#define BATCH_NOTES      1024
#define BATCH_NOTE_BYTES ((size_t)1 << 20)
#define BATCH_NOTES_MS   200

struct job;
struct run;
struct work;

/* A question and its answer, until the commit. */
struct change {
	struct job *job;
	enum event_kind kind;
	const struct model *model;
	struct row row; /* of EVENT_ACTIVITY */
	struct db_result result;
	struct str error; /* p NULL: none */
};

struct batch {
	struct change *change;
	size_t n, cap;
	struct db *db;      /* whose transaction is open; NULL: none is */
	struct str refusal; /* why the turn has none; p NULL: it may have */
	uint64_t turn;      /* its number */

	struct job **noted; /* whose notes wait */
	size_t n_noted, cap_noted;
	size_t notes, note_bytes;
	int64_t notes_until; /* clock_ms(); with notes only */
};

/* Does it; everything lives in run->turn. */
void batch_add(struct run *run, struct job *job, struct event *event);

/* A question whose values were refused: answered in its turn like others. */
void batch_refuse(struct run *run, struct job *job, struct str why);

/* What it asked the outside: nobody is answered, and its row may wait. */
void batch_note(struct run *run, struct job *job,
    const struct exchange *exchange);

/* Between turns, or before a job ends: all notes that wait are stored. */
void batch_store_notes(struct work *work);

/* When they shall be, if nothing else comes; CLOCK_NEVER: there are none. */
int64_t batch_notes_until(const struct batch *batch);

/* Commits, prints, and hands the answers to the jobs. */
void batch_commit(struct work *work);

/* Empties it: the answers are on their way. */
void batch_reset(struct work *work);

void batch_clear(struct batch *batch);

#endif
