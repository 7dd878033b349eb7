/*
 * The columns of the reference program, version 0.26.1, as they were before any
 * of ours: a file that has these is brought up to date when it is opened. Who
 * adds a column adds a version (db/schema.c) and counts both, below; what is
 * theirs stays.
 */
#include "rows.h"

#include "base/mem.h"
#include "db/sql.h"

#define LAST "'20200612222250'" /* of its versions */

/*
 * Ours of today. A column more is a version more: without one, files that have
 * all versions stay without the column, and none of their rows can be read.
 */
#define VERSIONS 24
#define COLUMNS  130

#define DIGITS_OF(n) #n
#define DIGITS(n)    DIGITS_OF(n)

static const struct {
	const char *table, *columns;
} theirs[] = {
	{ "domains", "value, unscoped DEFAULT 0" },
	{ "subdomains", "domain_id, value, unscoped DEFAULT 0, resolvable" },
	{ "ipaddrs", "family, value, unscoped DEFAULT 0, continent, "
		     "continent_code, country, country_code, city, latitude, "
		     "longitude, asn, as_org, description, reverse_dns" },
	{ "subdomain_ipaddrs", "subdomain_id, ip_addr_id" },
	{ "urls", "subdomain_id, value, path, status, body, unscoped DEFAULT "
		  "0, online, title, redirect" },
	{ "emails", "value, unscoped DEFAULT 0, valid, displayname" },
	{ "phonenumbers",
	    "value, name, unscoped DEFAULT 0, valid, last_online, "
	    "country, carrier, line, is_ported, last_ported, "
	    "caller_name, caller_type" },
	{ "devices", "value, name, hostname, vendor, unscoped DEFAULT 0, "
		     "last_seen" },
	{ "networks", "value, unscoped DEFAULT 0, latitude, longitude, "
		      "description" },
	{ "network_devices", "network_id, device_id, ipaddr, last_seen" },
	{ "accounts",
	    "value, service, username, displayname, email, url, "
	    "last_seen, unscoped DEFAULT 0, phonenumber, profile_pic, "
	    "birthday" },
	{ "breaches", "value, unscoped DEFAULT 0" },
	{ "breach_emails", "breach_id, email_id, password" },
	{ "images", "value, filename, mime, width, height, created, latitude, "
		    "longitude, nudity, ahash, dhash, phash, unscoped DEFAULT "
		    "0" },
	{ "ports", "ip_addr_id, value, ip_addr, port, protocol, status, "
		   "unscoped DEFAULT 0, banner, service, version" },
	{ "netblocks", "family, value, unscoped DEFAULT 0, asn, as_org, "
		       "description" },
	{ "cryptoaddrs", "value, currency, denominator, balance, received, "
			 "first_seen, last_withdrawal, unscoped DEFAULT 0, "
			 "description" },
	{ "activity",
	    "topic, time, uniq, latitude, longitude, radius, content" },
	{ "autonoscope", "object, value, scoped" },
	{ "ttls", "family, key, value, expire" },
};

/* Tables and versions as the reference program has them, and a row. */
static void
make_theirs(void)
{
	struct buf out = BUF_IN(&rows.pool);

	for (size_t i = 0; i < ARRAY_SIZE(theirs); i++)
		buf_printf(&out,
		    "DROP TABLE %s; CREATE TABLE %s (id INTEGER PRIMARY KEY "
		    "AUTOINCREMENT NOT NULL, %s);",
		    theirs[i].table, theirs[i].table, theirs[i].columns);
	buf_add(&out,
	    STR("INSERT INTO domains (id, value) VALUES (7, 'a.com');"
		"DELETE FROM __diesel_schema_migrations WHERE version "
		"> " LAST));
	rows_write_raw(buf_cstr(&out));
}

static void
open_again(void)
{
	autoerr struct err err = ERR_NONE;

	if (db_open(rows.path, &rows.db, &err) == -1)
		check_where(__FILE__, __LINE__, err_cstr(&err));
}

/* A statement that reads a table names all columns of the model. */
static void
check_every_column(void)
{
	CHECK(str_starts(show("domains", ""),
	    STR("{\"id\":7,\"value\":\"a.com\",\"unscoped\":false")));
	for (size_t i = 0; i < ARRAY_SIZE(theirs); i++) {
		if (strcmp(theirs[i].table, "domains") != 0)
			CHECK_STR(show(theirs[i].table, ""), "");
	}
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(8)");
}

static void
a_workspace_of_the_reference_program_gets_our_columns(void)
{
	rows_open();
	db_free(rows.db);
	make_theirs();
	rows_write_raw(
	    "DROP TABLE sn0int_schema; DROP TABLE digest; DROP TABLE run;"
	    "DROP TABLE unit; DROP TABLE attempt; DROP TABLE origin;"
	    "DROP TABLE seen");
	open_again();
	check_every_column();
	rows_close();
}

/* Its own tables stay, with what they hold. */
static void
a_workspace_of_ours_from_before_gets_them(void)
{
	rows_open();
	db_free(rows.db);
	make_theirs();
	rows_write_raw(
	    "UPDATE sn0int_schema SET since = '2020-01-01 00:00:00'");
	open_again();
	check_every_column();
	db_free(rows.db);
	rows.db = NULL;
	/* fails if there is none */
	rows_write_raw(
	    "CREATE TABLE one (n CHECK (n = 1)); INSERT INTO one SELECT "
	    "count(*) FROM sn0int_schema WHERE since LIKE '2020-%'");
	rows_close();
}

static size_t
count_columns(void)
{
	size_t n = model_field_count(&model_activity) +
	           model_field_count(&db_model_rules) +
	           model_field_count(&db_model_ttls);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_OURS)) /* they have OWN_VERSION */
			n += model_field_count(m);
	}
	return n;
}

static void
a_column_more_is_a_version_more(void)
{
	rows_open();
	CHECK_INT(count_columns(), COLUMNS);
	/* fails if there are others */
	rows_write_raw("CREATE TABLE some (n CHECK (n = " DIGITS(
	    VERSIONS) "));"
		      "INSERT INTO some SELECT count(*) FROM "
		      "__diesel_schema_migrations");
	rows_close();
}

static void
a_family_has_no_more_columns_than_there_is_room_for(void)
{
	size_t n = 0;

	for (const struct model *m = model_table; m->family != NULL; m++, n++)
		CHECK(model_field_count(m) <= MODEL_MAX_FIELDS);
	CHECK(n > 0);
}

CHECK_MAIN(CASE(a_workspace_of_the_reference_program_gets_our_columns),
    CASE(a_workspace_of_ours_from_before_gets_them),
    CASE(a_column_more_is_a_version_more),
    CASE(a_family_has_no_more_columns_than_there_is_room_for))
