/*
 * input: standard input for the children of runs with --stdin. One buffer,
 * term/'s, so nothing that was read ahead is lost; who asks first gets the
 * next line. Source: docs/wire.md, "The parent".
 */
#ifndef WORK_INPUT_H
#define WORK_INPUT_H

#include "loop/loop.h"

#define INPUT_MAX_BYTES ((size_t)32 << 20) /* of one line, or of the rest */

struct job;
struct question;
struct work;

/* Zero: nobody asks. */
struct input {
	struct question *question; /* in the order of asking */
	size_t n, cap;
	struct loop_fd watch; /* while somebody asks */
	bool is_ended;
};

void input_clear(struct input *input);

/*
 * The job waits for a line with its newline, or for all that is left. It is
 * answered (answer.h) with that, or with why it cannot be read.
 */
void input_ask(struct job *job, bool is_rest);

/* It does not any more. */
void input_forget(const struct job *job);

/* Before a run: the end that was typed for the last one is not this one's. */
void input_begin(struct input *input);

/* Before each wait: is it waited for? */
void input_watch(struct work *work);

#endif
