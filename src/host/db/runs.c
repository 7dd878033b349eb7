/*
 * The life of runs, units and attempts. Each step is one change, alone or in
 * the caller's group. A unit is leased while an attempt at it goes on, and its
 * state afterwards is how the last one ended: what was interrupted waits again.
 */
#include "base/mem.h"
#include "config.h"
#include "crypt/digest.h"
#include "db/exchange.h"
#include "db/own.h"
#include "db/sql.h"
#include "db/undo.h"
#include "text/uuid.h"

#define VERSION_BYTES 16 /* of a hash: nobody gains by two that are equal */

static const char *const state_after[DB_OUTCOMES] = {
	[DB_DONE] = "done",
	[DB_FAILED] = "failed",
	[DB_REFUSED] = "refused",
	[DB_INTERRUPTED] = "queued",
	[DB_STOPPED] = "failed",
	[DB_KILLED] = "queued",
};

/* In hexadecimal digits, of the first `most` bytes. */
static struct str
hash_of(struct pool *pool, struct str text, size_t most)
{
	struct str hex = digest_hex(pool, DIGEST_SHA2_256, text);

	return str_sub(hex, 0, 2 * most);
}

static int
digest_id(struct db *db, struct str hash, int64_t *id, struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_DIGEST, err);

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, hash);
	return sql_number(db, stmt, id, err);
}

static int
insert_run(struct db *db, const struct db_run *run, struct str hash,
    struct pool *pool, int64_t *id, struct err *err)
{
	const struct str text[] = { uuid_new(pool), str_of(run->kind),
		run->command, run->module, run->version, hash, run->options,
		run->granted, run->network, run->proxy,
		STR("sn0int in C " VERSION), run->child, run->data };
	sqlite3_stmt *stmt = own_stmt(db, OWN_RUN, err);

	if (stmt == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		sql_bind_text(stmt, (int)i + 1, text[i]);
	return sql_number(db, stmt, id, err);
}

static int
add_run(struct db *db, const struct db_run *run, struct db_author *out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str hash = STR_NONE;

	if (run->code.p != NULL) {
		hash = hash_of(&pool, run->code, SIZE_MAX);
		if (digest_id(db, hash, &out->module, err) == -1 ||
		    digest_id(db, hash_of(&pool, run->options, SIZE_MAX),
			&out->options, err) == -1)
			return -1;
	}
	if (insert_run(db, run, hash, &pool, &out->run, err) == -1)
		return -1;
	/* before anybody else sees it */
	return alive_take(db, out->run, err);
}

int
db_run_begin(struct db *db, const struct db_run *run, struct db_author *author,
    struct err *err)
{
	struct db_author begun = DB_AUTHOR_NONE;
	struct sql_change change;

	*author = begun;
	if (!db->own.is_kept)
		return 0;
	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	if (sql_change_end(db, &change, add_run(db, run, &begun, err), err) ==
	    -1) {
		alive_drop(db, begun.run);
		return -1;
	}
	if (change.part != SQL_ALONE)
		db->own.begun = begun.run;
	begun.keeps_values = db_undo_has_kind(run->kind);
	*author = begun;
	return 0;
}

static int
end_run(struct db *db, const struct db_author *author,
    const struct db_run_end *end, struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_RUN_END, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, author->run);
	sql_bind_text(stmt, 2, str_of(db_outcome_text[end->outcome]));
	sql_bind_text(stmt, 3, end->error);
	sql_bind_text(stmt, 4, end->counters);
	return sql_step(db, stmt, err);
}

int
db_run_end(struct db *db, const struct db_author *author,
    const struct db_run_end *end, struct err *err)
{
	struct sql_change change;

	if (author->run == 0 || !db->own.is_kept)
		return 0;
	if (sql_change_begin(db, &change, err) == -1 ||
	    sql_change_end(db, &change, end_run(db, author, end, err), err) ==
		-1)
		return -1;
	alive_drop(db, author->run);
	return 0;
}

static int
lease_unit(struct db *db, const struct db_unit *unit, struct db_author *author,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = own_stmt(db, OWN_UNIT, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, author->module);
	(void)sqlite3_bind_int64(stmt, 2, author->options);
	sql_bind_text(stmt, 3, unit->family.p != NULL ? unit->family : STR(""));
	(void)sqlite3_bind_int64(stmt, 4, unit->row);
	sql_bind_text(stmt, 5, hash_of(&pool, unit->sees, VERSION_BYTES));
	(void)sqlite3_bind_int64(stmt, 6, author->run);
	return sql_number(db, stmt, &author->unit, err);
}

static int
add_attempt(struct db *db, const struct db_unit *unit, struct db_author *author,
    struct err *err)
{
	sqlite3_stmt *stmt;

	if (unit != NULL && lease_unit(db, unit, author, err) == -1)
		return -1;
	stmt = own_stmt(db, OWN_ATTEMPT, err);
	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, author->run);
	if (unit != NULL) {
		(void)sqlite3_bind_int64(stmt, 2, author->unit);
		sql_bind_text(stmt, 3, unit->target);
	}
	return sql_number(db, stmt, &author->attempt, err);
}

int
db_attempt_begin(struct db *db, const struct db_unit *unit,
    struct db_author *author, struct err *err)
{
	struct db_author begun = *author;
	struct sql_change change;

	begun.sequence = begun.exchange = 0;
	if (author->run == 0 || !db->own.is_kept)
		return 0;
	if (sql_change_begin(db, &change, err) == -1 ||
	    sql_change_end(db, &change, add_attempt(db, unit, &begun, err),
		err) == -1)
		return -1;
	if (author->module != 0)
		begun.seen = seen_new();
	*author = begun;
	return 0;
}

void
db_author_clear(struct db_author *author)
{
	seen_free(author->seen);
	author->seen = NULL;
	author->attempt = author->unit = 0;
	author->sequence = author->exchange = 0;
}

static void
bind_used(sqlite3_stmt *stmt, const struct db_used *used)
{
	const int64_t n[] = { used->cpu_ms, used->memory_kib, used->connections,
		used->sent, used->received, used->events };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		if (n[i] != -1)
			(void)sqlite3_bind_int64(stmt, (int)i + 5, n[i]);
	}
}

static int
end_unit(struct db *db, const struct db_author *author, enum db_outcome outcome,
    struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_UNIT_END, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, author->unit);
	sql_bind_text(stmt, 2, str_of(state_after[outcome]));
	return sql_step(db, stmt, err);
}

static int
end_attempt(struct db *db, const struct db_author *author,
    const struct db_attempt_end *end, struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_ATTEMPT_END, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, author->attempt);
	sql_bind_text(stmt, 2, str_of(db_outcome_text[end->outcome]));
	sql_bind_text(stmt, 3, end->cause);
	sql_bind_text(stmt, 4, end->error);
	bind_used(stmt, &end->used);
	if (sql_step(db, stmt, err) == -1 ||
	    (author->seen != NULL && seen_store(db, author, err) == -1) ||
	    (end->has_exchanges && db_exchange_judge(db, author, end->unseen,
				       end->unseen_n, err) == -1) ||
	    (end->left_n != 0 && db_exchange_leave(db, author, end->left,
				     end->left_n, err) == -1))
		return -1;
	return author->unit != 0 ? end_unit(db, author, end->outcome, err) : 0;
}

int
db_attempt_end(struct db *db, struct db_author *author,
    const struct db_attempt_end *end, struct err *err)
{
	struct sql_change change;
	int status = 0;

	if (own_keeps(db, author)) {
		status = sql_change_begin(db, &change, err);
		if (status == 0)
			status = sql_change_end(db, &change,
			    end_attempt(db, author, end, err), err);
	}
	db_author_clear(author);
	return status;
}

static const char reap_text[] =
    "UPDATE unit SET state = 'queued' WHERE state = 'leased' AND id IN (SELECT "
    "unit FROM attempt WHERE run = %lld AND outcome IS NULL);"
    "UPDATE attempt SET outcome = 'interrupted' WHERE run = %lld AND outcome "
    "IS NULL;"
    "UPDATE run SET outcome = 'killed' WHERE id = %lld AND outcome IS NULL";

static int
reap(struct db *db, int64_t run, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sql_change change;
	long long id = run;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	return sql_change_end(db, &change,
	    sql_run(db, pool_printf(&pool, reap_text, id, id, id), err), err);
}

int
runs_reap(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int64_t *run = NULL;
	size_t n = 0;
	int status;

	if (sql_prepare(db, STR("SELECT id FROM run WHERE outcome IS NULL"),
		&stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		run = pool_push(&pool, run, n, sizeof(*run));
		run[n++] = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	for (size_t i = 0; i < n && status == 0; i++) {
		if (!alive_is(db, run[i]))
			status = reap(db, run[i], err);
	}
	return status;
}

int
db_count_live_runs(struct db *db, uint64_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int64_t count = 0;

	*n = 0;
	if (!db->own.is_kept)
		return 0;
	if (runs_reap(db, err) == -1 ||
	    sql_prepare(db,
		STR("SELECT count(*) FROM run WHERE outcome IS NULL"), &stmt,
		err) == -1 ||
	    sql_number_once(db, stmt, &count, err) == -1)
		return -1;
	*n = (uint64_t)count;
	return 0;
}

int
db_run_uuid(struct db *db, int64_t run, struct pool *pool, struct str *uuid,
    struct str *sha256, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db, STR("SELECT uuid, sha256 FROM run WHERE id = ?1"),
		&stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, run);
	status = sql_step(db, stmt, err);
	if (status == 1) {
		*uuid = pool_copy(pool, sql_text(stmt, 0));
		*sha256 = sql_text(stmt, 1).p != NULL
		              ? pool_copy(pool, sql_text(stmt, 1))
		              : STR_NONE;
	}
	(void)sqlite3_finalize(stmt);
	if (status == 0)
		return err_set(err, "there is no run %lld", (long long)run);
	return status == 1 ? 0 : -1;
}

/*
 * An attempt that has a cause could not look at something, however it ended, and
 * one without the keys that there are now has not asked what they are for; what
 * somebody types into a repl of the module is no run of it.
 */
static const char done_rows[] =
    "SELECT DISTINCT u.row, a.target FROM unit AS u JOIN attempt AS a ON "
    "a.unit = u.id JOIN run AS r ON r.id = a.run WHERE u.module = (SELECT id "
    "FROM digest WHERE sha256 = ?1) AND u.options = (SELECT id FROM digest "
    "WHERE sha256 = ?2) AND u.family = ?3 AND a.outcome = 'done' AND a.cause "
    "IS NULL AND r.command GLOB 'run *' AND (?4 = '[]' OR r.granted = ?4) "
    "ORDER BY u.row";

int
db_done(struct db *db, const struct db_done_by *by, struct pool *pool,
    struct db_done **out, size_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	*out = NULL;
	*n = 0;
	if (!db->own.is_kept)
		return 0;
	if (sql_prepare(db, str_of(done_rows), &stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, hash_of(pool, by->code, SIZE_MAX));
	sql_bind_text(stmt, 2, hash_of(pool, by->options, SIZE_MAX));
	sql_bind_text(stmt, 3, str_of(by->family));
	sql_bind_text(stmt, 4, by->granted);
	while ((status = sql_step(db, stmt, err)) == 1) {
		*out = pool_push(pool, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct db_done){
			.row = sqlite3_column_int64(stmt, 0),
			.target = pool_copy(pool, sql_text(stmt, 1)),
		};
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

bool
db_done_has(const struct db_done *done, size_t n, int64_t row,
    struct str target)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (done[middle].row < row)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < n && done[from].row == row; from++) {
		if (str_eq(done[from].target, target))
			return true;
	}
	return false;
}
