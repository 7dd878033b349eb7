/*
 * batch: what children of all runs want of the database, one commit a turn of
 * the loop.
 * Each change is made at once, inside the turn's transaction; its line is
 * printed and its answer given after the commit.
 */
#ifndef WORK_BATCH_H
#define WORK_BATCH_H

#include "db/db.h"
#include "ipc/event.h"

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
};

/* Does it; everything lives in run->turn. */
void batch_add(struct run *run, struct job *job, struct event *event);

/* A question whose values were refused: answered in its turn like others. */
void batch_refuse(struct run *run, struct job *job, struct str why);

/* What it asked the outside: nobody is answered. */
void batch_note(struct run *run, struct job *job,
    const struct exchange *exchange);

/* Commits, prints, and hands the answers to the jobs. */
void batch_commit(struct work *work);

/* Empties it: the answers are on their way. */
void batch_reset(struct work *work);

void batch_clear(struct batch *batch);

#endif
