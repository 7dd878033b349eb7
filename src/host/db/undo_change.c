/*
 * Before a change is taken back it is looked at whether it is still there: the
 * row that was deleted is not, the columns are as the change has left them, the
 * row that was added has been touched by nobody else. What is not kept whole
 * (db/keep.h) cannot be had back.
 */
#include "db/undo_change.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "db/keep.h"
#include "model/scope.h"

/* For the reasons: "domain 3". */
#define NAME          "%.*s %lld"
#define NAME_ARG(one) STR_ARG((one)->family), (long long)(one)->row

/* Only the first reason is told. */
#define IS_GONE(undo, ...)                                                     \
	((void)((undo)->why->n == 0 && err_set((undo)->why, __VA_ARGS__)), 0)

static int
not_kept(const struct undo_change *change, struct str column, struct err *err)
{
	return err_set(err, "%.*s of " NAME " was too large to be kept",
	    STR_ARG(column), NAME_ARG(change));
}

/* 1: there is a row of that value, *id; 0; -1. Links have none. */
static int
find_value(struct db *db, const struct model *model, const struct value *value,
    int64_t *id, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int status;

	if (model_field(model, "value") == -1 || !value->is_set)
		return 0;
	if (sql_prepare(db,
		str_of(pool_printf(&pool, "SELECT id FROM %s WHERE value = ?1",
		    model->table)),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, value->text);
	status = sql_step(db, stmt, err);
	if (status == 1)
		*id = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return status;
}

/*
 * 0: its value is free; 1: another row has it; -1. What is about other rows may
 * share it.
 */
static int
is_taken(struct undo *undo, const struct row *row, struct err *err)
{
	int at = model_field(row->model, "value");
	int64_t id = row->id;
	int status = 0;

	if (at != -1 && !(row->model->flags & MODEL_HANGS))
		status =
		    find_value(undo->db, row->model, &row->value[at], &id, err);
	return status == 1 ? id != row->id : status;
}

/* A pair [old, new]; NULL: it is none. */
static const struct json *
pair_of(const struct json *v)
{
	return v->kind == JSON_LIST && v->list.n == 2 ? v->list.item : NULL;
}

static int
read_columns(const struct undo_change *change, struct pool *pool,
    struct json *columns, struct err *err)
{
	if (change->columns.p == NULL)
		return err_set(err,
		    "what stood in " NAME " was not kept: an older sn0int has "
		    "done it, or it was no change by hand",
		    NAME_ARG(change));
	if (json_read(pool, change->columns, columns, err) == -1)
		return err_wrap(err, "in the origin of " NAME,
		    NAME_ARG(change));
	if (columns->kind != JSON_MAP)
		return err_set(err, "the origin of " NAME " is none of ours",
		    NAME_ARG(change));
	return 0;
}

/* The old values of a row that was deleted. */
static int
read_removed(const struct undo_change *change, const struct model *model,
    const struct json *columns, struct pool *pool, struct row *row,
    struct err *err)
{
	*row = (struct row){ .model = model, .id = (int32_t)change->row };
	for (size_t i = 0; model->field[i].name != NULL; i++) {
		const struct field *field = &model->field[i];
		const struct json *v = json_member(columns, field->name);
		const struct json *pair;

		if (v == NULL)
			continue;
		pair = pair_of(v);
		if (pair == NULL ||
		    keep_read(pool, field, &pair[0], &row->value[i]) == 0)
			return not_kept(change, str_of(field->name), err);
	}
	return 0;
}

static int
insert_again(struct db *db, const struct row *row, struct err *err)
{
	size_t n = model_field_count(row->model);
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_printf(&text, "INSERT INTO %s (id", row->model->table);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, ", %s", row->model->field[i].name);
	buf_printf(&text, ") VALUES (?%zu", n + 1);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, ", ?%zu", i + 1);
	buf_add_char(&text, ')');
	if (sql_prepare(db, buf_str(&text), &stmt, err) == -1)
		return -1;
	sql_bind_row(stmt, row);
	(void)sqlite3_bind_int64(stmt, (int)n + 1, row->id);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

static int
end_again(struct db *db, const struct row *row, struct str label,
    const struct json *columns, struct err *err)
{
	const struct json *v = json_member(columns, KEEP_TTL);
	const struct json *pair = v != NULL ? pair_of(v) : NULL;
	sqlite3_stmt *stmt = NULL;
	int status;

	if (pair == NULL || pair[0].kind != JSON_STR)
		return 0;
	if (sql_prepare(db,
		STR("INSERT OR REPLACE INTO ttls (family, key, value, expire) "
		    "VALUES (?1, ?2, ?3, ?4)"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, str_of(row->model->table));
	(void)sqlite3_bind_int64(stmt, 2, row->id);
	sql_bind_text(stmt, 3, label);
	sql_bind_text(stmt, 4, pair[0].str);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

static int
bring_back(struct undo *undo, const struct undo_change *change,
    const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct json columns;
	struct row row;
	int status = edit_read(undo->db, model, change->row, &pool, &row, err);

	if (status == 0 && (change->row < 1 || change->row > INT32_MAX))
		return err_set(err, "there can be no " NAME, NAME_ARG(change));
	if (status == 1)
		return IS_GONE(undo, NAME " is there again", NAME_ARG(change));
	if (status == -1 || read_columns(change, &pool, &columns, err) == -1 ||
	    read_removed(change, model, &columns, &pool, &row, err) == -1)
		return -1;
	status = is_taken(undo, &row, err);
	if (status == 1)
		return IS_GONE(undo, "there is a %.*s %.*s again",
		    STR_ARG(change->family), STR_ARG(change->value));
	if (status == -1 || insert_again(undo->db, &row, err) == -1 ||
	    end_again(undo->db, &row, change->value, &columns, err) == -1)
		return -1;
	return origin_add(undo->db, &undo->author, model->family, row.id,
		   "added", change->value, STR_NONE, err) == -1
	           ? -1
	           : 1;
}

/*
 * Sets in *row what was there before. 1; 0: a column is not as the change has
 * left it; -1.
 */
static int
set_old(struct undo *undo, const struct undo_change *change,
    const struct json *columns, struct pool *pool, struct row *row,
    struct err *err)
{
	for (size_t i = 0; i < columns->map.n; i++) {
		const struct json_member *m = &columns->map.member[i];
		const struct json *pair = pair_of(&m->value);
		int at = model_field(row->model, pool_cstr(pool, m->name));
		struct value now, before;

		if (at == -1 || pair == NULL ||
		    keep_read(pool, &row->model->field[at], &pair[0],
			&before) == 0 ||
		    keep_read(pool, &row->model->field[at], &pair[1], &now) ==
			0)
			return not_kept(change, m->name, err);
		if (!value_eq(&row->model->field[at], &now, &row->value[at]))
			return IS_GONE(undo,
			    "%.*s of " NAME " was changed since",
			    STR_ARG(m->name), NAME_ARG(change));
		row->value[at] = before;
	}
	return 1;
}

/*
 * Another row may have the id by now: where ids are given out again, as when
 * another program has emptied sqlite_sequence. It may look the same in the
 * columns that were changed.
 */
static bool
is_another(const struct undo_change *change, const struct json *columns,
    const struct row *now)
{
	int at = model_field(now->model, "value");

	return at != -1 && !(now->model->flags & MODEL_HANGS) &&
	       json_member(columns, "value") == NULL &&
	       !str_eq(now->value[at].text, change->value);
}

static int
change_back(struct undo *undo, const struct undo_change *change,
    const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct json columns;
	struct row now, before;
	int status = edit_read(undo->db, model, change->row, &pool, &now, err);

	if (status == 0)
		return IS_GONE(undo, NAME " is not there any more",
		    NAME_ARG(change));
	if (status == -1 || read_columns(change, &pool, &columns, err) == -1)
		return -1;
	if (is_another(change, &columns, &now))
		return IS_GONE(undo, NAME " is called otherwise by now",
		    NAME_ARG(change));
	before = now;
	status = set_old(undo, change, &columns, &pool, &before, err);
	if (status != 1)
		return status;
	status = is_taken(undo, &before, err);
	if (status == 1)
		return IS_GONE(undo,
		    "another %.*s has the value that " NAME " had",
		    STR_ARG(change->family), NAME_ARG(change));
	if (status == -1 || edit_write(undo->db, &before, err) == -1 ||
	    origin_edited(undo->db, &undo->author, &now, &before, err) == -1)
		return -1;
	return 1;
}

/*
 * 1: by another attempt than those of the run and ours, *by; 0; -1. What was
 * undone, and what has undone it, leave a row as it was; what another workspace
 * knows of it, and came by an import, has changed nothing here.
 */
static int
was_touched(struct undo *undo, const struct undo_change *change, int64_t *by,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(undo->db,
		STR("SELECT attempt FROM origin WHERE family = ?1 AND row = "
		    "?2 AND attempt <> ?3 AND attempt NOT IN (SELECT id FROM "
		    "attempt WHERE run = ?4) AND attempt NOT IN (SELECT "
		    "attempt.id FROM attempt JOIN run ON run.id = attempt.run "
		    "WHERE run.kind = 'undo' OR run.kind LIKE 'carried %' OR "
		    "run.kind LIKE 'merged %' OR "
		    "run.uuid IN (" UNDO_UNDONE ")) LIMIT 1"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, change->family);
	(void)sqlite3_bind_int64(stmt, 2, change->row);
	(void)sqlite3_bind_int64(stmt, 3, undo->author.attempt);
	(void)sqlite3_bind_int64(stmt, 4, undo->run);
	status = sql_step(undo->db, stmt, err);
	if (status == 1)
		*by = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* 1: with a row above it that we have taken away; 0; -1. */
static int
went_with_another(struct undo *undo, const struct undo_change *change,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(undo->db,
		STR("SELECT 1 FROM origin WHERE family = ?1 AND row = ?2 AND "
		    "attempt = ?3 AND what = 'removed'"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, change->family);
	(void)sqlite3_bind_int64(stmt, 2, change->row);
	(void)sqlite3_bind_int64(stmt, 3, undo->author.attempt);
	status = sql_step(undo->db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* NULL: *err. Kept, as the triggers that each of them has are read with it. */
static sqlite3_stmt *
stmt_that_deletes(struct undo *undo, const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	size_t at = 0;

	while (at < UNDO_TABLES && undo->taken[at].model != NULL &&
	       undo->taken[at].model != model)
		at++;
	assert(at < UNDO_TABLES);
	undo->taken[at].model = model;
	return sql_prepare(undo->db,
		   str_of(pool_printf(&pool, "DELETE FROM %s WHERE id = ?1",
		       model->table)),
		   &undo->taken[at].stmt, err) == -1
	           ? NULL
	           : undo->taken[at].stmt;
}

static int
delete_row(struct undo *undo, const struct model *model, int64_t id,
    struct err *err)
{
	sqlite3_stmt *stmt = stmt_that_deletes(undo, model, err);
	autopool struct pool pool = POOL_NONE;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, id);
	if (sql_step(undo->db, stmt, err) == -1)
		return -1;
	return sql_run(undo->db,
	    pool_printf(&pool,
		"DELETE FROM ttls WHERE family = '%s' AND key = %lld",
		model->table, (long long)id),
	    err);
}

static int
take_away(struct undo *undo, const struct undo_change *change,
    const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int64_t by = 0;
	struct row row;
	int status = edit_read(undo->db, model, change->row, &pool, &row, err);

	if (status == 0) {
		status = went_with_another(undo, change, err);
		if (status == 0)
			return IS_GONE(undo, NAME " is not there any more",
			    NAME_ARG(change));
	}
	if (status == 1)
		status = was_touched(undo, change, &by, err);
	if (status == 1)
		return err_set(err, NAME " was changed since (attempt %lld)",
		    NAME_ARG(change), (long long)by);
	if (status == -1 || delete_row(undo, model, change->row, err) == -1)
		return -1;
	if (model != &model_activity)
		undo->below++;
	return 1;
}

/* "domain example.com", and whether it puts in scope. */
static const struct scope_rule *
rule_of(struct undo *undo, struct str type, struct str value)
{
	const struct scope_rule *rule;

	for (size_t i = 0;
	     (rule = scope_rule_at(db_scope(undo->db), i)) != NULL; i++) {
		if (str_is(type, scope_type_name(rule->type)) &&
		    str_eq(value, rule->value))
			return rule;
	}
	return NULL;
}

static int
undo_rule(struct undo *undo, const struct undo_change *change, struct err *err)
{
	bool is_added = str_is(change->what, "added"), is_in;
	struct str value = change->value, type = str_cut(&value, ' ');
	const struct scope_rule *rule = rule_of(undo, type, value);
	autopool struct pool pool = POOL_NONE;
	const struct json *v, *pair;
	struct json columns;

	if (read_columns(change, &pool, &columns, err) == -1)
		return -1;
	v = json_member(&columns, "scoped");
	pair = v != NULL ? pair_of(v) : NULL;
	if (pair == NULL)
		return not_kept(change, STR("scoped"), err);
	is_in = pair[is_added].kind == JSON_BOOL && pair[is_added].b;
	if (is_added != (rule != NULL) ||
	    (rule != NULL && rule->is_in != is_in))
		return IS_GONE(undo, "the rule %.*s was changed since",
		    STR_ARG(change->value));
	undo->author.sequence++;
	return (is_added ? db_rule_delete(undo->db, &undo->author, type, value,
			       err)
			 : db_rule_add(undo->db, &undo->author, type, value,
			       is_in, err)) == -1
	           ? -1
	           : 1;
}

static const struct model *
model_of(struct str family)
{
	const struct model *model = model_by_family(family);

	if (model == NULL && str_is(family, model_activity.family))
		model = &model_activity;
	return model;
}

void
undo_clear(struct undo *undo)
{
	for (size_t i = 0; i < UNDO_TABLES; i++)
		(void)sqlite3_finalize(undo->taken[i].stmt);
	memset(undo->taken, 0, sizeof(undo->taken));
}

int
undo_change(struct undo *undo, const struct undo_change *change,
    struct err *err)
{
	const struct model *model = model_of(change->family);

	if (str_is(change->family, db_model_rules.family))
		return undo_rule(undo, change, err);
	if (model == NULL)
		return err_set(err, "it has changed a %.*s",
		    STR_ARG(change->family));
	if (str_is(change->what, "removed"))
		return bring_back(undo, change, model, err);
	if (str_is(change->what, "added"))
		return take_away(undo, change, model, err);
	return change_back(undo, change, model, err);
}
