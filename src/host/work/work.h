/*
 * work: runs modules on their targets: children, answers, what is printed. A
 * run is an object that lives in a loop; any number of them may be under way.
 *
 *	work = work_new(loop, 0);
 *	work_run(work, &options, &result, err);         one, until it is over
 *
 *	work_begin(work, &options, &run, err);          or: beside others
 *	while (!work_is_over(run) && loop_turn(loop, err) == 0)
 *		;
 *	work_end(run, &result, err);
 *	work_free(work);
 *
 * What runs share is the struct work: a rate limit by its key, what is shown
 * once, spares, standard input, the number of children at once, the room for
 * long lines, an interrupt, and the commit of a turn: what children of any run
 * ask for together is stored together, and answered after that. So all runs of
 * a struct work write to one database, and all runs that write to a struct db
 * belong to one struct work. A prompt has a struct work a command, a server or
 * a plan one for all that it does.
 *
 * One thread. A child that misbehaves is killed, reaped and named.
 * Source: docs/wire.md, "The parent".
 */
#ifndef WORK_WORK_H
#define WORK_WORK_H

#include "config/config.h"
#include "db/db.h"
#include "ipc/child_options.h"
#include "ipc/event.h"
#include "ipc/start.h"
#include "loop/loop.h"
#include "state/workspace.h"
#include "transport/starter.h"
#include "work/outcome.h"

#define WORK_MAX_JOBS CONFIG_MAX_JOBS

/*
 * As many as RLIMIT_NOFILE has descriptors for, at least 1 and at most
 * WORK_MAX_JOBS.
 */
unsigned work_max_jobs(void);

/* What a child is started for. Lives in the pool that target_fn is given. */
struct work_target {
	const char *label;   /* as lines show it: "\"example.com\"" or a/b */
	struct db_unit unit; /* sees.p NULL: arg as a whole */
	struct json arg;
	struct slot_texts blobs; /* base64 */
};

struct enforce;
struct run;

/*
 * Of a session, whose child asks for chunks (docs/wire.md, "Sessions"). Both are
 * called by the loop; the answer to ask() is work_chunk(), whenever that is.
 * Texts of a result end with the call, and are cut as messages are.
 */
struct work_session {
	void (*ask)(void *ctx);
	void (*told)(void *ctx, const struct chunk_result *result);
	void *ctx;
};

/* What views what: the caller keeps all of it until work_end(). */
#define WORK_SHOWS_EXCHANGES 3 /* so many -v */
#define WORK_ENDS            2 /* signals; work_listen_to_ends() */

struct work_options {
	const char *module; /* "author/name" */
	struct str command; /* what was typed, without secrets; may be empty */
	struct str
	    data; /* JSON: the dates of the lists that it uses; the same */
	const struct json *files; /* the same with their hashes, for replays
	                             (script/data.h); NULL: nobody looked */

	/* --child COMMAND, in words, NULL-terminated; NULL: our own. */
	const char *const *child;

	/* Who starts them; it knows work_recipes(). NULL: this process. */
	struct starter *starter;
	struct start start; /* of every target, but for arg and blobs */

	/*
	 * The next target: 1; 0: no more; 2: none now, but it is asked again
	 * each turn (a plan, whose rows are still being found); -1.
	 */
	int (*next)(void *ctx, struct pool *pool, struct work_target *out,
	    struct err *err);
	void *next_ctx;
	size_t targets; /* how many there are; 0: unknown */

	struct db *db;
	const struct workspace *ws;
	unsigned jobs;       /* at once, at least 1 */
	bool has_stdin;      /* --stdin */
	bool is_dry;         /* what changes is said to be what would */
	bool stops_at_error; /* none is started after the first that failed */
	unsigned timeout_ms; /* of each target; 0: none */
	const struct work_session *session; /* NULL: modules run */

	/*
	 * What our own child is told: limits, layers that may be missing, the
	 * audit. The rest of it is filled in here. The limits on output,
	 * connections and processor time count for ours and foreign ones.
	 */
	struct child_options child_options;

	/*
	 * -vvv: a line for each exchange that is over, also where none is kept
	 * (child_options.evidence). Not of foreign ones.
	 */
	bool shows_exchanges;

	/* Where it may connect: words of gate/egress.h. None: public. */
	struct slot_texts allow_net, deny_net;

	/*
	 * What the module may do of what that allows, and what it may ask us
	 * for; NULL: all. Not of foreign ones.
	 */
	const struct enforce *enforce;

	/*
	 * Called when a row was inserted or updated, or an event logged, in the
	 * change itself: what it stores is stored with that, or neither. May be
	 * NULL: notifications. label is the target's. -1 undoes the change, and
	 * the child is told. It does not begin runs.
	 */
	int (*changed)(void *ctx, struct str label, struct str topic,
	    struct str subject, struct err *err);
	void *changed_ctx;

	/*
	 * A target was no success, and nobody has interrupted it: why, as it is
	 * kept, without secrets. May be NULL.
	 */
	void (*failed)(void *ctx, struct str why);
	void *failed_ctx;

	/*
	 * Caused by another run (a notification): an interrupt is not told of
	 * this one, nor what the sandbox is made of; and each of its options is
	 * a secret.
	 */
	bool is_inner;

	/* It is over: called once, may call work_end(); may be NULL. */
	void (*done)(void *ctx, struct run *run);
	void *done_ctx;
};

struct work_result {
	size_t failed; /* without Exit Ok, and nobody interrupted them */
	size_t cut_off, not_started; /* by an interrupt, or by an error */
	size_t added, changed; /* rows; an event that was logged is added */
	bool interrupted;
	struct outcome_sum outcome;
};

/*
 * The options of its module as they are kept with the run: without secrets.
 * JSON, in pool.
 */
struct str work_kept_options(const struct work_options *options,
    struct pool *pool);

/* The namespaces of its keys, likewise. */
struct str work_kept_granted(const struct work_options *options,
    struct pool *pool);

struct work;

/* jobs: of all runs at once; 0, and at most: work_max_jobs(). */
struct work *work_new(struct loop *loop, unsigned jobs);

/* Ends spares, and runs that are left. NULL: nothing. */
void work_free(struct work *work);

/*
 * From now on SIGINT stops all runs, and with a second one the program ends at
 * once; until work_free(), so that what is said behind a run is not cut off.
 */
void work_listen(struct work *work);

/*
 * SIGTERM and SIGHUP, too: for who has something to take away at the end. One
 * that is ignored (nohup(1)) stays so.
 */
void work_listen_to_ends(struct work *work);

/* Which signal has stopped all; 0: none. */
int work_stopped_by(const struct work *work);

#define WORK_STATUS_SIGNAL 128 /* and its number: as a shell has it */

/* Of a program that ends now: SIGINT is ignored, its status is given. */
void work_listen_no_more(struct work *work);

/*
 * Stops all runs: children at work are killed, no target is started; what has
 * said its last word may end. A run that is begun later is over at once.
 */
void work_stop_all(struct work *work);
bool work_is_stopped(const struct work *work);

/*
 * Begins a run: its lines are printed as they come, and when it is over the
 * failures of set-up, the report of violations and what could not be looked
 * at; not the Finished line. Its first targets are started by the next turn of
 * the loop. -1: an option is wrong; nothing has begun.
 */
int work_begin(struct work *work, const struct work_options *options,
    struct run **out, struct err *err);

bool work_is_over(const struct run *run);

/* Stops this one, as work_stop_all(). */
void work_stop(struct run *run);

/*
 * Of a session. The next chunk, when it was asked for; p NULL: there is none any
 * more. An interrupt, when one runs. An end, whatever it does: why, as a run
 * says it of a target.
 */
void work_chunk(struct run *run, struct str text);
void work_interrupt(struct run *run);
void work_break(struct run *run, struct str why);

/*
 * Ends a run that is over; of one that is not, children are killed and their
 * targets count as cut off -1: the run as a whole could not go on, and *err
 * says why, or is empty where term_failure() does. *result is set in any case.
 */
int work_end(struct run *run, struct work_result *result, struct err *err);

/*
 * All of it for one run, and those that begin meanwhile: begins it, turns the
 * loop until every run of the struct work is over, ends it. -1 as
 * work_begin() and work_end(), or loop_turn() failed.
 */
int work_run(struct work *work, const struct work_options *options,
    struct work_result *result, struct err *err);

/*
 * What a starter must know for a run with these options, which are views; at
 * most WORK_RECIPES. Returns how many.
 */
#define WORK_RECIPES 2

size_t work_recipes(const struct work_options *options, struct pool *pool,
    struct recipe recipe[WORK_RECIPES]);

/* How many children a run has at most at a time, spares with them. */
size_t work_children(const struct work_options *options);

/*
 * Starts a child ahead of time, while the caller still reads its database. A
 * run that begins with the same options uses it. Never fails.
 */
void work_prepare(struct work *work, const struct work_options *options);

#endif
