/*
 * helper: one child that fetches: its process, its pipes, its control, and what
 * it says (ipc/errand.h). It does one errand at a time. For fetch.c, which has
 * the queue and knows who asked.
 */
#ifndef WEB_HELPER_H
#define WEB_HELPER_H

#include "ipc/errand.h"
#include "loop/loop.h"
#include "transport/transport.h"
#include "work/messages.h"

struct helper;

/* What all helpers of a fetcher have in common. */
struct helper_plan {
	struct loop *loop;
	struct transport *transport;
	struct str start; /* the line */

	/* Each event of the errand under way, and notes. It may stop helpers. */
	void (*event)(void *arg, struct helper *h,
	    const struct errand_event *event);

	/* It became idle, or dead. */
	void (*changed)(void *arg, struct helper *h);
	void *arg;
};

enum helper_state {
	HELPER_IDLE,
	HELPER_BUSY,
	HELPER_ENDING, /* it has ended, or will: nothing it says counts */
	HELPER_DEAD,   /* waited for; why_dead is set */
};

struct helper {
	const struct helper_plan *plan;
	enum helper_state state;
	pid_t pid; /* for its name, also when it is dead */
	struct child child;
	struct loop_fd in, out, err, control;
	struct loop_timer timer;
	struct proc_watch end;
	struct errand_reader reader;
	struct messages messages;
	struct buf word;      /* the last line on its standard error */
	unsigned errands;     /* that it was sent */
	bool is_silent;       /* it said nothing of the last one */
	bool is_told;         /* the last one was written as a whole */
	struct buf to;        /* for it */
	size_t sent;          /* of that */
	struct pool pool;     /* ends with it */
	struct pool turn;     /* ends with what came at once */
	int64_t heard;        /* when it said something last */
	int64_t until;        /* CLOCK_NEVER: there is no hurry */
	uint32_t patience_ms; /* from heard on */
	struct str fault;     /* why we killed it; p NULL: we did not */
	bool has_exited;      /* it said why: */
	struct str exit_text;
	struct str why_dead;
	bool is_violation; /* stopped by the sandbox, that is */
};

/* Starts one, which is idle. NULL: it cannot be. */
struct helper *helper_new(const struct helper_plan *plan, struct err *err);

/* Kills what is left, and waits for it. Not from one of its own calls. */
void helper_free(struct helper *h);

/*
 * The next errand of an idle one. silent_ms: so long may it say nothing; until:
 * a time of clock_ms().
 */
void helper_send(struct helper *h, const struct errand *errand,
    uint32_t silent_ms, int64_t until);

/*
 * Of a dead one: it had been kept from an earlier errand, and was gone before
 * it did anything of the last. 1: surely, as it was never told all of it; 0: as
 * far as it said, and somebody killed it; -1: no.
 */
int helper_was_gone(const struct helper *h);

/* Kills it, and names why; it is dead when the loop has seen its end. */
void helper_stop(struct helper *h, struct str why);

/* Before each wait: what it waits for. */
void helper_settle(struct helper *h);

#endif
