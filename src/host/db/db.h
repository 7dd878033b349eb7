/*
 * db: a workspace's rows in SQLite. All SQL of the program is in this folder,
 * and what depends on a family is made from the model table (model/model.h).
 * Source: docs/database.md.
 *
 * One connection a process. Outside of db_begin/db_commit every call is a
 * transaction of its own.
 *
 * Whatever changes rows takes an author (db/author.h); NULL: nobody, and no
 * trace is kept of the change.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "db/author.h"
#include "db/filter.h"

#define DB_BUSY_MS 10000 /* how long a writer waits for another process */

struct db;
struct db_rows;
struct scope;

/*
 * Opens or creates the file (0600), brings an older one up to date, and loads
 * the scope rules. A file that is no workspace is an error and stays as it is.
 * One that a newer program has written is used as far as it is known.
 */
int db_open(const char *path, struct db **out, struct err *err);
void db_free(struct db *db);

/*
 * Writes all of it, as it is at one moment, to a file that is made (0600) and
 * must not be there. Others go on writing. On -1 what was written stays.
 */
int db_copy(struct db *db, const char *path, struct err *err);

/*
 * The same of a file that nobody has opened here: it is not brought up to date,
 * and may be one that cannot be written. What a writer that was killed has left
 * half done is not in the copy. 1; 0: there is none, and nothing was made; -1:
 * what was written stays.
 */
int db_snapshot(const char *from, const char *to, struct err *err);

/*
 * Several changes, one commit. A change that fails in between undoes only
 * itself. db_commit(): -1 and nothing of the group is stored.
 */
int db_begin(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
int db_rollback(struct db *db, struct err *err); /* nothing of it happened */
bool db_is_open(const struct db *db);            /* between the two */

/*
 * Of a group, or alone: several changes that happen all or not at all. status
 * -1 undoes them. Returns status, or -1 if they cannot be kept.
 */
struct db_part {
	int is;
};

int db_part_begin(struct db *db, struct db_part *part, struct err *err);
int db_part_end(struct db *db, const struct db_part *part, int status,
    struct err *err);

/* The folder in which its file really lies, "/x/y/"; lives as long as db. */
const char *db_folder(struct db *db);

/*
 * From now on files of SQLite for what has no room in memory are made in that
 * folder, not in /var/tmp: for a process that may write nowhere else. One
 * database of a process at a time.
 */
void db_stay_in_folder(struct db *db);

/*
 * Whether something since the last db_begin() failed for no fault of what was
 * asked: a full disk, an error of reading or writing, no memory. The next
 * change would most likely fail, too.
 */
bool db_has_failed(const struct db *db);

/*
 * Begins a group of reads that all see one state, and hold up nobody; ends
 * with db_commit().
 */
int db_begin_read(struct db *db, struct err *err);

/* What an event did. */
struct db_result {
	struct reply_db reply; /* as the child is answered */
	struct str label;      /* value, or "left+right" of a link */
	struct row
	    changed; /* of REPLY_UPDATED: the columns that were written */
	bool is_scoped_out; /* of REPLY_INSERTED: a rule put it out of scope */
};

/*
 * db_add: docs/database.md, "Insert". row->id and the column unscoped are set
 * here. ttl: seconds, NULL: none.
 */
int db_insert(struct db *db, const struct db_author *author, struct row *row,
    const int32_t *ttl, struct pool *pool, struct db_result *out,
    struct err *err);

/*
 * db_update: the columns that are set in row, by its id. A row that is not
 * there or out of scope is an error.
 */
int db_update(struct db *db, const struct db_author *author,
    const struct row *row, struct pool *pool, struct db_result *out,
    struct err *err);

/*
 * By hand, whatever its scope: all columns of the row by its id, null where it
 * has none. What differs is noted, so that it can be undone.
 */
int db_edit(struct db *db, const struct db_author *author,
    const struct row *row, struct err *err);

/* db_select: REPLY_FOUND or REPLY_NONE. A link family is an error. */
int db_find(struct db *db, const struct model *model, struct str value,
    struct reply_db *out, struct err *err);

/*
 * A row as it is now, by its id; copies into pool. 1; 0: it is not there or out
 * of scope; -1.
 */
int db_row(struct db *db, const struct model *model, int32_t id,
    struct pool *pool, struct row *row, struct err *err);

/* db_activity: REPLY_INSERTED 0 or REPLY_NO_CHANGE 0. */
int db_log(struct db *db, const struct db_author *author,
    const struct row *event, struct reply_db *out, struct err *err);

/* Which events, and in what order: by time, then id. All may be unset. */
struct db_events {
	struct str topic;        /* p NULL: all */
	struct str since, until; /* as columns hold times; p NULL: no bound */
	bool is_located;         /* only with latitude and longitude */
};

/* Events as rows of model_activity; db_rows_next(). */
int db_events_open(struct db *db, const struct db_events *which,
    struct db_rows **out, struct err *err);

/*
 * The newest event before an event, which all conditions but `since` let pass.
 * 1, 0: there is none, -1.
 */
int db_event_before(struct db *db, const struct db_events *which,
    const struct row *event, struct pool *pool, struct row *row,
    struct err *err);

/*
 * How many events there were in each slice of a day in which there were any.
 * day: since 1970; slice: from 0, of slice_minutes each.
 */
int db_events_count(struct db *db, const struct db_events *which,
    unsigned slice_minutes,
    void (*each)(void *ctx, int64_t day, unsigned slice, uint64_t n), void *ctx,
    struct err *err);

/*
 * How many events of each topic each day has, "2020-02-29": by topic, then by
 * day. Texts end with the call.
 */
int db_topic_days(struct db *db, const struct db_events *which,
    void (*each)(void *ctx, struct str topic, struct str day, uint64_t n),
    void *ctx, struct err *err);

/*
 * Whether rows of a family can be there at all: one of ours has no table where
 * ours cannot be used, and looks empty to whoever reads all families. -1: *err.
 */
int db_check_family(const struct db *db, const struct model *model,
    struct err *err);

enum db_flag {
	DB_IN_SCOPE = 1 << 0, /* only rows with unscoped = 0 */
	DB_BY_ID = 1 << 1,    /* by id, unless the filter has an order */
};

/*
 * Rows in the order of the filter, else of the database. filter NULL: all; it
 * is not needed any more once the rows are open. Here and wherever one is taken
 * only "where sql" can be refused. Between two db_rows_next() other calls are
 * allowed. *row lives in pool.
 */
int db_rows_open(struct db *db, const struct model *model,
    const struct filter *filter, unsigned flags, struct db_rows **out,
    struct err *err);
int db_rows_next(struct db_rows *rows, struct pool *pool, struct row *row,
    struct err *err); /* 1, 0: no more, -1 */
void db_rows_free(struct db_rows *rows);

int db_is_empty(struct db *db, const struct model *model,
    struct err *err); /* 1, 0, -1 */
int db_count(struct db *db, const struct model *model,
    const struct filter *filter, unsigned flags, uint64_t *n, struct err *err);

/*
 * The same row in another workspace: of the same value, a link between the same
 * rows, a note of the same text on the same row. 1, 0: there is none, -1.
 */
int db_twin(struct db *db, const struct row *row, struct db *other,
    struct pool *pool, struct row *twin, struct err *err);

/*
 * What tells a row from all others of its family, for people: its value, or
 * "left+right" of a link; what is about rows has them behind it:
 * "client (domain example.com)".
 */
int db_label(struct db *db, const struct row *row, struct pool *pool,
    struct str *label, struct err *err);

/* Whether a row is one of those: 1, 0, -1. */
int db_is_among(struct db *db, const struct model *model,
    const struct filter *filter, unsigned flags, int32_t id, struct err *err);

/*
 * What select shows below a row: sub-domains, addresses, ... each as the text
 * after the TAB, without colours. Children of a family: docs/database.md.
 */
int db_children(struct db *db, const struct row *row, struct pool *pool,
    struct str **child, size_t *n, struct err *err);

/* A device's first network: its name and the address there; p NULL: none. */
int db_device_network(struct db *db, int32_t device_id, struct pool *pool,
    struct str *network, struct str *ipaddr, struct err *err);

/* *n is how many rows there were; what hangs below them is not counted. */
int db_delete(struct db *db, const struct db_author *author,
    const struct model *model, const struct filter *filter, uint64_t *n,
    struct err *err);

/* *n is how many rows had the other scope. */
int db_set_scope(struct db *db, const struct db_author *author,
    const struct model *model, const struct filter *filter, bool in_scope,
    uint64_t *n, struct err *err);
int db_set_row_scope(struct db *db, const struct db_author *author,
    const struct row *row, bool in_scope, struct err *err);

/*
 * Deletes the rows whose time has come. If there are any, that is a run of its
 * own, "expire": who opens the database has not asked for it. told (NULL: nobody
 * is) is called for each, in the change itself: -1 undoes all of it. table: of
 * the row; value: what logs call it.
 */
typedef int db_expired_fn(void *ctx, struct db *db, const char *table,
    struct str value, struct err *err);

int db_expire(struct db *db, db_expired_fn *told, void *ctx, struct err *err);

/* The rules of autonoscope, loaded. model/scope.h */
const struct scope *db_scope(const struct db *db);
int db_rule_add(struct db *db, const struct db_author *author, struct str type,
    struct str value, bool scoped, struct err *err);
/* As rows: the tables autonoscope and ttls, which are no families. */
extern const struct model db_model_rules, db_model_ttls;

int db_rule_delete(struct db *db, const struct db_author *author,
    struct str type, struct str value, struct err *err);

#endif
