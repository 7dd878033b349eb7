/*
 * Who did what: the tables behind db/author.h, looked at with a connection of
 * the test's own, as sqlite3(1) and the reference program see them.
 */
#include "rows.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/own.h"
#include "db/sql.h"

#define KILLS 20 /* SN0INT_KILLS has more of them */

static const size_t sizes[] = { 0, 1, 2, 3, 1000 };

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
	(void)sqlite3_exec(file, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	if (sqlite3_exec(file, text, add_cell, &out, &why) != SQLITE_OK)
		buf_printf(&out, "error: %s", why);
	sqlite3_free(why);
	CHECK_INT(sqlite3_close(file), SQLITE_OK);
	return pool_copy(&rows.pool, buf_str(&out));
}

static const char *
sql(const char *fmt, ...)
{
	struct buf out = BUF_IN(&rows.pool);
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&out, fmt, args);
	va_end(args);
	return buf_cstr(&out);
}

static void
times_are_written_as_they_are_read(void)
{
	static const struct {
		const char *is, *want;
	} row[] = {
		{ OWN_TIME("'2026-11-30 11:29:17'"), "2026-11-30 11:29:17" },
		{ OWN_TIME("'2026-11-30 11:29:17.005'"),
		    "2026-11-30 11:29:17.005" },
		{ OWN_TIME("'2026-11-30 11:29:10.100'"),
		    "2026-11-30 11:29:10.100" },
		{ OWN_TIME("'2026-11-30 11:00:00.000'"),
		    "2026-11-30 11:00:00" },
		{ OWN_TIME("1796038157, 'unixepoch'"), "2026-11-30 11:29:17" },
	};

	rows_open();
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(raw(pool_printf(&rows.pool, "SELECT %s", row[i].is)),
		    row[i].want);
	rows_close();
}

static void
reopen(void)
{
	autoerr struct err err = ERR_NONE;

	db_free(rows.db);
	rows.db = NULL;
	CHECK_INT(db_open(rows.path, &rows.db, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static const struct db_run module_run = {
	.kind = "run",
	.command = { "run a/b", 7 },
	.module = { "a/b", 3 },
	.version = { "1.0", 3 },
	.code = { "function run() end", 18 },
	.options = { "{}", 2 },
	.proxy = { "127.0.0.1:9050", 14 },
};

/* An attempt of a module at row 1 as it looks now; rows.author is its author. */
static void
begin_with(const struct db_run *run, const char *sees)
{
	autoerr struct err err = ERR_NONE;
	const struct db_unit unit = { .family = STR("domain"),
		.row = 1,
		.sees = str_of(sees),
		.target = STR("a.com") };

	CHECK_INT(db_run_begin(rows.db, run, &rows.author, &err), 0);
	CHECK_INT(db_attempt_begin(rows.db, &unit, &rows.author, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static void
begin(void)
{
	begin_with(&module_run, "{}");
}

static void
end_with(enum db_outcome outcome)
{
	autoerr struct err err = ERR_NONE;
	const struct db_attempt_end attempt_end = { .outcome = outcome,
		.used = { 1, 2, 3, -1, -1, 6 } };
	const struct db_run_end run_end = { .outcome = DB_DONE,
		.counters = STR("{\"added\":1}") };

	CHECK_INT(db_attempt_end(rows.db, &rows.author, &attempt_end, &err), 0);
	CHECK_INT(db_run_end(rows.db, &rows.author, &run_end, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static void
end(void)
{
	end_with(DB_DONE);
}

static void
add_emails(size_t n, const char *want)
{
	for (size_t i = 0; i < n; i++)
		CHECK(str_starts(add("email", sql("{'value':'%zu@a.com'}", i)),
		    str_of(want)));
}

static void
nobody_leaves_nothing(void)
{
	rows_open();
	add_emails(3, "Inserted");
	add_emails(3, "NoChange");
	CHECK_STR(
	    raw("SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM "
		"origin), (SELECT count(*) FROM seen)"),
	    "0|0|0");
	rows_close();
}

static void
every_new_row_has_an_origin(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];

		rows_open();
		begin();
		add_emails(n, "Inserted");
		end();
		CHECK_STR(raw("SELECT count(*) FROM emails AS e JOIN origin AS "
			      "o ON o.family = 'email' AND o.row = e.id AND "
			      "o.value = e.value AND o.attempt = 1 AND "
			      "o.sequence = e.id AND o.what = 'added'"),
		    sql("%zu", n));
		CHECK_STR(raw("SELECT count(*) FROM origin"), sql("%zu", n));
		CHECK_STR(raw("SELECT count(*) FROM seen"), "0");
		rows_close();
	}
}

static void
a_second_run_adds_no_origin_it_counts(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];

		rows_open();
		begin();
		add_emails(n, "Inserted");
		end();
		for (int again = 1; again <= 2; again++) {
			begin();
			add_emails(n, "NoChange");
			add_emails(n, "NoChange");
			end();
			CHECK_STR(raw("SELECT count(*) FROM origin"),
			    sql("%zu", n));
			CHECK_STR(raw(sql("SELECT count(*) FROM seen WHERE "
					  "times = %d AND first = 2 AND last "
					  "= %d",
				      again, again + 1)),
			    sql("%zu", n));
		}
		CHECK_STR(raw("SELECT count(*) FROM seen"), sql("%zu", n));
		rows_close();
	}
}

/* More than are kept in memory, twice: an attempt counts once all the same. */
static void
an_attempt_counts_once(void)
{
	const size_t n = 5000;

	rows_open();
	begin();
	CHECK_INT(sql_run(rows.db, "BEGIN", NULL), 0);
	add_emails(n, "Inserted");
	add_emails(n, "NoChange");
	CHECK_INT(sql_run(rows.db, "COMMIT", NULL), 0);
	end();
	/* what it has found itself it does not meet again */
	CHECK_STR(raw("SELECT count(*) FROM seen"), "0");
	begin();
	CHECK_INT(sql_run(rows.db, "BEGIN", NULL), 0);
	add_emails(n, "NoChange");
	add_emails(n, "NoChange");
	CHECK_INT(sql_run(rows.db, "COMMIT", NULL), 0);
	end();
	CHECK_STR(raw("SELECT count(*), min(times), max(times) FROM seen"),
	    "5000|1|1");
	rows_close();
}

static void
three_modules_are_three_counters(void)
{
	static const char *const code[] = { "a", "b", "c" };

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	for (size_t i = 0; i < ARRAY_SIZE(code); i++) {
		struct db_run run = module_run;

		run.code = str_of(code[i]);
		begin_with(&run, "{}");
		CHECK_STR(add("domain", "{'value':'a.com'}"), "NoChange(1)");
		end();
	}
	CHECK_STR(
	    raw("SELECT count(*), count(DISTINCT module), sum(times) FROM "
		"seen"),
	    "3|3|3");
	CHECK_STR(raw("SELECT count(*) FROM seen JOIN digest ON digest.id = "
		      "seen.module JOIN run USING (sha256)"),
	    "3");
	rows_close();
}

static void
a_change_has_old_and_new(void)
{
	rows_open();
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("subdomain",
		      "{'domain_id':1,'value':'www.a.com','resolvable':true}"),
	    "Updated(1)");
	CHECK_STR(update("subdomain", "{'id':1,'resolvable':false}"),
	    "Updated(1)");
	CHECK_STR(add("email", "{'value':'x@a.com','displayname':'\\\"q'}"),
	    "Inserted(1)");
	CHECK_STR(update("email", "{'id':1,'displayname':'r','valid':true}"),
	    "Updated(1)");
	end();
	CHECK_STR(raw("SELECT value, what, columns FROM origin WHERE family = "
		      "'subdomain' ORDER BY sequence"),
	    "www.a.com|added|- "
	    "www.a.com|changed|{\"resolvable\":[null,true]} "
	    "www.a.com|changed|{\"resolvable\":[true,false]}");
	CHECK_STR(raw("SELECT columns FROM origin WHERE family = 'email' AND "
		      "what = 'changed'"),
	    "{\"valid\":[null,true],\"displayname\":[\"\\\"q\",\"r\"]}");
	rows_close();
}

/* The body of a page is not kept twice more for each time that it changes. */
static void
what_is_large_is_kept_as_its_hash(void)
{
	char *title;

	rows_open();
	title = pool_zalloc(&rows.pool, 5001);
	memset(title, 'x', 5000);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("url",
		      "{'subdomain_id':1,'value':'http://a.com/','status':200,"
		      "'body':[97,98,99]}"),
	    "Inserted(1)");
	begin();
	CHECK_STR(update("url",
		      sql("{'id':1,'body':[97],'title':'%s'}", title)),
	    "Updated(1)");
	end();
	CHECK_STR(raw("SELECT columns FROM origin"),
	    "{\"body\":[\"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a"
	    "9cb410ff61f20015ad\",\"sha256:ca978112ca1bbdcafac231b39a23dc4da786"
	    "eff8147c4e72b9807785afee48bb\"],\"title\":[null,\"sha256:c59d3c048"
	    "0cc2d71d8f646e735e92da65450311eec46e81a5db8c7e6e8a92054\"]}");
	rows_close();
}

static void
a_row_that_a_rule_puts_out_says_so(void)
{
	autoerr struct err err = ERR_NONE;

	rows_open();
	begin();
	CHECK_INT(db_rule_add(rows.db, &rows.author, STR("domain"),
		      STR("a.com"), false, &err),
	    0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	rows.author.sequence++;
	CHECK_INT(db_rule_add(rows.db, &rows.author, STR("domain"),
		      STR("a.com"), true, &err),
	    0);
	end();
	CHECK_STR(raw("SELECT columns FROM origin WHERE family = 'domain'"),
	    "{\"unscoped\":[null,true]}");
	CHECK_STR(raw("SELECT row, what, value, columns FROM origin WHERE "
		      "family = 'rule' ORDER BY sequence, row"),
	    "1|added|domain a.com|{\"scoped\":[null,false]} "
	    "1|removed|domain a.com|{\"scoped\":[false,null]} "
	    "2|added|domain a.com|{\"scoped\":[null,true]}");
	rows_close();
}

static void
what_goes_takes_along_is_noted(void)
{
	autoerr struct err err = ERR_NONE;
	uint64_t n;

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("ipaddr", "{'value':'192.0.2.1','family':'4'}"),
	    "Inserted(1)");
	CHECK_STR(add("subdomain-ipaddr", "{'subdomain_id':1,'ip_addr_id':1}"),
	    "Inserted(1)");
	begin();
	CHECK_INT(db_delete(rows.db, &rows.author, rows_model("domains"),
		      rows_where("domains", "true"), &n, &err),
	    0);
	CHECK_INT(n, 1);
	end();
	CHECK_STR(raw("SELECT family, row, attempt, what, value FROM origin"),
	    "domain|1|1|removed|a.com subdomain|1|1|removed|www.a.com "
	    "subdomain-ipaddr|1|1|removed|1+1");
	/* and nobody is named for what nobody does */
	CHECK_INT(db_delete(rows.db, NULL, rows_model("ipaddrs"),
		      rows_where("ipaddrs", "true"), &n, &err),
	    0);
	CHECK_STR(raw("SELECT count(*) FROM origin"), "3");
	rows_close();
}

static void
scope_names_the_rows_that_had_another(void)
{
	autoerr struct err err = ERR_NONE;
	uint64_t n;

	rows_open();
	add_emails(100, "Inserted");
	begin();
	CHECK_INT(db_set_scope(rows.db, &rows.author, rows_model("emails"),
		      rows_where("emails", "true order by random() limit 7"),
		      false, &n, &err),
	    0);
	CHECK_INT(n, 7);
	rows.author.sequence++;
	CHECK_STR(raw("SELECT count(*) FROM emails AS e JOIN origin AS o ON "
		      "o.row = e.id AND o.value = e.value WHERE e.unscoped AND "
		      "o.columns = '{\"unscoped\":[false,true]}'"),
	    "7");
	CHECK_INT(db_set_scope(rows.db, &rows.author, rows_model("emails"),
		      NULL, true, &n, &err),
	    0);
	CHECK_INT(n, 7);
	end();
	CHECK_STR(raw("SELECT count(*), count(DISTINCT row) FROM origin"),
	    "14|7");
	rows_close();
}

static void
an_end_is_a_run_of_its_own(void)
{
	static const int32_t gone = -5;
	autoerr struct err err = ERR_NONE;
	struct str why = STR_NONE;
	struct row row;

	rows_open();
	CHECK_INT(db_expire(rows.db, NULL, NULL, &err), 0);
	CHECK_STR(raw("SELECT count(*) FROM run"), "0");
	CHECK(rows_read("email", "{'value':'old@a.com'}", &row, &why));
	CHECK_INT(db_insert(rows.db, NULL, &row, &gone, &rows.pool,
		      &rows_result, &err),
	    0);
	CHECK_INT(db_expire(rows.db, NULL, NULL, &err), 0);
	CHECK_STR(err_text(&err), "");
	CHECK_STR(
	    raw("SELECT kind, run.outcome, family, what, value FROM origin "
		"JOIN attempt ON attempt.id = origin.attempt JOIN run ON "
		"run.id = attempt.run"),
	    "expire|done|email|removed|old@a.com");
	CHECK_STR(raw("SELECT outcome, ended IS NOT NULL FROM attempt"),
	    "done|1");
	rows_close();
}

static void
an_event_has_an_origin(void)
{
	autoerr struct err err = ERR_NONE;
	struct reply_db reply;
	struct row event;
	struct json v;

	rows_open();
	CHECK_INT(json_read(&rows.pool,
		      rows_json("{'topic':'t','time':'2020-01-03T00:00:00',"
				"'uniq':'u','content':{}}"),
		      &v, &err),
	    0);
	CHECK_INT(row_read_insert(&event, &model_activity, &v, &rows.pool,
		      &err),
	    0);
	begin();
	for (int i = 0; i < 2; i++) {
		rows.author.sequence++;
		CHECK_INT(db_log(rows.db, &rows.author, &event, &reply, &err),
		    0);
	}
	end();
	CHECK_STR(raw("SELECT family, row, what, value FROM origin"),
	    "activity|1|added|t");
	rows_close();
}

static void
a_run_says_what_it_was(void)
{
	rows_open();
	begin();
	CHECK_STR(raw("SELECT outcome, ended, counters FROM run"), "-|-|-");
	end();
	CHECK_STR(raw("SELECT kind, command, module, version, options, proxy, "
		      "granted, outcome, counters FROM run"),
	    "run|run a/b|a/b|1.0|{}|127.0.0.1:9050|-|done|{\"added\":1}");
	/* sha256sum says so */
	CHECK_STR(raw("SELECT sha256 FROM run"),
	    "a660be319b4a9dd5b8dee0d20342576ad5ee8b3d86ef1deeb1aaa3e0dba8c338");
	CHECK_STR(raw("SELECT count(*) FROM run WHERE uuid GLOB '*-*-4*-[89ab]"
		      "*-*' AND length(uuid) = 36 AND started <= ended AND "
		      "julianday('now') - julianday(ended) < 0.01 AND program "
		      "GLOB 'sn0int in C *'"),
	    "1");
	CHECK_STR(raw("SELECT run, unit, target, outcome, cpu_ms, memory_kib, "
		      "connections, sent, received, events FROM attempt"),
	    "1|1|a.com|done|1|2|3|-|-|6");
	rows_close();
}

/* The same module, options and row are one unit, until one of them changes. */
static void
a_unit_is_one_over_all_runs(void)
{
	struct db_run other = module_run;

	rows_open();
	begin();
	end();
	begin();
	CHECK_STR(raw("SELECT state FROM unit"), "leased");
	end();
	CHECK_STR(raw("SELECT state, attempts, first_run, last_run, family, "
		      "row, length(version) FROM unit"),
	    "done|2|1|2|domain|1|32");
	begin_with(&module_run, "{\"new\":1}");
	end();
	other.options = STR("{\"x\":\"y\"}");
	begin_with(&other, "{}");
	end();
	other = module_run;
	other.code = STR("another text");
	begin_with(&other, "{}");
	end();
	CHECK_STR(raw("SELECT count(*), sum(attempts) FROM unit"), "4|5");
	rows_close();
}

static void
the_state_of_a_unit_is_how_its_last_attempt_ended(void)
{
	static const struct {
		enum db_outcome outcome;
		const char *text, *state;
	} row[] = {
		{ DB_FAILED, "failed", "failed" },
		{ DB_REFUSED, "refused", "refused" },
		{ DB_INTERRUPTED, "interrupted", "queued" },
		{ DB_STOPPED, "stopped", "failed" },
		{ DB_DONE, "done", "done" },
	};

	rows_open();
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		begin();
		end_with(row[i].outcome);
		CHECK_STR(raw("SELECT state FROM unit"), row[i].state);
		CHECK_STR(raw(sql("SELECT outcome FROM attempt WHERE id = %zu",
			      i + 1)),
		    row[i].text);
	}
	rows_close();
}

static void
a_group_that_is_undone_leaves_nothing(void)
{
	const struct str word[] = { STR("domain"), STR("two words") };
	autoerr struct err err = ERR_NONE;

	rows_open();
	CHECK_INT(db_command_begin_group(rows.db, "add", word, 2, &rows.author,
		      &err),
	    0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_INT(db_rule_add(rows.db, &rows.author, STR("domain"),
		      STR("b.com"), false, &err),
	    0);
	CHECK_INT(db_command_end_group(rows.db, &rows.author, -1, &err), -1);
	CHECK_STR(
	    raw("SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM "
		"origin), (SELECT count(*) FROM domains)"),
	    "0|0|0");
	/* nor is the rule in force */
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(1)");
	CHECK(!rows_result.is_scoped_out);
	CHECK_INT(db_command_begin_group(rows.db, "add", word, 2, &rows.author,
		      &err),
	    0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(2)");
	CHECK_INT(db_command_end_group(rows.db, &rows.author, 0, &err), 0);
	CHECK_STR(raw("SELECT id, command, outcome FROM run"),
	    "1|add domain \"two words\"|done");
	rows_close();
}

/* ---- runs that are cut off */

static long
kills(void)
{
	const char *text = getenv("SN0INT_KILLS");
	int n = 0;

	for (; text != NULL && char_is_digit(*text) && n < 100000; text++)
		n = 10 * n + (*text - '0');
	return n != 0 ? n : KILLS;
}

/* Until it is killed; nothing here comes back. told: that a run has begun. */
static void
work(int told)
{
	autoerr struct err err = ERR_NONE;

	if (db_open(rows.path, &rows.db, &err) == -1)
		_exit(1);
	for (int turn = 0;; turn++) {
		begin();
		if (turn == 0 && write(told, "", 1) != 1)
			_exit(1);
		for (int i = 0; i < 7; i++) {
			(void)add("email", sql("{'value':'%d.%d.%d@a.com'}",
					       (int)getpid(), turn, i));
			(void)add("email", "{'value':'same@a.com'}");
		}
		end();
	}
}

/* *begun can be read from when its first run has begun. */
static pid_t
start_work(int *begun)
{
	int end[2];
	pid_t pid;

	db_free(rows.db);
	rows.db = NULL;
	CHECK_INT(pipe(end), 0);
	pid = fork();
	if (pid == 0)
		work(end[1]);
	CHECK(pid > 0);
	(void)close(end[1]);
	*begun = end[0];
	return pid;
}

/* All that was committed hangs together, and nothing goes on. */
static void
check_whole(void)
{
	autoerr struct err err = ERR_NONE;
	struct db_check check;

	CHECK_STR(raw("PRAGMA integrity_check"), "ok");
	CHECK_STR(raw("SELECT (SELECT count(*) FROM emails) = (SELECT count(*) "
		      "FROM origin WHERE what = 'added')"),
	    "1");
	CHECK_STR(raw("SELECT count(*) FROM run WHERE outcome IS NULL OR "
		      "(outcome = 'killed') <> (ended IS NULL)"),
	    "0");
	CHECK_STR(raw("SELECT count(*) FROM attempt WHERE outcome IS NULL"),
	    "0");
	CHECK_STR(raw("SELECT count(*) FROM unit WHERE state = 'leased'"), "0");
	CHECK_INT(db_check(rows.db, false, &rows.pool, &check, &err), 0);
	CHECK_INT(check.n, 0);
}

/* Every other one before it has begun, maybe. */
static void
a_run_that_was_killed_is_noticed(void)
{
	long n = kills(), killed = 0;
	unsigned dice = 1;

	rows_open();
	for (long i = 0; i < n; i++) {
		int begun, status;
		pid_t pid = start_work(&begun);
		char byte;

		if (i % 2 == 0)
			CHECK_INT(read(begun, &byte, 1), 1);

		dice = dice * 1103515245u + 12345u;
		(void)usleep(dice / 65536u % 20000u);
		CHECK_INT(kill(pid, SIGKILL), 0);
		CHECK_INT(waitpid(pid, &status, 0), pid);
		CHECK(WIFSIGNALED(status));
		(void)close(begun);
		reopen();
		check_whole();
	}
	killed = (long)(raw("SELECT 1 FROM run WHERE outcome = 'killed'").n);
	CHECK(killed > 0);
	rows_close();
}

/* Two connections are like two processes: each has locks of its own. */
static void
a_run_that_goes_on_is_left_alone(void)
{
	autoerr struct err err = ERR_NONE;
	struct db *other = NULL;

	rows_open();
	begin();
	CHECK_INT(db_open(rows.path, &other, &err), 0);
	CHECK_STR(raw("SELECT outcome FROM run"), "-");
	CHECK_STR(raw("SELECT state FROM unit"), "leased");
	end();
	CHECK_STR(raw("SELECT outcome FROM run"), "done");
	db_free(other);
	rows_close();
}

/* Where locks are not told apart: how it ended is what it says itself. */
static void
who_was_taken_for_dead_has_the_last_word(void)
{
	rows_open();
	begin();
	alive_drop(rows.db, rows.author.run);
	{
		autoerr struct err err = ERR_NONE;
		struct db *other = NULL;

		CHECK_INT(db_open(rows.path, &other, &err), 0);
		CHECK_STR(raw("SELECT outcome FROM run"), "killed");
		CHECK_STR(raw("SELECT state FROM unit"), "queued");
		db_free(other);
	}
	end();
	CHECK_STR(raw("SELECT run.outcome, attempt.outcome, state FROM run, "
		      "attempt, unit"),
	    "done|done|done");
	rows_close();
}

static void
two_processes_work_at_once(void)
{
	int begun[2];
	pid_t pid[2];

	rows_open();
	for (int i = 0; i < 2; i++)
		pid[i] = start_work(&begun[i]);
	reopen();
	begin();
	/* wait until both have done something, not for a time */
	while (!str_is(raw("SELECT count(*) FROM (SELECT substr(value, 1, "
			   "instr(value, '.')) AS pid FROM emails WHERE value "
			   "LIKE '%.6@%' GROUP BY pid)"),
	    "2"))
		(void)add("email", "{'value':'same@a.com'}");
	for (int i = 0; i < 2; i++) {
		CHECK_INT(kill(pid[i], SIGKILL), 0);
		CHECK_INT(waitpid(pid[i], NULL, 0), pid[i]);
		(void)close(begun[i]);
	}
	end();
	reopen();
	check_whole();
	rows_close();
}

/* ---- other programs, and other versions */

static const char drop_ours[] =
    "DROP TABLE sn0int_schema; DROP TABLE digest; DROP TABLE run; DROP TABLE "
    "unit; DROP TABLE attempt; DROP TABLE origin; DROP TABLE seen; DROP TABLE "
    "outbox; DROP TABLE exchange; DROP TABLE persons; DROP TABLE organisations; DROP TABLE links; "
    "DROP TABLE notes; DROP TABLE tags";

static void
drop_triggers(void)
{
	struct str names = raw("SELECT name FROM sqlite_master WHERE type = "
			       "'trigger'");

	while (names.n != 0) {
		struct str name = str_cut(&names, ' ');

		CHECK_STR(raw(sql("DROP TRIGGER %.*s", STR_ARG(name))), "");
	}
}

/* As the reference program makes it. */
static void
a_workspace_without_ours_gets_them(void)
{
	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	drop_triggers();
	CHECK_STR(raw(drop_ours), "");
	reopen();
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "NoChange(1)");
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
	end();
	CHECK_STR(raw("SELECT row FROM origin"), "2");
	CHECK_STR(raw("SELECT row FROM seen"), "1");
	CHECK_STR(raw("SELECT version, since IS NOT NULL FROM sn0int_schema"),
	    "3|1");
	CHECK_STR(raw("PRAGMA user_version"), "0");
	CHECK_STR(raw("PRAGMA foreign_key_check"), "");
	rows_close();
}

/* What cannot be written can be read: only that nothing is kept is said. */
static void
a_full_disk_keeps_nobody_from_reading(void)
{
	const struct rlimit full = { 40000, RLIM_INFINITY };
	autoerr struct err err = ERR_NONE;
	struct str why = STR_NONE;
	struct rlimit before;

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	drop_triggers();
	CHECK_STR(raw(drop_ours), "");
	db_free(rows.db);
	rows.db = NULL;
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &full), 0);
	CHECK_INT(db_open(rows.path, &rows.db, &err), 0);
	CHECK_STR(rows_error(&err), "");
	CHECK(!db_kept(rows.db, &why));
	CHECK(str_starts(why, STR("its tables cannot be made: ")));
	CHECK_STR(values("domains", ""), "a.com");
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
	reopen();
	CHECK(db_kept(rows.db, &why));
	rows_close();
}

static void
what_others_change_is_noted(void)
{
	rows_open();
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	end();
	CHECK_STR(raw("UPDATE subdomains SET resolvable = 1; UPDATE subdomains "
		      "SET resolvable = 0"),
	    "");
	CHECK_STR(raw("SELECT DISTINCT family, what, value FROM origin WHERE "
		      "attempt = 0"),
	    "subdomain|changed|www.a.com");
	/* in the same millisecond the end counts */
	CHECK_STR(raw("UPDATE subdomains SET resolvable = 1; DELETE FROM "
		      "domains"),
	    "");
	CHECK_STR(raw("SELECT family, value FROM origin WHERE attempt = 0 AND "
		      "what = 'removed' ORDER BY 1"),
	    "domain|a.com subdomain|www.a.com");
	CHECK_STR(raw("SELECT count(*) FROM origin WHERE attempt = 0 AND "
		      "abs(sequence / 1000 - strftime('%s', 'now')) > 60"),
	    "0");
	/* ours is noted once, by who does it */
	CHECK_STR(raw("DELETE FROM origin"), "");
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(2)");
	CHECK_STR(add("subdomain", "{'domain_id':2,'value':'www.a.com'}"),
	    "Inserted(2)");
	CHECK_STR(update("subdomain", "{'id':2,'resolvable':true}"),
	    "Updated(2)");
	end();
	CHECK_STR(raw("SELECT count(*), min(attempt) FROM origin"), "3|2");
	rows_close();
}

/* Of each family a row can be written over, moved and deleted. */
static void
our_triggers_fail_nobody(void)
{
	rows_open();
	for (const struct model *m = model_table; m->family != NULL; m++) {
		CHECK_STR(
		    raw(sql("PRAGMA foreign_keys = OFF; UPDATE OR REPLACE "
			    "%s SET id = id; DELETE FROM %s",
			m->table, m->table)),
		    "");
	}
	add_emails(1000, "Inserted");
	CHECK_STR(raw("UPDATE emails SET unscoped = 1; UPDATE emails SET "
		      "unscoped = 0; DELETE FROM emails"),
	    "");
	CHECK_STR(raw("SELECT count(*) FROM origin WHERE what = 'removed'"),
	    "1000");
	rows_close();
}

static struct str
everything(void)
{
	return raw("SELECT (SELECT group_concat(id || kind) FROM run), (SELECT "
		   "count(*) FROM attempt), (SELECT count(*) FROM digest)");
}

/* Families work as ever; what is of ours stays as it is. */
static void
check_not_kept(const char *change, const char *want)
{
	autoerr struct err err = ERR_NONE;
	struct str why = STR_NONE, before;
	struct db_check check;
	uint64_t n;

	rows_open();
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	end();
	CHECK_STR(raw(change), "");
	before = everything();
	reopen();
	CHECK(!db_kept(rows.db, &why));
	CHECK_STR(why, want);
	/* nor is another program kept from anything */
	CHECK_STR(raw("UPDATE domains SET unscoped = 1; INSERT INTO domains "
		      "(value, unscoped) VALUES ('z.com', 0); DELETE FROM "
		      "domains WHERE value = 'z.com'; UPDATE domains SET "
		      "unscoped = 0"),
	    "");
	begin();
	CHECK_INT(rows.author.run, 0);
	CHECK_INT(rows.author.attempt, 0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "NoChange(1)");
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(3)");
	CHECK_INT(db_set_scope(rows.db, &rows.author, rows_model("domains"),
		      NULL, false, &n, &err),
	    0);
	CHECK_INT(db_delete(rows.db, &rows.author, rows_model("domains"), NULL,
		      &n, &err),
	    0);
	CHECK_INT(n, 2);
	end();
	CHECK_INT(db_check(rows.db, true, &rows.pool, &check, &err), 0);
	CHECK_STR(err_text(&err), "");
	CHECK_STR(everything(), pool_cstr(&rows.pool, before));
	rows_close();
}

static void
a_newer_schema_is_left_alone(void)
{
	check_not_kept("UPDATE sn0int_schema SET version = 4",
	    "its tables are of a newer program (version 4, this one knows 3)");
	check_not_kept("UPDATE sn0int_schema SET version = 4; DROP TABLE "
		       "origin; ALTER TABLE run ADD COLUMN moon",
	    "its tables are of a newer program (version 4, this one knows 3)");
}

/* ---- from version to version */

/* As the programs of these versions have left it. */
static const char to_1[] =
    "DROP TABLE exchange; "
    "DROP TABLE outbox; DROP TABLE persons; DROP TABLE organisations; DROP "
    "TABLE links; DROP TABLE notes; DROP TABLE tags; UPDATE sn0int_schema SET version = 1";
static const char to_2[] =
    "DROP TABLE exchange; UPDATE sn0int_schema SET version = 2";

static void
check_is_brought_here(const char *older)
{
	struct str why = STR_NONE, before;

	rows_open();
	begin();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	end();
	CHECK_STR(raw(older), "");
	drop_triggers();
	before = everything();
	reopen();
	CHECK(db_kept(rows.db, &why));
	CHECK_STR(raw("SELECT version FROM sn0int_schema"), "3");
	CHECK_STR(raw("SELECT count(*) FROM outbox"), "0");
	CHECK_STR(raw("SELECT count(*) FROM exchange"), "0");
	CHECK_STR(raw("SELECT count(*) FROM sqlite_master WHERE name = "
		      "'exchange_attempt'"),
	    "1");
	CHECK_STR(raw("SELECT count(*) FROM sqlite_master WHERE type = 'index' "
		      "AND name GLOB 'outbox_*'"),
	    "2");
	CHECK(raw("SELECT 1 FROM sqlite_master WHERE type = 'trigger'").n != 0);
	CHECK_STR(everything(), pool_cstr(&rows.pool, before));
	begin();
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
	end();
	CHECK_STR(raw("SELECT count(*) FROM origin"), "2");
	rows_close();
}

static void
older_versions_are_brought_here(void)
{
	check_is_brought_here(to_1);
	check_is_brought_here(to_2);
}

/* Nothing of it is half done, and the next who opens it does it. */
static void
a_step_that_is_killed_is_done_by_the_next(void)
{
	unsigned dice = 1;

	rows_open();
	begin();
	end();
	for (int i = 0; i < KILLS; i++) {
		struct str version, why = STR_NONE;
		int status;
		pid_t pid;

		CHECK_STR(raw(i % 2 == 0 ? to_1 : to_2), "");
		db_free(rows.db);
		rows.db = NULL;
		pid = fork();
		if (pid == 0) {
			struct db *db;

			_exit(db_open(rows.path, &db, NULL) == 0 ? 0 : 1);
		}
		dice = dice * 1103515245u + 12345u;
		(void)usleep(dice / 65536u % 4000u);
		(void)kill(pid, SIGKILL);
		CHECK_INT(waitpid(pid, &status, 0), pid);
		version = raw("SELECT version, (SELECT count(*) FROM "
			      "sqlite_master WHERE name GLOB 'outbox*'), "
			      "(SELECT count(*) FROM sqlite_master WHERE name "
			      "GLOB 'exchange*') FROM sn0int_schema");
		CHECK(str_is(version, i % 2 == 0 ? "1|0|0" : "2|3|0") ||
		      str_is(version, "3|3|2"));
		CHECK_INT(db_open(rows.path, &rows.db, NULL), 0);
		CHECK(db_kept(rows.db, &why));
		CHECK_STR(raw("SELECT version FROM sn0int_schema"), "3");
	}
	rows_close();
}

static void
a_table_of_somebody_elses_stops_the_step(void)
{
	struct str why = STR_NONE;

	rows_open();
	CHECK_STR(raw(to_1), "");
	CHECK_STR(raw("CREATE TABLE outbox (x)"), "");
	reopen();
	CHECK(!db_kept(rows.db, &why));
	CHECK_STR(why, "it has a table outbox of somebody else's");
	CHECK_STR(raw("SELECT version FROM sn0int_schema"), "1");
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	rows_close();
}

static void
broken_tables_are_left_alone(void)
{
	static const struct {
		const char *change, *why;
	} row[] = {
		{ "DROP TABLE origin", "its table origin is gone" },
		{ "ALTER TABLE run ADD COLUMN moon",
		    "its table run is not as this program makes it" },
		{ "DROP TABLE seen; CREATE TABLE seen (x)",
		    "its table seen is not as this program makes it" },
		{ "DROP TABLE seen; CREATE VIEW seen AS SELECT 1",
		    "its table seen is not as this program makes it" },
		{ "UPDATE sn0int_schema SET version = 1; ALTER TABLE run ADD "
		  "COLUMN moon",
		    "its table sn0int_schema is not as this program makes it" },
		{ "DELETE FROM sn0int_schema",
		    "its table sn0int_schema is not as this program makes it" },
		{ "UPDATE sn0int_schema SET version = 'x'",
		    "its table sn0int_schema is not as this program makes it" },
		{ "UPDATE sn0int_schema SET version = 0",
		    "its table sn0int_schema is not as this program makes it" },
		{ "DROP TABLE sn0int_schema; CREATE TABLE sn0int_schema (x)",
		    "its table sn0int_schema is not as this program makes it" },
		{ "DROP TABLE sn0int_schema",
		    "it has a table digest of somebody else's" },
		{ "DROP TABLE sn0int_schema; DROP TABLE origin",
		    "it has a table digest of somebody else's" },
		{ "DROP TABLE tags", "its table tags is gone" },
		{ "DROP TABLE notes; CREATE TABLE notes (x)",
		    "its table notes is not as this program makes it" },
		{ "UPDATE sn0int_schema SET version = 1",
		    "it has a table outbox of somebody else's" },
		{ "UPDATE sn0int_schema SET version = 2",
		    "it has a table exchange of somebody else's" },
		{ "ALTER TABLE exchange ADD COLUMN moon",
		    "its table exchange is not as this program makes it" },
		{ "DROP TABLE origin; CREATE TABLE origin (x)",
		    "its table origin is not as this program makes it" },
		{ "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE "
		  "name = 'run'",
		    "its numbers are used up" },
		{ "INSERT INTO digest VALUES (9223372036854775806, 'x')",
		    "its numbers are used up" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check_not_kept(row[i].change, row[i].why);
}

/* ---- fsck */

static struct str
faults(bool is_gc, long long *mended)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&rows.pool);
	struct db_check check;

	CHECK_INT(db_check(rows.db, is_gc, &rows.pool, &check, &err), 0);
	CHECK_STR(err_text(&err), "");
	for (size_t i = 0; i < check.n; i++)
		buf_printf(&out, "%.*s;", STR_ARG(check.fault[i]));
	*mended = (long long)check.mended;
	return buf_str(&out);
}

static void
flaws_are_found_and_mended(void)
{
	static const struct {
		const char *change, *found;
		const char *also; /* what mending uncovers, and mends */
		long long mended;
	} row[] = {
		{ "SELECT 1 WHERE 0", "", "", 0 },
		{ "DELETE FROM run",
		    "1 attempts are of a run that is not there;",
		    "1 changes are of an attempt that is not there;"
		    "1 counters are of an attempt that is not there;",
		    3 },
		{ "DELETE FROM attempt",
		    "1 changes are of an attempt that is not there;"
		    "1 counters are of an attempt that is not there;",
		    "", 2 },
		{ "DELETE FROM unit",
		    "1 attempts are at a unit that is not there;", "", 2 },
		{ "UPDATE unit SET state = 'leased'",
		    "1 units are leased, and nobody is at them;", "", 1 },
		{ "UPDATE unit SET options = 99",
		    "1 units are of a text that is not known;",
		    "1 attempts are at a unit that is not there;", 3 },
		{ "DROP TRIGGER sn0int_removed_emails",
		    "43 of 44 triggers are there that note what other programs "
		    "do;",
		    "", 0 },
		{ "INSERT INTO seen VALUES ('moon', 1, 1, 1, 1, 1)", "", "",
		    1 },
		{ "DELETE FROM domains WHERE id = 2", "", "", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		long long mended;

		rows_open();
		CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
		CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
		begin();
		CHECK_STR(add("domain", "{'value':'b.com'}"), "NoChange(2)");
		CHECK_STR(add("domain", "{'value':'c.com'}"), "Inserted(3)");
		end();
		CHECK_STR(raw(row[i].change), "");
		CHECK_STR(faults(false, &mended), row[i].found);
		CHECK_INT(mended, 0);
		CHECK_STR(faults(true, &mended),
		    sql("%s%s", row[i].found, row[i].also));
		CHECK_INT(mended, row[i].mended);
		CHECK_STR(faults(true, &mended), "");
		CHECK_INT(mended, 0);
		rows_close();
	}
}

static const struct check_case cases[] = {
	CASE(nobody_leaves_nothing),
	CASE(every_new_row_has_an_origin),
	CASE(a_second_run_adds_no_origin_it_counts),
	CASE(an_attempt_counts_once),
	CASE(three_modules_are_three_counters),
	CASE(a_change_has_old_and_new),
	CASE(what_is_large_is_kept_as_its_hash),
	CASE(a_row_that_a_rule_puts_out_says_so),
	CASE(what_goes_takes_along_is_noted),
	CASE(scope_names_the_rows_that_had_another),
	CASE(an_end_is_a_run_of_its_own),
	CASE(an_event_has_an_origin),
	CASE(a_run_says_what_it_was),
	CASE(a_unit_is_one_over_all_runs),
	CASE(the_state_of_a_unit_is_how_its_last_attempt_ended),
	CASE(a_group_that_is_undone_leaves_nothing),
	CASE(a_run_that_was_killed_is_noticed),
	CASE(a_run_that_goes_on_is_left_alone),
	CASE(who_was_taken_for_dead_has_the_last_word),
	CASE(two_processes_work_at_once),
	CASE(a_workspace_without_ours_gets_them),
	CASE(a_full_disk_keeps_nobody_from_reading),
	CASE(what_others_change_is_noted),
	CASE(our_triggers_fail_nobody),
	CASE(a_newer_schema_is_left_alone),
	CASE(older_versions_are_brought_here),
	CASE(a_step_that_is_killed_is_done_by_the_next),
	CASE(a_table_of_somebody_elses_stops_the_step),
	CASE(broken_tables_are_left_alone),
	CASE(flaws_are_found_and_mended),
	CASE(times_are_written_as_they_are_read),
};

int
main(void)
{
	return check_run(cases, ARRAY_SIZE(cases));
}
