/*
 * What children want of the database in one turn: real rows, jobs without a
 * process.
 */
#include "rows.h"

#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "crypt/blob.h"
#include "db/sql.h"
#include "stream/clock.h"
#include "work/job.h"
#include "work/run.h"

#define JOBS 100

static struct workspace workspace;
static struct work_options options;
static struct work shared;
static struct run run, other;
static struct job job[JOBS];

static void
begin(void)
{
	rows_open();
	workspace = (struct workspace){
		.blobs = place_new(&rows.pool),
	};
	options = (struct work_options){
		.module = "a/b",
		.db = rows.db,
		.ws = &workspace,
		.child_options.evidence = EVIDENCE_DIGEST,
	};
	shared = (struct work){ .most = 1 };
	run = (struct run){ .work = &shared, .options = &options };
	other = run;
	for (size_t i = 0; i < JOBS; i++)
		job[i] = (struct job){
			.run = &run,
			.label = str_of(pool_printf(&rows.pool, "\"%zu\"", i)),
			.child = { .proc = PROC_NONE },
		};
}

static void
end(void)
{
	for (size_t i = 0; i < JOBS; i++)
		buf_clear(&job[i].to);
	batch_clear(&shared.batch);
	pool_clear(&run.turn);
	pool_clear(&run.pool);
	pool_clear(&other.turn);
	rows_close();
}

static void
end_turn(void)
{
	batch_reset(&shared);
	pool_reset(&run.turn);
	pool_reset(&other.turn);
	for (size_t i = 0; i < JOBS; i++)
		job[i].to.n = 0;
}

/* An event as its line has it, with ' in place of ". */
static void
ask(size_t who, const char *line)
{
	autoerr struct err err = ERR_NONE;
	struct event event;

	CHECK_INT(event_read(&run.turn, pool_copy(&run.turn, rows_json(line)),
		      &event, &err),
	    0);
	CHECK_STR(err_text(&err), "");
	batch_add(job[who].run, &job[who], &event);
}

static void
ask_domain(size_t who, const char *value)
{
	ask(who, pool_printf(&rows.pool,
		     "{'Database':{'Insert':{'Domain':{'value':'%s','unscoped':"
		     "false}}}}",
		     value));
}

/* What the job is told, with ' in place of ". */
static struct str
told(size_t who)
{
	char *copy = pool_cstr(&rows.pool, buf_str(&job[who].to));

	for (char *p = copy; *p != '\0'; p++) {
		if (*p == '"')
			*p = '\'';
	}
	return str_of(copy);
}

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, JOBS };

static void
nobody_is_answered_before_the_commit(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];

		begin();
		for (size_t i = 0; i < n; i++)
			ask_domain(i, pool_printf(&rows.pool, "%zu.com", i));
		CHECK_INT(db_is_open(rows.db), n != 0);
		for (size_t i = 0; i < n; i++)
			CHECK_INT(job[i].to.n, 0);
		batch_commit(&shared);
		CHECK(!db_is_open(rows.db));
		for (size_t i = 0; i < n; i++)
			CHECK_STR(told(i),
			    pool_printf(&rows.pool, "{'Ok':{'Inserted':%zu}}\n",
				i + 1));
		CHECK_INT(run.added, n);
		CHECK_INT(run.changed, 0);
		end_turn();
		CHECK_INT(shared.batch.n, 0);
		end();
	}
}

/* In the order of asking: the second to ask finds the row of the first. */
static void
a_turn_is_one_state(void)
{
	begin();
	ask(0, "{'Database':{'Select':['Domain','a.com']}}");
	ask_domain(1, "a.com");
	ask_domain(2, "a.com");
	ask(3, "{'Database':{'Select':['Domain','a.com']}}");
	ask(4, "{'Database':{'Update':['Subdomain','x',{'Subdomain':{'id':7,"
	       "'resolvable':true}}]}}");
	batch_commit(&shared);
	CHECK_STR(told(0), "{'Ok':'None'}\n");
	CHECK_STR(told(1), "{'Ok':{'Inserted':1}}\n");
	CHECK_STR(told(2), "{'Ok':{'NoChange':1}}\n");
	CHECK_STR(told(3), "{'Ok':{'Found':1}}\n");
	CHECK_STR(told(4), "{'Err':'there is no subdomain with the id 7'}\n");
	CHECK_INT(run.added, 1);
	end_turn();
	end();
}

static void
an_error_is_one_childs_own(void)
{
	begin();
	ask_domain(0, "a.com");
	ask(1, "{'Database':{'Insert':{'Subdomain':{'domain_id':77,'value':"
	       "'a.b','resolvable':null,'unscoped':false}}}}");
	batch_refuse(&run, &job[2], STR("why"));
	ask(3, "{'Database':{'Insert':{'Image':{'value':'nosuch','filename':"
	       "null,'mime':null,'width':null,'height':null,'created':null,"
	       "'latitude':null,'longitude':null,'nudity':null,'ahash':null,"
	       "'dhash':null,'phash':null,'unscoped':false}}}}");
	ask_domain(4, "b.com");
	batch_commit(&shared);
	CHECK_STR(told(0), "{'Ok':{'Inserted':1}}\n");
	CHECK_STR(told(1), "{'Err':'FOREIGN KEY constraint failed'}\n");
	CHECK_STR(told(2), "{'Err':'why'}\n");
	CHECK_STR(told(3), "{'Err':'there is no blob nosuch'}\n");
	CHECK_STR(told(4), "{'Ok':{'Inserted':2}}\n");
	CHECK_INT(run.added, 2);
	end_turn();
	end();
}

/* The disk is full when it is to be stored: limits are its like. */
static void
a_commit_that_fails_is_told_to_all_who_changed(void)
{
	struct rlimit old, none;

	begin();
	ask_domain(0, "old.com");
	batch_commit(&shared);
	end_turn();
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit){ 0, old.rlim_max };
	ask_domain(0, "a.com");
	ask(1, "{'Database':{'Select':['Domain','old.com']}}");
	ask_domain(2, "b.com");
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &none), 0);
	batch_commit(&shared);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK(str_starts(told(0), STR("{'Err':'cannot store it")));
	CHECK_STR(told(1), "{'Ok':{'Found':1}}\n");
	CHECK_STR(told(2), pool_cstr(&rows.pool, told(0)));
	CHECK_INT(run.added, 1);
	end_turn();
	CHECK_STR(show("domains", ""),
	    "{\"id\":1,\"value\":\"old.com\",\"unscoped\":false}");
	/* the next turn may succeed again */
	ask_domain(0, "a.com");
	batch_commit(&shared);
	CHECK_STR(told(0), "{'Ok':{'Inserted':2}}\n");
	end_turn();
	end();
}

/* What one run's commit does not store the other is told, too. */
static void
runs_share_a_commit(void)
{
	struct rlimit old, none;

	begin();
	job[1].run = job[2].run = &other;
	ask_domain(0, "a.com");
	ask_domain(1, "b.com");
	ask_domain(2, "a.com");
	batch_commit(&shared);
	CHECK_STR(told(2), "{'Ok':{'NoChange':1}}\n");
	CHECK_INT(run.added, 1);
	CHECK_INT(other.added, 1);
	end_turn();
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit){ 0, old.rlim_max };
	ask_domain(0, "c.com");
	ask_domain(1, "d.com");
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &none), 0);
	batch_commit(&shared);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK(str_starts(told(0), STR("{'Err':'cannot store it")));
	CHECK(str_starts(told(1), STR("{'Err':'cannot store it")));
	CHECK_INT(run.added + other.added, 2);
	end_turn();
	end();
}

static struct buf notes;

static int
note(void *ctx, struct str label, struct str topic, struct str subject,
    struct err *err)
{
	CHECK(ctx == &notes);
	/* what is stored here is stored with the change */
	CHECK(db_is_open(rows.db));
	if (str_find(topic, STR("bad")) != STR_NPOS)
		return err_set(err, "no room");
	buf_printf(&notes, "%.*s|%.*s|%.*s\n", STR_ARG(label), STR_ARG(topic),
	    STR_ARG(subject));
	return 0;
}

static void
a_change_that_cannot_be_told_is_undone(void)
{
	begin();
	options.changed = note;
	options.changed_ctx = &notes;
	ask_domain(0, "a.com");
	ask_domain(1, "bad.com");
	ask_domain(2, "c.com");
	batch_commit(&shared);
	CHECK_STR(told(0), "{'Ok':{'Inserted':1}}\n");
	CHECK_STR(told(1), "{'Err':'no room'}\n");
	CHECK_STR(told(2), "{'Ok':{'Inserted':2}}\n");
	CHECK_STR(values("domains", ""), "a.com,c.com");
	CHECK_INT(run.added, 2);
	end_turn();
	buf_clear(&notes);
	end();
}

static void
changes_are_told_with_what_they_are(void)
{
	begin();
	options.changed = note;
	options.changed_ctx = &notes;
	for (size_t i = 0; i < 6; i++)
		job[i].is_asking = true;
	ask_domain(0, "a.com");
	ask_domain(1, "a.com"); /* nothing new: not told */
	ask(2, "{'Database':{'Select':['Domain','a.com']}}");
	ask(3, "{'Database':{'Insert':{'Email':{'value':'a@b.c','valid':null,"
	       "'displayname':null,'unscoped':false}}}}");
	ask(4, "{'Database':{'Insert':{'Email':{'value':'a@b.c','valid':true,"
	       "'displayname':null,'unscoped':false}}}}");
	batch_refuse(&run, &job[5], STR("no"));
	batch_commit(&shared);
	CHECK_STR(buf_str(&notes),
	    "\"0\"|db:domain:a.com:insert|Added domain \"a.com\"\n"
	    "\"3\"|db:email:a@b.c:insert|Added email \"a@b.c\"\n"
	    "\"4\"|db:email:a@b.c:update|"
	    "Updated email \"a@b.c\" (valid => true)\n");
	CHECK_INT(run.changed, 1);
	end_turn();
	buf_clear(&notes);
	end();
}

/* One that was stopped meanwhile is told nothing; what it did counts. */
static void
a_stopped_child_is_not_answered(void)
{
	begin();
	ask_domain(0, "a.com");
	job[0].state = JOB_STOPPED;
	batch_commit(&shared);
	CHECK_INT(job[0].to.n, 0);
	CHECK_INT(run.added, 1);
	end_turn();
	end();
}

/* Another process is waited for once a turn, not once a child. */
static void
who_holds_the_database_is_waited_for_once(void)
{
	sqlite3 *holder;

	begin();
	CHECK_INT(sqlite3_open(rows.path, &holder), SQLITE_OK);
	CHECK_INT(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	(void)sqlite3_busy_timeout(rows.db->sqlite, 1);
	ask_domain(0, "a.com");
	CHECK_INT(sqlite3_exec(holder, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	ask_domain(1, "b.com"); /* it would be free by now */
	batch_commit(&shared);
	CHECK_STR(told(0), "{'Err':'database is locked'}\n");
	CHECK_STR(told(1), "{'Err':'database is locked'}\n");
	CHECK_INT(run.added, 0);
	end_turn();
	ask_domain(2, "c.com");
	batch_commit(&shared);
	CHECK_STR(told(2), "{'Ok':{'Inserted':1}}\n");
	CHECK_INT(sqlite3_close(holder), SQLITE_OK);
	end_turn();
	end();
}

static void
a_blob_that_cannot_be_looked_for_is_an_error(void)
{
	char *folder;

	begin();
	folder = pool_alloc(&rows.pool, PATH_MAX + 1);
	memset(folder, 'x', PATH_MAX);
	folder[PATH_MAX] = '\0';
	workspace.blobs = folder;
	ask(0,
	    pool_printf(&rows.pool,
		"{'Database':{'Insert':{'Image':{'value':'%.*s','filename':"
		"null,'mime':null,'width':null,'height':null,'created':null,"
		"'latitude':null,'longitude':null,'nudity':null,'ahash':null,"
		"'dhash':null,'phash':null,'unscoped':false}}}}",
		STR_ARG(blob_id(&rows.pool, STR("x")))));
	batch_commit(&shared);
	CHECK_STR(str_sub(told(0), 0, 30), "{'Err':'cannot look at xxxxxxx");
	end_turn();
	CHECK_INT(count("images"), 0);
	end();
}

static void
events_are_told_by_their_topic(void)
{
	static const char event[] =
	    "{'Database':{'Activity':{'topic':'t','time':'2020-01-01T00:00:00',"
	    "'uniq':'u','latitude':null,'longitude':null,'radius':null,"
	    "'content':'{}'}}}";

	begin();
	options.changed = note;
	options.changed_ctx = &notes;
	job[0].is_asking = job[1].is_asking = true;
	ask(0, event);
	ask(1, event); /* nothing new */
	batch_commit(&shared);
	CHECK_INT(run.added, 1);
	CHECK_STR(buf_str(&notes),
	    "\"0\"|activity:t|New activity: \"t\" (\"u\")\n");
	end_turn();
	buf_clear(&notes);
	end();
}

/* The job's run and attempt, as a run has them. */
static void
begin_attempt(size_t who)
{
	static const struct db_run facts = { .kind = "run",
		.module = { "a/b", 3 },
		.code = { "x", 1 } };
	const struct db_unit unit = { .family = STR("domain"), .row = 1 };

	CHECK_INT(db_run_begin(rows.db, &facts, &job[who].author, NULL), 0);
	CHECK_INT(db_attempt_begin(rows.db, &unit, &job[who].author, NULL), 0);
}

static void
end_attempt(size_t who)
{
	const struct db_attempt_end gone = { .used = DB_USED_UNKNOWN };
	const struct db_run_end over = { .outcome = DB_DONE };

	CHECK_INT(db_attempt_end(rows.db, &job[who].author, &gone, NULL), 0);
	CHECK_INT(db_run_end(rows.db, &job[who].author, &over, NULL), 0);
	asked_clear(&job[who].asked);
}

static void
say_asked(size_t who, uint64_t id, bool is_open)
{
	const struct exchange x = { .id = id,
		.kind = EXCHANGE_TCP,
		.what = STR("a.com:1"),
		.is_open = is_open };

	job[who].events++;
	batch_note(&run, &job[who], &x);
}

static int64_t
number(const char *text)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = -1;

	CHECK_INT(sql_prepare(rows.db, str_of(text), &stmt, NULL), 0);
	CHECK_INT(sql_number_once(rows.db, stmt, &n, NULL), 0);
	return n;
}

static int64_t
exchanges(void)
{
	return number("SELECT count(*) FROM exchange");
}

/* The exchange that the only row of origin names. */
static int64_t
named_by_origin(void)
{
	return number("SELECT ifnull(exchange, 0) FROM origin");
}

/* Nothing is written for them alone, and the change behind them finds them. */
static void
what_was_asked_waits_for_a_change(void)
{
	static const size_t some[] = { 0, 1, 2, 3, 4, 5, BATCH_NOTES - 1 };

	for (size_t s = 0; s < ARRAY_SIZE(some); s++) {
		size_t n = some[s];

		begin();
		begin_attempt(0);
		for (size_t i = 1; i <= n; i++)
			say_asked(0, i, false);
		shared.batch.notes_until = CLOCK_NEVER; /* however slow */
		batch_commit(&shared);
		end_turn();
		CHECK_INT(exchanges(), 0);
		CHECK_INT(shared.batch.notes, n);
		ask_domain(0, "a.com");
		batch_commit(&shared);
		CHECK_INT(exchanges(), n);
		if (n != 0)
			CHECK_INT(named_by_origin(), n);
		CHECK_INT(shared.batch.notes, 0);
		CHECK_INT(batch_notes_until(&shared.batch), CLOCK_NEVER);
		end_turn();
		end_attempt(0);
		end();
	}
}

static void
enough_of_what_was_asked_is_stored(void)
{
	begin();
	begin_attempt(0);
	for (size_t i = 1; i <= BATCH_NOTES; i++)
		say_asked(0, i, false);
	batch_commit(&shared);
	end_turn();
	CHECK_INT(exchanges(), BATCH_NOTES);
	say_asked(0, BATCH_NOTES + 1, false);
	CHECK(batch_notes_until(&shared.batch) != CLOCK_NEVER);
	shared.batch.notes_until = 0; /* its time has come */
	batch_commit(&shared);
	end_turn();
	CHECK_INT(exchanges(), BATCH_NOTES + 1);
	say_asked(0, BATCH_NOTES + 2, false);
	batch_store_notes(&shared); /* its attempt ends */
	CHECK(!db_is_open(rows.db));
	CHECK_INT(exchanges(), BATCH_NOTES + 2);
	end_attempt(0);
	end();
}

/* Its row and the end of it wait together, or the end comes later. */
static void
one_that_stands_is_one_row(void)
{
	for (int is_apart = 0; is_apart < 2; is_apart++) {
		begin();
		begin_attempt(0);
		say_asked(0, 1, true);
		say_asked(0, 2, true);
		if (is_apart)
			batch_store_notes(&shared);
		say_asked(0, 2, false);
		say_asked(0, 3, false);
		say_asked(0, 1, false);
		ask_domain(0, "a.com");
		batch_commit(&shared);
		CHECK_INT(exchanges(), 3);
		CHECK_INT(number(
			      "SELECT count(*) FROM exchange WHERE ms IS NULL"),
		    0);
		CHECK_INT(named_by_origin(), 1);
		end_turn();
		end_attempt(0);
		end();
	}
}

/* The change goes on, and names none: the one before is not known. */
static void
what_was_asked_and_is_lost_is_before_nothing(void)
{
	sqlite3 *holder;

	begin();
	begin_attempt(0);
	CHECK_INT(sqlite3_open(rows.path, &holder), SQLITE_OK);
	CHECK_INT(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	(void)sqlite3_busy_timeout(rows.db->sqlite, 1);
	say_asked(0, 1, true);
	batch_store_notes(&shared);
	CHECK_INT(run.unnoted, 1);
	CHECK_INT(sqlite3_exec(holder, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	CHECK_INT(sqlite3_close(holder), SQLITE_OK);
	ask_domain(0, "a.com");
	batch_commit(&shared);
	end_turn();
	CHECK_INT(named_by_origin(), 0);
	say_asked(0, 1, false); /* its end is a row of its own, then */
	batch_store_notes(&shared);
	CHECK_INT(exchanges(), 1);
	end_attempt(0);
	end();
}

CHECK_MAIN(CASE(nobody_is_answered_before_the_commit),
    CASE(a_turn_is_one_state), CASE(an_error_is_one_childs_own),
    CASE(a_commit_that_fails_is_told_to_all_who_changed),
    CASE(runs_share_a_commit), CASE(changes_are_told_with_what_they_are),
    CASE(a_change_that_cannot_be_told_is_undone),
    CASE(a_stopped_child_is_not_answered),
    CASE(who_holds_the_database_is_waited_for_once),
    CASE(a_blob_that_cannot_be_looked_for_is_an_error),
    CASE(events_are_told_by_their_topic),
    CASE(what_was_asked_waits_for_a_change),
    CASE(enough_of_what_was_asked_is_stored), CASE(one_that_stands_is_one_row),
    CASE(what_was_asked_and_is_lost_is_before_nothing))
