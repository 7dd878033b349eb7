/*
 * own: the tables that are of this program alone, beside those that the
 * reference program knows. Internal to db.
 *
 * They are made from a table in own.c like the families are, and have a
 * version. Who has a newer version, or tables that are not as they were made,
 * has a workspace in which only families are used: is_kept is false then, and
 * nothing of ours is written.
 */
#ifndef DB_OWN_H
#define DB_OWN_H

#include <sqlite3.h>

#include "base/pool.h"
#include "db/author.h"

#define OWN_VERSION 3

/* As triggers note it: milliseconds since 1970. */
#define OWN_NOW_MS "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

/*
 * A time of SQLite as all others are written, docs/wire.md, "Models": without a
 * fraction that is zero, which %f has. Else what is imported differs from it.
 */
#define OWN_TIME(of)                                                           \
	"replace(replace(strftime('%Y-%m-%d %H:%M:%f', " of                    \
	") || '$', '.000$', ''), '$', '')"

/* Statements over these tables; their texts are in own.c. */
enum own_stmt {
	OWN_DIGEST,
	OWN_RUN,
	OWN_RUN_END,
	OWN_UNIT,
	OWN_UNIT_END,
	OWN_ATTEMPT,
	OWN_ATTEMPT_END,
	OWN_EXCHANGE,
	OWN_EXCHANGE_END,
	OWN_EXCHANGE_UNSEEN,
	OWN_EXCHANGE_SEEN,
	OWN_EXCHANGE_LEFT,
	OWN_ORIGIN,
	OWN_SEEN,
	OWN_OUTBOX_ADD,
	OWN_OUTBOX_NEXT,
	OWN_OUTBOX_GROUP,
	OWN_OUTBOX_TAKE_ONE,
	OWN_OUTBOX_TAKE_ALL,
	OWN_OUTBOX_FAILED,
	OWN_OUTBOX_SENT,
	OWN_OUTBOX_SENT_ONCE,
	OWN_OUTBOX_COUNT,
	OWN_OUTBOX_FORGET,
	OWN_OUTBOX_TOO_OLD,
	OWN_OUTBOX_TOO_MANY,
	OWN_STMTS
};

struct own {
	bool is_kept;
	struct pool pool;
	struct str why; /* of is_kept false */
	sqlite3_stmt *stmt[OWN_STMTS];
	int folder;    /* alive.c; -1: not open */
	int64_t begun; /* a run of this group, which may be undone; 0: none */
	int64_t attempt, sequence; /* between origin_watch() and its end */
	bool keeps_values;         /* the same: of the author */
	uint64_t removed;          /* rows that went meanwhile */
};

/*
 * Makes the tables, or sees whether they can be used. own_make() is the same in
 * the transaction in which tables of families were made anew, which took our
 * triggers with them; nothing is left to own_open() then.
 */
int own_open(struct db *db, struct err *err);
int own_make(struct db *db, struct err *err);

/* Whether all of them are there, so that others sweep what hangs themselves. */
bool own_has_triggers(struct db *db);

/* The same as a fault; with is_gc they are made anew if not. */
int own_check_triggers(struct db *db, bool is_gc, struct pool *pool,
    struct db_check *check, struct err *err);

/* The statement, prepared; NULL: *err. */
sqlite3_stmt *own_stmt(struct db *db, enum own_stmt which, struct err *err);

bool own_keeps(const struct db *db, const struct db_author *author);

/* runs.c: runs whose process is gone become killed. */
int runs_reap(struct db *db, struct err *err);

/*
 * alive.c: a run that goes on holds a lock, and it is gone with its process
 * whatever ends that. alive_undo(): the group that began one was undone.
 */
int alive_take(struct db *db, int64_t run, struct err *err);
void alive_drop(struct db *db, int64_t run);
bool alive_is(struct db *db, int64_t run); /* another's; true: who knows */
void alive_undo(struct db *db);

/*
 * The number of who delivers what waits in the outbox of this file: beyond those
 * of runs, and another one for each file of the folder.
 */
int alive_outbox(struct db *db, int64_t *number, struct err *err);

/*
 * 1: another has that one; 0: nobody has, or there are no such locks here, and
 * two may deliver the same; -1.
 */
int alive_other(struct db *db, int64_t number, struct err *err);
void alive_end(struct db *db);

/*
 * origin.c: one change of a row. columns: JSON, p NULL: none. All of them do
 * nothing for an author that is not kept.
 */
int origin_add(struct db *db, const struct db_author *author,
    const char *family, int64_t row, const char *what, struct str value,
    struct str columns, struct err *err);

/* The same of a row that was inserted, with is_out if a rule put it there. */
int origin_inserted(struct db *db, const struct db_author *author,
    const struct row *row, struct str value, bool is_out, struct err *err);

/* Of the columns that are set in changed; old is how they were. */
int origin_changed(struct db *db, const struct db_author *author,
    const struct row *old, const struct row *changed, struct str value,
    struct err *err);

/* Of all that differs in row, which is null where it is not set. */
int origin_edited(struct db *db, const struct db_author *author,
    const struct row *old, const struct row *row, struct err *err);

/*
 * What is deleted until origin_unwatch() is noted, and so is what hangs below
 * it.
 */
int origin_watch(struct db *db, const struct db_author *author,
    struct err *err);
void origin_unwatch(struct db *db);

/* "value", or of a link "left+right", as SQL over the row `of`: "OLD." */
void origin_add_label(struct buf *out, const struct model *model,
    const char *of);

/* seen.c: the row was there already. */
int seen_add(struct db *db, const struct db_author *author,
    const struct model *model, int32_t id, struct err *err);
int seen_store(struct db *db, const struct db_author *author, struct err *err);
struct db_seen *seen_new(void);
void seen_free(struct db_seen *seen);

#endif
