/*
 * sql: SQLite as the rooms of db use it. Internal to db.
 */
#ifndef DB_SQL_H
#define DB_SQL_H

#include <sqlite3.h>

#include "db/db.h"
#include "db/own.h"

#define SQL_MODELS   24 /* at least as many as model_table has */
#define SQL_ATTACHED 4  /* ends of all families that hang on others */
#define SQL_CHILDREN 8  /* and as children.c has rows */

/* Prepared statements of a family, made on first use. */
struct sql_cache {
	sqlite3_stmt *find, *by_id, *in_scope, *insert, *update, *value;
};

/* Where transactions and changes within them begin and end. */
enum sql_edge { SQL_BEGIN, SQL_COMMIT, SQL_SAVEPOINT, SQL_RELEASE, SQL_EDGES };

struct db {
	sqlite3 *sqlite;
	struct scope *scope;
	const char *folder; /* db_folder(); NULL: not asked for yet */
	bool is_open;       /* between db_begin and db_commit */
	bool is_untouched;  /* and no change has begun since */
	bool has_failed;    /* db_has_failed() */
	int failure; /* code of the first one since it was set to SQLITE_OK */
	bool has_new_rules; /* of this group, in force already */
	struct sql_cache cache[SQL_MODELS];
	sqlite3_stmt *ttl_add, *ttl_move, *log_add;
	sqlite3_stmt *edge[SQL_EDGES], *children[SQL_CHILDREN];
	sqlite3_stmt *attached[SQL_ATTACHED];
	struct own own;
};

/* The last error of the connection. Returns -1. */
int sql_fail(struct db *db, struct err *err);

/* Statements without a result, from text. */
int sql_run(struct db *db, const char *text, struct err *err);

/*
 * Prepares text into *stmt unless that is done. More than one statement is an
 * error.
 */
int sql_prepare(struct db *db, struct str text, sqlite3_stmt **stmt,
    struct err *err);

/* The same with the text that write() makes of a model, if it is needed. */
int sql_prepare_for(struct db *db, const struct model *model,
    sqlite3_stmt **stmt,
    void (*write)(struct buf *out, const struct model *model), struct err *err);

/*
 * One step: 1 a row, 0 the end, -1. At the end and after an error the statement
 * is reset and its parameters are cleared.
 */
int sql_step(struct db *db, sqlite3_stmt *stmt, struct err *err);

/* Steps a statement that gives one number and ends; _once: and frees it. */
int sql_number(struct db *db, sqlite3_stmt *stmt, int64_t *n, struct err *err);
int sql_number_once(struct db *db, sqlite3_stmt *stmt, int64_t *n,
    struct err *err);
void sql_reset(sqlite3_stmt *stmt);

/*
 * The text is viewed, not copied, until the statement is reset: a copy could
 * fail, and what failed would be stored as null.
 */
void sql_bind_text(sqlite3_stmt *stmt, int i, struct str text);

/*
 * Column i as parameter i + 1, as far as the statement has parameters; texts
 * are viewed.
 */
void sql_bind_row(sqlite3_stmt *stmt, const struct row *row);

/* Views the statement until the next step. p NULL: null. */
struct str sql_text(sqlite3_stmt *stmt, int column);

/*
 * Behind the columns of a row behind which no step follows: -1 if there was no
 * memory for one of them, which then looks like null.
 */
int sql_was_read(sqlite3_stmt *stmt, struct err *err);

/*
 * A row from columns "id, all fields"; copies into pool. -1: its id is none,
 * as ids of the protocol have 32 bits; somebody else has written it.
 */
int sql_row(sqlite3_stmt *stmt, const struct model *model, struct pool *pool,
    struct row *row, struct err *err);

/* "id, value, unscoped, ..." */
void sql_add_columns(struct buf *out, const struct model *model);

/* "INSERT INTO table (value, ...) VALUES (?1, ...)", for sql_bind_row(). */
void sql_add_insert(struct buf *out, const struct model *model);

struct sql_cache *sql_cache(struct db *db, const struct model *model);

int sql_edge(struct db *db, enum sql_edge edge, struct err *err);

/*
 * Statements of a group or another change, or of a transaction of its own, all
 * or none of which happen. status: -1 undoes them. Returns status, or -1 with
 * *err if they cannot be stored.
 *
 * Most groups are one change, whose savepoint would be a copy of each page: the
 * first one of a group is undone with the group, which then begins anew.
 */
enum sql_part { SQL_ALONE, SQL_FIRST, SQL_LATER };

struct sql_change {
	enum sql_part part;
};
int sql_change_begin(struct db *db, struct sql_change *change, struct err *err);
int sql_change_end(struct db *db, const struct sql_change *change, int status,
    struct err *err);

/* schema.c: makes the tables, or brings older ones up to date. */
int schema_update(struct db *db, struct err *err);

/* "CREATE TABLE domains (id ..., ...)", of a family. */
void schema_add_family(struct buf *out, const struct model *model);

/* "name VARCHAR NOT NULL" */
void schema_add_field(struct buf *out, const struct field *field);

/* rules.c: loads the scope rules anew; _undo: if a group had changed them. */
int rules_load(struct db *db, struct err *err);
void rules_undo(struct db *db);

/* ttl.c */
int ttl_set(struct db *db, const struct model *model, int32_t id,
    struct str label, int32_t seconds, struct err *err);
int ttl_extend(struct db *db, const struct model *model, int32_t id,
    int32_t seconds, struct err *err);

/*
 * A statement as it is made of a filter: text has a pool, value[i] is parameter
 * i + 1. filter_sql.c.
 */
struct sql_text {
	struct buf text;
	const struct model *model; /* whose rows the filter at hand is about */
	struct filter_value *value;
	size_t n_value;
};

#define SQL_TEXT_IN(pool)                                                      \
	{                                                                      \
		.text = BUF_IN(pool)                                           \
	}

/* "SELECT id, ... FROM table WHERE ... ORDER BY ... LIMIT ..."; flags: db.h. */
void sql_add_select(struct sql_text *to, const struct model *model,
    const struct filter *filter, unsigned flags);

/* "?1", and the value that it is. */
void sql_add_parameter(struct sql_text *to, const struct filter_value *value);

/* " WHERE ...", of a filter without SQL; nothing for all rows. */
void sql_add_where(struct sql_text *to, const struct filter *filter,
    unsigned flags);

/* sql_prepare(), and the values are copied into the statement. */
int sql_prepare_text(struct db *db, const struct sql_text *text,
    sqlite3_stmt **stmt, struct err *err);

/*
 * filter_text.c: "where sql TEXT" as "(SELECT ... WHERE TEXT)". Before that it
 * is checked to be one statement that only reads. Other filters pass, unless
 * they ask for tags where none can be looked at.
 */
void sql_add_text(struct buf *out, const struct model *model, struct str text);
int sql_check_text(struct db *db, const struct filter *filter, struct err *err);

/*
 * insert.c: db_insert() of what carry.c brings. carry.c: leaves in row what may
 * change in old, which is there; 1, -1.
 */
struct db_carry;
int insert_carried(struct db *db, struct db_carry *carry,
    const struct db_author *author, struct row *row, bool was_out,
    struct pool *pool, struct db_result *out, struct err *err);
int carry_merge(struct db_carry *carry, struct row *row, const struct row *old,
    struct err *err);

/* insert.c: the row that an insert of this one would meet. 1, 0: none, -1. */
int insert_find(struct db *db, const struct row *row, struct pool *pool,
    struct row *old, struct err *err);

/* twin.c: what logs call a row; of a link the two linked values. */
int label_of(struct db *db, const struct row *row, struct pool *pool,
    struct str *label, struct err *err);

#endif
