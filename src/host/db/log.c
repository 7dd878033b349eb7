/* db_log: the time line. */
#include "db/sql.h"

/* An event that is there by its topic and uniq stays as it is. */
static void
write_add(struct buf *out, const struct model *model)
{
	sql_add_insert(out, model);
	buf_add(out, STR(" ON CONFLICT (topic, uniq) DO NOTHING"));
}

/* 1: it is new; 0: it was there; -1. */
static int
add_event(struct db *db, const struct row *event, struct reply_db *out,
    struct err *err)
{
	bool is_new;

	if (sql_prepare_for(db, event->model, &db->log_add, write_add, err) ==
	    -1)
		return -1;
	sql_bind_row(db->log_add, event);
	if (sql_step(db, db->log_add, err) == -1)
		return -1;
	is_new = sqlite3_changes(db->sqlite) != 0;
	*out =
	    (struct reply_db){ is_new ? REPLY_INSERTED : REPLY_NO_CHANGE, 0 };
	return is_new;
}

/* An event is called by its topic. */
static int
note_event(struct db *db, const struct db_author *author,
    const struct row *event, struct err *err)
{
	int at = model_field(event->model, "topic");

	return origin_add(db, author, event->model->family,
	    sqlite3_last_insert_rowid(db->sqlite), "added",
	    event->value[at].text, STR_NONE, err);
}

int
db_log(struct db *db, const struct db_author *author, const struct row *event,
    struct reply_db *out, struct err *err)
{
	struct sql_change change;
	int status;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	status = add_event(db, event, out, err);
	if (status == 1)
		status = note_event(db, author, event, err);
	return sql_change_end(db, &change, status, err);
}

static const struct filter *
both_of(struct pool *pool, const struct filter *filter, const char *column,
    enum filter_op op, struct str value)
{
	if (value.p == NULL)
		return filter;
	return filter_and(pool, filter,
	    filter_compare(pool, &model_activity, column, op, value));
}

static const struct filter *
filter_of(struct pool *pool, const struct db_events *which)
{
	const struct filter *filter = NULL;

	if (which->is_located)
		filter = filter_and(pool,
		    filter_is_set(pool, &model_activity, "latitude"),
		    filter_is_set(pool, &model_activity, "longitude"));
	filter = both_of(pool, filter, "topic", FILTER_EQ, which->topic);
	filter = both_of(pool, filter, "time", FILTER_GE, which->since);
	return both_of(pool, filter, "time", FILTER_LE, which->until);
}

int
db_events_open(struct db *db, const struct db_events *which,
    struct db_rows **out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter;

	filter = filter_order(&pool, filter_of(&pool, which), &model_activity,
	    "time", false);
	return db_rows_open(db, &model_activity,
	    filter_order(&pool, filter, &model_activity, "id", false), 0, out,
	    err);
}

/* The time of the event as it is stored, not as we would write it. */
static void
add_before(struct sql_text *to, const struct filter *filter, int32_t id)
{
	buf_add(&to->text, STR("SELECT "));
	sql_add_columns(&to->text, &model_activity);
	buf_add(&to->text, STR(" FROM ("));
	sql_add_select(to, &model_activity, filter, 0);
	buf_printf(&to->text,
	    ") WHERE (time, id) < (SELECT time, id FROM activity WHERE id = "
	    "%d) ORDER BY time DESC, id DESC LIMIT 1",
	    id);
}

int
db_event_before(struct db *db, const struct db_events *which,
    const struct row *event, struct pool *pool, struct row *row,
    struct err *err)
{
	autopool struct pool scratch = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&scratch);
	struct db_events older = *which;
	sqlite3_stmt *stmt = NULL;
	int status;

	older.since = STR_NONE;
	add_before(&text, filter_of(&scratch, &older), event->id);
	if (sql_prepare_text(db, &text, &stmt, err) == -1)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1 && sql_row(stmt, &model_activity, pool, row, err) == -1)
		status = -1;
	(void)sqlite3_finalize(stmt);
	return status;
}

int
db_events_count(struct db *db, const struct db_events *which,
    unsigned slice_minutes,
    void (*each)(void *ctx, int64_t day, unsigned slice, uint64_t n), void *ctx,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_printf(&text.text,
	    "SELECT strftime('%%s', substr(time, 1, 10)) / 86400, "
	    "(substr(time, 12, 2) * 60 + substr(time, 15, 2)) / %u, count(*) "
	    "FROM activity",
	    slice_minutes);
	sql_add_where(&text, filter_of(&pool, which), 0);
	buf_add(&text.text, STR(" GROUP BY substr(time, 1, 10), 2"));
	if (sql_prepare_text(db, &text, &stmt, err) == -1)
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

int
db_topic_days(struct db *db, const struct db_events *which,
    void (*each)(void *ctx, struct str topic, struct str day, uint64_t n),
    void *ctx, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_text text = SQL_TEXT_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_add(&text.text,
	    STR("SELECT topic, substr(time, 1, 10), count(*) FROM activity"));
	sql_add_where(&text, filter_of(&pool, which), 0);
	buf_add(&text.text, STR(" GROUP BY 1, 2 ORDER BY 1, 2"));
	if (sql_prepare_text(db, &text, &stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1)
		each(ctx, sql_text(stmt, 0), sql_text(stmt, 1),
		    (uint64_t)sqlite3_column_int64(stmt, 2));
	(void)sqlite3_finalize(stmt);
	return status;
}
