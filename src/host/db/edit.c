/* db_edit: a row as a person wants it. */
#include "db/undo_change.h"

int
edit_read(struct db *db, const struct model *model, int64_t id,
    struct pool *pool, struct row *row, struct err *err)
{
	autopool struct pool scratch = POOL_NONE;
	struct db_rows *rows;
	int status;

	if (db_rows_open(db, model, filter_id(&scratch, model, id), 0, &rows,
		err) == -1)
		return -1;
	status = db_rows_next(rows, pool, row, err);
	db_rows_free(rows);
	return status == 0 || status == -1 ? status : 1;
}

int
edit_write(struct db *db, const struct row *row, struct err *err)
{
	size_t n = model_field_count(row->model);
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_printf(&text, "UPDATE %s SET ", row->model->table);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s = ?%zu", i != 0 ? ", " : "",
		    row->model->field[i].name, i + 1);
	buf_printf(&text, " WHERE id = ?%zu", n + 1);
	if (sql_prepare(db, buf_str(&text), &stmt, err) == -1)
		return -1;
	sql_bind_row(stmt, row);
	(void)sqlite3_bind_int64(stmt, (int)n + 1, row->id);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* What is told when it ends. */
static int
name_ttl(struct db *db, const struct row *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	struct str label;
	int status;

	if (label_of(db, row, &pool, &label, err) == -1 ||
	    sql_prepare(db,
		STR("UPDATE ttls SET value = ?3 WHERE family = ?1 AND key = "
		    "?2"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, str_of(row->model->table));
	(void)sqlite3_bind_int64(stmt, 2, row->id);
	sql_bind_text(stmt, 3, label);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

static int
edit(struct db *db, const struct db_author *author, const struct row *row,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row old;
	int status = edit_read(db, row->model, row->id, &pool, &old, err);

	if (status == 0)
		return err_set(err, "there is no %s with the id %d",
		    row->model->family, row->id);
	if (status == -1 || edit_write(db, row, err) == -1 ||
	    name_ttl(db, row, err) == -1)
		return -1;
	return origin_edited(db, author, &old, row, err);
}

int
db_edit(struct db *db, const struct db_author *author, const struct row *row,
    struct err *err)
{
	struct sql_change change;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, edit(db, author, row, err), err);
}
