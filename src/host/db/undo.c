/*
 * Which run is undone, and all of it or nothing.
 *
 * No state is kept of it: a run that was undone is named by the run that has
 * done so, which is one like any other, and what it changed has its origins. So
 * an undo after another one goes further back, and a run of which nothing is
 * left, as somebody has overwritten all of it, is passed by.
 *
 * The changes are taken back from the last to the first, each after a look
 * whether it is still there (undo_change.c), in one transaction. Origins have
 * no index by attempt, as one costs as much again as the table: to find those
 * of a run all are read, once.
 */
#include "db/undo.h"

#include "base/mem.h"
#include "db/cascade.h"
#include "db/undo_change.h"

/* Rules of scope are no rows; they have a command that takes them back. */
#define RULE_KINDS "'autoscope', 'autonoscope'"

const char *const db_undo_kinds[] = { "add", "delete", "edit", "scope",
	"noscope", "rescope", "import", "merge", "link", "note", "tag", NULL };

bool
db_undo_has_kind(const char *kind)
{
	for (size_t i = 0; db_undo_kinds[i] != NULL; i++) {
		if (strcmp(db_undo_kinds[i], kind) == 0)
			return true;
	}
	return false;
}

static void
add_kinds(struct buf *out)
{
	for (size_t i = 0; db_undo_kinds[i] != NULL; i++)
		buf_printf(out, "%s'%s'", i != 0 ? ", " : "", db_undo_kinds[i]);
}

/* Runs that somebody may want to undo: ?1 is one of them, or 0 for all. */
static void
add_runs(struct buf *out)
{
	buf_add(out, STR("SELECT id FROM run WHERE outcome = 'done' AND (?1 = "
			 "0 OR id = ?1) AND kind IN ("));
	add_kinds(out);
	buf_add(out, STR(") AND uuid NOT IN (" UNDO_UNDONE ")"));
}

/* The last one before the attempt that has changed anything. 1; 0; -1. */
static int
find_run(struct db *db, int64_t wanted, int64_t before, int64_t *attempt,
    int64_t *run, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;
	int status;

	buf_add(&text,
	    STR("SELECT id, run FROM attempt WHERE id = (SELECT max(attempt) "
		"FROM origin WHERE attempt < ?2 AND attempt IN (SELECT id FROM "
		"attempt WHERE run IN ("));
	add_runs(&text);
	buf_add(&text, STR(")))"));
	if (sql_prepare(db, buf_str(&text), &stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, wanted);
	(void)sqlite3_bind_int64(stmt, 2, before);
	status = sql_step(db, stmt, err);
	if (status == 1) {
		*attempt = sqlite3_column_int64(stmt, 0);
		*run = sqlite3_column_int64(stmt, 1);
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/*
 * Who wants the last change back, and has changed a rule since, means that. -1:
 * so it is, and *err says what takes it back.
 */
static int
check_rules(struct db *db, int64_t run, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		STR("SELECT id, coalesce(command, kind) FROM run WHERE id > ?1 "
		    "AND outcome = 'done' AND kind IN (" RULE_KINDS
		    ") ORDER BY id DESC LIMIT 1"),
		&stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, run);
	status = sql_step(db, stmt, err);
	if (status == 1) {
		struct str command = sql_text(stmt, 1);

		status = err_set(err,
		    "the last change by hand is run %lld (%.*s): rules are "
		    "changed back with autonoscope delete, and add; undo %lld "
		    "takes back the run before it",
		    (long long)sqlite3_column_int64(stmt, 0), STR_ARG(command),
		    (long long)run);
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/* What the run is called, and its uuid. */
static int
read_run(struct db *db, int64_t run, struct pool *pool, struct db_undone *out,
    struct str *uuid, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		STR("SELECT kind, coalesce(command, kind), started, uuid FROM "
		    "run WHERE id = ?1"),
		&stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, run);
	status = sql_step(db, stmt, err);
	if (status == 1) {
		out->run = run;
		out->kind = pool_copy(pool, sql_text(stmt, 0));
		out->command = pool_copy(pool, sql_text(stmt, 1));
		out->started = pool_copy(pool, sql_text(stmt, 2));
		*uuid = pool_copy(pool, sql_text(stmt, 3));
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/* Not before many rows have gone: most runs have few. */
static int
prepare_many(struct undo *undo, struct err *err)
{
	if (undo->is_many || undo->below < CASCADE_MANY)
		return 0;
	undo->is_many = true;
	return cascade_begin(undo->db, err);
}

static int
undo_all(struct undo *undo, sqlite3_stmt *stmt, struct err *err)
{
	int status;

	(void)sqlite3_bind_int64(stmt, 1, undo->run);
	while ((status = sql_step(undo->db, stmt, err)) == 1) {
		const struct undo_change change = {
			.family = sql_text(stmt, 0),
			.row = sqlite3_column_int64(stmt, 1),
			.what = sql_text(stmt, 2),
			.value = sql_text(stmt, 3),
			.columns = sql_text(stmt, 4),
		};

		undo->author.sequence++;
		status = prepare_many(undo, err);
		if (status == 0)
			status = undo_change(undo, &change, err);
		if (status == -1)
			return -1;
		if (status == 1)
			undo->done++;
		else
			undo->gone++;
	}
	return status;
}

/* What hung below a row that we took away, and was not the run's, went, too. */
static int
check_below(const struct undo *undo, struct err *err)
{
	if (undo->db->own.removed <= undo->below)
		return 0;
	return err_set(err,
	    "%lld rows hang below what it has added that others have added",
	    (long long)(undo->db->own.removed - undo->below));
}

static int
undo_changes(struct undo *undo, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	/* what was added may stand where something was removed before */
	if (sql_prepare(undo->db,
		STR("SELECT family, row, what, value, columns FROM origin "
		    "WHERE attempt IN (SELECT id FROM attempt WHERE run = ?1) "
		    "ORDER BY attempt DESC, sequence DESC, what"),
		&stmt, err) == -1)
		return -1;
	undo->db->own.removed = 0;
	status = origin_watch(undo->db, &undo->author, err);
	if (status == 0)
		status = undo_all(undo, stmt, err);
	origin_unwatch(undo->db);
	(void)sqlite3_finalize(stmt);
	undo_clear(undo);
	if (undo->is_many)
		status = cascade_end(undo->db, status, err);
	return status == 0 ? check_below(undo, err) : status;
}

/* The uuid is what the file says, which may be anybody's. */
static int
end_run(struct undo *undo, struct str uuid, struct err *err)
{
	const struct db_attempt_end attempt_end = { .used = DB_USED_UNKNOWN };
	autopool struct pool pool = POOL_NONE;
	struct buf counters = BUF_IN(&pool);
	struct db_run_end run_end = { .outcome = DB_DONE };

	buf_printf(&counters,
	    "{\"changed\":%llu,\"undone\":", (unsigned long long)undo->done);
	json_write_str(&counters, uuid);
	buf_add_char(&counters, '}');
	run_end.counters = buf_str(&counters);
	if (db_attempt_end(undo->db, &undo->author, &attempt_end, err) == -1)
		return -1;
	return db_run_end(undo->db, &undo->author, &run_end, err);
}

/* 1: all of the run is undone, 0: nothing of it was left; -1. */
static int
undo_run(struct undo *undo, struct pool *pool, struct db_undone *out,
    struct err *err)
{
	struct str uuid,
	    number = str_of(pool_printf(pool, "%lld", (long long)undo->run));

	if (read_run(undo->db, undo->run, pool, out, &uuid, err) != 1 ||
	    sql_run(undo->db, "PRAGMA defer_foreign_keys = ON", err) == -1 ||
	    db_command_begin(undo->db, "undo", &number, 1, &undo->author,
		err) == -1 ||
	    undo_changes(undo, err) == -1)
		return -1;
	if (undo->done == 0)
		return 0;
	if (undo->gone != 0)
		return err_set(err, "%s", err_cstr(undo->why));
	out->rows = undo->done;
	return end_run(undo, uuid, err) == -1 ? -1 : 1;
}

/* In a group of its own. */
static int
try_run(struct db *db, int64_t run, bool is_dry, struct pool *pool,
    struct db_undone *out, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct undo undo = { .db = db, .run = run, .why = &why };
	int status;

	if (db_begin(db, err) == -1)
		return -1;
	status = undo_run(&undo, pool, out, err);
	db_author_clear(&undo.author);
	if (status == 1 && !is_dry) {
		if (db_commit(db, err) == 0)
			return 1;
		status = err_wrap(err, "a row that others hang on is gone");
	} else {
		(void)db_rollback(db, NULL);
	}
	if (status == -1)
		return err_wrap(err, "run %lld (%.*s) cannot be undone whole",
		    (long long)run, STR_ARG(out->command));
	return status;
}

int
db_undo(struct db *db, int64_t run, bool is_dry, struct pool *pool,
    struct db_undone *out, struct err *err)
{
	int64_t attempt = INT64_MAX, found = 0;
	int status;

	*out = (struct db_undone){ .command = STR("?") };
	while (
	    (status = find_run(db, run, attempt, &attempt, &found, err)) == 1) {
		if (run == 0 && check_rules(db, found, err) == -1)
			return -1;
		status = try_run(db, found, is_dry, pool, out, err);
		if (status != 0)
			return status;
	}
	return status;
}
