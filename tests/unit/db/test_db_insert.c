#include "rows.h"

#include "base/mem.h"
#include "db/sql.h"

static void
a_new_row_gets_an_id(void)
{
	rows_open();
	CHECK_STR(add("domain", "{'value':'Example.COM'}"), "Inserted(1)");
	CHECK_STR(rows_result.label, "example.com");
	CHECK(!rows_result.is_scoped_out);
	CHECK_STR(add("domain", "{'value':'example.org'}"), "Inserted(2)");
	CHECK_STR(show("domains", ""),
	    "{\"id\":1,\"value\":\"example.com\",\"unscoped\":false}"
	    "{\"id\":2,\"value\":\"example.org\",\"unscoped\":false}");
	rows_close();
}

static void
a_known_row_is_compared(void)
{
	rows_open();
	CHECK_STR(add("email", "{'value':'a@b.c','valid':true}"),
	    "Inserted(1)");
	CHECK_STR(add("email", "{'value':'A@b.c'}"), "NoChange(1)");
	CHECK_STR(add("email", "{'value':'a@b.c','valid':true}"),
	    "NoChange(1)");
	CHECK_STR(add("email", "{'value':'a@b.c','displayname':'x'}"),
	    "Updated(1)");
	CHECK_STR(rows_result.label, "a@b.c");
	CHECK(row_value(&rows_result.changed, "displayname")->is_set);
	CHECK(!row_value(&rows_result.changed, "valid")->is_set);
	CHECK_STR(add("email", "{'value':'a@b.c','valid':false}"),
	    "Updated(1)");
	CHECK_STR(show("emails", ""),
	    "{\"id\":1,\"value\":\"a@b.c\",\"unscoped\":false,\"valid\":false,"
	    "\"displayname\":\"x\"}");
	rows_close();
}

static void
what_is_no_new_finding_stays(void)
{
	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("subdomain",
		      "{'domain_id':2,'value':'www.a.com','resolvable':true}"),
	    "Updated(1)");
	CHECK_STR(show("subdomains", ""),
	    "{\"id\":1,\"domain_id\":1,\"value\":\"www.a.com\",\"unscoped\":"
	    "false,\"resolvable\":true}");
	rows_close();
}

/* Each kind of column, written, compared and read. */
static void
values_survive(void)
{
	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("url",
		      "{'subdomain_id':1,'value':'http://a.com/x?y','status':"
		      "200,'body':[0,255,39],'redirect':'../z'}"),
	    "Inserted(1)");
	CHECK_STR(add("url",
		      "{'subdomain_id':1,'value':'http://a.com/x?y','status':"
		      "200,'body':[0,255,39],'redirect':'../z'}"),
	    "NoChange(1)");
	CHECK_STR(show("urls", ""),
	    "{\"id\":1,\"subdomain_id\":1,\"value\":\"http://a.com/x?y\","
	    "\"path\":\"/x\",\"status\":200,\"body\":[0,255,39],\"unscoped\":"
	    "false,\"online\":null,\"title\":null,\"redirect\":"
	    "\"http://a.com/z\"}");
	CHECK_STR(add("cryptoaddr",
		      "{'value':'x','balance':9007199254740993,'first_seen':"
		      "'2019-09-08T08:28:57.5'}"),
	    "Inserted(1)");
	CHECK_STR(show("cryptoaddrs", ""),
	    "{\"id\":1,\"value\":\"x\",\"currency\":null,\"denominator\":null,"
	    "\"balance\":9007199254740993,\"received\":null,\"first_seen\":"
	    "\"2019-09-08T08:28:57.500\",\"last_withdrawal\":null,"
	    "\"unscoped\":false,\"description\":null}");
	CHECK_STR(add("cryptoaddr",
		      "{'value':'x','first_seen':'2019-09-08T08:28:57.500'}"),
	    "NoChange(1)");
	CHECK_STR(add("network", "{'value':'lan','latitude':40.726662}"),
	    "Inserted(1)");
	CHECK_STR(add("network", "{'value':'lan','latitude':40.726662}"),
	    "NoChange(1)");
	CHECK_STR(show("networks", ""),
	    "{\"id\":1,\"value\":\"lan\",\"unscoped\":false,\"latitude\":"
	    "40.72666,\"longitude\":null,\"description\":null}");
	rows_close();
}

static void
times_are_stored_with_a_blank(void)
{
	rows_open();
	CHECK_STR(add("device",
		      "{'value':'aa','last_seen':'2019-09-08T08:28:57'}"),
	    "Inserted(1)");
	CHECK_STR(values("devices", "last_seen = '2019-09-08 08:28:57'"), "aa");
	rows_close();
}

static void
a_row_out_of_scope_refuses(void)
{
	autoerr struct err err = ERR_NONE;
	struct reply_db reply;
	uint64_t n;

	rows_open();
	CHECK_STR(add("email", "{'value':'a@b.c'}"), "Inserted(1)");
	CHECK_INT(db_find(rows.db, rows_model("emails"), STR("a@b.c"), &reply,
		      &err),
	    0);
	CHECK_STR(rows_reply(&reply), "Found(1)");
	CHECK_INT(db_set_scope(rows.db, &rows.author, rows_model("emails"),
		      rows_where("emails", "id = 1"), false, &n, &err),
	    0);
	CHECK_STR(add("email", "{'value':'a@b.c','valid':true}"), "None");
	CHECK_STR(update("email", "{'id':1,'valid':true}"),
	    "email 1 is out of scope");
	CHECK_INT(db_find(rows.db, rows_model("emails"), STR("a@b.c"), &reply,
		      &err),
	    0);
	CHECK_STR(rows_reply(&reply), "None");
	CHECK_STR(show("emails", ""),
	    "{\"id\":1,\"value\":\"a@b.c\",\"unscoped\":true,\"valid\":null,"
	    "\"displayname\":null}");
	rows_close();
}

static void
find_is_exact_and_not_for_links(void)
{
	autoerr struct err err = ERR_NONE;
	struct reply_db reply;

	rows_open();
	CHECK_STR(add("email", "{'value':'a@b.c'}"), "Inserted(1)");
	CHECK_INT(db_find(rows.db, rows_model("emails"), STR("A@b.c"), &reply,
		      &err),
	    0);
	CHECK_STR(rows_reply(&reply), "None");
	CHECK_INT(db_find(rows.db, rows_model("breach_emails"), STR("x"),
		      &reply, &err),
	    -1);
	rows_close();
}

static void
links_are_told_by_their_ids(void)
{
	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'www.a.com'}"),
	    "Inserted(1)");
	CHECK_STR(add("ipaddr", "{'value':'192.0.2.1'}"), "Inserted(1)");
	CHECK_STR(add("subdomain-ipaddr", "{'subdomain_id':1,'ip_addr_id':1}"),
	    "Inserted(1)");
	CHECK_STR(rows_result.label, "www.a.com+192.0.2.1");
	CHECK_STR(add("subdomain-ipaddr", "{'subdomain_id':1,'ip_addr_id':1}"),
	    "NoChange(1)");
	CHECK_STR(add("subdomain-ipaddr", "{'subdomain_id':1,'ip_addr_id':9}"),
	    "FOREIGN KEY constraint failed");
	CHECK_STR(add("subdomain", "{'domain_id':7,'value':'www.b.com'}"),
	    "FOREIGN KEY constraint failed");
	CHECK_INT(count("subdomains"), 1);
	rows_close();
}

static void
a_link_is_updated_like_any_row(void)
{
	rows_open();
	CHECK_STR(add("network", "{'value':'lan'}"), "Inserted(1)");
	CHECK_STR(add("device", "{'value':'AA:BB'}"), "Inserted(1)");
	CHECK_STR(add("network-device",
		      "{'network_id':1,'device_id':1,'ipaddr':'192.0.2.1'}"),
	    "Inserted(1)");
	CHECK_STR(add("network-device", "{'network_id':1,'device_id':1}"),
	    "NoChange(1)");
	CHECK_STR(add("network-device",
		      "{'network_id':1,'device_id':1,'ipaddr':'192.0.2.2'}"),
	    "Updated(1)");
	CHECK_STR(rows_result.label, "lan+aa:bb");
	CHECK_STR(update("network-device",
		      "{'id':1,'last_seen':'2019-09-08T08:28:57'}"),
	    "Updated(1)");
	CHECK_STR(show("network_devices", ""),
	    "{\"id\":1,\"network_id\":1,\"device_id\":1,\"ipaddr\":"
	    "\"192.0.2.2\",\"last_seen\":\"2019-09-08T08:28:57\"}");
	rows_close();
}

/* The first password fills an empty row, a second one makes a second row. */
static void
passwords_of_a_breach_are_kept_apart(void)
{
	static const struct {
		const char *password, *want;
	} row[] = {
		{ "", "Inserted(1)" },
		{ "", "NoChange(1)" },
		{ ",'password':'a'", "Updated(1)" },
		{ ",'password':'a'", "NoChange(1)" },
		{ ",'password':'b'", "Inserted(2)" },
		{ ",'password':'b'", "NoChange(2)" },
		{ ",'password':'a'", "NoChange(1)" },
		{ "", "NoChange(1)" },
	};

	rows_open();
	CHECK_STR(add("breach", "{'value':'B'}"), "Inserted(1)");
	CHECK_STR(add("email", "{'value':'a@b.c'}"), "Inserted(1)");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(add("breach-email",
			      pool_printf(&rows.pool,
				  "{'breach_id':1,'email_id':1%s}",
				  row[i].password)),
		    row[i].want);
	CHECK_STR(rows_result.label, "B+a@b.c");
	CHECK_INT(count("breach_emails"), 2);
	rows_close();
}

static void
an_update_needs_its_row(void)
{
	rows_open();
	CHECK_STR(update("email", "{'id':5,'valid':true}"),
	    "there is no email with the id 5");
	CHECK_STR(add("email", "{'value':'a@b.c','displayname':'x'}"),
	    "Inserted(1)");
	CHECK_STR(update("email", "{'id':1,'valid':true}"), "Updated(1)");
	CHECK_STR(rows_result.label, "a@b.c");
	CHECK_STR(show("emails", ""),
	    "{\"id\":1,\"value\":\"a@b.c\",\"unscoped\":false,\"valid\":true,"
	    "\"displayname\":\"x\"}");
	rows_close();
}

/* What a child cannot send, but a caller could. */
static void
an_update_of_a_family_without_mutable_columns_is_an_error(void)
{
	struct row row = { .model = model_by_family(STR("domain")), .id = 1 };
	autoerr struct err err = ERR_NONE;

	rows_open();
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_INT(db_update(rows.db, &rows.author, &row, &rows.pool,
		      &rows_result, &err),
	    -1);
	CHECK_STR(err_text(&err), "a domain has no columns that change");
	rows_close();
}

/* Every family can be inserted, found, updated and labelled by its row alone.
 */
static void
every_family_works(void)
{
	static const struct {
		const char *family, *row, *label;
	} all[] = {
		{ "domain", "{'value':'a.com'}", "a.com" },
		{ "subdomain", "{'domain_id':1,'value':'w.a.com'}", "w.a.com" },
		{ "ipaddr", "{'value':'2001:DB8::1'}", "2001:db8::1" },
		{ "subdomain-ipaddr", "{'subdomain_id':1,'ip_addr_id':1}",
		    "w.a.com+2001:db8::1" },
		{ "url", "{'subdomain_id':1,'value':'http://w.a.com'}",
		    "http://w.a.com" },
		{ "email", "{'value':'a@b.c'}", "a@b.c" },
		{ "phonenumber", "{'value':'+49123'}", "+49123" },
		{ "device", "{'value':'AA'}", "aa" },
		{ "network", "{'value':'Lan'}", "Lan" },
		{ "network-device", "{'network_id':1,'device_id':1}",
		    "Lan+aa" },
		{ "account", "{'service':'x.com','username':'Me'}",
		    "x.com/Me" },
		{ "breach", "{'value':'B'}", "B" },
		{ "breach-email", "{'breach_id':1,'email_id':1}", "B+a@b.c" },
		{ "image", "{'value':'id'}", "id" },
		{ "port",
		    "{'ip_addr_id':1,'ip_addr':'2001:db8::1','port':80,"
		    "'protocol':'tcp'}",
		    "tcp/[2001:db8::1]:80" },
		{ "netblock", "{'value':'192.0.2.1'}", "192.0.2.1/32" },
		{ "cryptoaddr", "{'value':'x'}", "x" },
		{ "person", "{'value':' Alice '}", "Alice" },
		{ "organisation", "{'value':'Acme'}", "Acme" },
		{ "link",
		    "{'left_family':'person','left_row':1,'right_family':"
		    "'domain','right_row':1,'value':'owns'}",
		    "owns" },
		{ "note", "{'family':'link','row':1,'value':'a\\nb'}", "a\nb" },
		{ "tag", "{'family':'link','row':1,'value':'VIP'}", "vip" },
	};
	size_t n = 0;

	rows_open();
	for (const struct model *m = model_table; m->family != NULL; m++, n++) {
		CHECK_CSTR(m->family, all[n].family);
		CHECK_STR(add(all[n].family, all[n].row), "Inserted(1)");
		CHECK_STR(rows_result.label, all[n].label);
		CHECK_STR(add(all[n].family, all[n].row), "NoChange(1)");
		CHECK_INT(count(m->table), 1);
	}
	CHECK_INT(n, ARRAY_SIZE(all));
	rows_close();
}

/* A row that is stored, but what comes with it is refused. */
static void
refuse_bad_rows(void)
{
	CHECK_INT(sqlite3_exec(rows.db->sqlite,
		      "CREATE TEMP TRIGGER t AFTER INSERT ON main.emails WHEN "
		      "NEW.value GLOB 'bad*' BEGIN SELECT RAISE(FAIL, 'no'); "
		      "END",
		      NULL, NULL, NULL),
	    SQLITE_OK);
}

/* Of a group, whichever of it that is. b: a row that is refused; g: one that is not. */
static void
a_change_that_fails_takes_nothing_along(void)
{
	static const struct {
		const char *group, *stored;
	} row[] = {
		{ "", "" },
		{ "b", "" },
		{ "bb", "" },
		{ "bg", "g2@x" },
		{ "gb", "g1@x" },
		{ "bgbgb", "g2@x,g4@x" },
		{ "gbbg", "g1@x,g4@x" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		const char *text;
		size_t n = 0;

		rows_open();
		refuse_bad_rows();
		CHECK_INT(db_begin(rows.db, &err), 0);
		for (const char *p = row[i].group; *p != '\0'; p++, n++) {
			text = pool_printf(&rows.pool, "{'value':'%s%zu@x'}",
			    *p == 'b' ? "bad" : "g", n + 1);
			if (*p == 'b')
				CHECK_STR(add("email", text), "no");
			else
				CHECK(str_starts(add("email", text),
				    STR("Inserted(")));
			CHECK(db_is_open(rows.db));
		}
		CHECK_INT(db_commit(rows.db, &err), 0);
		CHECK_STR(values("emails", ""), row[i].stored);
		/* and all of it is behind it */
		CHECK_STR(add("email", "{'value':'bad'}"), "no");
		CHECK_STR(values("emails", ""), row[i].stored);
		rows_close();
	}
}

static sqlite3 *somebody;

static void
take_lock(void *ctx)
{
	(void)ctx;
	CHECK_INT(sqlite3_exec(somebody, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
}

/* To undo the first one the lock is let go, and may not be had again. */
static void
a_group_that_cannot_begin_again_is_lost(void)
{
	autoerr struct err err = ERR_NONE;

	rows_open();
	refuse_bad_rows();
	CHECK_INT(sqlite3_open(rows.path, &somebody), SQLITE_OK);
	CHECK_INT(db_begin(rows.db, &err), 0);
	(void)sqlite3_busy_timeout(rows.db->sqlite, 0);
	(void)sqlite3_rollback_hook(rows.db->sqlite, take_lock, NULL);
	CHECK_STR(add("email", "{'value':'bad'}"), "no");
	(void)sqlite3_rollback_hook(rows.db->sqlite, NULL, NULL);
	CHECK_STR(add("email", "{'value':'a@x'}"),
	    "the transaction was undone");
	CHECK(db_has_failed(rows.db));
	CHECK_INT(db_commit(rows.db, &err), -1);
	CHECK_INT(sqlite3_close(somebody), SQLITE_OK);
	CHECK_STR(add("email", "{'value':'b@x'}"), "Inserted(1)");
	rows_close();
}

/* What db_row() says of domain 1: its columns, or "none", or "no". */
static struct str
read_first(void)
{
	autoerr struct err err = ERR_NONE;
	const struct model *model = model_by_family(STR("domain"));
	struct buf out = BUF_IN(&rows.pool);
	struct row row;
	struct json json;
	int status = db_row(rows.db, model, 1, &rows.pool, &row, &err);

	if (status != 1)
		return status == 0 ? STR("none") : STR("no");
	json = row_to_json(&row, &rows.pool);
	json_write(&out, &json, JSON_SORTED);
	return buf_str(&out);
}

/* One statement for all: each time it says what there is by then. */
static void
a_row_is_read_as_it_is_now(void)
{
	sqlite3 *other;

	rows_open();
	CHECK_STR(read_first(), "none");
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_STR(read_first(),
	    "{\"id\":1,\"unscoped\":false,\"value\":\"a.com\"}");
	CHECK_INT(sqlite3_open(rows.path, &other), SQLITE_OK);
	CHECK_INT(sqlite3_exec(other, "UPDATE domains SET value = 'b.com'",
		      NULL, NULL, NULL),
	    SQLITE_OK);
	CHECK_STR(read_first(),
	    "{\"id\":1,\"unscoped\":false,\"value\":\"b.com\"}");
	CHECK_INT(sqlite3_exec(other, "UPDATE domains SET unscoped = 1", NULL,
		      NULL, NULL),
	    SQLITE_OK);
	CHECK_STR(read_first(), "none");
	/* the statement is made anew, and a row that it has given locks nobody */
	CHECK_INT(sqlite3_exec(other,
		      "UPDATE domains SET unscoped = 0;"
		      "ALTER TABLE domains ADD COLUMN more TEXT",
		      NULL, NULL, NULL),
	    SQLITE_OK);
	CHECK_STR(read_first(),
	    "{\"id\":1,\"unscoped\":false,\"value\":\"b.com\"}");
	CHECK_INT(sqlite3_exec(other, "DELETE FROM domains", NULL, NULL, NULL),
	    SQLITE_OK);
	CHECK_STR(read_first(), "none");
	CHECK_INT(sqlite3_exec(other, "DROP TABLE domains", NULL, NULL, NULL),
	    SQLITE_OK);
	CHECK_STR(read_first(), "no");
	CHECK_INT(sqlite3_close(other), SQLITE_OK);
	rows_close();
}

CHECK_MAIN(CASE(a_new_row_gets_an_id), CASE(a_known_row_is_compared),
    CASE(what_is_no_new_finding_stays), CASE(values_survive),
    CASE(times_are_stored_with_a_blank), CASE(a_row_out_of_scope_refuses),
    CASE(find_is_exact_and_not_for_links), CASE(a_row_is_read_as_it_is_now),
    CASE(links_are_told_by_their_ids), CASE(a_link_is_updated_like_any_row),
    CASE(passwords_of_a_breach_are_kept_apart), CASE(an_update_needs_its_row),
    CASE(an_update_of_a_family_without_mutable_columns_is_an_error),
    CASE(every_family_works), CASE(a_change_that_fails_takes_nothing_along),
    CASE(a_group_that_cannot_begin_again_is_lost))
