/*
 * talk: a session with a person, or with the lines of a pipe: what is typed goes
 * to the child of a run as chunks, what comes of them is printed. A chunk that
 * takes too long is interrupted, as ^C does it; one that does not end then takes
 * its child with it. At a terminal a fresh child follows one that has ended.
 */
#ifndef RUNS_TALK_H
#define RUNS_TALK_H

#include "program/program.h"
#include "work/work.h"

struct talk_options {
	bool is_typed;      /* at a terminal: with prompts and an editor */
	bool exit_on_error; /* the first chunk that failed is the last */
	unsigned timeout_s; /* of a chunk */
	const struct work_target *target; /* of each child */
	struct str code; /* of the module; empty: there is none */
};

/*
 * All of it. work: what the children are started with, but for the session. 0;
 * -1: a chunk failed where that ends it, a session ended by itself where it is
 * not typed, or *err says why nothing went on.
 */
int talk(struct program *p, struct work *shared, struct work_options *work,
    const struct talk_options *options, struct err *err);

#endif
