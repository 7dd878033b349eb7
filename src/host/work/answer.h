/*
 * answer: what is done about an event, by one table: which event, when it is
 * allowed, what happens. An event out of its turn ends the child.
 */
#ifndef WORK_ANSWER_H
#define WORK_ANSWER_H

#include "base/str.h"

struct job;

/* A line of the child, not more trusted than any other foreign bytes. */
void answer_line(struct job *job, struct str line);

/* {"Err":text} to the open question. */
void answer_err(struct job *job, struct str text);

#endif
