#include "db/exchange.h"

#include "base/mem.h"
#include "db/own.h"
#include "db/sql.h"

static void
bind_number(sqlite3_stmt *stmt, int i, int64_t n)
{
	if (n != -1)
		(void)sqlite3_bind_int64(stmt, i, n);
}

/* Parameters of both statements, in order. */
static void
bind(sqlite3_stmt *stmt, const struct db_author *author,
    const struct db_exchange *x)
{
	(void)sqlite3_bind_int64(stmt, 1, author->attempt);
	(void)sqlite3_bind_int64(stmt, 2, author->sequence);
	(void)sqlite3_bind_int64(stmt, 3, x->number);
	sql_bind_text(stmt, 4, x->kind);
	sql_bind_text(stmt, 5, x->what);
	bind_number(stmt, 6, x->status);
	sql_bind_text(stmt, 7, x->error);
	bind_number(stmt, 8, x->connection);
	sql_bind_text(stmt, 9, x->server);
	sql_bind_text(stmt, 10, x->proxy);
	bind_number(stmt, 11, x->started);
	bind_number(stmt, 12, x->ms);
	bind_number(stmt, 13, x->sent);
	bind_number(stmt, 14, x->received);
	bind_number(stmt, 15, x->bytes);
	sql_bind_text(stmt, 16, x->sha256);
	sql_bind_text(stmt, 17, x->certificate);
	bind_number(stmt, 18, x->place);
	bind_number(stmt, 19, x->length);
	sql_bind_text(stmt, 20, x->redacted);
	(void)sqlite3_bind_int(stmt, 21, x->is_cut);
	if (x->is_unseen)
		(void)sqlite3_bind_int(stmt, 22, 0);
}

static int
add(struct db *db, const struct db_author *author, const struct db_exchange *x,
    int64_t *id, struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_EXCHANGE, err);

	if (stmt == NULL)
		return -1;
	bind(stmt, author, x);
	return sql_number(db, stmt, id, err);
}

int
db_exchange_add(struct db *db, struct db_author *author,
    const struct db_exchange *x, int64_t *id, struct err *err)
{
	struct sql_change change;
	int64_t made = 0;

	*id = 0;
	if (!own_keeps(db, author))
		return 0;
	if (sql_change_begin(db, &change, err) == -1 ||
	    sql_change_end(db, &change, add(db, author, x, &made, err), err) ==
		-1)
		return err_wrap(err, "cannot note what it asked");
	author->exchange = *id = made;
	return 0;
}

static int
end(struct db *db, const struct db_author *author, int64_t id,
    const struct db_exchange *x, struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_EXCHANGE_END, err);
	int64_t done;

	if (stmt == NULL)
		return -1;
	bind(stmt, author, x);
	(void)sqlite3_bind_int64(stmt, 23, id);
	return sql_number(db, stmt, &done, err);
}

int
db_exchange_end(struct db *db, struct db_author *author, int64_t id,
    const struct db_exchange *x, struct err *err)
{
	struct sql_change change;

	if (!own_keeps(db, author))
		return 0;
	if (sql_change_begin(db, &change, err) == -1 ||
	    sql_change_end(db, &change, end(db, author, id, x, err), err) == -1)
		return err_wrap(err, "cannot note what it asked");
	author->exchange = id;
	return 0;
}

static int
judge(struct db *db, const struct db_author *author, const int64_t *unseen,
    size_t n, struct err *err)
{
	sqlite3_stmt *stmt;

	for (size_t i = 0; i < n; i++) {
		stmt = own_stmt(db, OWN_EXCHANGE_UNSEEN, err);
		if (stmt == NULL)
			return -1;
		(void)sqlite3_bind_int64(stmt, 1, author->attempt);
		(void)sqlite3_bind_int64(stmt, 2, unseen[i]);
		if (sql_step(db, stmt, err) == -1)
			return -1;
	}
	stmt = own_stmt(db, OWN_EXCHANGE_SEEN, err);
	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, author->attempt);
	return sql_step(db, stmt, err);
}

int
db_exchange_judge(struct db *db, const struct db_author *author,
    const int64_t *unseen, size_t n, struct err *err)
{
	struct sql_change change;

	if (!own_keeps(db, author))
		return 0;
	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, judge(db, author, unseen, n, err),
	    err);
}

static int
leave(struct db *db, const struct db_author *author,
    const struct db_exchange_left *left, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		sqlite3_stmt *stmt = own_stmt(db, OWN_EXCHANGE_LEFT, err);

		if (stmt == NULL)
			return -1;
		(void)sqlite3_bind_int64(stmt, 1, author->attempt);
		(void)sqlite3_bind_int64(stmt, 2, left[i].id);
		bind_number(stmt, 3, left[i].place);
		bind_number(stmt, 4, left[i].length);
		sql_bind_text(stmt, 5, left[i].redacted);
		if (sql_step(db, stmt, err) == -1)
			return -1;
	}
	return 0;
}

int
db_exchange_leave(struct db *db, const struct db_author *author,
    const struct db_exchange_left *left, size_t n, struct err *err)
{
	struct sql_change change;

	if (!own_keeps(db, author))
		return 0;
	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change, leave(db, author, left, n, err),
	    err);
}
