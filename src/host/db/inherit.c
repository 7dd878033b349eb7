/*
 * Who did it, of another workspace: its runs, their attempts, what these asked,
 * and the changes of rows that they made, under numbers of this one. A run is known by its uuid, so
 * one that is there already stays the only one, with all that belongs to it.
 *
 * Such a run is called "merged add": what it did it did elsewhere, so it is
 * none of those that can be undone here. Merges themselves stay where they are,
 * or two workspaces that are merged into each other would never be done. Units
 * and what was met again are the affair of who runs modules there.
 *
 * What has to be remembered stands in temporary tables, as in carry.c.
 */
#include "db/exchange.h"
#include "db/sql.h"

#define MERGED "merged "

enum stmt_of {
	KNOWS,
	ADD_RUN,
	PUT_RUN,
	GET_RUN,
	ADD_ATTEMPT,
	PUT_ATTEMPT,
	GET_ATTEMPT,
	ADD_EXCHANGE,
	PUT_EXCHANGE,
	GET_EXCHANGE,
	ADD_ORIGIN,
	STMTS
};

struct inherit {
	struct db *to, *from;
	int (*id_of)(void *ctx, const struct model *model, int32_t there,
	    int32_t *here, struct err *err);
	void *ctx;
	sqlite3_stmt *stmt[STMTS];
	uint64_t runs;
};

static const char tables[] =
    "CREATE TEMP TABLE inherit_uuid (uuid TEXT PRIMARY KEY) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO inherit_uuid SELECT uuid FROM run;"
    "CREATE TEMP TABLE inherit_run (there INTEGER PRIMARY KEY, here INTEGER);"
    "CREATE TEMP TABLE inherit_attempt (there INTEGER PRIMARY KEY, here "
    "INTEGER);"
    "CREATE TEMP TABLE inherit_exchange (there INTEGER PRIMARY KEY, here "
    "INTEGER)";

static const char drop[] = "DROP TABLE IF EXISTS temp.inherit_uuid;"
			   "DROP TABLE IF EXISTS temp.inherit_run;"
			   "DROP TABLE IF EXISTS temp.inherit_attempt;"
			   "DROP TABLE IF EXISTS temp.inherit_exchange";

/* NULL: sql_add_insert() of the model */
static const struct {
	const char *text;
	const struct model *model;
} texts[STMTS] = {
	[KNOWS] = { "SELECT 1 FROM inherit_uuid WHERE uuid = ?1", NULL },
	[ADD_RUN] = { NULL, &db_model_run },
	[PUT_RUN] = { "INSERT INTO inherit_run VALUES (?1, ?2)", NULL },
	[GET_RUN] = { "SELECT here FROM inherit_run WHERE there = ?1", NULL },
	[ADD_ATTEMPT] = { NULL, &db_model_attempt },
	[PUT_ATTEMPT] = { "INSERT INTO inherit_attempt VALUES (?1, ?2)", NULL },
	[GET_ATTEMPT] = { "SELECT here FROM inherit_attempt WHERE there = ?1",
	    NULL },
	[ADD_EXCHANGE] = { NULL, &db_model_exchange },
	[PUT_EXCHANGE] = { "INSERT INTO inherit_exchange VALUES (?1, ?2)",
	    NULL },
	[GET_EXCHANGE] = { "SELECT here FROM inherit_exchange WHERE there = ?1",
	    NULL },
	[ADD_ORIGIN] = { "INSERT OR IGNORE INTO origin (family, row, attempt, "
			 "sequence, what, value, columns, exchange) VALUES "
			 "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    NULL },
};

static sqlite3_stmt *
stmt_of(struct inherit *in, enum stmt_of which, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	sqlite3_stmt **stmt = &in->stmt[which];

	if (*stmt != NULL) {
		sql_reset(*stmt);
		return *stmt;
	}
	if (texts[which].text != NULL)
		buf_add(&out, str_of(texts[which].text));
	else
		sql_add_insert(&out, texts[which].model);
	return sql_prepare(in->to, buf_str(&out), stmt, err) == -1 ? NULL
	                                                           : *stmt;
}

/* 1: *here is its number; 0: it is not among them; -1. */
static int
get(struct inherit *in, enum stmt_of which, int64_t there, int64_t *here,
    struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(in, which, err);
	int status;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, there);
	status = sql_step(in->to, stmt, err);
	if (status == 1)
		*here = sqlite3_column_int64(stmt, 0);
	sql_reset(stmt);
	return status;
}

static int
put(struct inherit *in, enum stmt_of which, int64_t there, struct err *err)
{
	int64_t here = sqlite3_last_insert_rowid(in->to->sqlite);
	sqlite3_stmt *stmt = stmt_of(in, which, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, there);
	(void)sqlite3_bind_int64(stmt, 2, here);
	return sql_step(in->to, stmt, err);
}

/* Columns "id, all fields" as the parameters of an insert. */
static void
bind_columns(sqlite3_stmt *to, sqlite3_stmt *from)
{
	for (int i = 1; i < sqlite3_column_count(from); i++)
		(void)sqlite3_bind_value(to, i, sqlite3_column_value(from, i));
}

/* 1, 0, -1 */
static int
knows_run(struct inherit *in, struct str uuid, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(in, KNOWS, err);
	int status;

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, uuid);
	status = sql_step(in->to, stmt, err);
	sql_reset(stmt);
	return status;
}

static int
copy_run(struct inherit *in, sqlite3_stmt *from, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int uuid = model_field(&db_model_run, "uuid") + 1;
	int kind = model_field(&db_model_run, "kind") + 1;
	struct buf merged = BUF_IN(&pool);
	sqlite3_stmt *stmt;
	int status = knows_run(in, sql_text(from, uuid), err);

	if (status != 0)
		return status == -1 ? -1 : 0;
	stmt = stmt_of(in, ADD_RUN, err);
	if (stmt == NULL)
		return -1;
	bind_columns(stmt, from);
	if (!str_starts(sql_text(from, kind), STR(MERGED)))
		buf_add(&merged, STR(MERGED));
	buf_add(&merged, sql_text(from, kind));
	sql_bind_text(stmt, kind, buf_str(&merged));
	status = sql_step(in->to, stmt, err);
	sql_reset(stmt);
	in->runs++;
	return status == -1
	           ? -1
	           : put(in, PUT_RUN, sqlite3_column_int64(from, 0), err);
}

static int
copy_attempt(struct inherit *in, sqlite3_stmt *from, struct err *err)
{
	int run = model_field(&db_model_attempt, "run") + 1;
	int unit = model_field(&db_model_attempt, "unit") + 1;
	sqlite3_stmt *stmt;
	int64_t here;
	int status =
	    get(in, GET_RUN, sqlite3_column_int64(from, run), &here, err);

	if (status != 1)
		return status;
	stmt = stmt_of(in, ADD_ATTEMPT, err);
	if (stmt == NULL)
		return -1;
	bind_columns(stmt, from);
	(void)sqlite3_bind_int64(stmt, run, here);
	(void)sqlite3_bind_null(stmt, unit);
	status = sql_step(in->to, stmt, err);
	sql_reset(stmt);
	return status == -1
	           ? -1
	           : put(in, PUT_ATTEMPT, sqlite3_column_int64(from, 0), err);
}

static int
copy_exchange(struct inherit *in, sqlite3_stmt *from, struct err *err)
{
	int attempt = model_field(&db_model_exchange, "attempt") + 1;
	sqlite3_stmt *stmt;
	int64_t here;
	int status = get(in, GET_ATTEMPT, sqlite3_column_int64(from, attempt),
	    &here, err);

	if (status != 1)
		return status;
	stmt = stmt_of(in, ADD_EXCHANGE, err);
	if (stmt == NULL)
		return -1;
	bind_columns(stmt, from);
	(void)sqlite3_bind_int64(stmt, attempt, here);
	status = sql_step(in->to, stmt, err);
	sql_reset(stmt);
	return status == -1
	           ? -1
	           : put(in, PUT_EXCHANGE, sqlite3_column_int64(from, 0), err);
}

/* The exchange before a change, of which it may know none. */
static int
bind_exchange(struct inherit *in, sqlite3_stmt *to, int i, sqlite3_stmt *from,
    struct err *err)
{
	int64_t here;
	int status =
	    get(in, GET_EXCHANGE, sqlite3_column_int64(from, i), &here, err);

	(void)sqlite3_bind_null(to, i);
	if (status == 1)
		(void)sqlite3_bind_int64(to, i, here);
	return status == -1 ? -1 : 0;
}

/*
 * A row that was gone there is here none, and asked for by its value: a number
 * below 0, which it has there already if it came from a third workspace.
 */
static int
row_here(struct inherit *in, struct str family, int64_t there, int64_t *here,
    struct err *err)
{
	const struct model *model = model_by_family(family);
	int32_t id;
	int status = 0;

	if (model != NULL && there > 0 && there <= INT32_MAX)
		status = in->id_of(in->ctx, model, (int32_t)there, &id, err);
	*here = status == 1 ? id : there > 0 ? -there : there;
	return status == -1 ? -1 : 0;
}

static int
copy_origin(struct inherit *in, sqlite3_stmt *from, struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t attempt, row;
	int status =
	    get(in, GET_ATTEMPT, sqlite3_column_int64(from, 3), &attempt, err);

	if (status != 1)
		return status;
	if (row_here(in, sql_text(from, 1), sqlite3_column_int64(from, 2), &row,
		err) == -1)
		return -1;
	stmt = stmt_of(in, ADD_ORIGIN, err);
	if (stmt == NULL)
		return -1;
	bind_columns(stmt, from);
	(void)sqlite3_bind_int64(stmt, 2, row);
	(void)sqlite3_bind_int64(stmt, 3, attempt);
	if (bind_exchange(in, stmt, 8, from, err) == -1)
		return -1;
	status = sql_step(in->to, stmt, err);
	sql_reset(stmt);
	return status == -1 ? -1 : 0;
}

static int
copy_all(struct inherit *in, struct str text,
    int (*copy)(struct inherit *in, sqlite3_stmt *from, struct err *err),
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(in->from, text, &stmt, err) == -1)
		return -1;
	while ((status = sql_step(in->from, stmt, err)) == 1) {
		status = copy(in, stmt, err);
		if (status == -1)
			break;
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

static struct str
select_of(struct pool *pool, const struct model *model, const char *where)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("SELECT "));
	sql_add_columns(&out, model);
	buf_printf(&out, " FROM %s%s ORDER BY id", model->table, where);
	return buf_str(&out);
}

static int
copy_tables(struct inherit *in, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	if (copy_all(in,
		select_of(&pool, &db_model_run,
		    " WHERE outcome IS NOT NULL AND kind <> 'merge'"),
		copy_run, err) == -1)
		return -1;
	if (in->runs == 0)
		return 0;
	if (copy_all(in, select_of(&pool, &db_model_attempt, ""), copy_attempt,
		err) == -1)
		return -1;
	if (copy_all(in, select_of(&pool, &db_model_exchange, ""),
		copy_exchange, err) == -1)
		return -1;
	return copy_all(in,
	    STR("SELECT 0, family, row, attempt, sequence, what, value, "
		"columns, exchange FROM origin WHERE attempt <> 0"),
	    copy_origin, err);
}

int
db_inherit(struct db *to, struct db *from,
    int (*id_of)(void *ctx, const struct model *model, int32_t there,
	int32_t *here, struct err *err),
    void *ctx, uint64_t *runs, struct err *err)
{
	struct inherit in = { .to = to,
		.from = from,
		.id_of = id_of,
		.ctx = ctx };
	int status;

	*runs = 0;
	if (!to->own.is_kept || !from->own.is_kept)
		return 0;
	status = sql_run(to, tables, err);
	if (status == 0)
		status = copy_tables(&in, err);
	for (size_t i = 0; i < STMTS; i++)
		(void)sqlite3_finalize(in.stmt[i]);
	(void)sql_run(to, drop, NULL);
	*runs = in.runs;
	return status == -1 ? err_wrap(err, "cannot take over who did it") : 0;
}
