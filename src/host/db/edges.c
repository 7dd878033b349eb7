/*
 * One statement for each column that makes edges, one after the other. The
 * values at both ends are read with it, by sub-selects, so that an end that is
 * not there is seen as that, and a query of its own is not needed for each.
 */
#include "db/edges.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/sql.h"

struct db_edges {
	struct db *db;
	const struct model *model;
	const struct edge_choice *choice;
	size_t first;    /* of a link: the field of its first end */
	size_t field;    /* whose edges come now, or are looked for from here */
	bool is_between; /* they name families: MODEL_HANGS with two ends */
	sqlite3_stmt *stmt; /* NULL: not begun */
};

/* From i on, or the end of the fields. */
static size_t
find_reference(const struct model *model, size_t i)
{
	while (
	    model->field[i].name != NULL && model->field[i].references == NULL)
		i++;
	return i;
}

static void
add_value_of(struct buf *out, const struct model *model,
    const struct field *field)
{
	buf_printf(out,
	    ", (SELECT value FROM %s AS other WHERE other.id = %s.%s)",
	    field->references, model->table, field->name);
}

/* 1; 0: none of them are chosen; -1. */
static int
add_end(struct db_edges *edges, struct sql_text *to, const char *column,
    const struct model *model, struct err *err)
{
	const struct edge_choice *choice = edges->choice;
	const struct filter *filter = NULL;
	unsigned flags = 0;

	if (!choice->chosen(choice->ctx, model, &filter, &flags))
		return 0;
	if (filter == NULL && flags == 0)
		return 1;
	if (sql_check_text(edges->db, filter, err) == -1)
		return -1;
	buf_printf(&to->text, " AND %s IN (SELECT id FROM (", column);
	sql_add_select(to, model, filter, flags);
	buf_add(&to->text, STR("))"));
	return 1;
}

static int
add_ends(struct db_edges *edges, struct sql_text *to, struct err *err)
{
	const struct model *model = edges->model;
	const struct field *first = &model->field[edges->first],
			   *field = &model->field[edges->field];
	bool is_link = (model->flags & MODEL_LINK) != 0;
	int status;

	if (edges->choice == NULL)
		return 1;
	status = add_end(edges, to, is_link ? first->name : "id",
	    is_link ? model_by_table(str_of(first->references)) : model, err);
	return status != 1
	           ? status
	           : add_end(edges, to, field->name,
			 model_by_table(str_of(field->references)), err);
}

/*
 * Of a link of ours each end may be of any family: one sub-select for each
 * family, of which at most one finds something.
 */
static void
add_value_of_end(struct buf *out, const struct model *model, size_t at)
{
	const char *separator = ", coalesce(";

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!model_may_carry(m, model))
			continue;
		buf_printf(out,
		    "%s(SELECT value FROM %s AS other WHERE %s.%s = '%s' AND "
		    "other.id = %s.%s)",
		    separator, m->table, model->table, model->field[at].name,
		    m->family, model->table, model->field[at + 1].name);
		separator = ", ";
	}
	buf_add_char(out, ')');
}

static void
add_select_between(struct buf *out, const struct db_edges *edges)
{
	const struct model *model = edges->model;

	buf_add(out, STR("SELECT "));
	sql_add_columns(out, model);
	add_value_of_end(out, model, edges->first);
	add_value_of_end(out, model, edges->field);
	buf_printf(out, " FROM %s WHERE 1", model->table);
}

/* One family that an end may be of: " OR left_family = 'domain' AND ..." */
static int
add_family_of_end(struct db_edges *edges, struct sql_text *to, size_t at,
    const struct model *model, struct err *err)
{
	const struct field *field = &edges->model->field[at];
	const struct edge_choice *choice = edges->choice;
	const struct filter *filter = NULL;
	unsigned flags = 0;

	if (!choice->chosen(choice->ctx, model, &filter, &flags))
		return 0;
	buf_printf(&to->text, " OR (%s = '%s'", field[0].name, model->family);
	if (filter != NULL || flags != 0) {
		if (sql_check_text(edges->db, filter, err) == -1)
			return -1;
		buf_printf(&to->text, " AND %s IN (SELECT id FROM (",
		    field[1].name);
		sql_add_select(to, model, filter, flags);
		buf_add(&to->text, STR("))"));
	}
	buf_add_char(&to->text, ')');
	return 0;
}

static int
add_end_between(struct db_edges *edges, struct sql_text *to, size_t at,
    struct err *err)
{
	buf_add(&to->text, STR(" AND (0"));
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (model_may_carry(m, edges->model) &&
		    add_family_of_end(edges, to, at, m, err) == -1)
			return -1;
	}
	buf_add_char(&to->text, ')');
	return 0;
}

static int
add_ends_between(struct db_edges *edges, struct sql_text *to, struct err *err)
{
	if (edges->choice != NULL &&
	    (add_end_between(edges, to, edges->first, err) == -1 ||
		add_end_between(edges, to, edges->field, err) == -1))
		return -1;
	return 1;
}

/*
 * Of a link all its columns, then the values of both ends. Else id and value
 * of the row, which may be large beside them, then the id and value it names.
 */
static void
add_select(struct buf *out, const struct db_edges *edges)
{
	const struct model *model = edges->model;
	const struct field *to = &model->field[edges->field];

	buf_add(out, STR("SELECT "));
	if (model->flags & MODEL_LINK) {
		sql_add_columns(out, model);
		add_value_of(out, model, &model->field[edges->first]);
	} else {
		buf_printf(out, "id, value, %s", to->name);
	}
	add_value_of(out, model, to);
	buf_printf(out, " FROM %s WHERE %s IS NOT NULL", model->table,
	    to->name);
}

/* 1; 0: there are none; -1 */
static int
prepare_edges(struct db_edges *edges, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	int status;

	if (edges->is_between) {
		add_select_between(&text.text, edges);
		status = add_ends_between(edges, &text, err);
	} else {
		add_select(&text.text, edges);
		status = add_ends(edges, &text, err);
	}
	if (status != 1)
		return status;
	buf_add(&text.text, STR(" ORDER BY id"));
	return sql_prepare_text(edges->db, &text, &edges->stmt, err) == -1 ? -1
	                                                                   : 1;
}

/* Rows that are about one row only are no edges. */
static bool
find_ends(struct db_edges *edges)
{
	int first = model_end(edges->model, 0);
	int second = first != -1 ? model_end(edges->model, first + 1) : first;

	if (second == -1)
		return false;
	edges->first = (size_t)first;
	edges->field = (size_t)second;
	edges->is_between = true;
	return true;
}

struct db_edges *
db_edges_new(struct db *db, const struct model *model,
    const struct edge_choice *choice)
{
	struct db_edges *edges = mem_zalloc(sizeof(*edges));

	edges->db = db;
	edges->model = model;
	edges->choice = choice;
	if (find_ends(edges))
		return edges;
	edges->field = edges->first = find_reference(model, 0);
	if (model->flags & MODEL_LINK)
		edges->field = find_reference(model, edges->first + 1);
	return edges;
}

/* p NULL: null, which is no row. */
static struct str
value_at(sqlite3_stmt *stmt, int column, struct pool *pool)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL
	           ? STR_NONE
	           : pool_copy(pool, sql_text(stmt, column));
}

static struct edge_end
end_of(const struct field *field, int64_t id, struct str value)
{
	return (struct edge_end){ model_by_table(str_of(field->references)),
		(int32_t)id, value };
}

static int64_t
id_in(const struct value *value)
{
	return value->is_set ? value->i : 0;
}

static int
read_link(struct db_edges *edges, struct pool *pool, struct edge *edge,
    struct err *err)
{
	const struct model *model = edges->model;
	int values = (int)model_field_count(model) + 1;
	struct row *row = &edge->link;

	if (sql_row(edges->stmt, model, pool, row, err) == -1)
		return -1;
	edge->from = end_of(&model->field[edges->first],
	    id_in(&row->value[edges->first]),
	    value_at(edges->stmt, values, pool));
	edge->to = end_of(&model->field[edges->field],
	    id_in(&row->value[edges->field]),
	    value_at(edges->stmt, values + 1, pool));
	return sql_was_read(edges->stmt, err);
}

static int
read_between(struct db_edges *edges, struct pool *pool, struct edge *edge,
    struct err *err)
{
	int values = (int)model_field_count(edges->model) + 1;
	struct row *row = &edge->link;
	const struct value *end[] = { &row->value[edges->first],
		&row->value[edges->field] };

	if (sql_row(edges->stmt, edges->model, pool, row, err) == -1)
		return -1;
	edge->from = (struct edge_end){ model_by_family(end[0][0].text),
		(int32_t)id_in(&end[0][1]),
		value_at(edges->stmt, values, pool) };
	edge->to = (struct edge_end){ model_by_family(end[1][0].text),
		(int32_t)id_in(&end[1][1]),
		value_at(edges->stmt, values + 1, pool) };
	edge->relation = pool_cstr(pool, row_label(row, pool));
	return sql_was_read(edges->stmt, err) == -1 ? -1 : 1;
}

static int
read_reference(struct db_edges *edges, struct pool *pool, struct edge *edge,
    struct err *err)
{
	sqlite3_stmt *stmt = edges->stmt;

	edge->link.model = NULL;
	edge->from = (struct edge_end){ edges->model,
		sqlite3_column_int(stmt, 0), value_at(stmt, 1, pool) };
	edge->to = end_of(&edges->model->field[edges->field],
	    sqlite3_column_int64(stmt, 2), value_at(stmt, 3, pool));
	return sql_was_read(stmt, err);
}

/* 1, -1 */
static int
read_edge(struct db_edges *edges, struct pool *pool, struct edge *edge,
    struct err *err)
{
	int status;

	if (edges->is_between)
		return read_between(edges, pool, edge, err);
	status = edges->model->flags & MODEL_LINK
	             ? read_link(edges, pool, edge, err)
	             : read_reference(edges, pool, edge, err);
	edge->relation = edges->model->field[edges->field].relation;
	return status == -1 ? -1 : 1;
}

int
db_edges_next(struct db_edges *edges, struct pool *pool, struct edge *edge,
    struct err *err)
{
	const struct model *model = edges->model;

	while (model->field[edges->field].name != NULL) {
		int status = 1;

		if (edges->stmt == NULL)
			status = prepare_edges(edges, err);
		if (status == 1)
			status = sql_step(edges->db, edges->stmt, err);
		if (status == 1)
			return read_edge(edges, pool, edge, err);
		if (status == -1)
			return -1;
		(void)sqlite3_finalize(edges->stmt);
		edges->stmt = NULL;
		edges->field = edges->is_between
		                   ? model_field_count(model)
		                   : find_reference(model, edges->field + 1);
	}
	return 0;
}

void
db_edges_free(struct db_edges *edges)
{
	if (edges == NULL)
		return;
	(void)sqlite3_finalize(edges->stmt);
	free(edges);
}

/*
 * Answers about a row come by the keys of the tables: (family, row) is the
 * beginning of that of origin and of those of all that hangs, so nothing is
 * sorted but the few origins of one row.
 */
#define RFC_3339 "'%Y-%m-%dT%H:%M:%fZ'"

struct db_about {
	struct db *db;
	sqlite3_stmt *times;
	/* where the model stands in model_table */
	sqlite3_stmt *hung[SQL_MODELS], *value[SQL_MODELS];
};

struct db_about *
db_about_new(struct db *db)
{
	struct db_about *about = mem_zalloc(sizeof(*about));

	about->db = db;
	return about;
}

void
db_about_free(struct db_about *about)
{
	if (about == NULL)
		return;
	(void)sqlite3_finalize(about->times);
	for (size_t i = 0; i < SQL_MODELS; i++) {
		(void)sqlite3_finalize(about->hung[i]);
		(void)sqlite3_finalize(about->value[i]);
	}
	free(about);
}

static bool
is_kept(const struct db_about *about)
{
	struct str why;

	return db_kept(about->db, &why);
}

/* A time that SQLite cannot read, as somebody else wrote it, is none. */
static void
set_time(char out[DB_TIME_SIZE], struct str text)
{
	out[0] = '\0';
	if (text.n != DB_TIME_SIZE - 1)
		return;
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
}

static void
take_origin(struct db_times *times, struct str what, struct str when)
{
	set_time(times->changed, when);
	if (str_is(what, "added"))
		set_time(times->added, when);
	else if (str_is(what, "removed"))
		*times = (struct db_times){ "", "" };
}

int
db_about_times(struct db_about *about, const struct model *model, int32_t id,
    struct db_times *out, struct err *err)
{
	struct db_times times = { "", "" };
	int status;

	if (!is_kept(about)) {
		*out = times;
		return 0;
	}
	if (sql_prepare(about->db,
		STR("SELECT what, CASE attempt WHEN 0 THEN strftime(" RFC_3339
		    ", sequence / 1000.0, 'unixepoch') ELSE (SELECT "
		    "strftime(" RFC_3339 ", started) FROM attempt WHERE id = "
		    "origin.attempt) END AS at FROM origin WHERE family = ?1 "
		    "AND row = ?2 ORDER BY at, attempt, sequence"),
		&about->times, err) == -1)
		return -1;
	sql_bind_text(about->times, 1, str_of(model->family));
	(void)sqlite3_bind_int64(about->times, 2, id);
	while ((status = sql_step(about->db, about->times, err)) == 1)
		take_origin(&times, sql_text(about->times, 0),
		    sql_text(about->times, 1));
	if (status == 0)
		*out = times;
	return status;
}

static void
write_hung(struct buf *out, const struct model *hanging)
{
	const struct field *end = &hanging->field[model_end(hanging, 0)];

	buf_printf(out,
	    "SELECT id, value FROM %s WHERE %s = ?1 AND %s = ?2 ORDER BY value",
	    hanging->table, end[0].name, end[1].name);
}

int
db_about_open(struct db_about *about, const struct model *hanging,
    const struct model *model, int32_t id, struct err *err)
{
	sqlite3_stmt **stmt = &about->hung[hanging - model_table];

	if (!is_kept(about))
		return 0;
	if (sql_prepare_for(about->db, hanging, stmt, write_hung, err) == -1)
		return -1;
	sql_reset(*stmt);
	sql_bind_text(*stmt, 1, str_of(model->family));
	(void)sqlite3_bind_int64(*stmt, 2, id);
	return 0;
}

int
db_about_next(struct db_about *about, const struct model *hanging,
    struct pool *pool, struct db_hung *out, struct err *err)
{
	sqlite3_stmt *stmt = about->hung[hanging - model_table];
	int status;

	if (stmt == NULL) /* none are kept */
		return 0;
	status = sql_step(about->db, stmt, err);
	if (status != 1)
		return status;
	out->id = sqlite3_column_int(stmt, 0);
	out->text = pool_copy(pool, sql_text(stmt, 1));
	return sql_was_read(stmt, err) == -1 ? -1 : 1;
}

static void
write_value(struct buf *out, const struct model *model)
{
	buf_add(out, STR("SELECT "));
	sql_add_columns(out, model);
	buf_printf(out, " FROM %s WHERE value = ?1", model->table);
}

int
db_about_value(struct db_about *about, const struct model *model,
    struct str value, struct pool *pool, struct row *row, struct err *err)
{
	sqlite3_stmt **stmt = &about->value[model - model_table];
	int status;

	if (sql_prepare_for(about->db, model, stmt, write_value, err) == -1)
		return -1;
	sql_bind_text(*stmt, 1, value);
	status = sql_step(about->db, *stmt, err);
	if (status == 1 && sql_row(*stmt, model, pool, row, err) == -1)
		status = -1;
	sql_reset(*stmt);
	return status;
}
