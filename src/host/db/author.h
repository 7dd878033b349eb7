/*
 * author: who changes rows. Everything that may change rows is a run: a module
 * over its targets, or a command that somebody typed. A run makes attempts: one
 * a target, and one for a whole command. Each change of a row is kept with the
 * attempt that made it, so that a row can be followed to who wrote it.
 *
 *	db_run_begin(db, &run, &author, err);
 *	db_attempt_begin(db, &unit, &author, err);
 *	author.sequence++;
 *	db_insert(db, &author, row, NULL, &pool, &result, err);
 *	db_attempt_end(db, &author, &attempt_end, err);
 *	db_run_end(db, &author, &run_end, err);
 *
 * The tables are of this program alone (docs/database.md, "Who did it"); where
 * they cannot be used (db_kept()) all of this succeeds and keeps nothing.
 * Texts are copied into the database; an empty one (p NULL) is not known.
 */
#ifndef DB_AUTHOR_H
#define DB_AUTHOR_H

#include "ipc/reply.h"
#include "model/model.h"

struct db;
struct db_seen;

/*
 * Given to whatever changes rows. The caller counts: one sequence is one event
 * of the attempt, which changes a row at most once.
 */
struct db_author {
	int64_t run;     /* 0: nobody, and nothing is kept */
	int64_t attempt; /* 0: none yet, the same */
	int64_t sequence;
	int64_t exchange;        /* the one before, db/exchange.h; 0: none */
	int64_t module, options; /* their texts, as the table digest has them */
	int64_t unit;            /* of the attempt; 0: none */
	struct db_seen *seen;    /* of the attempt; NULL: not counted */
	bool keeps_values;       /* whole, for undo: it is a change by hand */
};

#define DB_AUTHOR_NONE                                                         \
	{                                                                      \
		0, 0, 0, 0, 0, 0, 0, NULL, false                               \
	}

/* What is known when a run begins. All but kind may be missing. */
struct db_run {
	const char *kind;   /* the command: "run", "add", "delete", ... */
	struct str command; /* what was typed, without secrets */
	struct str module, version, code; /* of a run; code is hashed only */
	struct str options; /* JSON, secrets masked: it is hashed as it is */
	struct str granted; /* JSON: namespaces of keys that it was given */
	struct str network; /* JSON: what allows and forbids connections */
	struct str proxy;   /* IP:PORT */
	struct str child;   /* another program as the child */
	struct str data;    /* JSON: the dates of the lists that it uses */
};

/* How runs and attempts end. */
enum db_outcome {
	DB_DONE,
	DB_FAILED,
	DB_REFUSED, /* of attempts: the sandbox or the policy did not let it */
	DB_INTERRUPTED, /* somebody wanted it to end */
	DB_STOPPED,     /* of attempts: by us, for a limit or a fault */
	DB_KILLED,      /* of runs: the program was gone before their end */
	DB_OUTCOMES
};

extern const char *const db_outcome_text[DB_OUTCOMES];

/*
 * What a module is run on. The same module with the same options on the same
 * row is one unit, over all runs, until the row changes.
 */
struct db_unit {
	struct str family; /* "domain"; "keyring"; "": the module alone */
	int64_t row;       /* its id; 0: it has none */
	struct str sees;   /* all that the module gets of it: hashed only */
	struct str target; /* for people; no secret */
};

/* What an attempt has used; -1: not known. */
struct db_used {
	int64_t cpu_ms, memory_kib, connections, sent, received, events;
};

#define DB_USED_UNKNOWN                                                        \
	{                                                                      \
		-1, -1, -1, -1, -1, -1                                         \
	}

/* Records of an exchange that its child has not ended: they are cut. */
struct db_exchange_left {
	int64_t id, place, length;
	struct str redacted;
};

struct db_attempt_end {
	enum db_outcome outcome;
	struct str cause; /* of a failure, one word: "policy", "timeout" */
	struct str error;
	struct db_used used;

	/* With exchanges (db/exchange.h): connections that nobody has seen. */
	bool has_exchanges;
	const int64_t *unseen;
	size_t unseen_n;
	const struct db_exchange_left *left;
	size_t left_n;
};

struct db_run_end {
	enum db_outcome outcome;
	struct str error;
	struct str counters; /* JSON */
};

/*
 * Fills *author in; its members attempt and unit are for db_attempt_begin(). A
 * run of which there is no end once its process is gone was killed: the next
 * db_open() says so. In a group (db_begin()) it is part of it.
 */
int db_run_begin(struct db *db, const struct db_run *run,
    struct db_author *author, struct err *err);
int db_run_end(struct db *db, const struct db_author *author,
    const struct db_run_end *end, struct err *err);

/*
 * author has the run; its attempt, unit and seen are set here, its sequence to
 * 0. unit NULL: a command as a whole, or a step of one. db_attempt_end() stores
 * what was seen, and frees it in any case; so does db_author_clear(), which
 * stores nothing. Both leave author as it was before the attempt.
 */
int db_attempt_begin(struct db *db, const struct db_unit *unit,
    struct db_author *author, struct err *err);
int db_attempt_end(struct db *db, struct db_author *author,
    const struct db_attempt_end *end, struct err *err);
void db_author_clear(struct db_author *author);

/*
 * A command that somebody types: a run of one attempt. word: what was typed
 * behind its name, without secrets. _begin and _end may stand in a group; outside
 * of one the changes between them are groups of their own. status -1: the
 * command failed with *err, which stays as it is.
 */
int db_command_begin(struct db *db, const char *kind, const struct str *word,
    size_t n, struct db_author *author, struct err *err);
int db_command_end(struct db *db, struct db_author *author, int status,
    struct err *err);

/*
 * The same, as one group: all of it is stored at the end, or, with status -1 or
 * if that fails, nothing. Returns status, or -1.
 */
int db_command_begin_group(struct db *db, const char *kind,
    const struct str *word, size_t n, struct db_author *author,
    struct err *err);
int db_command_end_group(struct db *db, struct db_author *author, int status,
    struct err *err);

/*
 * Takes over who did it from another workspace whose rows have come, in their
 * group: runs that ended, but merges; their attempts; what they changed. id_of:
 * the row here of one there, as db_carry_get(). *runs: how many were not known.
 * A second time nothing is left.
 */
int db_inherit(struct db *to, struct db *from,
    int (*id_of)(void *ctx, const struct model *model, int32_t there,
	int32_t *here, struct err *err),
    void *ctx, uint64_t *runs, struct err *err);

/* The uuid of one, and the hash of its module's text (p NULL: none); in pool. */
int db_run_uuid(struct db *db, int64_t run, struct pool *pool, struct str *uuid,
    struct str *sha256, struct err *err);

/* How many runs go on; 0 where authors are not kept. */
int db_count_live_runs(struct db *db, uint64_t *n, struct err *err);

/*
 * Whether authors are kept; false: *why is a sentence about what is wrong with
 * the tables that hold them, as long as db is open.
 */
bool db_kept(const struct db *db, struct str *why);

/* The tables as rows, for db_rows_open(). */
extern const struct model db_model_run, db_model_unit, db_model_attempt,
    db_model_origin;

/* What is wrong in the tables, a sentence each, and how much was mended. */
struct db_check {
	struct str *fault;
	size_t n;
	uint64_t mended; /* rows that were dropped or put right */
};

/*
 * Looks for rows that refer to nothing. With is_gc they are dropped, and so is
 * what nobody can ask for any more: counters and waiting units of rows that are
 * gone, texts that nothing refers to. What is in *out lives in pool.
 */
int db_check(struct db *db, bool is_gc, struct pool *pool, struct db_check *out,
    struct err *err);

/*
 * A row that a module is done with, as it was called then: its id may be
 * another's by now.
 */
struct db_done {
	int64_t row;
	struct str target;
};

/* What a run would be: code, options, and granted are as in db_run. */
struct db_done_by {
	struct str code, options, granted;
	const char *family;
};

/*
 * The rows of a family at which an attempt of such a run has ended well, and
 * there was nothing that it could not look at: who has keys now was not done
 * with others, or without. By id; *out lives in pool. Where nothing is kept
 * (db_kept()) there are none.
 */
int db_done(struct db *db, const struct db_done_by *by, struct pool *pool,
    struct db_done **out, size_t *n, struct err *err);

/* Is a row of this id and name among them? */
bool db_done_has(const struct db_done *done, size_t n, int64_t row,
    struct str target);

#endif
