#include "db/sql.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

/* Of all that SQLite says these are about what was asked. */
static bool
is_refusal(int code)
{
	return code == SQLITE_CONSTRAINT || code == SQLITE_ERROR ||
	       code == SQLITE_AUTH;
}

int
sql_fail(struct db *db, struct err *err)
{
	int code = sqlite3_errcode(db->sqlite) & 0xff;

	if (db->failure == SQLITE_OK)
		db->failure = code;
	if (!is_refusal(code))
		db->has_failed = true;
	return err_set(err, "%s", sqlite3_errmsg(db->sqlite));
}

int
sql_run(struct db *db, const char *text, struct err *err)
{
	if (sqlite3_exec(db->sqlite, text, NULL, NULL, NULL) != SQLITE_OK)
		return sql_fail(db, err);
	return 0;
}

static bool
is_blank(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p) != NULL)
		p++;
	return p >= end;
}

int
sql_prepare(struct db *db, struct str text, sqlite3_stmt **stmt,
    struct err *err)
{
	const char *tail;

	if (*stmt != NULL)
		return 0;
	if (sqlite3_prepare_v3(db->sqlite, text.p, (int)text.n,
		SQLITE_PREPARE_PERSISTENT, stmt, &tail) != SQLITE_OK)
		return sql_fail(db, err);
	if (*stmt == NULL || !is_blank(tail, text.p + text.n)) {
		(void)sqlite3_finalize(*stmt);
		*stmt = NULL;
		text = str_trim(str_from(text, (size_t)(tail - text.p)));
		return err_set(err, "one statement at a time: %.*s",
		    STR_ARG(text));
	}
	return 0;
}

int
sql_prepare_for(struct db *db, const struct model *model, sqlite3_stmt **stmt,
    void (*write)(struct buf *out, const struct model *model), struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	if (*stmt != NULL)
		return 0;
	write(&text, model);
	return sql_prepare(db, buf_str(&text), stmt, err);
}

void
sql_reset(sqlite3_stmt *stmt)
{
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

int
sql_step(struct db *db, sqlite3_stmt *stmt, struct err *err)
{
	int status = sqlite3_step(stmt);

	if (status == SQLITE_ROW)
		return 1;
	if (status != SQLITE_DONE)
		(void)sql_fail(db, err);
	sql_reset(stmt);
	return status == SQLITE_DONE ? 0 : -1;
}

int
sql_number(struct db *db, sqlite3_stmt *stmt, int64_t *n, struct err *err)
{
	int status = sql_step(db, stmt, err);

	if (status != 1)
		return status == 0 ? err_set(err, "no number came back") : -1;
	*n = sqlite3_column_int64(stmt, 0);
	return sql_step(db, stmt, err);
}

int
sql_number_once(struct db *db, sqlite3_stmt *stmt, int64_t *n, struct err *err)
{
	int status = sql_number(db, stmt, n, err);

	(void)sqlite3_finalize(stmt);
	return status;
}

void
sql_bind_text(sqlite3_stmt *stmt, int i, struct str text)
{
	/* p NULL is null, says SQLite */
	(void)sqlite3_bind_text64(stmt, i, text.p, text.n, SQLITE_STATIC,
	    SQLITE_UTF8);
}

/* 2019-09-08T08:28:57 is stored with a blank */
static void
bind_time(sqlite3_stmt *stmt, int i, struct str time)
{
	char *copy = mem_alloc(time.n);

	memcpy(copy, time.p, time.n);
	for (size_t k = 0; k < time.n; k++) {
		if (copy[k] == 'T')
			copy[k] = ' ';
	}
	(void)sqlite3_bind_text64(stmt, i, copy, time.n, free, SQLITE_UTF8);
}

static void
bind_value(sqlite3_stmt *stmt, int i, const struct field *field,
    const struct value *value)
{
	if (!value->is_set) {
		(void)sqlite3_bind_null(stmt, i);
		return;
	}
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_IP:
	case FIELD_JSON:
		sql_bind_text(stmt, i,
		    value->text.p != NULL ? value->text : STR(""));
		break;
	case FIELD_TIME:
		bind_time(stmt, i, value->text);
		break;
	case FIELD_BYTES:
		(void)sqlite3_bind_blob64(stmt, i,
		    value->text.n != 0 ? value->text.p : "", value->text.n,
		    SQLITE_STATIC);
		break;
	case FIELD_BOOL:
		(void)sqlite3_bind_int(stmt, i, value->b);
		break;
	case FIELD_I32:
	case FIELD_I64:
		(void)sqlite3_bind_int64(stmt, i, value->i);
		break;
	case FIELD_F32:
		(void)sqlite3_bind_double(stmt, i, (double)value->f);
		break;
	}
}

void
sql_bind_row(sqlite3_stmt *stmt, const struct row *row)
{
	int most = sqlite3_bind_parameter_count(stmt);

	for (int i = 0; row->model->field[i].name != NULL && i < most; i++)
		bind_value(stmt, i + 1, &row->model->field[i], &row->value[i]);
}

struct str
sql_text(sqlite3_stmt *stmt, int column)
{
	const void *p = sqlite3_column_text(stmt, column);

	if (p == NULL)
		return STR_NONE;
	return str_view(p, (size_t)sqlite3_column_bytes(stmt, column));
}

int
sql_was_read(sqlite3_stmt *stmt, struct err *err)
{
	sqlite3 *sqlite = sqlite3_db_handle(stmt);

	return sqlite3_errcode(sqlite) == SQLITE_NOMEM
	           ? err_set(err, "%s", sqlite3_errmsg(sqlite))
	           : 0;
}

static struct str
read_time(sqlite3_stmt *stmt, int column, struct pool *pool)
{
	struct str text = sql_text(stmt, column);
	char *copy = pool_cstr(pool, text);

	if (text.n > 10 && copy[10] == ' ')
		copy[10] = 'T';
	return str_view(copy, text.n);
}

static struct str
read_bytes(sqlite3_stmt *stmt, int column, struct pool *pool)
{
	const void *p = sqlite3_column_blob(stmt, column);

	return pool_copy(pool,
	    str_view(p, (size_t)sqlite3_column_bytes(stmt, column)));
}

static void
read_value(sqlite3_stmt *stmt, int column, const struct field *field,
    struct pool *pool, struct value *value)
{
	*value = (struct value){ .is_set = false };
	if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return;
	value->is_set = true;
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_IP:
	case FIELD_JSON:
		value->text = pool_copy(pool, sql_text(stmt, column));
		break;
	case FIELD_TIME:
		value->text = read_time(stmt, column, pool);
		break;
	case FIELD_BYTES:
		value->text = read_bytes(stmt, column, pool);
		break;
	case FIELD_BOOL:
		value->b = sqlite3_column_int64(stmt, column) != 0;
		break;
	case FIELD_I32:
	case FIELD_I64:
		value->i = sqlite3_column_int64(stmt, column);
		break;
	case FIELD_F32:
		value->f = (float)sqlite3_column_double(stmt, column);
		break;
	}
}

int
sql_row(sqlite3_stmt *stmt, const struct model *model, struct pool *pool,
    struct row *row, struct err *err)
{
	int64_t id = sqlite3_column_int64(stmt, 0);

	if (id < INT32_MIN || id > INT32_MAX)
		return err_set(err,
		    "%s has a row with the id %lld, and ids end at %d: delete "
		    "it (where id = %lld)",
		    model->table, (long long)id, INT32_MAX, (long long)id);
	row->model = model;
	row->id = (int32_t)id;
	for (int i = 0; model->field[i].name != NULL; i++)
		read_value(stmt, i + 1, &model->field[i], pool, &row->value[i]);
	return sql_was_read(stmt, err);
}

void
sql_add_columns(struct buf *out, const struct model *model)
{
	/* a row without an id is read as any other */
	buf_add(out, model->flags & MODEL_NO_ID ? STR("1 AS id") : STR("id"));
	for (size_t i = 0; model->field[i].name != NULL; i++)
		buf_printf(out, ", %s", model->field[i].name);
}

void
sql_add_insert(struct buf *out, const struct model *model)
{
	buf_printf(out, "INSERT INTO %s (", model->table);
	for (size_t i = 0; model->field[i].name != NULL; i++)
		buf_printf(out, "%s%s", i != 0 ? ", " : "",
		    model->field[i].name);
	buf_add(out, STR(") VALUES ("));
	for (size_t i = 0; model->field[i].name != NULL; i++)
		buf_printf(out, "%s?%zu", i != 0 ? ", " : "", i + 1);
	buf_add_char(out, ')');
}

struct sql_cache *
sql_cache(struct db *db, const struct model *model)
{
	size_t at = (size_t)(model - model_table);

	assert(at < SQL_MODELS);
	return &db->cache[at];
}

static const char *const edge_text[SQL_EDGES] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_SAVEPOINT] = "SAVEPOINT change",
	[SQL_RELEASE] = "RELEASE change",
};

int
sql_edge(struct db *db, enum sql_edge edge, struct err *err)
{
	if (sql_prepare(db, str_of(edge_text[edge]), &db->edge[edge], err) ==
	    -1)
		return -1;
	return sql_step(db, db->edge[edge], err);
}

/*
 * A full disk and the like undo the whole transaction: what came before is
 * lost, and what comes behind it must not be stored without it.
 */
static int
check_group(const struct db *db, struct err *err)
{
	if (db->is_open && sqlite3_get_autocommit(db->sqlite))
		return err_set(err, "the transaction was undone");
	return 0;
}

static enum sql_part
part_of(const struct db *db)
{
	if (!db->is_open && sqlite3_get_autocommit(db->sqlite))
		return SQL_ALONE;
	return db->is_open && db->is_untouched ? SQL_FIRST : SQL_LATER;
}

int
sql_change_begin(struct db *db, struct sql_change *change, struct err *err)
{
	if (check_group(db, err) == -1)
		return -1;
	change->part = part_of(db);
	switch (change->part) {
	case SQL_ALONE:
		db->own.begun = 0;
		return sql_edge(db, SQL_BEGIN, err);
	case SQL_FIRST:
		db->is_untouched = false;
		return 0;
	case SQL_LATER:
		break;
	}
	return sql_edge(db, SQL_SAVEPOINT, err);
}

static int
keep(struct db *db, enum sql_part part, struct err *err)
{
	switch (part) {
	case SQL_ALONE:
		return sql_edge(db, SQL_COMMIT, err);
	case SQL_FIRST:
		break;
	case SQL_LATER:
		return sql_edge(db, SQL_RELEASE, err);
	}
	return 0;
}

/* A group that does not begin again is lost, which check_group() tells. */
static void
undo(struct db *db, enum sql_part part)
{
	switch (part) {
	case SQL_ALONE:
		(void)sql_run(db, "ROLLBACK", NULL);
		alive_undo(db);
		break;
	case SQL_FIRST:
		(void)sql_run(db, "ROLLBACK", NULL);
		db->is_untouched = sql_edge(db, SQL_BEGIN, NULL) == 0;
		break;
	case SQL_LATER:
		(void)sql_run(db, "ROLLBACK TO change; RELEASE change", NULL);
		break;
	}
}

int
sql_change_end(struct db *db, const struct sql_change *change, int status,
    struct err *err)
{
	if (status != -1 && keep(db, change->part, err) == 0)
		return status;
	undo(db, change->part);
	return -1;
}
