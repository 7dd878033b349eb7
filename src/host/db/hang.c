/*
 * What hangs on a row: where its families are listed the model table says it,
 * and each statement is made of the ends that the families of ours have.
 */
#include "db/hang.h"

#include "base/mem.h"

int
db_check_family(const struct db *db, const struct model *model, struct err *err)
{
	struct str why;

	if (!(model->flags & MODEL_OURS) || db_kept(db, &why))
		return 0;
	return err_set(err,
	    "a %s is of this program alone, and this workspace keeps none: "
	    "%.*s",
	    model->family, STR_ARG(why));
}

static int
check_end(struct db *db, const struct row *row, int at, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct model *model = model_by_family(row->value[at].text);
	sqlite3_stmt *stmt = NULL;
	int64_t id = row->value[at + 1].i;
	int status;

	if (sql_prepare(db,
		str_of(pool_printf(&pool, "SELECT 1 FROM %s WHERE id = ?1",
		    model->table)),
		&stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, id);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	if (status == 0)
		return err_set(err, "there is no %s with the id %lld",
		    model->family, (long long)id);
	return status == -1 ? -1 : 0;
}

int
hang_check(struct db *db, const struct row *row, struct err *err)
{
	for (int at = model_end(row->model, 0); at != -1;
	     at = model_end(row->model, at + 1)) {
		if (check_end(db, row, at, err) == -1)
			return -1;
	}
	return 0;
}

void
hang_add_sweep(struct buf *out, const struct model *model)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_HANGS) || !model_may_carry(model, m))
			continue;
		for (int at = model_end(m, 0); at != -1;
		     at = model_end(m, at + 1))
			buf_printf(out,
			    " DELETE FROM %s WHERE %s = '%s' AND %s = OLD.id;",
			    m->table, m->field[at].name, model->family,
			    m->field[at + 1].name);
	}
}

static bool
has_carriers(const struct model *model)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (m->flags & MODEL_HANGS && model_may_carry(model, m))
			return true;
	}
	return false;
}

int
hang_watch(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!has_carriers(m))
			continue;
		buf_printf(&out,
		    "CREATE TEMP TRIGGER IF NOT EXISTS sweep_%s AFTER DELETE "
		    "ON main.%s BEGIN",
		    m->table, m->table);
		hang_add_sweep(&out, m);
		buf_add(&out, STR(" END;"));
	}
	return sql_run(db, buf_cstr(&out), err);
}

/*
 * " FROM tags WHERE NOT (family = 'domain' AND EXISTS (...) OR ...)": a family
 * that is not known has no rows, either.
 */
static void
add_lost(struct buf *out, const struct model *model, int at)
{
	const struct field *end = &model->field[at];
	const char *separator = "";

	buf_printf(out, " FROM %s WHERE NOT (", model->table);
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!model_may_carry(m, model))
			continue;
		buf_printf(out,
		    "%s%s = '%s' AND EXISTS (SELECT 1 FROM %s AS other WHERE "
		    "other.id = %s.%s)",
		    separator, end[0].name, m->family, m->table, model->table,
		    end[1].name);
		separator = " OR ";
	}
	buf_add_char(out, ')');
}

/* 1: it has at most HANG_LOOK rows; 0; -1. */
static int
is_small(struct db *db, const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int64_t n = 0;

	if (sql_prepare(db,
		str_of(pool_printf(&pool,
		    "SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d)",
		    model->table, HANG_LOOK + 1)),
		&stmt, err) == -1 ||
	    sql_number_once(db, stmt, &n, err) == -1)
		return -1;
	return n <= HANG_LOOK;
}

static int
count_lost(struct db *db, const struct model *model, int at, int64_t *n,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;

	buf_add(&out, STR("SELECT count(*)"));
	add_lost(&out, model, at);
	if (sql_prepare(db, buf_str(&out), &stmt, err) == -1)
		return -1;
	return sql_number_once(db, stmt, n, err);
}

/* It went with its row, which another program has deleted. */
static int
drop_lost(struct db *db, const struct model *model, int at, uint64_t *n,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct sql_change change;
	int status;

	buf_printf(&out,
	    "INSERT OR REPLACE INTO origin (family, row, attempt, sequence, "
	    "what, value) SELECT '%s', id, 0, %s, 'removed', value",
	    model->family, OWN_NOW_MS);
	add_lost(&out, model, at);
	buf_add(&out, STR("; DELETE"));
	add_lost(&out, model, at);
	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	status = sql_run(db, buf_cstr(&out), err);
	*n += status == 0 ? (uint64_t)sqlite3_changes(db->sqlite) : 0;
	return sql_change_end(db, &change, status, err);
}

/* Mostly there is none, and nobody has to wait for a transaction of ours. */
static int
sweep(struct db *db, const struct model *model, uint64_t *n, struct err *err)
{
	for (int at = model_end(model, 0); at != -1;
	     at = model_end(model, at + 1)) {
		int64_t lost = 0;

		if (count_lost(db, model, at, &lost, err) == -1 ||
		    (lost != 0 && drop_lost(db, model, at, n, err) == -1))
			return -1;
	}
	return 0;
}

/*
 * What hangs on what hangs comes behind it: a note on a link is lost when the
 * link is. Links stand in front of notes in the model table.
 */
int
hang_sweep(struct db *db, bool is_whole, uint64_t *n, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		int status = 1;

		if (!(m->flags & MODEL_HANGS))
			continue;
		if (!is_whole)
			status = is_small(db, m, err);
		if (status == 1)
			status = sweep(db, m, n, err);
		if (status == -1)
			return -1;
	}
	return 0;
}

int
hang_count(struct db *db, int64_t *n, struct err *err)
{
	*n = 0;
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_HANGS))
			continue;
		for (int at = model_end(m, 0); at != -1;
		     at = model_end(m, at + 1)) {
			int64_t lost = 0;

			if (count_lost(db, m, at, &lost, err) == -1)
				return -1;
			*n += lost;
		}
	}
	return 0;
}
