#include "db/attach.h"

#include "base/mem.h"
#include "db/hang.h"
#include "value/quote.h"

static struct filter_value
value_of(const struct row *what)
{
	int at = model_field(what->model, "value");

	return (struct filter_value){ .type = FILTER_TEXT,
		.text = what->value[at].text };
}

/* Each row that a statement returns as its id was added. */
static int
note_added(struct db *db, const struct db_author *author,
    const struct row *what, sqlite3_stmt *stmt, uint64_t *n, struct err *err)
{
	struct str value = value_of(what).text;
	int status;

	while ((status = sql_step(db, stmt, err)) == 1) {
		if (origin_add(db, author, what->model->family,
			sqlite3_column_int64(stmt, 0), "added", value, STR_NONE,
			err) == -1)
			return -1;
		++*n;
	}
	return status;
}

static int
run_attach(struct db *db, const struct db_author *author,
    const struct row *what, const struct sql_text *text, uint64_t *n,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	*n = 0;
	if (sql_prepare_text(db, text, &stmt, err) == -1)
		return -1;
	status = note_added(db, author, what, stmt, n, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

int
db_attach(struct db *db, const struct db_author *author, const struct row *what,
    const struct model *model, const struct filter *filter, uint64_t *n,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	struct filter_value value = value_of(what);
	struct sql_change change;

	assert(model_may_carry(model, what->model));
	buf_printf(&text.text,
	    "INSERT OR IGNORE INTO %s (family, row, value) SELECT '%s', id, ",
	    what->model->table, model->family);
	sql_add_parameter(&text, &value);
	buf_add(&text.text, STR(" FROM ("));
	sql_add_select(&text, model, filter, 0);
	buf_add(&text.text, STR(") RETURNING id"));
	if (db_check_family(db, what->model, err) == -1 ||
	    sql_check_text(db, filter, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change,
	    run_attach(db, author, what, &text, n, err), err);
}

static int
run_detach(struct db *db, const struct db_author *author,
    const struct sql_text *text, uint64_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (origin_watch(db, author, err) == -1)
		return -1;
	status = sql_prepare_text(db, text, &stmt, err);
	if (status == 0)
		status = sql_step(db, stmt, err);
	origin_unwatch(db);
	*n = (uint64_t)sqlite3_changes(db->sqlite);
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

/* " WHERE family = 'domain' AND row IN (SELECT ...)" */
static void
add_carriers(struct sql_text *text, const struct model *model,
    const struct filter *filter)
{
	buf_printf(&text->text, " WHERE family = '%s'", model->family);
	if (filter == NULL)
		return;
	buf_add(&text->text, STR(" AND row IN (SELECT id FROM ("));
	sql_add_select(text, model, filter, 0);
	buf_add(&text->text, STR("))"));
}

int
db_detach(struct db *db, const struct db_author *author, const struct row *what,
    const struct model *model, const struct filter *filter, uint64_t *n,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	struct filter_value value = value_of(what);
	struct sql_change change;

	buf_printf(&text.text, "DELETE FROM %s", what->model->table);
	add_carriers(&text, model, filter);
	buf_add(&text.text, STR(" AND value = "));
	sql_add_parameter(&text, &value);
	if (db_check_family(db, what->model, err) == -1 ||
	    sql_check_text(db, filter, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change,
	    run_detach(db, author, &text, n, err), err);
}

int
db_tags(struct db *db, const struct model *model, const struct filter *filter,
    int (*each)(void *ctx, struct str tag, uint64_t n), void *ctx,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_add(&text.text, STR("SELECT value, count(*) FROM tags"));
	if (model != NULL)
		add_carriers(&text, model, filter);
	buf_add(&text.text, STR(" GROUP BY value ORDER BY value"));
	if (sql_check_text(db, filter, err) == -1 ||
	    sql_prepare_text(db, &text, &stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1 &&
	       each(ctx, sql_text(stmt, 0),
		   (uint64_t)sqlite3_column_int64(stmt, 1)) == 1)
		continue;
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

/* domain "example.com"; breach-email #3, which has no value. */
static int
add_end(struct db *db, const struct row *row, int at, struct buf *out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str family = row->value[at].text;
	const struct model *model = model_by_family(family);
	long long id = row->value[at + 1].i;
	sqlite3_stmt *stmt = NULL;
	int status = 0;

	buf_add(out, family);
	buf_add_char(out, ' ');
	if (model != NULL && !(model->flags & MODEL_LINK)) {
		if (sql_prepare(db,
			str_of(pool_printf(&pool,
			    "SELECT value FROM %s WHERE id = ?1",
			    model->table)),
			&stmt, err) == -1)
			return -1;
		(void)sqlite3_bind_int64(stmt, 1, id);
		status = sql_step(db, stmt, err);
	}
	if (status == 1)
		quote_add(out, sql_text(stmt, 0));
	else
		buf_printf(out, "#%lld", id);
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

int
db_attached_to(struct db *db, const struct row *row, struct pool *pool,
    struct str *text, struct err *err)
{
	struct buf out = BUF_IN(pool);

	for (int at = model_end(row->model, 0); at != -1;
	     at = model_end(row->model, at + 1)) {
		if (out.n != 0)
			buf_add(&out, STR(" -> "));
		if (add_end(db, row, at, &out, err) == -1)
			return -1;
	}
	*text = buf_str(&out);
	return 0;
}

/*
 * As a line below the row whose end `at` is: `tag "vip"`, and of a link what
 * stands at its other end: `"owns" domain "a.com"`, `person "Alice" "owns" it`.
 */
static int
attached_text(struct db *db, const struct row *row, int at, struct pool *pool,
    struct str *text, struct err *err)
{
	int first = model_end(row->model, 0);
	int second = model_end(row->model, first + 1);
	struct buf out = BUF_IN(pool);
	int status = 0;

	if (second == -1)
		buf_printf(&out, "%s ", row->model->family);
	else if (at == second) {
		status = add_end(db, row, first, &out, err);
		buf_add_char(&out, ' ');
	}
	quote_add(&out, row_label(row, pool));
	if (second != -1 && at == second)
		buf_add(&out, STR(" it"));
	else if (second != -1) {
		buf_add_char(&out, ' ');
		status = add_end(db, row, second, &out, err);
	}
	*text = buf_str(&out);
	return status;
}

static int
add_attached(struct db *db, const struct row *row, const struct model *m,
    int at, sqlite3_stmt **stmt, struct pool *pool, struct str **child,
    size_t *n, struct err *err)
{
	struct buf text = BUF_IN(pool);
	struct row hanging;
	int status;

	buf_add(&text, STR("SELECT "));
	sql_add_columns(&text, m);
	buf_printf(&text, " FROM %s WHERE %s = ?1 AND %s = ?2 ORDER BY id",
	    m->table, m->field[at].name, m->field[at + 1].name);
	if (sql_prepare(db, buf_str(&text), stmt, err) == -1)
		return -1;
	sql_bind_text(*stmt, 1, str_of(row->model->family));
	(void)sqlite3_bind_int(*stmt, 2, row->id);
	while ((status = sql_step(db, *stmt, err)) == 1) {
		*child = pool_push(pool, *child, *n, sizeof(**child));
		if (sql_row(*stmt, m, pool, &hanging, err) == -1 ||
		    attached_text(db, &hanging, at, pool, &(*child)[*n], err) ==
			-1) {
			/* it stays prepared, and must not stay open */
			sql_reset(*stmt);
			return -1;
		}
		++*n;
	}
	return status;
}

int
db_attached(struct db *db, const struct row *row, struct pool *pool,
    struct str **child, size_t *n, struct err *err)
{
	size_t i = 0;

	if (!db->own.is_kept)
		return 0;
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_HANGS))
			continue;
		for (int at = model_end(m, 0); at != -1;
		     at = model_end(m, at + 1), i++) {
			assert(i < SQL_ATTACHED);
			if (model_may_carry(row->model, m) &&
			    add_attached(db, row, m, at, &db->attached[i], pool,
				child, n, err) == -1)
				return -1;
		}
	}
	return 0;
}
