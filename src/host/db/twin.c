/*
 * What tells a row from all others of its family: in lines for people, and in
 * another workspace.
 *
 * Rows of two workspaces that are the same. Ids are of one workspace alone, so
 * a column that holds one is followed to the row that it names, and the twin of
 * that is what the other workspace has there. A note may be about a link, and
 * that names two rows; deeper it does not go.
 */
#include "db/sql.h"

#define MOST_DEPTH 4

static int find_twin(struct db *db, const struct row *row, struct db *other,
    unsigned depth, struct pool *pool, struct row *twin, struct err *err);

/* Out of scope or not. 1, 0, -1 */
static int
read_row(struct db *db, const struct model *model, int64_t id,
    struct pool *pool, struct row *row, struct err *err)
{
	struct db_rows *rows;
	int status;

	if (db_rows_open(db, model, filter_id(pool, model, id), 0, &rows,
		err) == -1)
		return -1;
	status = db_rows_next(rows, pool, row, err);
	db_rows_free(rows);
	return status;
}

static int
set_twin(struct db *db, const struct model *model, struct value *id,
    struct db *other, unsigned depth, struct pool *pool, struct err *err)
{
	struct row row, twin;
	int status;

	if (!id->is_set || model == NULL)
		return model != NULL;
	status = read_row(db, model, id->i, pool, &row, err);
	if (status == 1)
		status =
		    find_twin(db, &row, other, depth + 1, pool, &twin, err);
	if (status == 1)
		id->i = twin.id;
	return status;
}

static int
find_twin(struct db *db, const struct row *row, struct db *other,
    unsigned depth, struct pool *pool, struct row *twin, struct err *err)
{
	const struct model *model = row->model;
	struct row there = *row;
	int status = depth < MOST_DEPTH;

	for (size_t i = 0; status == 1 && model->field[i].name != NULL; i++) {
		const struct field *f = &model->field[i];

		if (f->references != NULL && f->flags & FIELD_KEY)
			status =
			    set_twin(db, model_by_table(str_of(f->references)),
				&there.value[i], other, depth, pool, err);
		else if (f->flags & FIELD_FAMILY)
			status =
			    set_twin(db, model_by_family(row->value[i].text),
				&there.value[i + 1], other, depth, pool, err);
	}
	return status == 1 ? insert_find(other, &there, pool, twin, err)
	                   : status;
}

int
db_twin(struct db *db, const struct row *row, struct db *other,
    struct pool *pool, struct row *twin, struct err *err)
{
	return find_twin(db, row, other, 0, pool, twin, err);
}

/* The value of the row that an id of a link refers to. */
static int
add_linked(struct db *db, const char *table, int64_t id, struct buf *out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct model *model = model_by_table(str_of(table));
	struct sql_cache *cache = sql_cache(db, model);
	int status;

	if (sql_prepare(db,
		str_of(pool_printf(&pool, "SELECT value FROM %s WHERE id = ?1",
		    table)),
		&cache->value, err) == -1)
		return -1;
	(void)sqlite3_bind_int64(cache->value, 1, id);
	status = sql_step(db, cache->value, err);
	if (status == 1) {
		buf_add(out, sql_text(cache->value, 0));
		status = sql_was_read(cache->value, err);
		sql_reset(cache->value);
	}
	return status == -1 ? -1 : 0;
}

int
label_of(struct db *db, const struct row *row, struct pool *pool,
    struct str *label, struct err *err)
{
	struct buf out = BUF_IN(pool);

	if (!(row->model->flags & MODEL_LINK)) {
		*label = row_label(row, pool);
		return 0;
	}
	for (size_t i = 0; row->model->field[i].name != NULL; i++) {
		const struct field *f = &row->model->field[i];

		if (f->references == NULL)
			continue;
		if (out.n != 0)
			buf_add_char(&out, '+');
		if (add_linked(db, f->references, row->value[i].i, &out, err) ==
		    -1)
			return -1;
	}
	*label = buf_str(&out);
	return 0;
}

static int
add_end(struct db *db, struct str family, int64_t id, struct pool *pool,
    struct buf *out, struct err *err)
{
	const struct model *model = model_by_family(family);
	struct str label = STR_NONE;
	struct row row;
	int status =
	    model != NULL ? read_row(db, model, id, pool, &row, err) : 0;

	if (status == 1 && label_of(db, &row, pool, &label, err) == -1)
		status = -1;
	buf_printf(out, "%.*s ", STR_ARG(family));
	if (status == 1)
		buf_add(out, label);
	else
		buf_printf(out, "#%lld", (long long)id);
	return status == -1 ? -1 : 0;
}

int
db_label(struct db *db, const struct row *row, struct pool *pool,
    struct str *label, struct err *err)
{
	const struct model *model = row->model;
	struct buf out = BUF_IN(pool);

	if (!(model->flags & MODEL_HANGS))
		return label_of(db, row, pool, label, err);
	buf_add(&out, row_label(row, pool));
	for (int i = model_end(model, 0); i != -1;
	     i = model_end(model, i + 1)) {
		buf_add(&out, i == model_end(model, 0) ? STR(" (") : STR(", "));
		if (add_end(db, row->value[i].text, row->value[i + 1].i, pool,
			&out, err) == -1)
			return -1;
	}
	buf_add_char(&out, ')');
	*label = buf_str(&out);
	return 0;
}
