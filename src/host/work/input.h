/*
 * input: standard input for the children of a run with --stdin. One buffer,
 * term/'s, so nothing that was read ahead is lost; who asks first gets the
 * next line. Source: docs/wire.md, "The parent".
 */
#ifndef WORK_INPUT_H
#define WORK_INPUT_H

#include <stdbool.h>

#include "work/pollset.h"

#define INPUT_MAX_BYTES ((size_t)32 << 20) /* of one line, or of the rest */

struct job;

/* The job waits for a line with its newline, or for all that is left. */
void input_ask(struct job *job, bool is_rest);

/* It does not any more. */
void input_forget(const struct job *job);

/* Before a run: the end that was typed for the last one is not this one's. */
void input_begin(void);

void input_poll(struct pollset *set);
void input_step(const struct pollset *set);

#endif
