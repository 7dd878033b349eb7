/*
 * inside: what the files of this room share.
 */
#ifndef LOOP_INSIDE_H
#define LOOP_INSIDE_H

#include <poll.h>
#include <stddef.h>

#include "loop/loop.h"

/*
 * Watches in the order of putting in. One walk at a time, which survives that
 * any of them is taken out meanwhile; what is put in meanwhile is not met.
 */
struct list {
	struct loop_link *first, *last;
	struct loop_link *walk; /* the next of a walk; NULL: it is over */
	struct loop_link *end;  /* its last one */
};

struct loop {
	bool is_turning;
	bool is_hurried;

	struct list before;

	/*
	 * poll[i] is who[i]'s. One that was taken out leaves a hole, with who
	 * NULL and a descriptor of -1, until the next wait: the order stays,
	 * and so does the place of those that are still to be called.
	 */
	struct pollfd *poll;
	struct loop_fd **who;
	size_t fds, holes, cap_fds;

	struct loop_timer **timer; /* a heap: the first is the earliest */
	size_t timers, cap_timers;
	uint64_t number;
	int64_t now;  /* as of the last timers_look() */
	uint64_t due; /* the last setting that this turn may call */

	struct list signals;

	struct list children;
	struct loop_signal deaths; /* since the first child */
	bool looks_at_children;    /* one may have ended */
};

void list_add(struct list *list, struct loop_link *link, struct loop *loop);
void list_remove(struct list *list, struct loop_link *link);

/* The first, then each next one; NULL: there is none any more. */
struct loop_link *list_walk(struct list *list);
struct loop_link *list_next(struct list *list);

/* The struct that the link is a part of. */
#define LINK_OF(type, at)                                                      \
	((struct type *)(void *)((char *)(at)-offsetof(struct type, link)))

/* fd.c: who[0] is the pipe of signals. */
void fds_pack(struct loop *loop);
void fds_call(struct loop *loop);
void fds_clear(struct loop *loop);

/*
 * timer.c: the first deadline. Behind a wait, before anybody is called: which
 * ones are over; and their calls, behind all others.
 */
int64_t timers_until(const struct loop *loop);
void timers_look(struct loop *loop);
void timers_call(struct loop *loop);
void timers_clear(struct loop *loop);

/* signal.c: the process's pipe, which lives as long as a loop. */
int signals_open(struct err *err);
void signals_close(void);
int signals_fd(void);
void signals_drain(void);
bool signals_have_come(struct loop *loop);
void signals_call(struct loop *loop);
void signals_clear(struct loop *loop);

/* children.c */
void children_call(struct loop *loop);
void children_clear(struct loop *loop);

#endif
