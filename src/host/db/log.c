/* db_log: the time line. */
#include "db/sql.h"

/* An event that is there by its topic and uniq stays as it is. */
static void
write_add(struct buf *out, const struct model *model)
{
	sql_add_insert(out, model);
	buf_add(out, STR(" ON CONFLICT (topic, uniq) DO NOTHING"));
}

int
db_log(struct db *db, const struct row *event, struct reply_db *out,
    struct err *err)
{
	if (sql_prepare_for(db, event->model, &db->log_add, write_add, err) ==
	    -1)
		return -1;
	sql_bind_row(db->log_add, event);
	if (sql_step(db, db->log_add, err) == -1)
		return -1;
	*out = (struct reply_db){ sqlite3_changes(db->sqlite) != 0
				      ? REPLY_INSERTED
				      : REPLY_NO_CHANGE,
		0 };
	return 0;
}

static struct str
condition_of(struct pool *pool, const struct db_events *which)
{
	struct str condition = which->is_located
	                           ? STR("latitude IS NOT NULL AND longitude "
					 "IS NOT NULL")
	                           : STR("true");

	if (which->topic.p != NULL)
		condition =
		    filter_equals(pool, condition, "topic", which->topic);
	if (which->since.p != NULL)
		condition =
		    filter_compare(pool, condition, "time", ">=", which->since);
	if (which->until.p != NULL)
		condition =
		    filter_compare(pool, condition, "time", "<=", which->until);
	return condition;
}

int
db_events_open(struct db *db, const struct db_events *which,
    struct db_rows **out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str condition = condition_of(&pool, which);

	return db_rows_open(db, &model_activity,
	    str_of(pool_printf(&pool, "%.*s ORDER BY time, id",
		STR_ARG(condition))),
	    0, out, err);
}

int
db_event_before(struct db *db, const struct db_events *which,
    const struct row *event, struct pool *pool, struct row *row,
    struct err *err)
{
	autopool struct pool scratch = POOL_NONE;
	struct db_events older = *which;
	struct str condition;
	struct db_rows *rows;
	int status;

	older.since = STR_NONE;
	condition = condition_of(&scratch, &older);
	/* the time of the event as it is stored, not as we would write it */
	condition = str_of(pool_printf(&scratch,
	    "(%.*s) AND (time, id) < (SELECT time, id FROM activity WHERE id = "
	    "%d) ORDER BY time DESC, id DESC LIMIT 1",
	    STR_ARG(condition), event->id));
	if (db_rows_open(db, &model_activity, condition, 0, &rows, err) == -1)
		return -1;
	status = db_rows_next(rows, pool, row, err);
	db_rows_free(rows);
	return status;
}

int
db_events_count(struct db *db, const struct db_events *which,
    unsigned slice_minutes,
    void (*each)(void *ctx, int64_t day, unsigned slice, uint64_t n), void *ctx,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		str_of(pool_printf(&pool,
		    "SELECT strftime('%%s', substr(time, 1, 10)) / 86400, "
		    "(substr(time, 12, 2) * 60 + substr(time, 15, 2)) / %u, "
		    "count(*) FROM activity WHERE %.*s GROUP BY "
		    "substr(time, 1, 10), 2",
		    slice_minutes, STR_ARG(condition_of(&pool, which)))),
		&stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
			each(ctx, sqlite3_column_int64(stmt, 0),
			    (unsigned)sqlite3_column_int(stmt, 1),
			    (uint64_t)sqlite3_column_int64(stmt, 2));
	}
	(void)sqlite3_finalize(stmt);
	return status;
}
