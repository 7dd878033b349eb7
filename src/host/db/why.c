/*
 * What was noted of one row. The key of origin begins with family and row, so
 * that is one short range; only the search for a value of a row that is gone has
 * to read all of a family.
 */
#include "db/why.h"

#include "base/closest.h"
#include "base/mem.h"
#include "db/own.h"
#include "db/sql.h"

#define MOST_CLOSE 4096 /* values among which the closest is looked for */

/* Another program's time, in milliseconds since 1970, as those of attempts. */
#define CHANGED_AT                                                             \
	"CASE WHEN o.attempt = 0 THEN " OWN_TIME(                              \
	    "o.sequence / 1000.0, 'unixepoch'") " ELSE a.started END"

static sqlite3_stmt *
prepare_for_row(struct db *db, struct str text, const struct model *model,
    int64_t id, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sql_prepare(db, text, &stmt, err) == -1)
		return NULL;
	sql_bind_text(stmt, 1, str_of(model->family));
	(void)sqlite3_bind_int64(stmt, 2, id);
	return stmt;
}

static struct str
copy_text(sqlite3_stmt *stmt, int column, struct pool *pool)
{
	struct str text = sql_text(stmt, column);

	return text.p != NULL ? pool_copy(pool, text) : STR_NONE;
}

int
db_why_since(struct db *db, struct pool *pool, struct str *since,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	*since = STR_NONE;
	if (sql_prepare(db, STR("SELECT since FROM sn0int_schema"), &stmt,
		err) == -1)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1)
		*since = copy_text(stmt, 0, pool);
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

/* Of a link the label is of two other tables: only origins have it. */
static void
add_find(struct buf *out, const struct model *model)
{
	bool has_value = model_field(model, "value") != -1;

	if (has_value)
		buf_printf(out,
		    "SELECT id FROM (SELECT 0 AS gone, id FROM %s WHERE value "
		    "= ?2 UNION ALL ",
		    model->table);
	buf_printf(out,
	    "SELECT %s FROM (SELECT DISTINCT row FROM origin WHERE family = "
	    "?1 AND value = ?2)",
	    has_value ? "1, row" : "row AS id");
	if (has_value)
		buf_printf(out,
		    " WHERE row NOT IN (SELECT id FROM %s WHERE value = ?2))",
		    model->table);
	buf_printf(out, " ORDER BY %sid", has_value ? "gone, " : "");
}

int
db_why_find(struct db *db, const struct model *model, struct str value,
    struct pool *pool, int64_t **id, size_t *n, struct err *err)
{
	autopool struct pool own = POOL_NONE;
	struct buf text = BUF_IN(&own);
	sqlite3_stmt *stmt = NULL;
	int status;

	*id = NULL;
	*n = 0;
	add_find(&text, model);
	if (sql_prepare(db, buf_str(&text), &stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, str_of(model->family));
	sql_bind_text(stmt, 2, value);
	while ((status = sql_step(db, stmt, err)) == 1) {
		*id = pool_push(pool, *id, *n, sizeof(**id));
		(*id)[(*n)++] = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/* 1, 0, -1 */
static int
read_live(struct db *db, struct db_why *out, struct pool *pool, struct err *err)
{
	struct db_rows *rows;
	int status;

	if (db_rows_open(db, out->model, filter_id(pool, out->model, out->id),
		0, &rows, err) == -1)
		return -1;
	status = db_rows_next(rows, pool, &out->row, err);
	db_rows_free(rows);
	if (status == 1 &&
	    db_label(db, &out->row, pool, &out->label, err) == -1)
		return -1;
	return status;
}

/* What the last change calls it. 1: there is one; 0, -1. */
static int
read_last(struct db *db, struct db_why *out, struct pool *pool, struct err *err)
{
	sqlite3_stmt *stmt = prepare_for_row(db,
	    STR("SELECT value FROM origin WHERE family = ?1 AND row = ?2 ORDER "
		"BY value IS NULL, attempt DESC, sequence DESC LIMIT 1"),
	    out->model, out->id, err);
	int status;

	if (stmt == NULL)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1 && !out->is_there)
		out->label = copy_text(stmt, 0, pool);
	(void)sqlite3_finalize(stmt);
	return status;
}

static int
read_first(struct db *db, struct db_why *out, struct pool *pool,
    struct err *err)
{
	sqlite3_stmt *stmt = prepare_for_row(db,
	    STR("SELECT min(a.started) FROM origin AS o JOIN attempt AS a ON "
		"a.id = o.attempt WHERE o.family = ?1 AND o.row = ?2 AND "
		"o.what = 'added'"),
	    out->model, out->id, err);
	int status;

	if (stmt == NULL)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1)
		out->first = copy_text(stmt, 0, pool);
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

/*
 * By module, how many attempts added the row or met it again: of the latter
 * the counter has the number, and one of them, which says whose.
 */
static const char seen_text[] =
    "SELECT module, sum(n) FROM (SELECT r.module AS module, 1 AS n FROM origin "
    "AS o JOIN attempt AS a ON a.id = o.attempt JOIN run AS r ON r.id = a.run "
    "WHERE o.family = ?1 AND o.row = ?2 AND o.what = 'added' AND r.module IS "
    "NOT NULL UNION ALL SELECT coalesce(r.module, ''), s.times FROM seen AS s "
    "LEFT JOIN attempt AS a ON a.id = s.last LEFT JOIN run AS r ON r.id = "
    "a.run WHERE s.family = ?1 AND s.row = ?2) GROUP BY module ORDER BY module";

static int
read_seen(struct db *db, struct db_why *out, struct pool *pool, struct err *err)
{
	sqlite3_stmt *stmt =
	    prepare_for_row(db, STR(seen_text), out->model, out->id, err);
	int status;

	if (stmt == NULL)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		int64_t n = sqlite3_column_int64(stmt, 1);

		out->module = pool_push(pool, out->module, out->modules,
		    sizeof(*out->module));
		out->module[out->modules++] = copy_text(stmt, 0, pool);
		out->times += n > 0 ? (uint64_t)n : 0;
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

int
db_why_row(struct db *db, const struct model *model, int64_t id,
    struct pool *pool, struct db_why *out, struct err *err)
{
	struct db_why why = { .model = model, .id = id, .label = STR_NONE };
	int status = read_live(db, &why, pool, err);

	if (status == -1)
		return -1;
	why.is_there = status == 1;
	status = read_last(db, &why, pool, err);
	if (status == -1)
		return -1;
	why.has_origin = status == 1;
	if (!why.is_there && !why.has_origin)
		return 0;
	if (read_first(db, &why, pool, err) == -1 ||
	    read_seen(db, &why, pool, err) == -1)
		return -1;
	*out = why;
	return 1;
}

/* ?3: attempts before this one, 0: all; ?4: of this kind, null: all. */
static const char changes_text[] =
    "SELECT o.attempt, o.sequence, o.what, o.columns, " CHANGED_AT " AS at, "
    "o.exchange, r.id, r.kind, r.command, r.module, r.version, r.sha256, "
    "u.family, u.row, a.target, r.uuid, o.value FROM origin AS o LEFT JOIN attempt AS a ON a.id "
    "= o.attempt LEFT JOIN run AS r ON r.id = a.run LEFT JOIN unit AS u ON "
    "u.id = a.unit WHERE o.family = ?1 AND o.row = ?2 AND (?3 = 0 OR o.attempt "
    "< ?3) AND (?4 IS NULL OR o.what = ?4) ORDER BY at, o.attempt, o.sequence";

static struct db_why_change
change_at(sqlite3_stmt *stmt)
{
	return (struct db_why_change){
		.attempt = sqlite3_column_int64(stmt, 0),
		.sequence = sqlite3_column_int64(stmt, 1),
		.what = sql_text(stmt, 2),
		.columns = sql_text(stmt, 3),
		.at = sql_text(stmt, 4),
		.exchange = sqlite3_column_int64(stmt, 5),
		.run = sqlite3_column_int64(stmt, 6),
		.kind = sql_text(stmt, 7),
		.command = sql_text(stmt, 8),
		.module = sql_text(stmt, 9),
		.version = sql_text(stmt, 10),
		.sha256 = sql_text(stmt, 11),
		.family = sql_text(stmt, 12),
		.row = sqlite3_column_int64(stmt, 13),
		.target = sql_text(stmt, 14),
		.uuid = sql_text(stmt, 15),
		.value = sql_text(stmt, 16),
	};
}

int
db_why_changes(struct db *db, const struct db_why *row, int64_t before,
    const char *what,
    int (*each)(void *ctx, const struct db_why_change *change, struct err *err),
    void *ctx, struct err *err)
{
	sqlite3_stmt *stmt =
	    prepare_for_row(db, STR(changes_text), row->model, row->id, err);
	int status = -1;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 3, before);
	if (what != NULL)
		sql_bind_text(stmt, 4, str_of(what));
	while ((status = sql_step(db, stmt, err)) == 1) {
		struct db_why_change change = change_at(stmt);

		status = each(ctx, &change, err);
		if (status != 0)
			break;
	}
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}

static const char *
value_at(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

/* First those that begin alike, by the index, then whichever. */
int
db_why_closest(struct db *db, const struct model *model, struct str typo,
    struct pool *pool, struct str *closest, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	const char **value = NULL;
	size_t n = 0;
	int status;

	*closest = STR_NONE;
	if (model_field(model, "value") == -1)
		return 0;
	if (sql_prepare(db,
		str_of(pool_printf(pool,
		    "SELECT * FROM (SELECT value FROM %s WHERE value >= ?1 "
		    "ORDER BY value LIMIT %d) UNION SELECT * FROM (SELECT "
		    "value FROM %s ORDER BY id LIMIT %d)",
		    model->table, MOST_CLOSE, model->table, MOST_CLOSE)),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, str_sub(typo, 0, 3));
	while ((status = sql_step(db, stmt, err)) == 1) {
		value = pool_push(pool, value, n, sizeof(*value));
		value[n++] = pool_cstr(pool, sql_text(stmt, 0));
	}
	(void)sqlite3_finalize(stmt);
	if (status == 0) {
		value = pool_push(pool, value, n, sizeof(*value));
		value[n] = NULL;
		*closest = str_of(closest_name(typo, value_at, value));
	}
	return status;
}
