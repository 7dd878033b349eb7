/*
 * What others leave in a database, and what is there but seldom: values that
 * are missing, rows that refer to nothing, groups that were undone.
 */
#include "rows.h"

#include "base/mem.h"
#include "db/sql.h"

static struct str
children(const char *family)
{
	autoerr struct err err = ERR_NONE;
	struct row row = { .model = model_by_family(str_of(family)), .id = 1 };
	struct buf out = BUF_IN(&rows.pool);
	struct str *child;
	size_t n;

	CHECK_INT(db_children(rows.db, &row, &rows.pool, &child, &n, &err), 0);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%.*s;", STR_ARG(child[i]));
	return buf_str(&out);
}

static void
children_have_what_is_there(void)
{
	autoerr struct err err = ERR_NONE;
	struct str network, ip;

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("ipaddr", "{'value':'192.0.2.1','family':'4'}"),
	    "Inserted(1)");
	CHECK_STR(add("subdomain-ipaddr", "{'subdomain_id':1,'ip_addr_id':1}"),
	    "Inserted(1)");
	CHECK_STR(children("domain"), "\"www.a.com\";");
	CHECK_STR(children("subdomain"), "192.0.2.1;");
	CHECK_STR(children("ipaddr"), "\"www.a.com\";");
	CHECK_STR(add("email", "{'value':'x@a.com'}"), "Inserted(1)");
	CHECK_STR(add("breach", "{'value':'b'}"), "Inserted(1)");
	CHECK_STR(add("breach-email", "{'breach_id':1,'email_id':1}"),
	    "Inserted(1)");
	CHECK_STR(children("email"), "\"b\";");
	CHECK_STR(add("breach-email",
		      "{'breach_id':1,'email_id':1,'password':'p'}"),
	    "Updated(1)");
	CHECK_STR(children("email"), "\"b\" (\"p\");");
	CHECK_STR(add("device", "{'value':'00:00:00:00:00:01'}"),
	    "Inserted(1)");
	CHECK_INT(db_device_network(rows.db, 1, &rows.pool, &network, &ip,
		      &err),
	    0);
	CHECK(network.p == NULL && ip.p == NULL);
	CHECK_STR(add("network", "{'value':'n'}"), "Inserted(1)");
	CHECK_STR(add("network-device", "{'network_id':1,'device_id':1}"),
	    "Inserted(1)");
	CHECK_INT(db_device_network(rows.db, 1, &rows.pool, &network, &ip,
		      &err),
	    0);
	CHECK_STR(network, "n");
	CHECK(ip.p == NULL);
	rows_close();
}

/* Its end is called nothing; the link stays. */
static void
a_link_to_nothing_has_half_a_name(void)
{
	rows_open();
	CHECK_STR(add("breach", "{'value':'b'}"), "Inserted(1)");
	CHECK_STR(add("email", "{'value':'x@a.com'}"), "Inserted(1)");
	CHECK_STR(add("breach-email", "{'breach_id':1,'email_id':1}"),
	    "Inserted(1)");
	CHECK_STR(rows_result.label, "b+x@a.com");
	rows_write_raw("DELETE FROM emails");
	CHECK_STR(add("breach-email", "{'breach_id':1,'email_id':1}"),
	    "NoChange(1)");
	CHECK_STR(rows_result.label, "b+");
	rows_close();
}

static void
empty_values_survive(void)
{
	autoerr struct err err = ERR_NONE;
	struct reply_db reply;

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("url",
		      "{'subdomain_id':1,'value':'http://a.com/','status':200,"
		      "'body':[],'title':''}"),
	    "Inserted(1)");
	CHECK_STR(show("urls", ""),
	    "{\"id\":1,\"subdomain_id\":1,\"value\":\"http://a.com/\","
	    "\"path\":\"/\",\"status\":200,\"body\":[],\"unscoped\":false,"
	    "\"online\":null,\"title\":\"\",\"redirect\":null}");
	CHECK_INT(db_find(rows.db, rows_model("domains"), STR_NONE, &reply,
		      &err),
	    0);
	CHECK_STR(rows_reply(&reply), "None");
	rows_close();
}

static void
add_slice(void *ctx, int64_t day, unsigned slice, uint64_t n)
{
	buf_printf(ctx, "%lld %u %llu;", (long long)day, slice,
	    (unsigned long long)n);
}

/* What is no time has no day; the row is shown as it is. */
static void
an_event_without_a_day_is_on_none(void)
{
	autoerr struct err err = ERR_NONE;
	const struct db_events all = { .is_located = false };
	struct buf out;

	rows_open();
	out = (struct buf)BUF_IN(&rows.pool);
	rows_write_raw(
	    "INSERT INTO activity (topic, time, content) VALUES ('t', "
	    "'never', '{}'), ('t', '1970-01-02', '{}')");
	CHECK_INT(db_events_count(rows.db, &all, 60, add_slice, &out, &err), 0);
	CHECK_STR(buf_str(&out), "1 0 1;");
	CHECK_STR(show("activity", "id = 1"),
	    "{\"id\":1,\"topic\":\"t\",\"time\":\"never\",\"uniq\":null,"
	    "\"latitude\":null,\"longitude\":null,\"radius\":null,"
	    "\"content\":{}}");
	rows_close();
}

static void
a_broken_rule_keeps_the_file_closed(void)
{
	static const char *const broken[] = {
		"INSERT INTO autonoscope (object, value, scoped) VALUES "
		"('moon', 'x', 1)",
		"DROP TABLE autonoscope; CREATE TABLE autonoscope (id, object, "
		"value, scoped); INSERT INTO autonoscope DEFAULT VALUES",
	};

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		autoerr struct err err = ERR_NONE;
		struct db *other = NULL;

		rows_open();
		rows_write_raw(broken[i]);
		CHECK_INT(db_open(rows.path, &other, &err), -1);
		CHECK(other == NULL);
		CHECK(str_find(rows_error(&err),
			  STR("a stored scope rule is broken")) != STR_NPOS);
		rows_close();
	}
}

static void
a_rule_of_no_type_is_not_deleted(void)
{
	autoerr struct err err = ERR_NONE;

	rows_open();
	CHECK_INT(db_rule_add(rows.db, &rows.author, STR("domain"),
		      STR("a.com"), true, &err),
	    0);
	CHECK_INT(db_rule_delete(rows.db, &rows.author, STR("moon"),
		      STR("a.com"), &err),
	    -1);
	CHECK(err_text(&err).n != 0);
	CHECK_INT(count("autonoscope"), 1);
	rows_close();
}

/* A disk that is full ends a whole transaction; here somebody else does. */
static void
what_follows_a_lost_group_is_lost_with_it(void)
{
	autoerr struct err err = ERR_NONE;

	rows_open();
	CHECK_INT(db_begin(rows.db, &err), 0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_INT(sql_run(rows.db, "ROLLBACK", &err), 0);
	CHECK_STR(add("domain", "{'value':'b.com'}"),
	    "the transaction was undone");
	CHECK_INT(db_commit(rows.db, &err), -1);
	CHECK_INT(count("domains"), 0);
	CHECK_STR(add("domain", "{'value':'c.com'}"), "Inserted(1)");
	rows_close();
}

static void
an_end_of_an_unknown_table_is_dropped(void)
{
	autoerr struct err err = ERR_NONE;

	rows_open();
	rows_write_raw("INSERT INTO ttls (family, key, value, expire) VALUES "
		       "('moons', 1, 'x', '2000-01-01 00:00:00')");
	CHECK_INT(count("ttls"), 1);
	CHECK_INT(db_expire(rows.db, NULL, NULL, &err), 0);
	CHECK_INT(count("ttls"), 0);
	rows_close();
}

static void
who_wants_no_reason_gets_none(void)
{
	const struct str word[] = { STR("where"), STR("sql"), STR("moon = 1") };
	const struct filter *filter;
	uint64_t n;

	rows_open();
	CHECK_INT(filter_read(&rows.pool, rows_model("domains"), word, 3,
		      &filter, NULL),
	    0);
	CHECK_INT(db_count(rows.db, rows_model("domains"), filter, 0, &n, NULL),
	    -1);
	db_rows_free(NULL);
	rows_close();
}

/* A database of something else is refused, and nothing is made in it. */
static void
a_file_of_something_else_is_left_alone(void)
{
	autoerr struct err err = ERR_NONE;
	struct db *other = NULL;

	rows_open();
	rows.path = place_path(&rows.pool, place_new(&rows.pool), "moon.db");
	rows_write_raw(
	    "CREATE TABLE moons (name); INSERT INTO moons VALUES ('Io')");
	CHECK_INT(db_open(rows.path, &other, &err), -1);
	CHECK(other == NULL);
	CHECK(
	    str_find(rows_error(&err),
		STR("it is no workspace: there is a table 'moons' and no list "
		    "of migrations")) != STR_NPOS);
	/* fails if it has been made meanwhile */
	rows_write_raw("CREATE TABLE domains (name); SELECT name FROM moons");
	rows_close();
}

/* A version that lacks the last step only: what is there is kept. */
static void
a_column_that_is_there_gets_no_other_value(void)
{
	autoerr struct err err = ERR_NONE;

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("url",
		      "{'subdomain_id':1,'value':'http://a.com/x','status':200,"
		      "'body':[]}"),
	    "Inserted(1)");
	rows_write_raw("DELETE FROM __diesel_schema_migrations WHERE version = "
		       "'20200612222250'");
	db_free(rows.db);
	rows.db = NULL;
	CHECK_INT(db_open(rows.path, &rows.db, &err), 0);
	CHECK(str_find(show("urls", ""), STR("\"path\":\"/x\"")) != STR_NPOS);
	rows_close();
}

CHECK_MAIN(CASE(children_have_what_is_there),
    CASE(a_link_to_nothing_has_half_a_name), CASE(empty_values_survive),
    CASE(an_event_without_a_day_is_on_none),
    CASE(a_broken_rule_keeps_the_file_closed),
    CASE(a_rule_of_no_type_is_not_deleted),
    CASE(what_follows_a_lost_group_is_lost_with_it),
    CASE(an_end_of_an_unknown_table_is_dropped),
    CASE(who_wants_no_reason_gets_none),
    CASE(a_file_of_something_else_is_left_alone),
    CASE(a_column_that_is_there_gets_no_other_value))
