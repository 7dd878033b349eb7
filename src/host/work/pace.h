/*
 * pace: children that ask, and ask again as soon as they have their answer.
 * While one does, it and the host sleep and wake in turns, and what costs most
 * is waking a processor that sleeps: so both run on one. pace.c says when; what
 * is done then are the caller's functions, and so is the clock.
 *
 *	pace_init(&pace, &acts, ctx, processors);
 *	...its answer leaves:     pace_answered(&pace, &job->pace, clock_us());
 *	...its next question:     pace_asked(&pace, &job->pace, clock_us());
 *	...before each wait:      pace_look(&pace, clock_us());
 *	...it asks no more:       pace_leave(&job->pace);
 *	...before any process is started, which would be born to one processor:
 *	                          pace_part(&pace);
 *
 * While pace_is_hot() somebody calls pace_look() every PACE_LOOK_MS, too:
 * nothing else sees that a wait has become a long one.
 */
#ifndef WORK_PACE_H
#define WORK_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_SHORT_US 200   /* a wait below this is a short one */
#define PACE_WAITS    16    /* so many in a row, and a child is hot */
#define PACE_MOST     4096  /* the same, where it has brought nothing */
#define PACE_HOLD_US  50000 /* on one processor at a time */
#define PACE_WORTH    256   /* waits for which it was worth it */
#define PACE_LOOK_MS  5     /* or so */

struct pace;

/* Of each child, a part of the caller's struct; zero to begin with. */
struct pace_child {
	struct pace *pace;  /* NULL: it has not been answered yet */
	bool is_waited_for; /* answered, and its next question has not come */
	int64_t since_us;   /* it was answered, or has asked */
	unsigned waits;     /* short ones, in a row */
	uint64_t us;        /* that they took together */
	bool is_hot;
	struct pace_child *next; /* of the hot ones */
};

struct pace_acts {
	/* Puts us and it on one processor. -1: it cannot be, now or ever. */
	int (*join)(void *ctx, struct pace_child *child);

	/* Both may run where they might before. */
	void (*part)(void *ctx, struct pace_child *child);
};

struct pace {
	const struct pace_acts *acts;
	void *ctx;
	bool is_refused; /* by join, or there is one processor */

	struct pace_child *hot;
	size_t n_hot;
	unsigned need; /* short waits before the next time */

	struct pace_child *held; /* on our processor */
	int64_t until_us;
	unsigned waits;         /* meanwhile */
	uint64_t us, before_us; /* together; each, before */
};

/* acts and ctx stay the caller's. */
void pace_init(struct pace *pace, const struct pace_acts *acts, void *ctx,
    size_t processors);

void pace_answered(struct pace *pace, struct pace_child *child, int64_t now_us);
void pace_asked(struct pace *pace, struct pace_child *child, int64_t now_us);
void pace_look(struct pace *pace, int64_t now_us);
void pace_leave(struct pace_child *child);
void pace_part(struct pace *pace);

/* Somebody is: what is printed may wait a little. */
bool pace_is_hot(const struct pace *pace);

#endif
