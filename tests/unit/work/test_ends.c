/*
 * How attempts ended and what begins behind them: real records, looked at with
 * a connection of the test's own.
 */
#include "rows.h"

#include <sqlite3.h>

#include "base/mem.h"
#include "db/sql.h"
#include "work/ends.h"
#include "work/run.h"

#define MOST 1000

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, MOST };

static struct work_options options;
static struct ends ends;
static struct run run;
static struct db_author author[MOST], next;
static int commits, refusals;

static int
on_commit(void *ctx)
{
	(void)ctx;
	commits++;
	return refusals != 0 ? refusals-- : 0;
}

static struct db_unit
unit_of(size_t i)
{
	return (struct db_unit){
		.family = STR("domain"),
		.row = (int32_t)i,
		.sees = STR("x"),
		.target = STR("x"),
	};
}

/* A run, of which n attempts are under way. */
static void
begin(size_t n)
{
	static const struct db_run facts = {
		.kind = "run",
		.module = { "a/b", 3 },
		.code = { "code", 4 },
		.options = { "{}", 2 },
	};

	rows_open();
	options = (struct work_options){ .db = rows.db };
	run = (struct run){ .options = &options };
	run.last_failure = &run.failure;
	ends = (struct ends){ .n = 0 };
	CHECK_INT(db_run_begin(rows.db, &facts, &next, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		struct db_unit unit = unit_of(i);

		author[i] = next;
		CHECK_INT(db_attempt_begin(rows.db, &unit, &author[i], NULL),
		    0);
	}
	commits = refusals = 0;
	(void)sqlite3_commit_hook(rows.db->sqlite, on_commit, NULL);
}

static void
end(void)
{
	(void)sqlite3_commit_hook(rows.db->sqlite, NULL, NULL);
	db_author_clear(&next);
	ends_clear(&ends);
	pool_clear(&run.turn);
	pool_clear(&run.pool);
	rows_close();
}

/* Even ones are done, odd ones failed. */
static void
add_ends(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct db_attempt_end how = { .used = DB_USED_UNKNOWN };

		if (i % 2 != 0) {
			how.outcome = DB_FAILED;
			how.cause = STR("module");
			how.error = str_of(pool_printf(&rows.pool, "%zu", i));
		}
		ends_add(&ends, &run, str_of(pool_printf(&rows.pool, "%zu", i)),
		    &author[i], &how);
		CHECK_INT(author[i].attempt, 0);
		CHECK(author[i].seen == NULL);
	}
}

/* As another process sees it. */
static size_t
number(const char *where)
{
	sqlite3 *other;
	sqlite3_stmt *stmt;
	size_t n;

	CHECK_INT(sqlite3_open(rows.path, &other), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(other,
		      pool_printf(&rows.pool,
			  "SELECT count(*) FROM attempt JOIN unit ON unit.id = "
			  "unit WHERE %s",
			  where),
		      -1, &stmt, NULL),
	    SQLITE_OK);
	CHECK_INT(sqlite3_step(stmt), SQLITE_ROW);
	n = (size_t)sqlite3_column_int64(stmt, 0);
	CHECK_INT(sqlite3_finalize(stmt), SQLITE_OK);
	CHECK_INT(sqlite3_close(other), SQLITE_OK);
	return n;
}

static size_t
failures(void)
{
	size_t n = 0;

	for (struct run_failure *f = run.failure; f != NULL; f = f->next)
		n++;
	return n;
}

static void
check_stored(size_t n, size_t begun)
{
	CHECK_INT(number(
		      "outcome = 'done' AND state = 'done' AND error IS NULL"),
	    (n + 1) / 2);
	CHECK_INT(number("outcome = 'failed' AND state = 'failed' AND cause = "
			 "'module' AND error = unit.row"),
	    n / 2);
	CHECK_INT(number("outcome IS NULL AND state = 'leased'"), begun);
	CHECK_INT(ends.n, 0);
	CHECK_INT(failures(), 0);
	CHECK(!db_is_open(rows.db));
}

static void
ends_and_a_beginning_are_one_commit(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct db_unit unit = unit_of(MOST);

		begin(sizes[i]);
		add_ends(sizes[i]);
		CHECK_INT(commits, 0);
		CHECK(!db_is_open(rows.db));
		CHECK_INT(number("outcome IS NULL"), sizes[i]);
		CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, NULL), 0);
		CHECK_INT(commits, 1);
		CHECK(next.attempt != 0);
		check_stored(sizes[i], 1);
		end();
	}
}

static void
ends_alone_are_one_commit(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin(sizes[i]);
		add_ends(sizes[i]);
		ends_store(&ends);
		CHECK_INT(commits, sizes[i] != 0);
		check_stored(sizes[i], 0);
		ends_store(&ends);
		CHECK_INT(commits, sizes[i] != 0);
		end();
	}
}

/* Of a row that is at work again in the same commit the last word is that. */
static void
a_unit_that_begins_again_is_at_work(void)
{
	struct db_unit unit = unit_of(0);

	begin(1);
	add_ends(1);
	CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, NULL), 0);
	CHECK_INT(number("outcome = 'done' AND state = 'leased'"), 1);
	CHECK_INT(number("outcome IS NULL AND state = 'leased'"), 1);
	end();
}

static void
a_commit_that_fails_is_told_of_all(void)
{
	struct db_unit unit = unit_of(MOST);
	autoerr struct err err = ERR_NONE;

	begin(3);
	add_ends(3);
	refusals = 1;
	CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, &err), -1);
	CHECK(err_text(&err).n != 0);
	CHECK_INT(next.attempt, 0);
	CHECK(next.run != 0 && next.seen == NULL);
	CHECK_INT(failures(), 3);
	CHECK(str_starts(run.failure->text,
	    STR("Failed 0: cannot note how it ended: ")));
	CHECK_INT(ends.n, 0);
	CHECK_INT(number("outcome IS NULL AND state = 'leased'"), 3);
	/* and it can go on */
	CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, NULL), 0);
	CHECK_INT(number("outcome IS NULL AND state = 'leased'"), 4);
	end();
	begin(2);
	add_ends(2);
	refusals = 1;
	ends_store(&ends);
	CHECK_INT(failures(), 2);
	CHECK_INT(ends.n, 0);
	CHECK(!db_is_open(rows.db));
	end();
}

/* The others and what begins behind it are stored all the same. */
static void
an_end_that_is_refused_is_told_alone(void)
{
	static const char *const bad[] = { "0", "1", "4" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct db_unit unit = unit_of(MOST);

		begin(5);
		CHECK_INT(sqlite3_exec(rows.db->sqlite,
			      pool_printf(&rows.pool,
				  "CREATE TEMP TRIGGER t AFTER UPDATE ON "
				  "main.unit WHEN NEW.row = %s BEGIN SELECT "
				  "RAISE(FAIL, 'no'); END",
				  bad[i]),
			      NULL, NULL, NULL),
		    SQLITE_OK);
		add_ends(5);
		CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, NULL), 0);
		CHECK_INT(failures(), 1);
		CHECK_STR(run.failure->text,
		    pool_printf(&rows.pool,
			"Failed %s: cannot note how it ended: no", bad[i]));
		CHECK_INT(number("outcome IS NOT NULL"), 4);
		CHECK_INT(number("outcome IS NULL AND state = 'leased'"), 2);
		end();
	}
}

/* Somebody else holds it for longer than it is waited for. */
static void
a_database_that_cannot_be_had_is_told_of(void)
{
	struct db_unit unit = unit_of(MOST);
	autoerr struct err err = ERR_NONE;
	sqlite3 *other;

	begin(2);
	(void)sqlite3_busy_timeout(rows.db->sqlite, 0);
	CHECK_INT(sqlite3_open(rows.path, &other), SQLITE_OK);
	CHECK_INT(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	add_ends(2);
	CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, &err), -1);
	CHECK_STR(err_text(&err), "database is locked");
	CHECK_INT(failures(), 2);
	CHECK_STR(run.failure->text,
	    "Failed 0: cannot note how it ended: database is locked");
	CHECK_INT(ends.n, 0);
	CHECK_INT(next.attempt, 0);
	CHECK_INT(sqlite3_close(other), SQLITE_OK);
	CHECK_INT(ends_begin(&ends, rows.db, &unit, &next, NULL), 0);
	CHECK_INT(number("outcome IS NULL AND state = 'leased'"), 3);
	end();
}

CHECK_MAIN(CASE(ends_and_a_beginning_are_one_commit),
    CASE(ends_alone_are_one_commit), CASE(a_unit_that_begins_again_is_at_work),
    CASE(a_commit_that_fails_is_told_of_all),
    CASE(an_end_that_is_refused_is_told_alone),
    CASE(a_database_that_cannot_be_had_is_told_of))
