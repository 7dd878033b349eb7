/* Rows that end by themselves. */
#include "db/cascade.h"
#include "db/sql.h"

#define NOW        "strftime('%Y-%m-%d %H:%M:%S', 'now')"
#define IN_SECONDS "strftime('%Y-%m-%d %H:%M:%S', 'now', ?1 || ' seconds')"

/* A family of ours says it in its own column: others would look for it. */
static int
set_own(struct db *db, const struct model *model, const char *end, int32_t id,
    int32_t seconds, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		str_of(pool_printf(&pool,
		    "UPDATE %s SET expires = %s WHERE id = ?2", model->table,
		    end)),
		&stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int(stmt, 1, seconds);
	(void)sqlite3_bind_int(stmt, 2, id);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

int
ttl_set(struct db *db, const struct model *model, int32_t id, struct str label,
    int32_t seconds, struct err *err)
{
	if (model->flags & MODEL_OURS)
		return set_own(db, model, IN_SECONDS, id, seconds, err);
	if (sql_prepare(db,
		STR("INSERT OR REPLACE INTO ttls (family, key, value, expire) "
		    "VALUES (?2, ?3, ?4, " IN_SECONDS ")"),
		&db->ttl_add, err) == -1)
		return -1;
	(void)sqlite3_bind_int(db->ttl_add, 1, seconds);
	sql_bind_text(db->ttl_add, 2, str_of(model->table));
	(void)sqlite3_bind_int(db->ttl_add, 3, id);
	sql_bind_text(db->ttl_add, 4, label);
	return sql_step(db, db->ttl_add, err);
}

/* The later end counts; a row without one stays permanent. */
int
ttl_extend(struct db *db, const struct model *model, int32_t id,
    int32_t seconds, struct err *err)
{
	if (model->flags & MODEL_OURS)
		return set_own(db, model, "max(expires, " IN_SECONDS ")", id,
		    seconds, err);
	if (sql_prepare(db,
		STR("UPDATE ttls SET expire = max(expire, " IN_SECONDS ") "
		    "WHERE family = ?2 AND key = ?3"),
		&db->ttl_move, err) == -1)
		return -1;
	(void)sqlite3_bind_int(db->ttl_move, 1, seconds);
	sql_bind_text(db->ttl_move, 2, str_of(model->table));
	(void)sqlite3_bind_int(db->ttl_move, 3, id);
	return sql_step(db, db->ttl_move, err);
}

struct expired {
	const struct model *model; /* NULL: a table that we do not know */
	int64_t key, ttl;          /* whatever is there, it is to go */
	struct str value;          /* in the pool of the list */
};

static int
read_expired(struct db *db, struct pool *pool, struct expired **list, size_t *n,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	*list = NULL;
	*n = 0;
	if (sql_prepare(db,
		STR("SELECT family, key, id, value FROM ttls WHERE expire <= " NOW
		    " ORDER BY id"),
		&stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		*list = pool_push(pool, *list, *n, sizeof(**list));
		(*list)[(*n)++] = (struct expired){
			model_by_table(sql_text(stmt, 0)),
			sqlite3_column_int64(stmt, 1),
			sqlite3_column_int64(stmt, 2),
			pool_copy(pool, sql_text(stmt, 3)),
		};
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/* Who is told of rows that end; told may be NULL. */
struct teller {
	db_expired_fn *told;
	void *ctx;
};

/* The row may be gone already: nobody is told then. */
static int
end_row(struct db *db, const struct expired *e, const struct teller *teller,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	if (e->model != NULL &&
	    sql_run(db,
		pool_printf(&pool, "DELETE FROM %s WHERE id = %lld",
		    e->model->table, (long long)e->key),
		err) == -1)
		return -1;
	if (e->model != NULL && sqlite3_changes(db->sqlite) != 0 &&
	    teller->told != NULL &&
	    teller->told(teller->ctx, db, e->model->table, e->value, err) == -1)
		return -1;
	return sql_run(db,
	    pool_printf(&pool, "DELETE FROM ttls WHERE id = %lld",
		(long long)e->ttl),
	    err);
}

/* 1: rows of ours have ended. */
static int
has_own_expired(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int64_t n = 0;

	buf_add(&out, STR("SELECT 0"));
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (m->flags & MODEL_OURS)
			buf_printf(&out,
			    " OR EXISTS (SELECT 1 FROM %s WHERE expires "
			    "<= %s)",
			    m->table, NOW);
	}
	if (sql_prepare(db, buf_str(&out), &stmt, err) == -1 ||
	    sql_number_once(db, stmt, &n, err) == -1)
		return -1;
	return n != 0;
}

static int
end_own(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (m->flags & MODEL_OURS)
			buf_printf(&out, "DELETE FROM %s WHERE expires <= %s;",
			    m->table, NOW);
	}
	return sql_run(db, buf_cstr(&out), err);
}

static int
end_all(struct db *db, const struct expired *list, size_t n,
    const struct teller *teller, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (end_row(db, &list[i], teller, err) == -1)
			return -1;
	}
	return db->own.is_kept ? end_own(db, err) : 0;
}

/* Of several at once; another process may just have moved an end. */
static int
end_rows(struct db *db, const struct teller *teller, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct expired *list;
	bool is_many;
	int status;
	size_t n;

	if (read_expired(db, &pool, &list, &n, err) == -1)
		return -1;
	is_many = n >= CASCADE_MANY;
	if (is_many && cascade_begin(db, err) == -1)
		return -1;
	status = end_all(db, list, n, teller, err);
	return is_many ? cascade_end(db, status, err) : status;
}

/* One sequence for all: a row ends once. */
static int
expire(struct db *db, const struct teller *teller, struct err *err)
{
	const struct db_attempt_end attempt_end = { .used = DB_USED_UNKNOWN };
	const struct db_run_end run_end = { .outcome = DB_DONE };
	struct db_author author;
	int status;

	if (db_run_begin(db, &(struct db_run){ .kind = "expire" }, &author,
		err) == -1 ||
	    db_attempt_begin(db, NULL, &author, err) == -1)
		return -1;
	status = origin_watch(db, &author, err);
	if (status == 0)
		status = end_rows(db, teller, err);
	origin_unwatch(db);
	if (status == -1 ||
	    db_attempt_end(db, &author, &attempt_end, err) == -1)
		return -1;
	return db_run_end(db, &author, &run_end, err);
}

int
db_expire(struct db *db, db_expired_fn *told, void *ctx, struct err *err)
{
	const struct teller teller = { told, ctx };
	autopool struct pool pool = POOL_NONE;
	struct expired *list;
	struct sql_change change;
	size_t n;
	int own = 0;

	/* mostly there are none, and nobody has to wait for us */
	if (read_expired(db, &pool, &list, &n, err) == -1)
		return -1;
	if (n == 0 && db->own.is_kept)
		own = has_own_expired(db, err);
	if (own == -1 || (n == 0 && own == 0))
		return own;
	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, expire(db, &teller, err), err);
}

static const struct field ttls_fields[] = {
	{ "family", FIELD_TEXT, 0, NULL, "the table of the row" },
	{ "key", FIELD_I32, 0, NULL, "the id of the row" },
	{ "value", FIELD_TEXT, 0, NULL, "what logs call the row" },
	{ "expire", FIELD_TIME, 0, NULL, "when it ends, UTC" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

const struct model db_model_ttls = {
	.family = "ttl",
	.table = "ttls",
	.field = ttls_fields,
	.doc = "When a row ends by itself.",
};
