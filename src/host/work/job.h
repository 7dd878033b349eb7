/*
 * job: one target: its child, what it is told, what it says, how it ends.
 */
#ifndef WORK_JOB_H
#define WORK_JOB_H

#include "db/author.h"
#include "ipc/event.h"
#include "ipc/line.h"
#include "loop/loop.h"
#include "term/term.h"
#include "transport/transport.h"
#include "witness/asked.h"
#include "work/child.h"
#include "work/messages.h"
#include "work/outcome.h"
#include "work/pace.h"

struct run;

#define JOB_LABEL_BYTES ((size_t)1 << 10) /* of a target, as it is shown */

enum job_state {
	JOB_WORKING, /* it says events */
	JOB_ENDING,  /* it said its last word; its end is waited for */
	JOB_STOPPED, /* killed; the same */
};

struct job {
	struct run *run;
	struct pool pool; /* ends with the job */
	struct str label;
	struct db_author author; /* its attempt */
	unsigned slot;           /* of the animation */
	struct child child;
	enum job_state state;

	struct line in;    /* what it says */
	bool is_long;      /* it is one of RUN_LONG_LINES */
	bool is_waiting;   /* to be one: its output is not read meanwhile */
	uint64_t bytes;    /* in whole lines, and what job_say() added */
	size_t events;     /* each is a number of author.sequence */
	size_t exchanges;  /* among them, which the module did not say */
	uint64_t evidence; /* bytes in lines of it */
	struct asked asked;
	struct messages messages;

	struct buf to; /* what it is told, from byte `sent` on */
	size_t sent;
	bool is_secret; /* keys are in it */
	bool is_asking; /* a question is open: not answered, or not sent */
	bool is_answered;
	bool wants_chunk, has_chunk; /* of a session */
	bool had_last_chunk;         /* it was told that there is none */
	struct pace_child pace;      /* how fast it asks */

	bool has_exited; /* with: */
	enum event_kind exit;
	struct str exit_text;
	struct str fault; /* why it was stopped; p NULL: it was not */
	bool is_interrupted;
	size_t junk; /* bytes after its last word */

	size_t noted;    /* bytes of its script (noted.h) */
	bool is_unnoted; /* it has none, for something went wrong */

	size_t connections;
	uint64_t bytes_out, bytes_in; /* over those that are over */
	size_t uncounted;             /* of them: not counted to their end */
	struct tally tally;           /* what it could not look at */
	int64_t started;              /* clock_ms() of the start line */
	int64_t until;     /* what happens then depends on the state */
	bool ends_by_wall; /* at work: the sandbox's, not --timeout's */

	/* in the loop */
	struct loop_fd on_in, on_out, on_err, on_control;
	struct loop_timer on_time;
	struct proc_watch on_end;
};

/*
 * Starts the next target, whose texts live in *pool, which the job takes over
 * and empties. NULL: it could not be started, which has been noted.
 */
struct job *job_start(struct run *run, struct pool *pool,
    const struct work_target *target);

/*
 * Before each wait, in two steps: what is known of its end is seen, and then,
 * if it is not over (job_end(), job_free()), its watches are put into the loop
 * as they shall be.
 */
void job_settle(struct job *job);
bool job_is_over(const struct job *job);
void job_watch(struct job *job);

/* Between the files of the job. */
void job_watches_init(struct job *job);
void job_unwatch(struct job *job); /* it is in the loop no more */
void job_end_long_line(struct job *job);
void job_begin_ending(struct job *job); /* no word comes any more */

/* Says how it ended, and counts it. */
void job_end(struct job *job);

/* Processor time, once it was waited for. */
uint64_t job_cpu_ms(const struct job *job);

void job_free(struct job *job);

/* Gives the answer to the open question; it leaves with job_flush(). */
void job_answer(struct job *job, struct str line);
void job_flush(struct job *job);

/* Foreign text, not longer than a message may be. Lives in the turn. */
struct str job_cut(struct job *job, struct str text);

/*
 * A message of the child, cut. Each line of it is shown behind the name of the
 * target, and counts as if the child had said a line: a byte would become 60.
 */
void job_say(struct job *job, enum term_mark mark, struct str text);
void job_count_lines(struct job *job, struct str text);

/* The last event was said. */
void job_exit(struct job *job, enum event_kind kind, struct str text);

/* Kills it. why: "closed its output and did not end"; told at the end. */
void job_stop(struct job *job, struct str why);

/* Kills it because the user wants all to stop. */
void job_interrupt(struct job *job);

/* What the animation shows of it; STR_NONE: that it is at work. */
void job_status(struct job *job, struct str text);

#endif
