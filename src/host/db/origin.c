/*
 * Which attempt has changed which row. What changes one row says so at once;
 * what deletes rows, and with them what hangs below, is watched: temporary
 * triggers, which are of our connection alone, note each row that goes.
 */
#include "db/own.h"

#include "base/mem.h"
#include "db/hang.h"
#include "db/keep.h"
#include "db/sql.h"

#define MOST_TEXT 4096 /* bytes of a value in a change; more: their hash */

static void
add_value(struct buf *out, const struct db_author *author,
    const struct field *field, const struct value *value)
{
	bool is_number = field->kind == FIELD_BOOL ||
	                 field->kind == FIELD_I32 || field->kind == FIELD_I64 ||
	                 field->kind == FIELD_F32;

	if (author->keeps_values)
		keep_add(out, field, value);
	else if (value->is_set && !is_number &&
		 (field->kind == FIELD_BYTES || value->text.n > MOST_TEXT))
		keep_add_hash(out, value->text);
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
	if (author->exchange != 0)
		(void)sqlite3_bind_int64(stmt, 8, author->exchange);
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

/* ,"column":[old,new] */
static void
add_change(struct buf *out, const struct db_author *author,
    const struct field *field, const struct value *old, const struct value *new)
{
	buf_printf(out, "%c\"%s\":[", out->n == 0 ? '{' : ',', field->name);
	add_value(out, author, field, old);
	buf_add_char(out, ',');
	add_value(out, author, field, new);
	buf_add_char(out, ']');
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
		if (changed->value[i].is_set)
			add_change(&out, author, &field[i], &old->value[i],
			    &changed->value[i]);
	}
	if (out.n == 0)
		return 0;
	buf_add_char(&out, '}');
	return origin_add(db, author, changed->model->family, old->id,
	    "changed", value, buf_str(&out), err);
}

int
origin_edited(struct db *db, const struct db_author *author,
    const struct row *old, const struct row *row, struct err *err)
{
	const struct field *field = row->model->field;
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str label;

	if (!own_keeps(db, author))
		return 0;
	for (size_t i = 0; field[i].name != NULL; i++) {
		if (!value_eq(&field[i], &old->value[i], &row->value[i]))
			add_change(&out, author, &field[i], &old->value[i],
			    &row->value[i]);
	}
	if (out.n == 0)
		return 0;
	buf_add_char(&out, '}');
	if (label_of(db, old, &pool, &label, err) == -1)
		return -1;
	return origin_add(db, author, row->model->family, old->id, "changed",
	    label, buf_str(&out), err);
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

/* {"ttl":[when it was to end,null],"column":[old,null],...}; none is null */
static void
add_removed(struct buf *out, const struct model *model, sqlite3_value **value)
{
	static const struct field ttl = { KEEP_TTL, FIELD_TEXT, 0, NULL, NULL,
		NULL };
	struct value old = keep_value_of(value[0], &ttl);
	const char *separator = "";

	buf_add_char(out, '{');
	if (old.is_set) {
		buf_add(out, STR("\"" KEEP_TTL "\":["));
		keep_add(out, &ttl, &old);
		buf_add(out, STR(",null]"));
		separator = ",";
	}
	for (size_t i = 0; model->field[i].name != NULL; i++) {
		old = keep_value_of(value[i + 1], &model->field[i]);
		if (!old.is_set)
			continue;
		buf_printf(out, "%s\"%s\":[", separator, model->field[i].name);
		keep_add(out, &model->field[i], &old);
		buf_add(out, STR(",null]"));
		separator = ",";
	}
	buf_add_char(out, '}');
}

/*
 * What a row that goes has held, where somebody may want it back; else null.
 * Arguments: where the family stands in the table, its end, its columns.
 */
static void
tell_columns(sqlite3_context *context, int n, sqlite3_value **value)
{
	struct db *db = sqlite3_user_data(context);
	const struct model *model = &model_table[sqlite3_value_int(value[0])];
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	(void)n;
	db->own.removed++;
	if (!db->own.keeps_values) {
		sqlite3_result_null(context);
		return;
	}
	add_removed(&out, model, value + 1);
	sqlite3_result_text64(context, out.p, out.n, SQLITE_TRANSIENT,
	    SQLITE_UTF8);
}

static void
add_witness(struct buf *out, const struct model *model)
{
	buf_printf(out,
	    "CREATE TEMP TRIGGER IF NOT EXISTS witness_%s AFTER DELETE ON "
	    "main.%s WHEN sn0int_author(0) <> 0 BEGIN INSERT INTO origin "
	    "(family, row, attempt, sequence, what, value, columns) VALUES "
	    "('%s', OLD.id, sn0int_author(0), sn0int_author(1), 'removed', ",
	    model->table, model->table, model->family);
	origin_add_label(out, model, "OLD.");
	buf_printf(out,
	    ", sn0int_columns(%zu, (SELECT expire FROM ttls WHERE family = "
	    "'%s' AND key = OLD.id)",
	    (size_t)(model - model_table), model->table);
	for (const struct field *f = model->field; f->name != NULL; f++)
		buf_printf(out, ", OLD.%s", f->name);
	buf_add(out, STR(")); END;"));
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
		NULL) != SQLITE_OK ||
	    sqlite3_create_function(db->sqlite, "sn0int_columns", -1,
		SQLITE_UTF8 | SQLITE_INNOCUOUS, db, tell_columns, NULL,
		NULL) != SQLITE_OK)
		return sql_fail(db, err);
	for (const struct model *m = model_table; m->family != NULL; m++)
		add_witness(&out, m);
	db->own.attempt = author->attempt;
	db->own.sequence = author->sequence;
	db->own.keeps_values = author->keeps_values;
	return sql_run(db, buf_cstr(&out), err);
}

void
origin_unwatch(struct db *db)
{
	db->own.attempt = 0;
}
