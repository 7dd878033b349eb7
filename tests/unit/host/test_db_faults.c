/*
 * What becomes of a database when SQLite runs out of memory: each operation is
 * done again and again, and the n-th allocation fails, for each n (with
 * SN0INT_FAULTS=all; else for a few of them). Either all is as after the
 * undisturbed operation, or it says what is wrong and the rows are as before.
 */
#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "db/sql.h"
#include "model/scope.h"

#include "rows.h"

static sqlite3_mem_methods real;
static long until_failure; /* 0: none */
static long allocations;
static bool has_failed;
static long most; /* allocations of the last operation */

#define FEW 12 /* of an operation in make check */

static bool
is_the_one(void)
{
	allocations++;
	if (until_failure == 0 || --until_failure != 0)
		return false;
	has_failed = true;
	return true;
}

static void *
fail_malloc(int n)
{
	return is_the_one() ? NULL : real.xMalloc(n);
}

static void *
fail_realloc(void *p, int n)
{
	return is_the_one() ? NULL : real.xRealloc(p, n);
}

static void
hook(void)
{
	sqlite3_mem_methods own;

	CHECK_INT(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
	own = real;
	own.xMalloc = fail_malloc;
	own.xRealloc = fail_realloc;
	CHECK_INT(sqlite3_config(SQLITE_CONFIG_MALLOC, &own), SQLITE_OK);
	CHECK_INT(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

/* All tables as text. */
static struct str
everything(void)
{
	static const char *const others[] = { "activity", "autonoscope" };
	struct buf out = BUF_IN(&rows.pool);

	for (const struct model *m = model_table; m->family != NULL; m++)
		buf_add(&out, show(m->table, ""));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		buf_add(&out, show(others[i], ""));
	buf_printf(&out, "%lld ttls", count("ttls"));
	return buf_str(&out);
}

/* An operation: what it reads goes to *out. */
typedef int operation(struct buf *out, struct err *err);

static int
insert_text(const char *family, const char *text, const int32_t *ttl,
    struct buf *out, struct err *err)
{
	struct row row;
	struct str why = STR_NONE;
	struct db_result result;

	CHECK(rows_read(family, text, &row, &why));
	if (db_insert(rows.db, &row, ttl, &rows.pool, &result, err) == -1)
		return -1;
	buf_add(out, result.label);
	reply_dump_db(out, &result.reply);
	return 0;
}

static int
insert(struct buf *out, struct err *err)
{
	return insert_text("subdomain", "{'domain_id':1,'value':'new.a.com'}",
	    NULL, out, err);
}

static int
insert_with_end(struct buf *out, struct err *err)
{
	static const int32_t ttl = 1000;

	return insert_text("ipaddr",
	    "{'value':'192.0.2.7','family':'4','country':'Y'}", &ttl, out, err);
}

static int
insert_a_link(struct buf *out, struct err *err)
{
	return insert_text("subdomain-ipaddr",
	    "{'subdomain_id':1,'ip_addr_id':1}", NULL, out, err);
}

static int
insert_more(struct buf *out, struct err *err)
{
	static const int32_t ttl = 100000;

	return insert_text("ipaddr",
	    "{'value':'192.0.2.1','family':'4','country':'Z','city':'c'}", &ttl,
	    out, err);
}

static int
insert_in_a_group(struct buf *out, struct err *err)
{
	if (db_begin(rows.db, err) == -1)
		return -1;
	if (insert(out, err) == -1 || insert_with_end(out, err) == -1) {
		(void)db_rollback(rows.db, NULL);
		return -1;
	}
	return db_commit(rows.db, err);
}

static int
update_a_row(struct buf *out, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct db_result result;
	uint32_t column;
	struct row row;
	struct json v;

	CHECK_INT(json_read(&rows.pool,
		      rows_json("{'id':1,'resolvable':true}"), &v, &why),
	    0);
	CHECK_INT(row_read_update(&row, model_by_family(STR("subdomain")), &v,
		      &rows.pool, &column, &why),
	    0);
	if (db_update(rows.db, &row, &rows.pool, &result, err) == -1)
		return -1;
	buf_add(out, result.label);
	return 0;
}

static int
find_a_row(struct buf *out, struct err *err)
{
	struct reply_db reply;

	if (db_find(rows.db, model_by_family(STR("domain")), STR("a.com"),
		&reply, err) == -1)
		return -1;
	reply_dump_db(out, &reply);
	return 0;
}

static int
read_rows(struct buf *out, struct err *err)
{
	struct db_rows *cursor;
	struct row row;
	int status;

	if (db_rows_open(rows.db, model_by_table(STR("subdomains")),
		STR("value like '%'"), DB_IN_SCOPE | DB_BY_ID, &cursor, err) ==
	    -1)
		return -1;
	while ((status = db_rows_next(cursor, &rows.pool, &row, err)) == 1)
		row_write_json(out, &row);
	db_rows_free(cursor);
	return status;
}

static int
count_rows(struct buf *out, struct err *err)
{
	uint64_t n;

	if (db_count(rows.db, model_by_table(STR("domains")), STR("id > 0"),
		DB_IN_SCOPE, &n, err) == -1)
		return -1;
	buf_printf(out, "%llu", (unsigned long long)n);
	return 0;
}

static int
read_children(struct buf *out, struct err *err)
{
	static const char *const family[] = { "domain", "subdomain", "ipaddr",
		"email" };
	struct str *child, network, ip;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(family); i++) {
		struct row row = { .model = model_by_family(str_of(family[i])),
			.id = 1 };

		if (db_children(rows.db, &row, &rows.pool, &child, &n, err) ==
		    -1)
			return -1;
		for (size_t k = 0; k < n; k++)
			buf_add(out, child[k]);
	}
	if (db_device_network(rows.db, 1, &rows.pool, &network, &ip, err) == -1)
		return -1;
	buf_printf(out, "%.*s %.*s", STR_ARG(network), STR_ARG(ip));
	return 0;
}

static int
delete_rows(struct buf *out, struct err *err)
{
	uint64_t n;

	if (db_delete(rows.db, model_by_table(STR("domains")),
		STR("value = 'a.com'"), &n, err) == -1)
		return -1;
	buf_printf(out, "%llu", (unsigned long long)n);
	return 0;
}

static int
put_out_of_scope(struct buf *out, struct err *err)
{
	uint64_t n;

	if (db_set_scope(rows.db, model_by_table(STR("domains")), STR("id > 0"),
		false, &n, err) == -1)
		return -1;
	buf_printf(out, "%llu", (unsigned long long)n);
	return 0;
}

static int
end_rows(struct buf *out, struct err *err)
{
	(void)out;
	return db_expire(rows.db, err);
}

/* The rules that are in force are those that are stored. */
static int
add_a_rule(struct buf *out, struct err *err)
{
	(void)out;
	return db_rule_add(rows.db, STR("domain"), STR("b.com"), true, err);
}

static int
delete_a_rule(struct buf *out, struct err *err)
{
	(void)out;
	return db_rule_delete(rows.db, STR("domain"), STR("b.com"), err);
}

static int
log_an_event(struct buf *out, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct reply_db reply;
	struct row event;
	struct json v;

	CHECK_INT(json_read(&rows.pool,
		      rows_json("{'topic':'t','time':'2020-01-03T00:00:00',"
				"'uniq':'u','content':{'a':1}}"),
		      &v, &why),
	    0);
	CHECK_INT(row_read_insert(&event, &model_activity, &v, &rows.pool,
		      &why),
	    0);
	if (db_log(rows.db, &event, &reply, err) == -1)
		return -1;
	reply_dump_db(out, &reply);
	return 0;
}

static void
add_slice(void *ctx, int64_t day, unsigned slice, uint64_t n)
{
	buf_printf(ctx, "%lld %u %llu\n", (long long)day, slice,
	    (unsigned long long)n);
}

static int
read_events(struct buf *out, struct err *err)
{
	const struct db_events which = { STR("t"), STR("2020-01-01"),
		STR("2020-01-09"), false };
	struct row event, before;
	struct db_rows *cursor;
	int status;

	if (db_events_count(rows.db, &which, 60, add_slice, out, err) == -1 ||
	    db_events_open(rows.db, &which, &cursor, err) == -1)
		return -1;
	while ((status = db_rows_next(cursor, &rows.pool, &event, err)) == 1)
		row_write_json(out, &event);
	db_rows_free(cursor);
	event.id = 2;
	if (status == 0)
		status = db_event_before(rows.db, &which, &event, &rows.pool,
		    &before, err);
	if (status == 1)
		row_write_json(out, &before);
	return status == -1 ? -1 : 0;
}

static int
open_again(struct buf *out, struct err *err)
{
	struct db *other;

	(void)out;
	if (db_open(rows.path, &other, err) == -1)
		return -1;
	db_free(other);
	return 0;
}

static const struct {
	const char *name;
	operation *run;
} operations[] = {
	{ "insert", insert },
	{ "insert with an end", insert_with_end },
	{ "insert a link", insert_a_link },
	{ "insert more", insert_more },
	{ "insert in a group", insert_in_a_group },
	{ "update a row", update_a_row },
	{ "find a row", find_a_row },
	{ "read rows", read_rows },
	{ "count rows", count_rows },
	{ "read children", read_children },
	{ "delete rows", delete_rows },
	{ "put out of scope", put_out_of_scope },
	{ "end rows", end_rows },
	{ "add a rule", add_a_rule },
	{ "delete a rule", delete_a_rule },
	{ "log an event", log_an_event },
	{ "read events", read_events },
	{ "open again", open_again },
};

static void
log_two(void)
{
	static const char *const time[] = { "2020-01-01T10:00:00",
		"2020-01-02T11:00:00" };
	autoerr struct err err = ERR_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(time); i++) {
		struct reply_db reply;
		struct row event;
		struct json v;
		const char *text = pool_printf(&rows.pool,
		    "{'topic':'t','time':'%s','content':{'n':%zu}}", time[i],
		    i);

		CHECK_INT(json_read(&rows.pool, rows_json(text), &v, &err), 0);
		CHECK_INT(row_read_insert(&event, &model_activity, &v,
			      &rows.pool, &err),
		    0);
		CHECK_INT(db_log(rows.db, &event, &reply, &err), 0);
	}
}

static void
fill(void)
{
	static const int32_t gone = -5, later = 1000;
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&rows.pool);

	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("domain", "{'value':'c.com'}"), "Inserted(2)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	CHECK_INT(insert_text("ipaddr",
		      "{'value':'192.0.2.1','family':'4','country':'X'}",
		      &later, &out, &err),
	    0);
	CHECK_STR(add("email", "{'value':'x@a.com'}"), "Inserted(1)");
	CHECK_INT(insert_text("email", "{'value':'old@a.com'}", &gone, &out,
		      &err),
	    0);
	CHECK_STR(add("breach", "{'value':'b'}"), "Inserted(1)");
	CHECK_STR(add("breach-email",
		      "{'breach_id':1,'email_id':1,'password':'p'}"),
	    "Inserted(1)");
	CHECK_STR(add("device", "{'value':'00:00:00:00:00:01'}"), "Inserted(1)");
	CHECK_STR(add("network", "{'value':'n'}"), "Inserted(1)");
	CHECK_STR(add("network-device",
		      "{'network_id':1,'device_id':1,'ipaddr':'192.0.2.1'}"),
	    "Inserted(1)");
	CHECK_INT(db_rule_add(rows.db, STR("domain"), STR("b.com"), false, &err),
	    0);
	log_two();
}

static size_t
count_rules(void)
{
	size_t n = 0;

	while (scope_rule_at(db_scope(rows.db), n) != NULL)
		n++;
	return n;
}

/* Fills a new database, does it with the n-th allocation failing. */
static int
attempt(operation *run, long n, struct str *said, struct str *left)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&rows.pool);
	int status;

	rows_open();
	fill();
	/* prepared anew, which may fail as well */
	db_free(rows.db);
	CHECK_INT(db_open(rows.path, &rows.db, &err), 0);
	has_failed = false;
	allocations = 0;
	until_failure = n;
	status = run(&out, &err);
	until_failure = 0;
	most = allocations;
	if (status == -1)
		CHECK(err_text(&err).n != 0);
	*said = buf_str(&out);
	*left = everything();
	CHECK_INT(count_rules(), count("autonoscope"));
	CHECK_STR(add("domain", "{'value':'after.com'}"), "Inserted(3)");
	return status;
}

static void
sweep(const char *name, operation *run)
{
	int failed_before = check_failed;
	autopool struct pool pool = POOL_NONE;
	struct str said, left, all_said, before, after;
	const char *all = getenv("SN0INT_FAULTS");
	long step, last, done = 0;

	rows_open();
	fill();
	before = pool_copy(&pool, everything());
	rows_close();
	CHECK_INT(attempt(run, 0, &said, &left), 0);
	all_said = pool_copy(&pool, said);
	after = pool_copy(&pool, left);
	rows_close();
	last = most;
	step = all != NULL && strcmp(all, "all") == 0 ? 1 : last / FEW + 1;
	for (long n = 1; n <= last && check_failed == failed_before;
	     n += step) {
		int status = attempt(run, n, &said, &left);

		if (status == 0)
			CHECK_BYTES(said, all_said);
		CHECK_BYTES(left, status == 0 ? after : before);
		if (check_failed != failed_before)
			printf("# %s, allocation %ld\n", name, n);
		rows_close();
		done += has_failed;
	}
	CHECK(done > 1);
	printf("# %s: %ld of %ld allocations failed\n", name, done, last);
}

static void
no_memory_is_told_and_changes_nothing(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		sweep(operations[i].name, operations[i].run);
}

static const struct check_case cases[] = {
	CASE(no_memory_is_told_and_changes_nothing),
};

int
main(void)
{
	hook();
	return check_run(cases, ARRAY_SIZE(cases));
}
