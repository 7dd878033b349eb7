/*
 * What becomes of a database when SQLite fails: each operation is done again
 * and again, and the n-th of something fails, for each n. Either all is as after
 * the undisturbed operation, or it says what is wrong and the file is as before.
 * What fails is an allocation (a few of them, and all with SN0INT_FAULTS=all),
 * a statement that is not compiled, or one that is interrupted when it starts.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/edges.h"
#include "db/sql.h"
#include "model/scope.h"
#include "state/file.h"

#include "rows.h"

#define FEW        12 /* allocations of an operation in make check */
#define MOST_BYTES ((size_t)64 << 20)

enum fault { NO_MEMORY, NOT_COMPILED, INTERRUPTED, FAULTS };

static const char *const fault_name[FAULTS] = { "allocation",
	"statement compiled", "statement started" };

static sqlite3_mem_methods real;
static enum fault fault;
static long until_failure; /* 0: none */
static long seen[FAULTS];  /* since the last operation began */
static long most[FAULTS];  /* what it has come to at its end */
static bool has_failed;
static bool is_interrupted; /* the statement that has just started */

/* Nothing here ends the machine: nobody waits for a disk. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

static bool
is_the_one(enum fault what)
{
	seen[what]++;
	if (what != fault || until_failure == 0 || --until_failure != 0)
		return false;
	has_failed = true;
	return true;
}

static void *
fail_malloc(int n)
{
	return is_the_one(NO_MEMORY) ? NULL : real.xMalloc(n);
}

static void *
fail_realloc(void *p, int n)
{
	return is_the_one(NO_MEMORY) ? NULL : real.xRealloc(p, n);
}

/*
 * Asked for whatever a statement is to do; what it reads is not counted, nor
 * what SQLite notes about tables on its own.
 */
static int
authorize(void *ctx, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	(void)ctx, (void)b, (void)c, (void)d;
	if (action == SQLITE_READ || action == SQLITE_FUNCTION ||
	    (a != NULL && strcmp(a, "sqlite_master") == 0))
		return SQLITE_OK;
	return is_the_one(NOT_COMPILED) ? SQLITE_DENY : SQLITE_OK;
}

static int
on_start(unsigned event, void *ctx, void *stmt, void *text)
{
	(void)event, (void)ctx, (void)stmt, (void)text;
	is_interrupted = is_the_one(INTERRUPTED);
	return 0;
}

static int
on_progress(void *ctx)
{
	bool now = is_interrupted;

	(void)ctx;
	is_interrupted = false;
	return now;
}

static int
watch(sqlite3 *sqlite, char **message, const struct sqlite3_api_routines *api)
{
	(void)message, (void)api;
	(void)sqlite3_set_authorizer(sqlite, authorize, NULL);
	(void)sqlite3_trace_v2(sqlite, SQLITE_TRACE_STMT, on_start, NULL);
	sqlite3_progress_handler(sqlite, 1, on_progress, NULL);
	return SQLITE_OK;
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
	/* its type hides the arguments of an entry point */
	CHECK_INT(sqlite3_auto_extension((void (*)(void))watch), SQLITE_OK);
}

static int
add_line(void *out, int n, char **value, char **name)
{
	for (int i = 0; i < n; i++)
		buf_printf(out, "%s=%s ", name[i],
		    value[i] != NULL ? value[i] : "null");
	buf_add_char(out, '\n');
	return 0;
}

static int
add_name(void *out, int n, char **value, char **name)
{
	(void)n, (void)name;
	buf_add(out, str_of(value[0]));
	buf_add_char(out, '\n');
	return 0;
}

/* What a row was made at is no part of it. */
static const char *
columns_of(struct str table)
{
	static const char *const of[][2] = {
		{ "ttls", "family, key" },
		{ "__diesel_schema_migrations", "version" },
		{ "sn0int_schema", "version" },
		{ "run", "id, kind, command, outcome" },
		{ "attempt", "id, run, outcome" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		if (str_is(table, of[i][0]))
			return of[i][1];
	}
	return "*";
}

/* The whole file as text: all tables, how they are made, and the ids used. */
static struct str
everything(void)
{
	struct buf out = BUF_IN(&rows.pool), names = BUF_IN(&rows.pool);
	struct str left;
	sqlite3 *file;

	CHECK_INT(sqlite3_open(rows.path, &file), SQLITE_OK);
	CHECK_INT(sqlite3_exec(file,
		      "SELECT name, sql FROM sqlite_master ORDER BY name",
		      add_line, &out, NULL),
	    SQLITE_OK);
	CHECK_INT(sqlite3_exec(file,
		      "SELECT name FROM sqlite_master WHERE type = 'table' "
		      "ORDER BY name",
		      add_name, &names, NULL),
	    SQLITE_OK);
	left = buf_str(&names);
	while (left.n != 0) {
		struct str table = str_cut(&left, '\n');
		const char *text = pool_printf(&rows.pool,
		    "SELECT '%.*s' AS t, %s FROM %.*s ORDER BY 2",
		    STR_ARG(table), columns_of(table), STR_ARG(table));

		CHECK_INT(sqlite3_exec(file, text, add_line, &out, NULL),
		    SQLITE_OK);
	}
	CHECK_INT(sqlite3_close(file), SQLITE_OK);
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
	rows.author.sequence++;
	if (db_insert(rows.db, &rows.author, &row, ttl, &rows.pool, &result,
		err) == -1)
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
insert_a_known_link(struct buf *out, struct err *err)
{
	return insert_text("breach-email",
	    "{'breach_id':1,'email_id':1,'password':'p'}", NULL, out, err);
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

/* From the beginning of a run to its end, with all that it may leave. */
static int
run_in_a_group(struct buf *out, struct err *err)
{
	const struct db_run run = { .kind = "run",
		.code = STR("code"),
		.options = STR("{}") };
	const struct db_unit unit = { .family = STR("domain"),
		.row = 1,
		.sees = STR("{}"),
		.target = STR("a.com") };
	const struct db_attempt_end end = { .used = DB_USED_UNKNOWN };
	int status;

	if (db_begin(rows.db, err) == -1)
		return -1;
	status = db_run_begin(rows.db, &run, &rows.author, err);
	if (status == 0)
		status = db_attempt_begin(rows.db, &unit, &rows.author, err);
	if (status == 0)
		status = insert(out, err);
	if (status == 0)
		status = insert_more(out, err);
	if (status == 0)
		status = db_attempt_end(rows.db, &rows.author, &end, err);
	if (status == 0)
		status = db_run_end(rows.db, &rows.author,
		    &(struct db_run_end){ .counters = STR("{}") }, err);
	if (status == 0)
		return db_commit(rows.db, err);
	(void)db_rollback(rows.db, NULL);
	return -1;
}

static int
update_a_row(struct buf *out, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct db_result result;
	uint32_t column;
	struct row row;
	struct json v;

	CHECK_INT(json_read(&rows.pool, rows_json("{'id':1,'resolvable':true}"),
		      &v, &why),
	    0);
	CHECK_INT(row_read_update(&row, model_by_family(STR("subdomain")), &v,
		      &rows.pool, &column, &why),
	    0);
	if (db_update(rows.db, &rows.author, &row, &rows.pool, &result, err) ==
	    -1)
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
		rows_where("subdomains", "value like '%'"),
		DB_IN_SCOPE | DB_BY_ID, &cursor, err) == -1)
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

	if (db_count(rows.db, model_by_table(STR("domains")),
		rows_where("domains", "id > 0"), DB_IN_SCOPE, &n, err) == -1)
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

static void
add_end(struct buf *out, const struct edge_end *end)
{
	buf_printf(out, "%s_%d '%.*s' ", end->model->family, end->id,
	    STR_ARG(end->value));
}

static int
read_edges_of(const struct model *model, struct buf *out, struct err *err)
{
	struct db_edges *edges = db_edges_new(rows.db, model, NULL);
	struct edge edge;
	int status;

	while ((status = db_edges_next(edges, &rows.pool, &edge, err)) == 1) {
		add_end(out, &edge.from);
		buf_printf(out, "%s ", edge.relation);
		add_end(out, &edge.to);
		if (edge.link.model != NULL)
			row_write_json(out, &edge.link);
	}
	db_edges_free(edges);
	return status;
}

static int
read_edges(struct buf *out, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (read_edges_of(m, out, err) == -1)
			return -1;
	}
	return 0;
}

static int
delete_rows(struct buf *out, struct err *err)
{
	uint64_t n;

	if (db_delete(rows.db, &rows.author, model_by_table(STR("domains")),
		rows_where("domains", "value = 'a.com'"), &n, err) == -1)
		return -1;
	buf_printf(out, "%llu", (unsigned long long)n);
	return 0;
}

static int
put_out_of_scope(struct buf *out, struct err *err)
{
	uint64_t n;

	if (db_set_scope(rows.db, &rows.author, model_by_table(STR("domains")),
		rows_where("domains", "id > 0"), false, &n, err) == -1)
		return -1;
	buf_printf(out, "%llu", (unsigned long long)n);
	return 0;
}

static int
end_rows(struct buf *out, struct err *err)
{
	(void)out;
	return db_expire(rows.db, NULL, NULL, err);
}

/* The rules that are in force are those that are stored. */
static int
add_a_rule(struct buf *out, struct err *err)
{
	(void)out;
	return db_rule_add(rows.db, &rows.author, STR("domain"), STR("b.com"),
	    true, err);
}

static int
delete_a_rule(struct buf *out, struct err *err)
{
	(void)out;
	return db_rule_delete(rows.db, &rows.author, STR("domain"),
	    STR("b.com"), err);
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
	if (db_log(rows.db, &rows.author, &event, &reply, err) == -1)
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
read_in_a_group(struct buf *out, struct err *err)
{
	if (db_begin_read(rows.db, err) == -1)
		return -1;
	if (find_a_row(out, err) == -1) {
		(void)db_rollback(rows.db, NULL);
		return -1;
	}
	if (db_rollback(rows.db, err) == 0)
		return 0;
	(void)db_rollback(rows.db, NULL);
	return -1;
}

/* Of a file that is made anew, or an older one, all is done here. */
static int
open_it(struct buf *out, struct err *err)
{
	(void)out;
	return db_open(rows.path, &rows.db, err);
}

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
		rows.author.sequence++;
		CHECK_INT(db_log(rows.db, &rows.author, &event, &reply, &err),
		    0);
	}
}

static void
fill(void)
{
	static const int32_t gone = -5, later = 1000;
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&rows.pool);

	CHECK_INT(db_command_begin(rows.db, "add", NULL, 0, &rows.author, &err),
	    0);
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
	CHECK_STR(add("device", "{'value':'00:00:00:00:00:01'}"),
	    "Inserted(1)");
	CHECK_STR(add("network", "{'value':'n'}"), "Inserted(1)");
	CHECK_STR(add("network-device",
		      "{'network_id':1,'device_id':1,'ipaddr':'192.0.2.1'}"),
	    "Inserted(1)");
	CHECK_INT(db_rule_add(rows.db, &rows.author, STR("domain"),
		      STR("b.com"), false, &err),
	    0);
	log_two();
	CHECK_INT(db_command_end(rows.db, &rows.author, 0, &err), 0);
}

/* As versions of 2018 have left it: tables and columns are missing. */
static void
make_old(void)
{
	static const char old[] =
	    "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) "
	    "PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT "
	    "CURRENT_TIMESTAMP);"
	    "INSERT INTO __diesel_schema_migrations (version) VALUES "
	    "('20180912102647');"
	    "CREATE TABLE domains (id INTEGER PRIMARY KEY AUTOINCREMENT NOT "
	    "NULL, value VARCHAR NOT NULL);"
	    "INSERT INTO domains VALUES (1, 'a.com'), (2, 'c.com');"
	    "CREATE TABLE subdomains (id INTEGER PRIMARY KEY AUTOINCREMENT NOT "
	    "NULL, domain_id INTEGER NOT NULL, value VARCHAR NOT NULL);"
	    "INSERT INTO subdomains VALUES (1, 1, 'www.a.com');"
	    "CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
	    "subdomain_id INTEGER NOT NULL, value VARCHAR NOT NULL, status "
	    "INTEGER, body BLOB);"
	    "INSERT INTO urls VALUES (7, 1, 'http://www.a.com/x', 200, "
	    "x'00ff');"
	    "CREATE TABLE ttls (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
	    "family VARCHAR NOT NULL, key INTEGER NOT NULL, expire DATETIME "
	    "NOT NULL);"
	    "INSERT INTO ttls VALUES (3, 'urls', 7, '2999-01-01 00:00:00')";

	db_free(rows.db);
	rows.db = NULL;
	CHECK_INT(remove(rows.path), 0);
	rows_write_raw(old);
}

/* As the reference program has it: all tables, but none of ours. */
static void
make_peers(void)
{
	static const char drop[] =
	    "SELECT 'DROP ' || type || ' ' || name || ';' FROM sqlite_master "
	    "WHERE name GLOB 'sn0int_*' OR name IN ('digest', 'run', 'unit', "
	    "'attempt', 'origin', 'seen') ORDER BY type DESC";
	struct buf out = BUF_IN(&rows.pool);
	sqlite3 *file;

	fill();
	db_free(rows.db);
	rows.db = NULL;
	CHECK_INT(sqlite3_open(rows.path, &file), SQLITE_OK);
	CHECK_INT(sqlite3_exec(file, drop, add_name, &out, NULL), SQLITE_OK);
	CHECK_INT(sqlite3_exec(file, buf_cstr(&out), NULL, NULL, NULL),
	    SQLITE_OK);
	CHECK_INT(sqlite3_close(file), SQLITE_OK);
}

static void
make_none(void)
{
	db_free(rows.db);
	rows.db = NULL;
	CHECK_INT(truncate(rows.path, 0), 0);
}

static const struct operation {
	const char *name;
	operation *run; /* open_it: the file is not open before */
	void (*make)(void);
	const char *next; /* what the next domain is answered with */
} operations[] = {
	{ "insert", insert, fill, "Inserted(3)" },
	{ "insert with an end", insert_with_end, fill, "Inserted(3)" },
	{ "insert a link", insert_a_link, fill, "Inserted(3)" },
	{ "insert a known link", insert_a_known_link, fill, "Inserted(3)" },
	{ "insert more", insert_more, fill, "Inserted(3)" },
	{ "insert in a group", insert_in_a_group, fill, "Inserted(3)" },
	{ "run in a group", run_in_a_group, fill, "Inserted(3)" },
	{ "update a row", update_a_row, fill, "Inserted(3)" },
	{ "find a row", find_a_row, fill, "Inserted(3)" },
	{ "read rows", read_rows, fill, "Inserted(3)" },
	{ "read in a group", read_in_a_group, fill, "Inserted(3)" },
	{ "count rows", count_rows, fill, "Inserted(3)" },
	{ "read children", read_children, fill, "Inserted(3)" },
	{ "read edges", read_edges, fill, "Inserted(3)" },
	{ "delete rows", delete_rows, fill, "Inserted(3)" },
	{ "put out of scope", put_out_of_scope, fill, "Inserted(3)" },
	{ "end rows", end_rows, fill, "Inserted(3)" },
	{ "add a rule", add_a_rule, fill, "Inserted(3)" },
	{ "delete a rule", delete_a_rule, fill, "Inserted(3)" },
	{ "log an event", log_an_event, fill, "Inserted(3)" },
	{ "read events", read_events, fill, "Inserted(3)" },
	{ "open again", open_it, fill, "Inserted(3)" },
	{ "open the peer's", open_it, make_peers, "Inserted(3)" },
	{ "make a new one", open_it, make_none, "Inserted(1)" },
	{ "open an older one", open_it, make_old, "Inserted(3)" },
};

static size_t
count_rules(void)
{
	size_t n = 0;

	while (scope_rule_at(db_scope(rows.db), n) != NULL)
		n++;
	return n;
}

static void
put_file(struct str bytes)
{
	FILE *f;

	rows.path = place_path(&rows.pool, place_new(&rows.pool), "db.sqlite");
	f = fopen(rows.path, "w");
	CHECK(f != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
	CHECK_INT(fclose(f), 0);
}

/* Does it to a copy of the file, with the n-th of something failing. */
static int
attempt(const struct operation *o, struct str file, enum fault what, long n,
    struct str *said, struct str *left)
{
	autoerr struct err err = ERR_NONE, again = ERR_NONE;
	struct buf out = BUF_IN(&rows.pool);
	int status;

	put_file(file);
	if (o->run != open_it)
		CHECK_INT(db_open(rows.path, &rows.db, &err), 0);
	/* that of fill(), which has ended; what it did so far is numbered */
	rows.author =
	    (struct db_author){ .run = 1, .attempt = 1, .sequence = 1000 };
	has_failed = is_interrupted = false;
	memset(seen, 0, sizeof(seen));
	fault = what;
	until_failure = n;
	status = o->run(&out, &err);
	until_failure = 0;
	memcpy(most, seen, sizeof(most));
	if (status == -1)
		CHECK(err_text(&err).n != 0);
	*said = buf_str(&out);
	*left = everything();
	if (rows.db == NULL)
		CHECK_INT(db_open(rows.path, &rows.db, &again), 0);
	CHECK_INT(count_rules(), count("autonoscope"));
	CHECK_STR(add("domain", "{'value':'after.com'}"), o->next);
	return status;
}

static void
fail_each(const struct operation *o, enum fault what, struct str file,
    struct str before)
{
	int failed_before = check_failed;
	autopool struct pool pool = POOL_NONE;
	struct str said, left, all_said, after;
	const char *all = getenv("SN0INT_FAULTS");
	bool is_few =
	    what == NO_MEMORY && (all == NULL || strcmp(all, "all") != 0);
	long step, last, done = 0;

	CHECK_INT(attempt(o, file, what, 0, &said, &left), 0);
	all_said = pool_copy(&pool, said);
	after = pool_copy(&pool, left);
	last = most[what];
	rows_close();
	step = is_few ? last / FEW + 1 : 1;
	for (long n = 1; n <= last && check_failed == failed_before;
	     n += step) {
		int status = attempt(o, file, what, n, &said, &left);

		if (status == 0)
			CHECK_BYTES(said, all_said);
		/* opening does more once the file is as it should be */
		if (o->run != open_it || !str_eq(left, after))
			CHECK_BYTES(left, status == 0 ? after : before);
		if (check_failed != failed_before)
			printf("# %s, %s %ld\n", o->name, fault_name[what], n);
		rows_close();
		done += has_failed;
	}
	CHECK(done > 0);
	printf("# %s: %s: %ld of %ld failed\n", o->name, fault_name[what], done,
	    last);
}

static void
sweep(enum fault what)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		const struct operation *o = &operations[i];
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str file, before;

		rows_open();
		o->make();
		before = pool_copy(&pool, everything());
		db_free(rows.db);
		rows.db = NULL;
		CHECK_INT(file_read(&pool, rows.path, MOST_BYTES, &file, &err),
		    1);
		rows_close();
		fail_each(o, what, file, before);
	}
}

static void
no_memory_is_told_and_changes_nothing(void)
{
	sweep(NO_MEMORY);
}

static void
a_statement_that_is_not_compiled_is_told_and_changes_nothing(void)
{
	sweep(NOT_COMPILED);
}

static void
a_statement_that_is_interrupted_is_told_and_changes_nothing(void)
{
	sweep(INTERRUPTED);
}

static const struct check_case cases[] = {
	CASE(no_memory_is_told_and_changes_nothing),
	CASE(a_statement_that_is_not_compiled_is_told_and_changes_nothing),
	CASE(a_statement_that_is_interrupted_is_told_and_changes_nothing),
};

int
main(void)
{
	hook();
	return check_run(cases, ARRAY_SIZE(cases));
}
