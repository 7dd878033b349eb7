/*
 * broker_loop: the broker of a child in a loop. What comes at one of its
 * descriptors is a step of its own. Where the child has no broker, or none any
 * more, all of this does nothing.
 */
#ifndef TRANSPORT_BROKER_LOOP_H
#define TRANSPORT_BROKER_LOOP_H

#include "loop/loop.h"
#include "transport/transport.h"

struct broker_loop {
	struct child *child;
	struct loop_fd fd[BROKER_MAX_FDS];
};

/* child must stay where it is. */
void broker_loop_init(struct broker_loop *b, struct child *child);

/* Before each wait: what it waits for now. */
void broker_loop_watch(struct broker_loop *b, struct loop *loop);
void broker_loop_stop(struct broker_loop *b);

/* When to call broker_loop_tick(), if it is before `at`; else `at`. */
int64_t broker_loop_due(const struct broker_loop *b, int64_t at);
void broker_loop_tick(struct broker_loop *b);

#endif
