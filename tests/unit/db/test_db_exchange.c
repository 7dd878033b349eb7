/*
 * What an attempt asked, and which change came behind it: the table behind
 * db/exchange.h, looked at with a connection of the test's own.
 */
#include "rows.h"

#include <sqlite3.h>

#include "base/mem.h"
#include "db/exchange.h"

static int
add_cell(void *out, int n, char **value, char **name)
{
	struct buf *buf = out;

	(void)name;
	if (buf->n != 0)
		buf_add_char(buf, ' ');
	for (int i = 0; i < n; i++)
		buf_printf(buf, "%s%s", i != 0 ? "|" : "",
		    value[i] != NULL ? value[i] : "-");
	return 0;
}

/* As another program: "cell|cell cell|cell", or the error. */
static struct str
raw(const char *text)
{
	struct buf out = BUF_IN(&rows.pool);
	char *why = NULL;
	sqlite3 *file;

	CHECK_INT(sqlite3_open(rows.path, &file), SQLITE_OK);
	(void)sqlite3_busy_timeout(file, 10000);
	if (sqlite3_exec(file, text, add_cell, &out, &why) != SQLITE_OK)
		buf_printf(&out, "error: %s", why);
	sqlite3_free(why);
	CHECK_INT(sqlite3_close(file), SQLITE_OK);
	return pool_copy(&rows.pool, buf_str(&out));
}

static void
begin(void)
{
	static const struct db_run run = { .kind = "run",
		.module = { "a/b", 3 },
		.code = { "x", 1 } };
	const struct db_unit unit = { .family = STR("domain"), .row = 1 };
	autoerr struct err err = ERR_NONE;

	CHECK_INT(db_run_begin(rows.db, &run, &rows.author, &err), 0);
	CHECK_INT(db_attempt_begin(rows.db, &unit, &rows.author, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static void
end(void)
{
	const struct db_attempt_end attempt_end = { .used = DB_USED_UNKNOWN };
	const struct db_run_end run_end = { .outcome = DB_DONE };

	CHECK_INT(db_attempt_end(rows.db, &rows.author, &attempt_end, NULL), 0);
	CHECK_INT(db_run_end(rows.db, &rows.author, &run_end, NULL), 0);
}

/* Of which only the texts and numbers that it must have are there. */
static struct db_exchange
exchange(int64_t number, const char *kind, const char *what)
{
	return (struct db_exchange){ .number = number,
		.kind = str_of(kind),
		.what = str_of(what),
		.status = -1,
		.connection = -1,
		.started = -1,
		.ms = -1,
		.sent = -1,
		.received = -1,
		.bytes = -1,
		.place = -1,
		.length = -1 };
}

static int64_t
ask(int64_t number)
{
	struct db_exchange x = exchange(number, "http", "GET http://a.com/");
	autoerr struct err err = ERR_NONE;
	int64_t id;

	rows.author.sequence++;
	CHECK_INT(db_exchange_add(rows.db, &rows.author, &x, &id, &err), 0);
	CHECK_STR(err_text(&err), "");
	return id;
}

static void
all_of_it_is_kept(void)
{
	struct db_exchange x = { 3, STR("http"), STR("GET http://a.com/"), 200,
		STR("reset"), 7, STR("192.0.2.1:443"), STR("127.0.0.1:9050"),
		1764460000123, 52, 310, 12901, 12310, STR("91ab"), STR("77"),
		4096, 900, STR("request,response"), true, false };
	int64_t id;

	rows_open();
	begin();
	rows.author.sequence = 5;
	CHECK_INT(db_exchange_add(rows.db, &rows.author, &x, &id, NULL), 0);
	CHECK_INT(id, 1);
	x = exchange(4, "dns", "A a.com");
	CHECK_INT(db_exchange_add(rows.db, &rows.author, &x, &id, NULL), 0);
	CHECK_STR(raw("SELECT * FROM exchange"),
	    "1|1|5|3|http|GET http://a.com/|200|reset|7|192.0.2.1:443|"
	    "127.0.0.1:9050|1764460000123|52|310|12901|12310|91ab|77|4096|900|"
	    "-|request,response|1 "
	    "2|1|5|4|dns|A a.com|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|0");
	end();
	rows_close();
}

static void
a_change_names_the_exchange_before_it(void)
{
	rows_open();
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_INT(ask(1), 1);
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
	CHECK_INT(ask(2), 2);
	CHECK_INT(ask(3), 3);
	CHECK_STR(add("domain", "{'value':'c.com'}"), "Inserted(3)");
	end();
	/* another attempt has asked nothing yet */
	begin();
	CHECK_STR(add("domain", "{'value':'d.com'}"), "Inserted(4)");
	end();
	CHECK_STR(raw("SELECT value, exchange FROM origin ORDER BY row"),
	    "a.com|- b.com|1 c.com|3 d.com|-");
	rows_close();
}

static void
a_connection_that_stands_is_before_what_comes_over_it(void)
{
	struct db_exchange x = exchange(1, "tcp", "a.com:43");
	int64_t id;

	rows_open();
	begin();
	rows.author.sequence = 1;
	CHECK_INT(db_exchange_add(rows.db, &rows.author, &x, &id, NULL), 0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_INT(ask(2), 2);
	x.ms = 17;
	x.received = 9;
	rows.author.sequence = 9;
	CHECK_INT(db_exchange_end(rows.db, &rows.author, id, &x, NULL), 0);
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
	CHECK_STR(raw("SELECT id, sequence, ms, received FROM exchange WHERE "
		      "number = 1"),
	    "1|1|17|9");
	CHECK_STR(raw("SELECT value, exchange FROM origin ORDER BY row"),
	    "a.com|1 b.com|1");
	/* another attempt's is none of its business */
	end();
	begin();
	CHECK_INT(db_exchange_end(rows.db, &rows.author, id, &x, NULL), -1);
	end();
	rows_close();
}

/* Over connections 1 to n, of which each third is not seen. */
static void
what_was_seen_is_said_of_each(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

	rows_open();
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		int64_t *unseen = NULL;
		size_t n = 0;

		begin();
		CHECK_INT(db_begin(rows.db, NULL), 0);
		for (size_t i = 1; i <= sizes[s]; i++) {
			struct db_exchange x = exchange((int64_t)i, "tcp", "x");
			int64_t id;

			x.connection = (int64_t)i;
			x.is_unseen = i % 5 == 0;
			rows.author.sequence++;
			CHECK_INT(db_exchange_add(rows.db, &rows.author, &x,
				      &id, NULL),
			    0);
			if (i % 3 == 0) {
				unseen = pool_push(&rows.pool, unseen, n,
				    sizeof(*unseen));
				unseen[n++] = (int64_t)i;
			}
		}
		CHECK_INT(db_exchange_judge(rows.db, &rows.author, unseen, n,
			      NULL),
		    0);
		CHECK_INT(db_commit(rows.db, NULL), 0);
		end();
		CHECK_STR(raw("SELECT count(*) FROM exchange WHERE attempt = "
			      "(SELECT max(id) FROM attempt) AND seen IS NOT "
			      "(number % 3 <> 0 AND number % 5 <> 0)"),
		    "0");
	}
	rows_close();
}

static void
who_keeps_nothing_succeeds(void)
{
	struct db_exchange x = exchange(1, "http", "GET http://a.com/");
	struct db_author nobody = DB_AUTHOR_NONE;
	int64_t id = 7;

	rows_open();
	CHECK_INT(db_exchange_add(rows.db, &nobody, &x, &id, NULL), 0);
	CHECK_INT(id, 0);
	CHECK_INT(db_exchange_end(rows.db, &nobody, 1, &x, NULL), 0);
	CHECK_INT(db_exchange_judge(rows.db, &nobody, NULL, 0, NULL), 0);
	CHECK_STR(raw("SELECT count(*) FROM exchange"), "0");
	rows_close();
}

static struct str
faults(bool is_gc)
{
	struct buf out = BUF_IN(&rows.pool);
	struct db_check check;

	CHECK_INT(db_check(rows.db, is_gc, &rows.pool, &check, NULL), 0);
	for (size_t i = 0; i < check.n; i++)
		buf_printf(&out, "%.*s;", STR_ARG(check.fault[i]));
	return buf_str(&out);
}

static void
what_hangs_in_the_air_is_found(void)
{
	rows_open();
	begin();
	CHECK_INT(ask(1), 1);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	end();
	CHECK_STR(faults(false), "");
	CHECK_STR(raw("UPDATE exchange SET attempt = 9"), "");
	CHECK_STR(faults(true),
	    "1 exchanges are of an attempt that is not there;"
	    "1 changes are behind an exchange that is not there;");
	CHECK_STR(faults(true), "");
	CHECK_STR(raw("SELECT value, exchange FROM origin"), "a.com|-");
	CHECK_STR(raw("SELECT count(*) FROM exchange"), "0");
	rows_close();
}

static const struct check_case cases[] = {
	CASE(all_of_it_is_kept),
	CASE(a_change_names_the_exchange_before_it),
	CASE(a_connection_that_stands_is_before_what_comes_over_it),
	CASE(what_was_seen_is_said_of_each),
	CASE(who_keeps_nothing_succeeds),
	CASE(what_hangs_in_the_air_is_found),
};

int
main(void)
{
	return check_run(cases, ARRAY_SIZE(cases));
}
