/*
 * Each step of a delivery is a change of its own, stored before the next: taken,
 * then sent or failed. Who was sent stays as a row without a text for a while,
 * so that how many went out in an hour is known after a restart, too.
 */
#include "db/outbox.h"

#include "base/mem.h"
#include "db/own.h"
#include "db/sql.h"
#include "text/uuid.h"

/* The statement; NULL: *err, which says why where there is no table. */
static sqlite3_stmt *
stmt_of(struct db *db, enum own_stmt which, struct err *err)
{
	if (db->own.is_kept)
		return own_stmt(db, which, err);
	(void)err_set(err, "there is no outbox: %.*s", STR_ARG(db->own.why));
	return NULL;
}

int
db_outbox_add(struct db *db, struct db_notice *notice, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_ADD, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, notice->created);
	sql_bind_text(stmt, 2, notice->rule);
	sql_bind_text(stmt, 3, notice->topic);
	sql_bind_text(stmt, 4, notice->subject);
	sql_bind_text(stmt, 5, notice->body);
	sql_bind_text(stmt, 6, notice->label);
	return sql_number(db, stmt, &notice->id, err);
}

/* Under the lock of who writes, so no two find that there is nobody. */
static int
claim(struct db *db, struct err *err)
{
	int64_t number;
	int other;

	if (alive_outbox(db, &number, err) == -1)
		return -1;
	other = alive_other(db, number, err);
	if (other != 0)
		return other == 1 ? 0 : -1;
	return alive_take(db, number, err) == -1 ? -1 : 1;
}

int
db_outbox_claim(struct db *db, struct err *err)
{
	struct sql_change change;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, claim(db, err), err);
}

void
db_outbox_release(struct db *db)
{
	int64_t number;

	if (alive_outbox(db, &number, NULL) == 0)
		alive_drop(db, number);
}

/* Those that a statement has deleted, by their rules. */
static int
drop(struct db *db, sqlite3_stmt *stmt, enum db_outbox_drop why,
    void (*dropped)(void *ctx, struct str rule, enum db_outbox_drop why,
	uint64_t n),
    void *ctx, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct {
		struct str rule;
		uint64_t n;
	} *of = NULL;
	size_t n = 0, i;
	int status;

	while ((status = sql_step(db, stmt, err)) == 1) {
		struct str rule = sql_text(stmt, 0);

		for (i = 0; i < n && !str_eq(of[i].rule, rule); i++)
			;
		if (i == n) {
			of = pool_push(&pool, of, n, sizeof(*of));
			of[n].rule = pool_copy(&pool, rule);
			of[n++].n = 0;
		}
		of[i].n++;
	}
	for (i = 0; status == 0 && i < n; i++)
		dropped(ctx, of[i].rule, why, of[i].n);
	return status;
}

static int
trim(struct db *db, int64_t now,
    void (*dropped)(void *ctx, struct str rule, enum db_outbox_drop why,
	uint64_t n),
    void *ctx, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_TOO_OLD, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, now - DB_OUTBOX_SECONDS);
	if (drop(db, stmt, DB_OUTBOX_OLD, dropped, ctx, err) == -1)
		return -1;
	stmt = stmt_of(db, OWN_OUTBOX_TOO_MANY, err);
	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, DB_OUTBOX_MOST);
	return drop(db, stmt, DB_OUTBOX_MANY, dropped, ctx, err);
}

int
db_outbox_trim(struct db *db, int64_t now,
    void (*dropped)(void *ctx, struct str rule, enum db_outbox_drop why,
	uint64_t n),
    void *ctx, struct err *err)
{
	struct sql_change change;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, trim(db, now, dropped, ctx, err),
	    err);
}

static struct str
copy_of(sqlite3_stmt *stmt, int column, struct pool *pool)
{
	struct str text = sql_text(stmt, column);

	return text.p != NULL ? pool_copy(pool, text) : text;
}

/* In the order of the statements' columns. */
static void
read_notice(sqlite3_stmt *stmt, struct pool *pool, struct db_notice *out)
{
	*out = (struct db_notice){
		.id = sqlite3_column_int64(stmt, 0),
		.created = sqlite3_column_int64(stmt, 1),
		.rule = copy_of(stmt, 2, pool),
		.topic = copy_of(stmt, 3, pool),
		.subject = copy_of(stmt, 4, pool),
		.body = copy_of(stmt, 5, pool),
		.label = copy_of(stmt, 6, pool),
		.delivery = copy_of(stmt, 7, pool),
		.tries = sqlite3_column_int(stmt, 8),
		.not_before = sqlite3_column_int64(stmt, 9),
		.error = copy_of(stmt, 10, pool),
	};
}

int
db_outbox_next(struct db *db, int64_t id, int64_t now, struct pool *pool,
    struct db_notice *notice, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_NEXT, err);
	int status;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, id);
	(void)sqlite3_bind_int64(stmt, 2, now);
	status = sql_step(db, stmt, err);
	if (status != 1)
		return status;
	read_notice(stmt, pool, notice);
	status = sql_was_read(stmt, err);
	sql_reset(stmt);
	return status == -1 ? -1 : 1;
}

int
db_outbox_count(struct db *db, struct str rule, int64_t now, int64_t since,
    struct db_outbox_count *out, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_COUNT, err);
	int status;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, since);
	(void)sqlite3_bind_int64(stmt, 2, now);
	sql_bind_text(stmt, 3, rule);
	status = sql_step(db, stmt, err);
	if (status != 1)
		return status == 0 ? err_set(err, "nothing was counted") : -1;
	out->due = (uint64_t)sqlite3_column_int64(stmt, 0);
	out->sent = (uint64_t)sqlite3_column_int64(stmt, 1);
	out->last = sqlite3_column_int64(stmt, 2);
	sql_reset(stmt);
	return 0;
}

static int
read_group(struct db *db, struct str delivery, struct pool *pool,
    struct db_notice **all, size_t *n, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_GROUP, err);
	int status;

	*all = NULL;
	*n = 0;
	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, delivery);
	while ((status = sql_step(db, stmt, err)) == 1) {
		*all = pool_push(pool, *all, *n, sizeof(**all));
		read_notice(stmt, pool, &(*all)[(*n)++]);
	}
	if (status == 0 && *n == 0)
		return err_set(err, "notification %.*s is gone",
		    STR_ARG(delivery));
	return status;
}

static int
mark(struct db *db, const struct db_notice *notice, struct str delivery,
    bool is_all, int64_t now, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db,
	    is_all ? OWN_OUTBOX_TAKE_ALL : OWN_OUTBOX_TAKE_ONE, err);

	if (stmt == NULL)
		return -1;
	if (is_all) {
		sql_bind_text(stmt, 1, delivery);
		(void)sqlite3_bind_int64(stmt, 2, now);
		sql_bind_text(stmt, 3, notice->rule);
	} else {
		(void)sqlite3_bind_int64(stmt, 1, notice->id);
		sql_bind_text(stmt, 2, delivery);
	}
	return sql_step(db, stmt, err);
}

int
db_outbox_take(struct db *db, struct db_notice *notice, bool is_all,
    int64_t now, struct pool *pool, struct db_notice **all, size_t *n,
    struct err *err)
{
	struct str delivery = notice->delivery;

	if (delivery.p == NULL) {
		delivery = uuid_new(pool);
		if (mark(db, notice, delivery, is_all, now, err) == -1)
			return -1;
	}
	if (read_group(db, delivery, pool, all, n, err) == -1)
		return -1;
	notice->delivery = delivery;
	return 0;
}

static int
note_sent(struct db *db, struct str delivery, int64_t now, struct err *err)
{
	sqlite3_stmt *once = stmt_of(db, OWN_OUTBOX_SENT_ONCE, err);
	sqlite3_stmt *sent =
	    once != NULL ? stmt_of(db, OWN_OUTBOX_SENT, err) : NULL;

	if (sent == NULL)
		return -1;
	sql_bind_text(once, 1, delivery);
	if (sql_step(db, once, err) == -1)
		return -1;
	sql_bind_text(sent, 1, delivery);
	(void)sqlite3_bind_int64(sent, 2, now);
	return sql_step(db, sent, err);
}

int
db_outbox_sent(struct db *db, struct str delivery, int64_t now, struct err *err)
{
	struct sql_change change;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, note_sent(db, delivery, now, err),
	    err);
}

int
db_outbox_failed(struct db *db, struct str delivery, int64_t not_before,
    struct str error, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_FAILED, err);

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, delivery);
	(void)sqlite3_bind_int64(stmt, 2, not_before);
	sql_bind_text(stmt, 3, error);
	return sql_step(db, stmt, err);
}

int
db_outbox_forget(struct db *db, struct str rule, int64_t until, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(db, OWN_OUTBOX_FORGET, err);

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, rule);
	(void)sqlite3_bind_int64(stmt, 2, until);
	return sql_step(db, stmt, err);
}
