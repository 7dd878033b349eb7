/* db_insert, db_update, db_find, db_row. */
#include "db/hang.h"
#include "db/sql.h"
#include "model/scope.h"

static bool
is_mutable(const struct model *model, size_t i)
{
	return model->field[i].flags & FIELD_UPDATE;
}

/*
 * Of a link the row is told by its ids; a value that makes a second row may be
 * the same, or missing there, or not be asked for.
 */
static void
add_link_condition(struct buf *out, const struct model *model)
{
	const char *separator = "", *order = "";

	for (size_t i = 0; model->field[i].name != NULL; i++) {
		const struct field *f = &model->field[i];

		if (f->references != NULL)
			buf_printf(out, "%s%s = ?%zu", separator, f->name,
			    i + 1);
		else if (f->flags & FIELD_KEY)
			buf_printf(out,
			    "%s(?%zu IS NULL OR %s IS ?%zu OR %s IS NULL)",
			    separator, i + 1, f->name, i + 1, f->name);
		else
			continue;
		if (f->references == NULL)
			order = f->name;
		separator = " AND ";
	}
	if (order[0] != '\0')
		buf_printf(out, " ORDER BY %s IS NULL, id", order);
	buf_add(out, STR(" LIMIT 1"));
}

static void
add_key_condition(struct buf *out, const struct model *model)
{
	const char *separator = "";

	for (size_t i = 0; model->field[i].name != NULL; i++) {
		if (!(model->field[i].flags & FIELD_KEY))
			continue;
		buf_printf(out, "%s%s = ?%zu", separator, model->field[i].name,
		    i + 1);
		separator = " AND ";
	}
}

static void
write_find(struct buf *out, const struct model *model)
{
	buf_add(out, STR("SELECT "));
	sql_add_columns(out, model);
	buf_printf(out, " FROM %s WHERE ", model->table);
	if (model->flags & MODEL_LINK)
		add_link_condition(out, model);
	else if (model->flags & MODEL_HANGS)
		add_key_condition(out, model);
	else
		buf_printf(out, "value = ?%d", model_field(model, "value") + 1);
}

static void
write_by_id(struct buf *out, const struct model *model)
{
	buf_add(out, STR("SELECT "));
	sql_add_columns(out, model);
	buf_printf(out, " FROM %s WHERE id = ?1", model->table);
}

static void
write_in_scope(struct buf *out, const struct model *model)
{
	write_by_id(out, model);
	if (model_field_with(model, FIELD_SCOPE) != -1)
		buf_add(out, STR(" AND unscoped = 0"));
}

/* A column that is not given stays; none ever goes back to null. */
static void
write_update(struct buf *out, const struct model *model)
{
	const char *separator = "";

	buf_printf(out, "UPDATE %s SET ", model->table);
	for (size_t i = 0; model->field[i].name != NULL; i++) {
		if (!is_mutable(model, i))
			continue;
		buf_printf(out, "%s%s = coalesce(?%zu, %s)", separator,
		    model->field[i].name, i + 1, model->field[i].name);
		separator = ", ";
	}
	buf_printf(out, " WHERE id = ?%zu", model_field_count(model) + 1);
}

/* 1: *row is what was found; 0: nothing; -1. */
static int
step_row(struct db *db, sqlite3_stmt *stmt, const struct model *model,
    struct pool *pool, struct row *row, struct err *err)
{
	int status = sql_step(db, stmt, err);

	if (status != 1)
		return status;
	status = sql_row(stmt, model, pool, row, err);
	sql_reset(stmt);
	return status == 0 ? 1 : -1;
}

int
insert_find(struct db *db, const struct row *row, struct pool *pool,
    struct row *old, struct err *err)
{
	sqlite3_stmt **find = &sql_cache(db, row->model)->find;

	if (sql_prepare_for(db, row->model, find, write_find, err) == -1)
		return -1;
	sql_bind_row(*find, row);
	return step_row(db, *find, row->model, pool, old, err);
}

/* The id is the only parameter. */
static int
read_by_id(struct db *db, const struct model *model, int32_t id,
    sqlite3_stmt **stmt,
    void (*write)(struct buf *out, const struct model *model),
    struct pool *pool, struct row *row, struct err *err)
{
	if (sql_prepare_for(db, model, stmt, write, err) == -1)
		return -1;
	(void)sqlite3_bind_int(*stmt, 1, id);
	return step_row(db, *stmt, model, pool, row, err);
}

static int
write_changed(struct db *db, const struct row *changed, struct err *err)
{
	const struct model *model = changed->model;
	sqlite3_stmt **update = &sql_cache(db, model)->update;

	if (sql_prepare_for(db, model, update, write_update, err) == -1)
		return -1;
	sql_bind_row(*update, changed);
	(void)sqlite3_bind_int(*update, (int)model_field_count(model) + 1,
	    changed->id);
	return sql_step(db, *update, err);
}

static void
set_unscoped(struct row *row, bool unscoped)
{
	int at = model_field(row->model, "unscoped");

	if (at != -1)
		row->value[at] =
		    (struct value){ .is_set = true, .b = unscoped };
}

/* A rule decides; in scope if none matches. */
static bool
is_scoped_out(struct db *db, const struct row *row)
{
	const struct scope_rule *rule = scope_find(db->scope, row);

	return rule != NULL && !rule->is_in;
}

/* was_out: it is out of scope, whatever the rules say. */
static int
insert_new(struct db *db, const struct db_author *author, struct row *row,
    bool was_out, const int32_t *ttl, struct pool *pool, struct db_result *out,
    struct err *err)
{
	sqlite3_stmt **insert = &sql_cache(db, row->model)->insert;
	int64_t id;

	if (hang_check(db, row, err) == -1)
		return -1;
	out->is_scoped_out = was_out || is_scoped_out(db, row);
	set_unscoped(row, out->is_scoped_out);
	if (sql_prepare_for(db, row->model, insert, sql_add_insert, err) == -1)
		return -1;
	sql_bind_row(*insert, row);
	if (sql_step(db, *insert, err) == -1)
		return -1;
	id = sqlite3_last_insert_rowid(db->sqlite);
	if (id > INT32_MAX)
		return err_set(err, "%s has no id left: one was %lld",
		    row->model->table, (long long)id - 1);
	row->id = (int32_t)id;
	out->reply = (struct reply_db){ REPLY_INSERTED, row->id };
	if (label_of(db, row, pool, &out->label, err) == -1 ||
	    origin_inserted(db, author, row, out->label, out->is_scoped_out,
		err) == -1)
		return -1;
	return ttl != NULL
	           ? ttl_set(db, row->model, row->id, out->label, *ttl, err)
	           : 0;
}

/* What was given and differs. The count. */
static size_t
find_changes(const struct row *row, const struct row *old, struct row *changed)
{
	size_t n = 0;

	*changed = (struct row){ .model = row->model, .id = old->id };
	for (size_t i = 0; row->model->field[i].name != NULL; i++) {
		if (!is_mutable(row->model, i) || !row->value[i].is_set ||
		    (old->value[i].is_set &&
			value_eq(&row->model->field[i], &row->value[i],
			    &old->value[i])))
			continue;
		changed->value[i] = row->value[i];
		n++;
	}
	return n;
}

static int
insert_known(struct db *db, const struct db_author *author,
    const struct row *row, const struct row *old, const int32_t *ttl,
    struct pool *pool, struct db_result *out, struct err *err)
{
	if (row_is_unscoped(old)) {
		out->reply.kind = REPLY_NONE;
		return 0;
	}
	out->reply = (struct reply_db){ REPLY_NO_CHANGE, old->id };
	if (find_changes(row, old, &out->changed) != 0) {
		out->reply.kind = REPLY_UPDATED;
		if (write_changed(db, &out->changed, err) == -1)
			return -1;
	}
	if (label_of(db, old, pool, &out->label, err) == -1 ||
	    seen_add(db, author, row->model, old->id, err) == -1)
		return -1;
	if (out->reply.kind == REPLY_UPDATED &&
	    origin_changed(db, author, old, &out->changed, out->label, err) ==
		-1)
		return -1;
	return ttl != NULL ? ttl_extend(db, row->model, old->id, *ttl, err) : 0;
}

int
db_insert(struct db *db, const struct db_author *author, struct row *row,
    const int32_t *ttl, struct pool *pool, struct db_result *out,
    struct err *err)
{
	struct sql_change change;
	struct row old;
	int status;

	*out = (struct db_result){ .is_scoped_out = false };
	if (db_check_family(db, row->model, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	status = insert_find(db, row, pool, &old, err);
	if (status == 0)
		status =
		    insert_new(db, author, row, false, ttl, pool, out, err);
	else if (status == 1) {
		row->id = old.id;
		status =
		    insert_known(db, author, row, &old, ttl, pool, out, err);
	}
	return sql_change_end(db, &change, status, err);
}

int
insert_carried(struct db *db, struct db_carry *carry,
    const struct db_author *author, struct row *row, bool was_out,
    struct pool *pool, struct db_result *out, struct err *err)
{
	struct sql_change change;
	struct row old;
	int status;

	*out = (struct db_result){ .is_scoped_out = false };
	if (db_check_family(db, row->model, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	status = insert_find(db, row, pool, &old, err);
	if (status == 0)
		status =
		    insert_new(db, author, row, was_out, NULL, pool, out, err);
	else if (status == 1) {
		row->id = old.id;
		status = carry_merge(carry, row, &old, err);
		if (status == 1)
			status = insert_known(db, author, row, &old, NULL, pool,
			    out, err);
	}
	return sql_change_end(db, &change, status, err);
}

int
db_update(struct db *db, const struct db_author *author, const struct row *row,
    struct pool *pool, struct db_result *out, struct err *err)
{
	struct sql_change change;
	struct row old;
	int status;

	*out = (struct db_result){ .is_scoped_out = false };
	if (db_check_family(db, row->model, err) == -1)
		return -1;
	if (!model_is_mutable(row->model))
		return err_set(err, "a %s has no columns that change",
		    row->model->family);
	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	status = read_by_id(db, row->model, row->id,
	    &sql_cache(db, row->model)->by_id, write_by_id, pool, &old, err);
	if (status == 0)
		status = err_set(err, "there is no %s with the id %d",
		    row->model->family, row->id);
	else if (status == 1 && row_is_unscoped(&old))
		status = err_set(err, "%s %d is out of scope",
		    row->model->family, row->id);
	if (status == 1) {
		out->reply = (struct reply_db){ REPLY_UPDATED, row->id };
		out->changed = *row;
		status = write_changed(db, row, err);
		if (status == 0)
			status = label_of(db, &old, pool, &out->label, err);
		if (status == 0)
			status = origin_changed(db, author, &old, row,
			    out->label, err);
	}
	return sql_change_end(db, &change, status, err);
}

int
db_find(struct db *db, const struct model *model, struct str value,
    struct reply_db *out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row row = { .model = model }, old;
	int status;

	if (model->flags & (MODEL_LINK | MODEL_HANGS))
		return err_set(err, "Unsupported operation");
	row_value(&row, "value")->is_set = true;
	row_value(&row, "value")->text = value;
	status = insert_find(db, &row, &pool, &old, err);
	if (status == -1)
		return -1;
	out->kind = REPLY_NONE;
	if (status == 1 && !row_is_unscoped(&old))
		*out = (struct reply_db){ REPLY_FOUND, old.id };
	return 0;
}

int
db_row(struct db *db, const struct model *model, int32_t id, struct pool *pool,
    struct row *row, struct err *err)
{
	return read_by_id(db, model, id, &sql_cache(db, model)->in_scope,
	    write_in_scope, pool, row, err);
}
