/*
 * shown: -vvv: what a target asks of the outside, a line each, when it is over.
 * What its child says of it, kept or not; without secrets.
 */
#ifndef WORK_SHOWN_H
#define WORK_SHOWN_H

#include "ipc/exchange.h"

struct job;

/* One was said; it may be open. */
void shown_end(struct job *job, const struct exchange *exchange);

/* At the end of the target: what its child has not ended. */
void shown_left(struct job *job);

#endif
