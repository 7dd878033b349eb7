/*
 * "where sql TEXT": SQL of the user behind WHERE. Before it is used, a select
 * with it is prepared under an authorizer that lets nothing pass but reading
 * the ordinary tables of the workspace and functions without side effects. So
 * the text is one statement by itself ("1) OR (1" is none), reads only, and
 * reaches no file: ATTACH, PRAGMA (also as a table), load_extension(), virtual
 * tables of a workspace that somebody else has made, and queries without end
 * are refused.
 */
#include "base/mem.h"
#include "db/filter_parts.h"
#include "db/sql.h"

struct readable {
	struct pool pool;
	struct str *table, *function;
	size_t n_table, n_function;
};

static int
read_names(struct db *db, struct pool *pool, struct str text, struct str **name,
    size_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db, text, &stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		*name = pool_push(pool, *name, *n, sizeof(**name));
		(*name)[(*n)++] = pool_copy(pool, sql_text(stmt, 0));
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/*
 * Virtual tables and views have no pages of their own. SQLite marks functions
 * that do nothing but compute as innocuous; those for JSON, which compute as
 * well, came without the mark before 3.41.
 */
static int
find_readable(struct db *db, struct readable *what, struct err *err)
{
	if (read_names(db, &what->pool,
		STR("SELECT name FROM sqlite_master WHERE type = 'table' AND "
		    "rootpage > 0"),
		&what->table, &what->n_table, err) == -1)
		return -1;
	return read_names(db, &what->pool,
	    STR("SELECT DISTINCT name FROM pragma_function_list WHERE builtin "
		"AND (flags & 0x200000 OR name LIKE 'json%' OR name LIKE "
		"'->%')"),
	    &what->function, &what->n_function, err);
}

static bool
is_named(struct str name, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(name, list[i]))
			return true;
	}
	return false;
}

static int
authorize(void *arg, int action, const char *first, const char *second,
    const char *database, const char *inside)
{
	const struct readable *what = arg;
	bool may = false;

	(void)database;
	(void)inside;
	switch (action) {
	case SQLITE_SELECT:
		may = true;
		break;
	case SQLITE_READ:
		may = is_named(str_of(first), what->table, what->n_table);
		break;
	case SQLITE_FUNCTION:
		may =
		    is_named(str_of(second), what->function, what->n_function);
		break;
	}
	return may ? SQLITE_OK : SQLITE_DENY;
}

/* Rows of the text as a table; the newline ends a comment at its end. */
void
sql_add_text(struct buf *out, const struct model *model, struct str text)
{
	buf_add(out, STR("(SELECT "));
	sql_add_columns(out, model);
	buf_printf(out, " FROM %s WHERE ", model->table);
	buf_add(out, text);
	buf_add(out, STR("\n)"));
}

static int
try_text(struct db *db, struct str text, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status = 0;

	if (sql_prepare(db, text, &stmt, err) == -1)
		return -1;
	if (!sqlite3_stmt_readonly(stmt))
		status = err_set(err, "it changes the database");
	else if (sqlite3_bind_parameter_count(stmt) != 0)
		status = err_set(err, "it has a parameter (? : @ $)");
	(void)sqlite3_finalize(stmt);
	return status;
}

/* By itself, and as others use it, since a comment may be open at its end. */
static int
try_both(struct db *db, const struct filter *filter, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str whole;

	buf_add(&out, STR("SELECT id FROM "));
	sql_add_text(&out, filter->model, filter->sql);
	whole = buf_str(&out);
	if (try_text(db, whole, err) == -1)
		return -1;
	whole = str_from(whole, sizeof("SELECT id FROM (") - 1);
	return try_text(db, str_sub(whole, 0, whole.n - 1), err);
}

/* Tags that cannot be looked at are not tags that no row has. */
static int
check_node(const struct db *db, const struct filter_node *node, struct err *err)
{
	for (size_t i = 0; i < node->n_child; i++) {
		if (check_node(db, &node->child[i], err) == -1)
			return -1;
	}
	return node->kind == FILTER_TEST &&
	               node->operand.field == &filter_field_tag
	           ? db_check_family(db, model_by_family(STR("tag")), err)
	           : 0;
}

int
sql_check_text(struct db *db, const struct filter *filter, struct err *err)
{
	struct readable what = { .pool = POOL_NONE };
	int status;

	if (filter != NULL && filter->where != NULL &&
	    check_node(db, filter->where, err) == -1)
		return -1;
	if (filter == NULL || filter->sql.p == NULL)
		return 0;
	if (str_find_char(filter->sql, '\0') != STR_NPOS)
		return err_set(err, "SQL has no NUL");
	status = find_readable(db, &what, err);
	if (status == 0) {
		(void)sqlite3_set_authorizer(db->sqlite, authorize, &what);
		status = try_both(db, filter, err);
		(void)sqlite3_set_authorizer(db->sqlite, NULL, NULL);
		if (status == -1)
			(void)err_wrap(err,
			    "where sql takes one condition that reads the "
			    "workspace, not %.*s",
			    STR_ARG(str_sub(filter->sql, 0, 200)));
	}
	pool_clear(&what.pool);
	return status;
}
