/*
 * stand_in: a parent without a workspace, for a run that is recorded to be a
 * test: it remembers which rows it was told, and answers as a workspace with
 * nothing in it would.
 */
#ifndef REPLAY_STAND_IN_H
#define REPLAY_STAND_IN_H

#include "ipc/event.h"

#define STAND_IN_CHAINS 1024

struct stand_in_row {
	struct stand_in_row *next;
	const struct model *model;
	struct str label;
	int64_t id;
};

/* Zero: nothing yet. */
struct stand_in {
	struct pool pool;
	struct stand_in_row *chain[STAND_IN_CHAINS];
	int64_t last; /* id */

	/* What is left of standard input; p NULL: it has none. */
	struct str input;
};

/* The answer to an event that blocks, with its newline. */
void stand_in_answer(struct stand_in *stand_in, const struct event *event,
    struct buf *out);

void stand_in_clear(struct stand_in *stand_in);

#endif
