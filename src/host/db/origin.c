/*
 * Which attempt has changed which row. What changes one row says so at once;
 * what deletes rows, and with them what hangs below, is watched: temporary
 * triggers, which are of our connection alone, note each row that goes.
 */
#include "db/own.h"

#include "base/mem.h"
#include "crypt/digest.h"
#include "db/hang.h"
#include "db/sql.h"
#include "text/codec.h"

#define MOST_TEXT 4096 /* bytes of a value in a change; more: their hash */

static void
add_hash(struct buf *out, struct str bytes)
{
	autopool struct pool pool = POOL_NONE;
	struct str hash = digest_of(&pool, DIGEST_SHA2_256, bytes);

	buf_add(out, STR("\"sha256:"));
	buf_add(out, hex_write(&pool, hash));
	buf_add_char(out, '"');
}

static void
add_value(struct buf *out, const struct field *field, const struct value *value)
{
	bool is_number = field->kind == FIELD_BOOL ||
	                 field->kind == FIELD_I32 || field->kind == FIELD_I64 ||
	                 field->kind == FIELD_F32;

	if (value->is_set && !is_number &&
	    (field->kind == FIELD_BYTES || value->text.n > MOST_TEXT))
		add_hash(out, value->text);
	else
		value_write_json(out, field, value);
}

int
origin_add(struct db *db, const struct db_author *author, const char *family,
    int64_t row, const char *what, struct str value, struct str columns,
    struct err *err)
{
	sqlite3_stmt *stmt;

	if (!own_keeps(db, author))
		return 0;
	stmt = own_stmt(db, OWN_ORIGIN, err);
	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, str_of(family));
	(void)sqlite3_bind_int64(stmt, 2, row);
	(void)sqlite3_bind_int64(stmt, 3, author->attempt);
	(void)sqlite3_bind_int64(stmt, 4, author->sequence);
	sql_bind_text(stmt, 5, str_of(what));
	sql_bind_text(stmt, 6, value);
	sql_bind_text(stmt, 7, columns);
	if (sql_step(db, stmt, err) == -1)
		return err_wrap(err, "cannot note who did it");
	return 0;
}

int
origin_inserted(struct db *db, const struct db_author *author,
    const struct row *row, struct str value, bool is_out, struct err *err)
{
	return origin_add(db, author, row->model->family, row->id, "added",
	    value, is_out ? STR("{\"unscoped\":[null,true]}") : STR_NONE, err);
}

int
origin_changed(struct db *db, const struct db_author *author,
    const struct row *old, const struct row *changed, struct str value,
    struct err *err)
{
	const struct field *field = changed->model->field;
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	if (!own_keeps(db, author))
		return 0;
	for (size_t i = 0; field[i].name != NULL; i++) {
		if (!changed->value[i].is_set)
			continue;
		buf_printf(&out, "%c\"%s\":[", out.n == 0 ? '{' : ',',
		    field[i].name);
		add_value(&out, &field[i], &old->value[i]);
		buf_add_char(&out, ',');
		add_value(&out, &field[i], &changed->value[i]);
		buf_add_char(&out, ']');
	}
	if (out.n == 0)
		return 0;
	buf_add_char(&out, '}');
	return origin_add(db, author, changed->model->family, old->id,
	    "changed", value, buf_str(&out), err);
}

void
origin_add_label(struct buf *out, const struct model *model, const char *of)
{
	const char *separator = "";

	if (!(model->flags & MODEL_LINK)) {
		buf_printf(out, "%svalue", of);
		return;
	}
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (f->references == NULL)
			continue;
		buf_printf(out, "%s%s%s", separator, of, f->name);
		separator = " || '+' || ";
	}
}

/* What the triggers below ask: 0 the attempt, 1 the sequence. */
static void
tell_origin(sqlite3_context *context, int n, sqlite3_value **value)
{
	const struct db *db = sqlite3_user_data(context);

	(void)n;
	sqlite3_result_int64(context, sqlite3_value_int(value[0]) == 0
					  ? db->own.attempt
					  : db->own.sequence);
}

static void
add_witness(struct buf *out, const struct model *model)
{
	buf_printf(out,
	    "CREATE TEMP TRIGGER IF NOT EXISTS witness_%s AFTER DELETE ON "
	    "main.%s WHEN sn0int_author(0) <> 0 BEGIN INSERT INTO origin "
	    "(family, row, attempt, sequence, what, value) VALUES ('%s', "
	    "OLD.id, sn0int_author(0), sn0int_author(1), 'removed', ",
	    model->table, model->table, model->family);
	origin_add_label(out, model, "OLD.");
	buf_add(out, STR("); END;"));
}

/*
 * A group that was undone may have taken the triggers with it, so they are
 * made each time unless they are there.
 */
int
origin_watch(struct db *db, const struct db_author *author, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	if (db->own.is_kept && hang_watch(db, err) == -1)
		return -1;
	if (!own_keeps(db, author))
		return 0;
	if (sqlite3_create_function(db->sqlite, "sn0int_author", 1,
		SQLITE_UTF8 | SQLITE_INNOCUOUS, db, tell_origin, NULL,
		NULL) != SQLITE_OK)
		return sql_fail(db, err);
	for (const struct model *m = model_table; m->family != NULL; m++)
		add_witness(&out, m);
	db->own.attempt = author->attempt;
	db->own.sequence = author->sequence;
	return sql_run(db, buf_cstr(&out), err);
}

void
origin_unwatch(struct db *db)
{
	db->own.attempt = 0;
}
