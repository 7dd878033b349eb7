/* scope: the rules of autonoscope */
#include "model/scope.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct rule_row {
	const char *type, *value;
	bool is_in;
};

static struct scope *
make(const struct rule_row *row, size_t n)
{
	struct scope *scope = scope_new();

	for (size_t i = 0; i < n; i++)
		CHECK_INT(scope_add(scope, str_of(row[i].type),
			      str_of(row[i].value), row[i].is_in, NULL),
		    0);
	return scope;
}

/* A row of a family with its value; a port with its address. */
static struct row
make_row(const char *family, const char *text)
{
	struct row row = { .model = model_by_family(str_of(family)) };
	bool is_port = strcmp(family, "port") == 0;
	struct value *value = row_value(&row, is_port ? "ip_addr" : "value");

	value->is_set = true;
	value->text = str_of(text);
	return row;
}

/* The value of the rule that decides, with + or -; "" is none. */
static const char *
decide(struct pool *pool, const struct scope *scope, const char *family,
    const char *text)
{
	struct row row = make_row(family, text);
	const struct scope_rule *rule = scope_find(scope, &row);

	if (rule == NULL)
		return "";
	return pool_printf(pool, "%c%.*s", rule->is_in ? '+' : '-',
	    STR_ARG(rule->value));
}

struct case_row {
	const char *family, *text, *want;
};

static void
check_rows(const struct scope *scope, const struct case_row *row, size_t n)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < n; i++)
		CHECK_CSTR(decide(&pool, scope, row[i].family, row[i].text),
		    row[i].want);
}

/* docs/database.md, "Scope": the example */
static void
the_most_precise_rule_decides(void)
{
	static const struct rule_row rules[] = {
		{ "domain", "example.com", false },
		{ "domain", "live.example.com", true },
		{ "ip", "192.0.2.0/24", false },
		{ "ip", "192.0.2.128/25", true },
		{ "url", "https://www.example.net/admin/", false },
		{ "url", "https://www.example.net/admin/public", true },
	};
	static const struct case_row row[] = {
		{ "domain", "example.com", "-example.com" },
		{ "subdomain", "www.example.com", "-example.com" },
		{ "subdomain", "db.live.example.com", "+live.example.com" },
		{ "subdomain", "notlive.example.com", "-example.com" },
		{ "subdomain", "example.com.org", "" },
		{ "ipaddr", "192.0.2.1", "-192.0.2.0/24" },
		{ "ipaddr", "192.0.2.200", "+192.0.2.128/25" },
		{ "ipaddr", "192.0.3.1", "" },
		{ "netblock", "192.0.2.0/24", "-192.0.2.0/24" },
		{ "netblock", "192.0.2.128/26", "+192.0.2.128/25" },
		{ "netblock", "192.0.0.0/16", "" },
		{ "port", "192.0.2.1", "-192.0.2.0/24" },
		{ "port", "192.0.2.200", "+192.0.2.128/25" },
		{ "port", "198.51.100.1", "" },
		{ "url", "https://www.example.net/admin",
		    "-https://www.example.net/admin/" },
		{ "url", "https://www.example.net/admin/public/x",
		    "+https://www.example.net/admin/public" },
		{ "url", "https://www.example.net/administrator", "" },
		{ "url", "http://www.example.net/admin", "" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, row, ARRAY_SIZE(row));
	scope_free(scope);
}

static void
domains_match_by_label(void)
{
	static const struct rule_row rules[] = {
		{ "domain", ".example..com.", false },
		{ "domain", "a.example.com", true },
		{ "domain", "Upper.org", false },
	};
	static const struct case_row row[] = {
		{ "domain", "example.com", "-.example..com." },
		{ "domain", "example.com.", "-.example..com." },
		{ "domain", "com", "" },
		{ "domain", "", "" },
		{ "subdomain", "x.a.example.com", "+a.example.com" },
		{ "subdomain", "ba.example.com", "-.example..com." },
		{ "domain", "upper.org", "" },
		{ "domain", "Upper.org", "-Upper.org" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, row, ARRAY_SIZE(row));
	scope_free(scope);
}

static void
the_root_matches_all_names(void)
{
	static const struct rule_row rules[] = {
		{ "domain", ".", false },
		{ "domain", "org", true },
	};
	static const struct case_row row[] = {
		{ "domain", "example.com", "-." },
		{ "domain", "example.org", "+org" },
		{ "url", "http://example.com/", "-." },
		{ "url", "http://192.0.2.1/", "" },
		{ "ipaddr", "192.0.2.1", "" },
		{ "email", "a@example.com", "" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, row, ARRAY_SIZE(row));
	scope_free(scope);
}

static void
blocks_match_by_bits(void)
{
	static const struct rule_row rules[] = {
		{ "ip", "10.1.2.3/12", false }, /* host bits stay */
		{ "ip", "10.0.0.7", true },
		{ "ip", "2001:db8::/33", false },
		{ "ip", "0.0.0.0/0", true },
	};
	static const struct case_row row[] = {
		{ "ipaddr", "10.15.255.255", "-10.1.2.3/12" },
		{ "ipaddr", "10.16.0.0", "+0.0.0.0/0" },
		{ "ipaddr", "10.0.0.7", "+10.0.0.7/32" },
		{ "netblock", "10.0.0.7/32", "+10.0.0.7/32" },
		{ "netblock", "10.0.0.7/31", "-10.1.2.3/12" },
		{ "netblock", "10.0.0.0/11", "+0.0.0.0/0" },
		{ "ipaddr", "2001:db8:7fff::1", "-2001:db8::/33" },
		{ "ipaddr", "2001:db8:8000::1", "" },
		{ "ipaddr", "::ffff:10.0.0.7", "" },
		{ "port", "2001:db8::1", "-2001:db8::/33" },
		{ "ipaddr", "nonsense", "" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, row, ARRAY_SIZE(row));
	scope_free(scope);
}

static void
urls_match_by_origin_and_segment(void)
{
	static const struct rule_row rules[] = {
		{ "url", "http://192.0.2.1", false },
		{ "url", "http://H:80//a//b/?q#f", true },
		{ "url", "foo://x/", false },
	};
	static const struct case_row row[] = {
		{ "url", "http://0xc0000201/x", "-http://192.0.2.1" },
		{ "url", "http://192.0.2.1:81/x", "" },
		{ "url", "http://h/a/b/c", "+http://H:80//a//b/?q#f" },
		{ "url", "http://h/a/b?x", "+http://H:80//a//b/?q#f" },
		{ "url", "http://h/a/../a/b", "+http://H:80//a//b/?q#f" },
		{ "url", "http://h/a/bc", "" },
		{ "url", "http://h/a", "" },
		{ "url", "https://h/a/b", "" },
		{ "url", "foo://x/", "" },
		{ "url", "no url", "" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, row, ARRAY_SIZE(row));
	scope_free(scope);
}

static void
a_domain_rule_beats_any_url_rule(void)
{
	static const struct rule_row rules[] = {
		{ "url", "http://www.example.com/a/b/c", true },
		{ "domain", "com", false },
		{ "url", "http://www.example.org/a", true },
	};
	static const struct case_row row[] = {
		{ "url", "http://www.example.com/a/b/c/d", "-com" },
		{ "url", "http://www.example.org/a",
		    "+http://www.example.org/a" },
		{ "url", "foo://example.com", "-com" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, row, ARRAY_SIZE(row));
	scope_free(scope);
}

static void
rules_are_listed_in_matching_order(void)
{
	static const struct rule_row rules[] = {
		{ "url", "http://h/", false },
		{ "ip", "192.0.2.1", true },
		{ "domain", "b.c", false },
		{ "ip", "2001:db8::/32", false },
		{ "domain", "a.c", true },
		{ "domain", ".", false },
		{ "domain", "x.y.z", false },
		{ "url", "http://h/a", false },
		{ "ip", "::/64", false },
	};
	static const char *const want[] = {
		"domain x.y.z",
		"domain b.c",
		"domain a.c",
		"domain .",
		"ip ::/64",
		"ip 192.0.2.1/32",
		"ip 2001:db8::/32",
		"url http://h/a",
		"url http://h/",
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct scope_rule *rule = scope_rule_at(scope, i);

		CHECK_CSTR(pool_printf(&pool, "%s %.*s",
			       scope_type_name(rule->type),
			       STR_ARG(rule->value)),
		    want[i]);
	}
	CHECK(scope_rule_at(scope, ARRAY_SIZE(want)) == NULL);
	scope_free(scope);
}

static void
bad_rules_are_refused(void)
{
	static const struct {
		const char *type, *value, *want;
	} row[] = {
		{ "email", "x", "unknown type of rule: email" },
		{ "ip", "1.2.3", "no address and no block of them: 1.2.3" },
		{ "ip", "1.2.3.4/33",
		    "no address and no block of them: 1.2.3.4/33" },
		{ "url", "/x",
		    "no absolute URL: /x: relative URL without a base" },
	};
	struct scope *scope = scope_new();

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(scope_add(scope, str_of(row[i].type),
			      str_of(row[i].value), true, &err),
		    -1);
		CHECK_CSTR(err_cstr(&err), row[i].want);
	}
	CHECK(scope_rule_at(scope, 0) == NULL);
	scope_free(scope);
	scope_free(NULL);
}

static void
families_with_rules(void)
{
	CHECK(scope_has_family(model_by_family(STR("port"))));
	CHECK(!scope_has_family(model_by_family(STR("email"))));
}

/* Rows come in either form, from modules and by hand; rules, too. */
static void
both_forms_of_a_name_are_one(void)
{
	static const struct rule_row rules[] = {
		{ "domain",
		    "b\xc3\xbc"
		    "cher.de",
		    false },
		{ "domain", "xn--mller-kva.de", false },
		{ "domain",
		    "b\xc3\xbc"
		    "cher.*.de",
		    false },
	};
	static const struct case_row rows[] = {
		{ "domain",
		    "b\xc3\xbc"
		    "cher.de",
		    "-b\xc3\xbc"
		    "cher.de" },
		{ "domain", "xn--bcher-kva.de",
		    "-b\xc3\xbc"
		    "cher.de" },
		{ "subdomain", "www.xn--bcher-kva.de",
		    "-b\xc3\xbc"
		    "cher.de" },
		{ "url",
		    "http://b\xc3\xbc"
		    "cher.de/",
		    "-b\xc3\xbc"
		    "cher.de" },
		{ "domain", "xn--mller-kva.de", "-xn--mller-kva.de" },
		{ "subdomain", "a.m\xc3\xbcller.de", "-xn--mller-kva.de" },
		{ "domain", "bucher.de", "" },
		{ "domain",
		    "b\xc3\xa4"
		    "cher.de",
		    "" },
	};
	struct scope *scope = make(rules, ARRAY_SIZE(rules));

	check_rows(scope, rows, ARRAY_SIZE(rows));
	scope_free(scope);
}

CHECK_MAIN(CASE(the_most_precise_rule_decides), CASE(domains_match_by_label),
    CASE(the_root_matches_all_names), CASE(blocks_match_by_bits),
    CASE(urls_match_by_origin_and_segment),
    CASE(a_domain_rule_beats_any_url_rule),
    CASE(rules_are_listed_in_matching_order), CASE(bad_rules_are_refused),
    CASE(families_with_rules), CASE(both_forms_of_a_name_are_one))
