/* Rows of a filter: reading, counting, deleting, scope. */
#include "db/cascade.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct db_rows {
	struct db *db;
	const struct model *model;
	sqlite3_stmt *stmt;
};

/* " WHERE id IN (...)": what a select shows, with order and limit, too. */
static void
add_selected(struct sql_text *to, const struct model *model,
    const struct filter *filter)
{
	buf_add(&to->text, STR(" WHERE id IN (SELECT id FROM ("));
	sql_add_select(to, model, filter, 0);
	buf_add(&to->text, STR("))"));
}

int
db_rows_open(struct db *db, const struct model *model,
    const struct filter *filter, unsigned flags, struct db_rows **out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	struct db_rows *rows = mem_zalloc(sizeof(*rows));

	rows->db = db;
	rows->model = model;
	sql_add_select(&text, model, filter, flags);
	if (sql_check_text(db, filter, err) == -1 ||
	    sql_prepare_text(db, &text, &rows->stmt, err) == -1) {
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
db_is_empty(struct db *db, const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int64_t there = 0;

	if (sql_prepare(db,
		str_of(pool_printf(&pool, "SELECT EXISTS (SELECT 1 FROM %s)",
		    model->table)),
		&stmt, err) == -1 ||
	    sql_number_once(db, stmt, &there, err) == -1)
		return -1;
	return there == 0;
}

int
db_count(struct db *db, const struct model *model, const struct filter *filter,
    unsigned flags, uint64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int64_t count;

	buf_add(&text.text, STR("SELECT count(*) FROM ("));
	sql_add_select(&text, model, filter, flags);
	buf_add_char(&text.text, ')');
	if (sql_check_text(db, filter, err) == -1 ||
	    sql_prepare_text(db, &text, &stmt, err) == -1)
		return -1;
	if (sql_number_once(db, stmt, &count, err) == -1)
		return -1;
	*n = (uint64_t)count;
	return 0;
}

int
db_is_among(struct db *db, const struct model *model,
    const struct filter *filter, unsigned flags, int32_t id, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int64_t count;

	buf_add(&text.text, STR("SELECT count(*) FROM ("));
	sql_add_select(&text, model, filter, flags);
	buf_printf(&text.text, ") WHERE id = %d", (int)id);
	if (sql_check_text(db, filter, err) == -1 ||
	    sql_prepare_text(db, &text, &stmt, err) == -1 ||
	    sql_number_once(db, stmt, &count, err) == -1)
		return -1;
	return count != 0;
}

/* A statement that changes rows; *n is how many. */
static int
change_rows(struct db *db, const struct sql_text *text, uint64_t *n,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare_text(db, text, &stmt, err) == -1)
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

/* Whether rows of other tables go with those of this one. */
static bool
has_below(const struct model *model)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		for (const struct field *f = m->field; f->name != NULL; f++) {
			if (f->references != NULL &&
			    strcmp(f->references, model->table) == 0)
				return true;
		}
	}
	return false;
}

static int
delete_rows(struct db *db, const struct model *model,
    const struct filter *filter, const struct sql_text *text, uint64_t *n,
    struct err *err)
{
	uint64_t count = 0;
	bool is_many;
	int status;

	if (has_below(model) &&
	    db_count(db, model, filter, 0, &count, err) == -1)
		return -1;
	is_many = count >= CASCADE_MANY;
	if (is_many && cascade_begin(db, err) == -1)
		return -1;
	status = change_rows(db, text, n, err);
	return is_many ? cascade_end(db, status, err) : status;
}

int
db_delete(struct db *db, const struct db_author *author,
    const struct model *model, const struct filter *filter, uint64_t *n,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	struct sql_change change;
	int status;

	buf_printf(&text.text, "DELETE FROM %s", model->table);
	add_selected(&text, model, filter);
	if (sql_check_text(db, filter, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	status = origin_watch(db, author, err);
	if (status == 0)
		status = delete_rows(db, model, filter, &text, n, err);
	origin_unwatch(db);
	for (const struct model *m = model_table;
	     status == 0 && m->family != NULL; m++) {
		if (!(m->flags & MODEL_OURS))
			status = drop_ttls(db, m, err);
	}
	return sql_change_end(db, &change, status, err);
}

/* The rows that a statement has changed, as it returns them: id, label. */
static int
note_scope(struct db *db, const struct db_author *author,
    const struct model *model, bool in_scope, sqlite3_stmt *stmt, uint64_t *n,
    struct err *err)
{
	struct str columns = in_scope ? STR("{\"unscoped\":[true,false]}")
	                              : STR("{\"unscoped\":[false,true]}");
	int status;

	*n = 0;
	while ((status = sql_step(db, stmt, err)) == 1) {
		if (origin_add(db, author, model->family,
			sqlite3_column_int64(stmt, 0), "changed",
			sql_text(stmt, 1), columns, err) == -1)
			return -1;
		++*n;
	}
	return status;
}

static int
change_scope(struct db *db, const struct db_author *author,
    const struct model *model, const struct sql_text *text, bool in_scope,
    uint64_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare_text(db, text, &stmt, err) == -1)
		return -1;
	status = note_scope(db, author, model, in_scope, stmt, n, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

int
db_set_scope(struct db *db, const struct db_author *author,
    const struct model *model, const struct filter *filter, bool in_scope,
    uint64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	struct sql_change change;

	buf_printf(&text.text, "UPDATE %s SET unscoped = %d", model->table,
	    !in_scope);
	add_selected(&text, model, filter);
	buf_printf(&text.text, " AND unscoped <> %d RETURNING id, ", !in_scope);
	origin_add_label(&text.text, model, "");
	if (sql_check_text(db, filter, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change,
	    change_scope(db, author, model, &text, in_scope, n, err), err);
}

int
db_set_row_scope(struct db *db, const struct db_author *author,
    const struct row *row, bool in_scope, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	uint64_t n;

	return db_set_scope(db, author, row->model,
	    filter_id(&pool, row->model, row->id), in_scope, &n, err);
}
