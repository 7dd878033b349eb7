/* Rows by conditions: reading, counting, deleting, scope. */
#include "db/sql.h"

#include <stdlib.h>

#include "base/mem.h"

struct db_rows {
	struct db *db;
	const struct model *model;
	sqlite3_stmt *stmt;
};

/*
 * " WHERE ..." with what flags ask for; "" for all rows. The newline ends a
 * comment that a condition may end with.
 */
static void
add_where(struct buf *out, struct str condition, unsigned flags)
{
	if (condition.n != 0 && flags & DB_IN_SCOPE)
		buf_printf(out, " WHERE (%.*s\n) AND unscoped = 0",
		    STR_ARG(condition));
	else if (condition.n != 0)
		buf_printf(out, " WHERE %.*s\n", STR_ARG(condition));
	else if (flags & DB_IN_SCOPE)
		buf_add(out, STR(" WHERE unscoped = 0"));
	if (flags & DB_BY_ID)
		buf_add(out, STR(" ORDER BY id"));
}

/* All columns, so that a condition may go on with union. */
static void
add_select(struct buf *out, const struct model *model, struct str condition,
    unsigned flags)
{
	buf_add(out, STR("SELECT "));
	sql_add_columns(out, model);
	buf_printf(out, " FROM %s", model->table);
	add_where(out, condition, flags);
}

/* "id IN (...)": the rows that a select shows, with order and limit, too. */
static void
add_selected(struct buf *out, const struct model *model, struct str condition)
{
	buf_add(out, STR(" WHERE id IN (SELECT id FROM ("));
	add_select(out, model, condition, 0);
	buf_add(out, STR("))"));
}

/* A column that is none: those that there are become the cause. */
static int
explain(const struct model *model, struct err *err)
{
	static const struct str head = { "no such column: ", 16 };
	autopool struct pool pool = POOL_NONE;
	struct buf columns = BUF_IN(&pool);
	struct str why;

	if (err == NULL || !str_starts(err_text(err), head))
		return -1;
	why = pool_copy(&pool, err_text(err));
	sql_add_columns(&columns, model);
	(void)err_set(err, "%s has the columns %s", model->table,
	    buf_cstr(&columns));
	return err_wrap(err, "%.*s", STR_ARG(why));
}

/*
 * A condition is SQL by itself: "1) OR (1" is none, and does not get out of the
 * parentheses that others put around it.
 */
static int
check_condition(struct db *db, const struct model *model, struct str condition,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;

	if (condition.n == 0)
		return 0;
	add_select(&text, model, condition, 0);
	if (sql_prepare(db, buf_str(&text), &stmt, err) == -1)
		return explain(model, err);
	(void)sqlite3_finalize(stmt);
	return 0;
}

int
db_rows_open(struct db *db, const struct model *model, struct str condition,
    unsigned flags, struct db_rows **out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct db_rows *rows = mem_zalloc(sizeof(*rows));

	rows->db = db;
	rows->model = model;
	add_select(&text, model, condition, flags);
	if (check_condition(db, model, condition, err) == -1 ||
	    sql_prepare(db, buf_str(&text), &rows->stmt, err) == -1) {
		db_rows_free(rows);
		return -1;
	}
	*out = rows;
	return 0;
}

int
db_rows_next(struct db_rows *rows, struct pool *pool, struct row *row,
    struct err *err)
{
	int status = sql_step(rows->db, rows->stmt, err);

	if (status == 1 &&
	    sql_row(rows->stmt, rows->model, pool, row, err) == -1)
		return -1;
	return status;
}

void
db_rows_free(struct db_rows *rows)
{
	if (rows == NULL)
		return;
	(void)sqlite3_finalize(rows->stmt);
	free(rows);
}

int
db_count(struct db *db, const struct model *model, struct str condition,
    unsigned flags, uint64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_add(&text, STR("SELECT count(*) FROM ("));
	add_select(&text, model, condition, flags);
	buf_add_char(&text, ')');
	if (check_condition(db, model, condition, err) == -1 ||
	    sql_prepare(db, buf_str(&text), &stmt, err) == -1)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1)
		*n = (uint64_t)sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

/* A statement that changes rows; *n is how many. */
static int
change_rows(struct db *db, struct str text, uint64_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db, text, &stmt, err) == -1)
		return -1;
	status = sql_step(db, stmt, err);
	*n = (uint64_t)sqlite3_changes(db->sqlite);
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

/* Rows that end by themselves are not announced once they were deleted. */
static int
drop_ttls(struct db *db, const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	return sql_run(db,
	    pool_printf(&pool,
		"DELETE FROM ttls WHERE family = '%s' AND key NOT IN (SELECT "
		"id FROM %s)",
		model->table, model->table),
	    err);
}

int
db_delete(struct db *db, const struct model *model, struct str condition,
    uint64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct sql_change change;
	int status;

	buf_printf(&text, "DELETE FROM %s", model->table);
	add_selected(&text, model, condition);
	if (check_condition(db, model, condition, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	status = change_rows(db, buf_str(&text), n, err);
	for (const struct model *m = model_table;
	     status == 0 && m->family != NULL; m++)
		status = drop_ttls(db, m, err);
	return sql_change_end(db, &change, status, err);
}

int
db_set_scope(struct db *db, const struct model *model, struct str condition,
    bool in_scope, uint64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_printf(&text, "UPDATE %s SET unscoped = %d", model->table,
	    !in_scope);
	add_selected(&text, model, condition);
	buf_printf(&text, " AND unscoped <> %d", !in_scope);
	return check_condition(db, model, condition, err) == -1
	           ? -1
	           : change_rows(db, buf_str(&text), n, err);
}

int
db_set_row_scope(struct db *db, const struct row *row, bool in_scope,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	uint64_t n;

	return db_set_scope(db, row->model, filter_id(&pool, row->id), in_scope,
	    &n, err);
}
