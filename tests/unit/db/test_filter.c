/* Words behind a command: the tree, the way back, and what SQLite finds. */
#include "rows.h"

#include "base/mem.h"
#include "line/words.h"

static const size_t sizes[] = { 1, 2, 3, 4, 5, 1000 };

/* Words split as at the prompt. */
static int
read_line(struct pool *pool, const char *table, const char *line,
    const struct filter **out, struct err *err)
{
	struct str *word;
	size_t n;

	if (words_split(pool, str_of(line), &word, &n, err) == -1)
		return -1;
	return filter_read(pool, rows_model(table), word, n, out, err);
}

/* A filter as a line; where it is none, the error. */
static struct str
again(struct pool *pool, const char *table, const char *line)
{
	autoerr struct err err = ERR_NONE;
	const struct filter *filter;
	struct str *word;
	size_t n;

	if (read_line(pool, table, line, &filter, &err) == -1)
		return pool_copy(pool, err_join(pool, &err));
	n = filter_words(pool, filter, &word);
	return words_join(pool, word, n);
}

/* What is written reads as what was read. */
static void
words_become_a_filter(void)
{
	static const struct {
		const char *table, *line, *want;
	} row[] = {
		{ "domains", "", "where true" },
		{ "domains", "WHERE id=1", "where id = 1" },
		{ "domains", "where id = 1", "where id = 1" },
		{ "domains", "where id==1", "where id = 1" },
		{ "domains", "where id == 1", "where id = 1" },
		{ "domains", "where id<>1", "where id != 1" },
		{ "domains", "where id<=6", "where id <= 6" },
		{ "domains", "where id<= 6", "where id <= 6" },
		{ "domains", "where id >=6", "where id >= 6" },
		{ "domains", "where id\\>2", "where id > 2" },
		{ "domains", "where id > 1.5", "where id > 1.5" },
		{ "domains", "where id = 1e3", "where id = 1000" },
		{ "domains", "where id = '7'", "where id = 7" },
		{ "domains", "where id > -3", "where id > -3" },
		{ "domains", "where value=a=b", "where value = a=b" },
		{ "domains", "where value=", "where value = \"''\"" },
		{ "domains", "where value= and id=1",
		    "where value = \"''\" and id = 1" },
		{ "domains", "where value= x", "where value = x" },
		{ "domains", "where value = and", "where value = and" },
		{ "domains", "where value = =", "where value = =" },
		{ "domains", "where value LIKE %.com",
		    "where value like %.com" },
		{ "domains", "where value not like %.com and value glob a*",
		    "where value not like %.com and value glob a*" },
		{ "domains", "where value like \"o'neil\"",
		    "where value like \"o'neil\"" },
		{ "domains", "where \"name=two words\"",
		    "no such column: name: domains has the columns id, value, "
		    "unscoped" },
		{ "devices", "where \"name=two words\"",
		    "where name = 'two words'" },
		{ "domains", "where \"value='o''neil'\"",
		    "where value = \"o'neil\"" },
		{ "domains", "where 'value=\"a\"\"b\"'",
		    "where value = 'a\"b'" },
		{ "domains", "where \"value='x\"", "where value = \"'''x'\"" },
		{ "domains", "where \"value='\"", "where value = \"''''\"" },
		{ "domains", "where (value like e% or id > 3) and unscoped=0",
		    "where ( value like e% or id > 3 ) and unscoped = false" },
		{ "domains", "where ( value = a)b ) or id=1",
		    "where value = a)b or id = 1" },
		{ "domains", "where value = :)", "where value = \"':)'\"" },
		{ "domains", "where (value = (x))", "where value = \"'(x)'\"" },
		{ "domains", "where \"(value = ':)')\"",
		    "where value = \"':)'\"" },
		{ "domains", "where \"((id=1))\"", "where id = 1" },
		{ "domains", "where (id=1 and id=2) and id=3",
		    "where id = 1 and id = 2 and id = 3" },
		{ "domains", "where id=1 and id=2 or id=3 or (id=4 or id=5)",
		    "where id = 1 and id = 2 or id = 3 or id = 4 or id = 5" },
		{ "domains", "where not (id=1 or not id=2)",
		    "where not ( id = 1 or not id = 2 )" },
		{ "domains", "where not (not id=1)",
		    "where not ( not id = 1 )" },
		{ "domains", "where value in (\"a\",\"b\")",
		    "where value in (a,b)" },
		{ "domains", "where value in '(\"a,b\", '\\''c d'\\'', e f )'",
		    "where value in \"('a,b',c d,e f)\"" },
		{ "domains", "where value in ( a , b )",
		    "where value in (a,b)" },
		{ "domains", "where value in ( '' )",
		    "where value in \"('')\"" },
		{ "domains",
		    "where id not in (1, 2) and id not between 3 and 4",
		    "where id not in (1,2) and id not between 3 and 4" },
		{ "domains", "where \"(id in (1,2))\"", "where id in (1,2)" },
		{ "domains",
		    "where \"value in ('a','b') and id between 1 and 2\"",
		    "where value in (a,b) and id between 1 and 2" },
		{ "domains", "where \"id > 3 and value like '%a b%' or id=1\"",
		    "where id > 3 and value like '%a b%' or id = 1" },
		{ "domains", "where \"not id = 1\" order by id",
		    "where not id = 1 order by id" },
		{ "domains", "where 1", "where true" },
		{ "domains", "where false or TRUE", "where false or true" },
		{ "domains",
		    "where unscoped=0 order by value desc, length(value) asc, "
		    "random() limit 3 offset 2",
		    "where unscoped = false order by value desc , "
		    "length(value) , random() limit 3 offset 2" },
		{ "domains", "where id=1 limit 0", "where id = 1 limit 0" },
		{ "domains", "where Length ( value )>10",
		    "where length(value) > 10" },
		{ "domains", "where length(value)>10 or lower(value) = ABC",
		    "where length(value) > 10 or lower(value) = abc" },
		{ "domains", "where value = EXAMPLE.com",
		    "where value = example.com" },
		{ "subdomains", "where resolvable", "where resolvable" },
		{ "subdomains", "where not resolvable or resolvable is null",
		    "where not resolvable or resolvable is null" },
		{ "subdomains", "where resolvable is not true",
		    "where resolvable is not true" },
		{ "subdomains", "where resolvable=TRUE and resolvable != 0",
		    "where resolvable = true and resolvable != false" },
		{ "ipaddrs", "where latitude=52.1 and asn",
		    "where latitude = 52.1 and asn" },
		{ "devices", "where last_seen > 2020-01-01",
		    "where last_seen > 2020-01-01" },
		{ "devices", "where last_seen = '2020-01-01 10:00'",
		    "where last_seen = 2020-01-01T10:00" },
		{ "devices", "where last_seen < 2020-01-01T10:00:00.500Z",
		    "where last_seen < 2020-01-01T10:00:00.500" },
		{ "devices", "where last_seen like 2020-01-01T1%",
		    "where last_seen like 2020-01-01T1%" },
		{ "ports", "where ip_addr = 2001:DB8:0::1",
		    "where ip_addr = 2001:db8::1" },
		{ "ipaddrs", "where value = 2001:DB8:0::1",
		    "where value = 2001:db8::1" },
		{ "ipaddrs", "where value in (::FFFF,x) and value < ::FFFF",
		    "where value in (::ffff,x) and value < ::FFFF" },
		{ "netblocks", "where value != 2001:DB8::/32",
		    "where value != 2001:db8::/32" },
		{ "domains", "where value = *.X.com", "where value = *.x.com" },
		{ "domains", "where sql \"id in (select 1)\"",
		    "where sql 'id in (select 1)'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str once = again(&pool, row[i].table, row[i].line);

		CHECK_STR(once, row[i].want);
		if (str_starts(once, STR("where")))
			CHECK_STR(again(&pool, row[i].table,
				      pool_cstr(&pool, once)),
			    row[i].want);
	}
}

#define OPS "(= != < > like glob in between is)"
#define SQL                                                                     \
	": a filter compares columns with values; anything else is SQL: where " \
	"sql \"...\""

static void
what_is_none_is_an_error(void)
{
	static const struct {
		const char *table, *line, *want;
	} row[] = {
		{ "domains", "id=1", "Filter must begin with WHERE" },
		{ "domains", "limit 3",
		    "Filter must begin with WHERE: for all "
		    "rows: where true limit ..." },
		{ "domains", "order by id",
		    "Filter must begin with WHERE: for "
		    "all rows: where true order ..." },
		{ "domains", "\"where id=1\"",
		    "Filter must begin with WHERE: "
		    "where is a word of its own, without quotes around it "
		    "and what follows" },
		{ "domains", "wherever", "Filter must begin with WHERE" },
		{ "domains", "where", "Filter is empty behind WHERE" },
		{ "domains", "where 1 or",
		    "a condition is expected, not the end (true: all rows)" },
		{ "domains", "where order by id",
		    "a condition is expected, not 'order' (true: all rows)" },
		{ "domains", "where nosuch=1",
		    "no such column: nosuch: domains has the columns id, value, "
		    "unscoped" },
		{ "domains", "where valeu=1",
		    "no such column: valeu, did you mean value?: domains has "
		    "the columns id, value, unscoped" },
		{ "domains", "where id=1 order by vale",
		    "no such column: vale, did you mean value?: domains has "
		    "the columns id, value, unscoped" },
		{ "domains", "where =x", "a column is expected, not '=x'" SQL },
		{ "domains", "where ''", "a column is expected, not ''''" SQL },
		{ "domains",
		    "where id=1 union select 9,value,0 from subdomains",
		    "and, or, order by, limit or the end is expected, not "
		    "'union'" SQL },
		{ "domains", "where id=1 ; drop",
		    "and, or, order by, limit or the end is expected, not ';'" SQL },
		{ "domains", "where '1;' drop table domains",
		    "and, or, order by, limit or the end is expected, not ';'" SQL },
		{ "domains", "where id not in '(select domain_id from x)'",
		    "a list holds values, not select domain_id from x" SQL },
		{ "domains", "where value in '(select value from x)'",
		    "a list holds values, not select value from x" SQL },
		{ "domains", "where value = '(select max(value) from x)'",
		    "a value is one word, and in quotes from its beginning to "
		    "its end: (select max(value) from x)" SQL },
		{ "domains", "where upper(value) = X",
		    "length() and lower() are functions, not upper" SQL },
		{ "domains", "where value || id = 1",
		    "an operator " OPS " is expected, not '||'" SQL },
		{ "domains", "where value lik x",
		    "an operator " OPS " is expected, not 'lik'" SQL },
		{ "domains", "where 1=1",
		    "and, or, order by, limit or the end is expected, not "
		    "'=1'" SQL },
		{ "domains", "where not not id=1",
		    "no such column: not: domains has the columns id, value, "
		    "unscoped" },
		{ "domains", "where value not = x",
		    "like, glob, in or between is expected, not '='" SQL },
		{ "domains", "where value is 3",
		    "not, null, true or false is expected, not '3'" SQL },
		{ "domains", "where (id=1",
		    "and, or or ) is expected, not the end" SQL },
		{ "domains", "where id=1)", "id is a number, not '1)'" },
		{ "domains", "where id in (1",
		    ", or ) is expected, not the end" SQL },
		{ "domains", "where id in ()",
		    "a value is expected, not ')'" SQL },
		{ "domains",
		    "where value =", "a value is expected, not the end" SQL },
		{ "domains", "where id between 1 2",
		    "and is expected, not '2'" SQL },
		{ "domains", "where id=1 limit -1",
		    "a number of rows is expected, not '-1'" SQL },
		{ "domains", "where id=1 limit 9223372036854775808",
		    "a number of rows is expected, not '9223372036854775808'" SQL },
		{ "domains", "where id=1 limit 1 x",
		    "the end is expected, not 'x'" SQL },
		{ "domains", "where \"value='x' or 1=1 or 'y'\"",
		    "a value is one word, and in quotes from its beginning to "
		    "its end: 'x' or 1=1 or 'y'" SQL },
		{ "domains", "where id=one", "id is a number, not 'one'" },
		{ "domains", "where id=", "id is a number, not ''" },
		{ "domains", "where id in (1,x)", "id is a number, not 'x'" },
		{ "domains", "where id between 1 and x",
		    "id is a number, not 'x'" },
		{ "domains", "where id=1e999", "id is a number, not '1e999'" },
		{ "domains", "where length(value) > ten",
		    "length(value) is a number, not 'ten'" },
		{ "domains", "where length(id) > 1",
		    "length() is for texts, and id is integer, 64 bits" },
		{ "domains", "where value",
		    "value is not true or false: value = VALUE, value is not "
		    "null" },
		{ "domains", "where value is true",
		    "value is not true or false: value = VALUE, value is not "
		    "null" },
		{ "subdomains", "where resolvable=yes",
		    "resolvable is true or false, not 'yes'" },
		{ "subdomains", "where resolvable=2",
		    "resolvable is true or false, not '2'" },
		{ "subdomains", "where resolvable like t%",
		    "resolvable is true or false, there is nothing that it is "
		    "like" },
		{ "subdomains", "where resolvable = NULL",
		    "resolvable is true or false; without a value: resolvable "
		    "is null" },
		{ "ipaddrs", "where latitude like 52.1%",
		    "latitude is compared as a number (<, >, between), with "
		    "like it is no text" },
		{ "devices", "where last_seen > yesterday",
		    "last_seen is a time (2020-02-29T12:00:00 or its "
		    "beginning), not 'yesterday'" },
		{ "devices", "where last_seen = 2021-02-29",
		    "last_seen is a time (2020-02-29T12:00:00 or its "
		    "beginning), not '2021-02-29'" },
		{ "devices", "where last_seen = '2020-1-1 1'",
		    "last_seen is a time (2020-02-29T12:00:00 or its "
		    "beginning), not '2020-1-1 1'" },
		{ "ports", "where ip_addr=localhost",
		    "ip_addr is an address, not 'localhost'" },
		{ "domains", "where sql id > 3",
		    "SQL is one word: where sql \"value like 'a%' or id > 3\"" },
		{ "domains", "where sql",
		    "SQL is one word: where sql \"value "
		    "like 'a%' or id > 3\"" },
		{ "domains", "where sql ' '",
		    "the SQL behind where sql is empty" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(again(&pool, row[i].table, row[i].line), row[i].want);
	}
}

/* What a filter finds: ids with commas, or the error. */
static struct str
found(const char *table, const char *line)
{
	autoerr struct err err = ERR_NONE;
	const struct filter *filter = NULL;
	struct buf out = BUF_IN(&rows.pool);
	struct db_rows *cursor;
	struct row row;

	if (read_line(&rows.pool, table, line, &filter, &err) == -1 ||
	    db_rows_open(rows.db, rows_model(table), filter, 0, &cursor,
		&err) == -1)
		return rows_error(&err);
	while (db_rows_next(cursor, &rows.pool, &row, &err) == 1)
		buf_printf(&out, "%s%d", out.n != 0 ? "," : "", row.id);
	db_rows_free(cursor);
	if (err.n != 0)
		return rows_error(&err);
	return out.n != 0 ? buf_str(&out) : STR("-");
}

static void
add_some(void)
{
	static const char *const device[] = {
		"{'value':'a','last_seen':'2020-01-01T08:00:00'}",
		"{'value':'b','last_seen':'2020-01-01T23:59:59.500'}",
		"{'value':'c','last_seen':'2020-01-02T00:00:00'}",
		"{'value':'d'}",
	};

	CHECK_STR(add("domain", "{'value':'example.com'}"), "Inserted(1)");
	CHECK_STR(add("domain", "{'value':'a(b)'}"), "Inserted(2)");
	CHECK_STR(add("subdomain",
		      "{'domain_id':1,'value':'x.com','resolvable':true}"),
	    "Inserted(1)");
	CHECK_STR(add("subdomain",
		      "{'domain_id':1,'value':'y.com','resolvable':false}"),
	    "Inserted(2)");
	CHECK_STR(add("subdomain", "{'domain_id':1,'value':'z.com'}"),
	    "Inserted(3)");
	CHECK_STR(add("ipaddr", "{'value':'192.0.2.1','latitude':52.1}"),
	    "Inserted(1)");
	CHECK_STR(add("url", "{'subdomain_id':1,'value':'http://x.com/',"
			     "'body':'Hello','status':200}"),
	    "Inserted(1)");
	for (size_t i = 0; i < ARRAY_SIZE(device); i++)
		(void)add("device", device[i]);
}

/* Each of these gave nothing, and no word about it, as SQL of texts. */
static void
values_are_what_their_column_holds(void)
{
	static const struct {
		const char *table, *line, *want;
	} row[] = {
		{ "domains", "where length(value) > 10", "1" },
		{ "domains", "where id==1", "1" },
		{ "domains", "where value = EXAMPLE.COM", "1" },
		{ "domains", "where value glob EX*", "1" },
		{ "domains", "where value in (EXAMPLE.com,x)", "1" },
		{ "domains", "where lower(value) = Example.com", "1" },
		{ "domains", "where (value = a(b))", "2" },
		{ "domains", "where id in ('1')", "1" },
		{ "domains", "where unscoped = false", "1,2" },
		{ "domains", "where true order by id desc limit 1 offset 1",
		    "1" },
		{ "domains", "where true order by length(value)", "2,1" },
		{ "subdomains", "where resolvable=true", "1" },
		{ "subdomains", "where resolvable", "1" },
		{ "subdomains", "where not resolvable", "2" },
		{ "subdomains", "where resolvable = 0", "2" },
		{ "subdomains", "where resolvable is not true", "2,3" },
		{ "subdomains", "where resolvable is null", "3" },
		{ "ipaddrs", "where latitude = 52.1", "1" },
		{ "ipaddrs", "where latitude in (52.1)", "1" },
		{ "ipaddrs", "where latitude between 52.1 and 52.1", "1" },
		{ "urls", "where body = Hello", "1" },
		{ "urls", "where body in (Hello)", "1" },
		{ "urls", "where body like %ELL%", "1" },
		{ "urls", "where body glob H*", "1" },
		{ "urls", "where lower(body) = HELLO", "1" },
		{ "urls", "where length(body) = 5", "1" },
		{ "urls", "where status = 2e2", "1" },
		{ "devices", "where last_seen = 2020-01-01", "1,2" },
		{ "devices", "where last_seen != 2020-01-01", "3" },
		{ "devices", "where last_seen > 2020-01-01", "3" },
		{ "devices", "where last_seen >= 2020-01-01", "1,2,3" },
		{ "devices", "where last_seen < 2020-01-02", "1,2" },
		{ "devices", "where last_seen <= 2020-01-01", "1,2" },
		{ "devices", "where last_seen = 2020", "1,2,3" },
		{ "devices", "where last_seen < 2021", "1,2,3" },
		{ "devices", "where last_seen > 2020-01", "-" },
		{ "devices", "where last_seen in (2019,2020-01-02)", "3" },
		{ "devices", "where last_seen not in (2020-01-02,2019)",
		    "1,2" },
		{ "devices",
		    "where last_seen between 2020-01-01 and 2020-01-01",
		    "1,2" },
		{ "devices",
		    "where last_seen not between 2020-01-01 and 2020-01", "-" },
		{ "devices", "where last_seen = 2020-01-01T08:00", "1" },
		{ "devices", "where last_seen = 2020-01-01T08:00:00", "1" },
		{ "devices", "where last_seen = 2020-01-01T23:59:59.5", "2" },
		{ "devices", "where last_seen like 2020-01-01T08%", "1" },
		{ "devices", "where last_seen is null", "4" },
	};

	rows_open();
	add_some();
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(found(row[i].table, row[i].line), row[i].want);
	rows_close();
}

/* Whatever is typed as a value finds that value, and nothing else. */
static void
a_value_finds_itself(void)
{
	static const char *const value[] = { "a", "o'neil", "'", "''", "'x'y'",
		"a' or '1'='1", "--", ";", "a=b", "%", "where", ")", "((", "\"",
		"\"a\"", "(select 1)", "select 1", " ", " x ", ",", "a,b",
		"and", "or", "null", "'a' or true", "true" };
	struct str *word;

	rows_open();
	for (size_t i = 0; i < ARRAY_SIZE(value); i++) {
		struct str label = str_of(value[i]);
		struct json v = json_map();
		struct row row;

		json_set(&rows.pool, &v, STR("value"), json_str(label));
		CHECK_INT(row_read_insert(&row, rows_model("domains"), &v,
			      &rows.pool, NULL),
		    0);
		CHECK_INT(db_insert(rows.db, &rows.author, &row, NULL,
			      &rows.pool, &rows_result, NULL),
		    0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(value); i++) {
		const struct filter *filter = filter_equals(&rows.pool,
		    rows_model("domains"), "value", str_of(value[i]));
		uint64_t n = 0;
		size_t n_word = filter_words(&rows.pool, filter, &word);

		CHECK_INT(n_word, 4);
		CHECK_INT(filter_read(&rows.pool, rows_model("domains"), word,
			      n_word, &filter, NULL),
		    0);
		CHECK_INT(db_count(rows.db, rows_model("domains"), filter, 0,
			      &n, NULL),
		    0);
		CHECK_INT(n, 1);
	}
	rows_close();
}

static void
sql_is_one_condition_that_reads(void)
{
	static const struct {
		const char *sql, *want;
	} row[] = {
		{ "id = 1", "1" },
		{ "id = 1 -- a comment", "1" },
		{ "value like '%' order by id desc", "2,1" },
		{ "id in (select domain_id from subdomains)", "1" },
		{ "id = 1 union select 9, value, 0 from subdomains limit 2",
		    "1,9" },
		{ "upper(value) = 'EXAMPLE.COM' and strftime('%Y') > '2000'",
		    "1" },
		{ "json_extract('{\"a\":1}', '$.a') = id", "1" },
	};
	static const char *const bad[] = { "1; drop table domains", "1) or (1",
		"1) union select 1, name, 0 from (select 1 as name",
		"id in (select load_extension('x'))",
		"\"vaule\" <> 'x'", /* a mistyped column is no text */
		"id in (select 1 from sqlite_master)",
		"id in (select 1 from sqlite_schema)",
		"id in (select 1 from pragma_table_info('domains'))",
		"id in (select 1 from pragma_database_list)",
		"id in (select key from json_each('[1]'))",
		"id in (with recursive x(n) as (select 1 union all select n + 1 "
		"from x) select n from x)",
		"fts3_tokenizer('x') is null", "moon = 1", "1 /*", "id = ?1",
		"nosuch(1)" };

	rows_open();
	add_some();
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str word[] = { STR("where"), STR("sql"),
			str_of(row[i].sql) };

		CHECK_STR(found("domains",
			      pool_cstr(&rows.pool,
				  words_join(&rows.pool, word, 3))),
		    row[i].want);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct str word[] = { STR("where"), STR("sql"),
			str_of(bad[i]) };
		struct str why = found("domains",
		    pool_cstr(&rows.pool, words_join(&rows.pool, word, 3)));

		CHECK_STR(str_sub(why, 0, 29), "where sql takes one condition");
	}
	CHECK_INT(count("domains"), 2);
	rows_close();
}

/* delete and scope take what select shows, in scope or not. */
static void
changes_take_the_rows_of_a_filter(void)
{
	const struct filter *filter;
	uint64_t n;

	rows_open();
	add_some();
	CHECK_INT(read_line(&rows.pool, "devices",
		      "where last_seen order by value desc limit 2", &filter,
		      NULL),
	    -1);
	CHECK_INT(read_line(&rows.pool, "devices",
		      "where true order by value desc limit 2", &filter, NULL),
	    0);
	CHECK_INT(db_set_scope(rows.db, &rows.author, rows_model("devices"),
		      filter, false, &n, NULL),
	    0);
	CHECK_INT(n, 2);
	CHECK_INT(db_count(rows.db, rows_model("devices"), filter, DB_IN_SCOPE,
		      &n, NULL),
	    0);
	CHECK_INT(n, 2);
	CHECK_STR(found("devices", "where unscoped"), "3,4");
	CHECK_INT(db_delete(rows.db, &rows.author, rows_model("devices"),
		      filter, &n, NULL),
	    0);
	CHECK_STR(found("devices", ""), "1,2");
	CHECK_INT(read_line(&rows.pool, "devices",
		      "where sql 'id = 1 order by id limit 1'", &filter, NULL),
	    0);
	CHECK_INT(db_count(rows.db, rows_model("devices"), filter, DB_IN_SCOPE,
		      &n, NULL),
	    0);
	CHECK_INT(n, 1);
	CHECK_INT(db_delete(rows.db, &rows.author, rows_model("devices"),
		      filter, &n, NULL),
	    0);
	CHECK_STR(found("devices", ""), "2");
	rows_close();
}

static void
conditions_of_the_program_keep_the_users_apart(void)
{
	const struct model *model = rows_model("domains");
	const struct filter *filter;
	struct str *word;
	size_t n;

	rows_open();
	CHECK_INT(read_line(&rows.pool, "domains",
		      "where id = 1 or id = 2 order by id limit 1", &filter,
		      NULL),
	    0);
	filter = filter_and(&rows.pool, filter,
	    filter_equals(&rows.pool, model, "value", STR("a'b")));
	filter = filter_and(&rows.pool, filter,
	    filter_and(&rows.pool, filter_id(&rows.pool, model, INT64_MIN),
		filter_is_set(&rows.pool, model, "value")));
	CHECK(filter_and(&rows.pool, NULL, filter) == filter);
	CHECK(filter_and(&rows.pool, filter, NULL) == filter);
	n = filter_words(&rows.pool, filter, &word);
	CHECK_STR(words_join(&rows.pool, word, n),
	    "where ( id = 1 or id = 2 ) and value = \"a'b\" and id = "
	    "-9223372036854775808 and value is not null order by id limit 1");
	CHECK_STR(found("domains",
		      pool_cstr(&rows.pool, words_join(&rows.pool, word, n))),
	    "-");
	rows_close();
}

static void
sizes_are_read(void)
{
	rows_open();
	add_some();
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct buf tests = BUF_IN(&rows.pool), list = tests,
			   keys = tests;

		buf_printf(&tests, "where");
		buf_printf(&list, "where id in (");
		buf_printf(&keys, "where true order by");
		for (size_t k = 1; k <= sizes[i]; k++) {
			buf_printf(&tests, "%s id=%zu", k != 1 ? " or" : "", k);
			buf_printf(&list, "%s%zu", k != 1 ? "," : "", k);
			buf_printf(&keys, "%s id desc", k != 1 ? "," : "");
		}
		buf_printf(&list, ")");
		CHECK_STR(found("domains", buf_cstr(&tests)),
		    sizes[i] == 1 ? "1" : "1,2");
		CHECK_STR(found("domains", buf_cstr(&list)),
		    sizes[i] == 1 ? "1" : "1,2");
		CHECK_STR(found("domains", buf_cstr(&keys)), "2,1");
	}
	rows_close();
}

/* What the reader lets through SQLite takes, too. */
static void
limits_hold(void)
{
	static const size_t depth[] = { 1, FILTER_MAX_DEPTH,
		FILTER_MAX_DEPTH + 1 };

	rows_open();
	add_some();
	for (size_t i = 0; i < ARRAY_SIZE(depth); i++) {
		struct buf line = BUF_IN(&rows.pool);

		buf_printf(&line, "where");
		for (size_t k = 0; k < depth[i]; k++)
			buf_printf(&line, " id > %zu %s not ( value = x %s", k,
			    k % 2 ? "or" : "and", k % 2 ? "and" : "or");
		buf_printf(&line, " id=1");
		for (size_t k = 0; k < depth[i]; k++)
			buf_printf(&line, " )");
		if (depth[i] > FILTER_MAX_DEPTH)
			CHECK_STR(found("domains", buf_cstr(&line)),
			    "a filter has parentheses in parentheses at most "
			    "16 times");
		else
			CHECK(str_find(found("domains", buf_cstr(&line)),
				  STR(" ")) == STR_NPOS);
	}
	for (size_t n = FILTER_MAX_NODES; n <= FILTER_MAX_NODES + 1; n++) {
		struct buf line = BUF_IN(&rows.pool);

		buf_printf(&line, "where id=1");
		for (size_t k = 1; k < n; k++)
			buf_printf(&line, " or id=2");
		CHECK_STR(found("domains", buf_cstr(&line)),
		    n == FILTER_MAX_NODES ? "1,2"
					  : "a filter has at most 8192 parts");
	}
	rows_close();
}

static void
note(void *ctx, struct str word)
{
	struct buf *out = ctx;

	if (out->n != 0)
		buf_add_char(out, ' ');
	buf_add(out, word);
}

static void
what_may_come_next_is_known(void)
{
	static const struct {
		const char *line, *want;
	} row[] = {
		{ "", "where" },
		{ "id", "" },
		{ "where",
		    "sql not ( length( lower( id domain_id value unscoped resolvable "
		    "tag" },
		{ "where not",
		    "( length( lower( id domain_id value unscoped resolvable tag" },
		{ "where id",
		    "= != < > <= >= is not like glob in between and or order limit" },
		{ "where value not", "like glob in between" },
		{ "where id is", "not null true false" },
		{ "where id is not", "null true false" },
		{ "where id =", "" },
		{ "where resolvable =", "true false" },
		{ "where resolvable in (", "true false" },
		{ "where id = 1", "and or order limit" },
		{ "where ( id = 1", "and or )" },
		{ "where id between 1", "and" },
		{ "where id = 1 order", "by" },
		{ "where id = 1 order by",
		    "random() length( lower( id domain_id value unscoped resolvable" },
		{ "where id = 1 order by id", "asc desc , limit" },
		{ "where id = 1 limit 3", "offset" },
		{ "where nosuch = 1", "" },
		{ "where sql", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);
		struct str *word;
		size_t n;

		CHECK_INT(words_split(&pool, str_of(row[i].line), &word, &n,
			      NULL),
		    0);
		filter_next(rows_model("subdomains"), word, n, note, &out);
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

CHECK_MAIN(CASE(words_become_a_filter), CASE(what_is_none_is_an_error),
    CASE(values_are_what_their_column_holds), CASE(a_value_finds_itself),
    CASE(sql_is_one_condition_that_reads),
    CASE(changes_take_the_rows_of_a_filter),
    CASE(conditions_of_the_program_keep_the_users_apart), CASE(sizes_are_read),
    CASE(limits_hold), CASE(what_may_come_next_is_known))
