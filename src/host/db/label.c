#include "db/sql.h"

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
