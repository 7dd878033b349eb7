/* What is found in texts: each rule of the table, each way to "any". */
#include "base/mem.h"
#include "check.h"
#include "reach/reach.h"

/* "crt.sh:443|the target|any host (an answer (http_send, line 1))" */
static struct str
hosts_of(struct pool *pool, const struct permissions *p)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < p->hosts; i++) {
		if (i != 0)
			buf_add_char(&out, '|');
		reach_host_print(&p->host[i], &out);
		if (p->host[i].from == REACH_ANY)
			buf_printf(&out, " (%.*s)", STR_ARG(p->host[i].why));
	}
	return buf_str(&out);
}

static struct permissions
found(struct pool *pool, struct str code, const char *table)
{
	struct module module = { .code = code, .stealth = STEALTH_NORMAL };
	struct permissions p;

	if (table != NULL) {
		module.source = SOURCE_ROWS;
		module.model = model_by_table(str_of(table));
	}
	reach_module(pool, &module, &p);
	return p;
}

struct text_row {
	const char *in, *want;
};

/* s is a session; each text is a module on domains */
static void
check_rows(const struct text_row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		autopool struct pool pool = POOL_NONE;
		struct permissions p =
		    found(&pool, str_of(row[i].in), "domains");
		struct str got = hosts_of(&pool, &p);

		CHECK_STR(p.fault, "");
		if (!str_is(got, row[i].want)) {
			check_where(__FILE__, __LINE__, row[i].in);
			check_show("got ", got);
			check_show("want", str_of(row[i].want));
		}
	}
}

#define GET(url)  "http_request(s, 'GET', " url ", {})"
#define RUN(body) "function run(arg) " body " end"

static void
literal_hosts_are_found(void)
{
	static const struct text_row row[] = {
		{ "", "" },
		{ GET("'https://a.example/x'"), "a.example:443" },
		{ GET("'https://a.example'"), "a.example:443" },
		{ GET("'http://A.Example./'"), "a.example:80" },
		{ GET("'https://a.example:8443/'"), "a.example:8443" },
		{ GET("'https://a.example?q=b.example'"), "a.example:443" },
		{ GET("'https://a.example#b.example'"), "a.example:443" },
		{ GET("'https://b.example@a.example/'"), "a.example:443" },
		{ GET("'https://u:p@a.example:81/'"), "a.example:81" },
		{ GET("'https://192.0.2.1/'"), "192.0.2.1:443" },
		{ GET("'https://[2001:DB8::1]:8080/'"), "[2001:db8::1]:8080" },
		{ GET("'https://b\\u{fc}cher.example/'"),
		    "xn--bcher-kva.example:443" },
		{ GET("'/relative'"), "" },
		{ GET("'a.example/x'"), "" },
		{ "local u = 'https://a.example/' " GET("u .. x"),
		    "a.example:443" },
		{ "local u = 'https://a.example' " GET("u .. '/x'"),
		    "a.example:443" },
		{ GET("'https://' .. 'a.' .. 'example' .. '/'"),
		    "a.example:443" },
		{ GET("'https://a.example:' .. 8443 .. '/'"),
		    "a.example:8443" },
		{ GET("'https://a.example:' .. getopt('p')"), "a.example" },
		{ GET("x and 'https://a.example/' or 'http://b.example/'"),
		    "a.example:443|b.example:80" },
		{ GET("('https://a.example/'):lower()"), "a.example:443" },
		{ GET("strval('https://a.example/')"), "a.example:443" },
		{ "ws_connect('wss://a.example/', {})", "a.example:443" },
		{ "ws_connect('ws://a.example/', {})", "a.example:80" },
		{ "mqtt_connect('mqtts://a.example', {})", "a.example:8883" },
		{ "mqtt_connect('mqtt://a.example', {})", "a.example:1883" },
		{ "sock_connect('a.example', 25, {})", "a.example:25" },
		{ "sock_connect('a.example', intval('25'), {})", "a.example" },
		{ "local h = '2001:db8::1' sock_connect(h, 443, {tls=true})",
		    "[2001:db8::1]:443" },
		{ "sock_connect('a.example', x and 25 or 587, {})",
		    "a.example:25,587" },
		{ "dns('x', {record='A', nameserver='192.0.2.53:53'})",
		    "192.0.2.53:53" },
		{ "dns('x', {record='A', nameserver='192.0.2.53:5353'})",
		    "192.0.2.53:5353" },
		{ "dns('x', 'A')", "" },
		{ "http_request(s, 'GET', 'http://a.example/', {follow_redirects=5})",
		    "a.example:80,443" },
		{ "http_request(s, 'GET', 'http://a.example/', {follow_redirects=0})",
		    "a.example:80" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
rows_options_and_keys_are_told_apart(void)
{
	static const struct text_row row[] = {
		{ RUN(GET("'https://' .. arg['value'] .. '/'")), "the target" },
		{ RUN(GET("'https://' .. arg.value")), "the target" },
		{ RUN(GET("arg['value']")), "the target" },
		{ RUN(GET("'https://www.' .. arg['value'] .. '/'")),
		    "the target" },
		{ RUN("sock_connect(arg['value'], 43, {})"), "the target:43" },
		{ RUN("local h = arg['value']:match('@(.+)') sock_connect(h, 25, {})"),
		    "the target:25" },
		{ RUN(GET("url_parse(arg['value'])['host']")), "the target" },
		{ RUN(GET("json_decode(json_encode({a=arg}))['a']['value']")),
		    "the target" },
		{ RUN(GET("arg['value'] .. '.tar.gz'")), "the target" },
		{ RUN(GET("arg['value'] .. '?u=https://a.example/'")),
		    "the target" },
		{ RUN(GET(
		      "url_parse(arg['value'])['scheme'] .. '://' .. arg['value']")),
		    "the target" },
		{ RUN(GET("'http' .. (x or 's') .. '://' .. arg['value']")),
		    "the target" },
		{ RUN(GET("getopt('u') .. 'x.php'")), "the host in option u" },
		{ RUN(GET("arg['body']")),
		    "any host (the body of a page, line 1)" },
		{ GET("getopt('server')"), "the host in option server" },
		{ GET("(getopt('server') or 'https://a.example') .. '/x'"),
		    "a.example:443|the host in option server" },
		{ GET("'https://' .. getopt('h') .. '/'"),
		    "the host in option h" },
		{ GET("getopt(x and 'a' or 'b')"),
		    "the host in option a|the host in option b" },
		{ RUN(GET("getopt(arg['value'])")), "the host in an option" },
		{ GET("keyring('nc')[1]['access_key']"),
		    "the host in a key of nc" },
		{ RUN(GET("'https://' .. arg['value'] .. '.a.example/'")),
		    "*.a.example:443" },
		{ RUN(GET("'https://' .. arg['value'] .. '.a.example'")),
		    "*.a.example:443" },
		{ RUN(GET("'https://' .. arg['value'] .. ':8080/'")),
		    "the target:8080" },
		{ RUN(GET("'https://' .. arg['value'] .. '@a.example/'")),
		    "a.example:443" },
		{ RUN(GET("'https://a.example' .. arg['value']")),
		    "a.example:443|the target" },
		{ RUN("http_request(s, 'GET', 'https://' .. arg['value'], {follow_redirects=1})"),
		    "the target|any host:80,443 (the target may redirect, line 1)" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
a_key_as_source_is_a_key(void)
{
	autopool struct pool pool = POOL_NONE;
	struct module module = { .source = SOURCE_KEYRING,
		.param = STR("aws"),
		.code = STR(RUN(GET("arg['access_key']"))) };
	struct permissions p;

	reach_module(&pool, &module, &p);
	CHECK_STR(hosts_of(&pool, &p), "the host in a key of aws");
	module.source = SOURCE_NOTIFICATIONS;
	reach_module(&pool, &module, &p);
	CHECK_STR(hosts_of(&pool, &p), "any host (a notification, line 1)");
	module.source = SOURCE_NONE;
	reach_module(&pool, &module, &p);
	CHECK_STR(hosts_of(&pool, &p), "");
}

static void
what_others_say_is_any(void)
{
	static const struct text_row row[] = {
		{ "local r = http_send(" GET("'https://a.example/'") ") " GET(
		      "r['text']"),
		    "a.example:443|any host (an answer (http_send, line 1))" },
		{ "local r = http_fetch_json(" GET(
		      "'https://a.example/'") ") " GET("r[1].avatar_url"),
		    "a.example:443|any host (an answer (http_fetch_json, line 1))" },
		{ GET("html_select(sock_recvall(x), 'a')['attrs']['href']"),
		    "any host (an answer (sock_recvall, line 1))" },
		{ GET("stdin_readline()"),
		    "any host (standard input (stdin_readline, line 1))" },
		{ GET("db_select('url', 'x')"),
		    "any host (a row (db_select, line 1))" },
		{ "sock_connect(dns('x', 'MX')['answers'][1][2]['MX'][2], 25, {})",
		    "any host:25 (an answer (dns, line 1))" },
		{ GET("url_join('https://a.example/b', 'c/d')"),
		    "a.example:443" },
		{ GET("url_join('https://a.example/b', 'https://b.example/')"),
		    "a.example:443|b.example:443" },
		{ GET("url_join('https://a.example/b', '//b.example/')"),
		    "a.example:443|b.example:80,443" },
		{ GET("url_join('https://a.example/b', sock_recv(x))"),
		    "a.example:443|any host (an answer (sock_recv, line 1))" },
		{ RUN(GET("url_join(arg['value'], '/x')")), "the target" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
what_is_not_understood_is_any(void)
{
	static const struct text_row row[] = {
		{ RUN(GET("'https://mail-' .. arg['value'] .. '/'")),
		    "any host:443 (made of parts ('https://mail-' .. arg['value'] .. '/', line 1))" },
		{ NULL, NULL },
	};
	static const struct {
		const char *in, *want;
	} why[] = {
		{ RUN("http_request(s, 'GET', 'https://a.example/', {proxy='192.0.2.1:9050'})"),
		    "the option proxy" },
		{ RUN("local o = {} o['proxy'] = '192.0.2.1:9050' http_request(s, 'GET', 'https://a.example/', o)"),
		    "the option proxy" },
		{ RUN("local o = {} o[arg['value']] = 'x' http_request(s, 'GET', 'https://a.example/', o)"),
		    "options that are not made here" },
		{ RUN("http_request(s, 'GET', 'https://a.example/', json_decode(sock_recv(x)))"),
		    "options that are not made here" },
		{ "sock_connect('a.example', 1, {proxy='x'})",
		    "the option proxy" },
		{ "ws_connect('ws://a.example', {proxy='x'})",
		    "the option proxy" },
		{ "http_send({method='GET', url='https://a.example/'})",
		    "a request that is made by hand" },
		{ "http_fetch(json_decode(stdin_readline()))",
		    "a request that is made by hand" },
		{ "local r = " GET(
		      "'https://a.example/'") " r['url'] = 'https://b.example/' http_send(r)",
		    "a request that is changed by hand" },
		{ "local r = " GET(
		      "'https://a.example/'") " local t = {r} t[1].url = 'https://b.example/'",
		    "a request that is changed by hand" },
		{ "local f = http_request", "a function as a value" },
		{ "t = {f = sock_connect}", "a function as a value" },
		{ "g(ws_connect)", "a function as a value" },
		{ "http_request = function() end " GET("'https://a.example/'"),
		    "a function as a value" },
		{ "local e = _ENV", "_ENV" },
		{ "local _ENV = {}", "_ENV" },
		{ "function f(_ENV) end", "_ENV" },
		{ GET("('x'):reverse()"), "not understood" },
		{ GET("('sptth'):reverse() .. '://a.example/'"), NULL },
		{ GET("md5('x')"), "not understood" },
		{ GET("'https://' .. 5 * 3 .. '/'"), "not understood" },
		{ RUN(GET("'https://' .. arg['value'] .. 'a.example/'")),
		    "made of parts" },
		{ RUN(GET("'https://' .. arg['value'] .. '.example/'")),
		    "made of parts" },
		{ GET("'https://{x}/'"), "no host by itself" },
		{ RUN("sock_connect('it is ' .. arg['value'], 1, {})"),
		    "not understood" },
		{ GET("x .. y .. ('see ' .. sock_recv(1)):match('%S+$')"),
		    NULL },
		{ GET("('see ' .. sock_recv(1)):match('%S+$')"), "an answer" },
		{ GET("(5).x.y or f().z or g[1]() or sock_recv(1)"),
		    "an answer" },
	};

	check_rows(row, 1);
	for (size_t i = 0; i < ARRAY_SIZE(why); i++) {
		autopool struct pool pool = POOL_NONE;
		struct permissions p =
		    found(&pool, str_of(why[i].in), "domains");
		bool is_there = false;

		if (why[i].want == NULL)
			continue;
		CHECK_STR(p.fault, "");
		for (size_t k = 0; k < p.hosts; k++)
			is_there |=
			    p.host[k].from == REACH_ANY &&
			    str_starts(p.host[k].why, str_of(why[i].want));
		if (!is_there) {
			check_where(__FILE__, __LINE__, why[i].in);
			check_show("got ", hosts_of(&pool, &p));
			check_show("want", str_of(why[i].want));
		}
	}
}

static void
values_are_followed(void)
{
	static const struct text_row row[] = {
		/* parameters, results, more than one of them */
		{ "local function get(u) return http_send(" GET(
		      "u") ") end get('https://a.example/') get('http://b.example/')",
		    "a.example:443|b.example:80" },
		{ "local function url() return 1, 'https://a.example/' end local n, u = url() " GET(
		      "u"),
		    "a.example:443" },
		{ "local function id(...) return ... end " GET(
		      "id('https://a.example/')"),
		    "a.example:443" },
		{ "local function f(u, n) if n == 0 then return u end return f(u, n - 1) end " GET(
		      "f('https://a.example/', 3)"),
		    "a.example:443" },
		/* a parameter is not the local of the same name */
		{ "local url = 'https://a.example/' local function f(url) " GET(
		      "url") " end f('https://b.example/')",
		    "b.example:443" },
		/* globals, tables, fields */
		{ "base = 'https://a.example/' function f() " GET(
		      "base .. 'x'") " end",
		    "a.example:443" },
		{ "local t = {url='https://a.example/', other='https://b.example/'} " GET(
		      "t.url"),
		    "a.example:443" },
		{ "local t = {'https://a.example/', 'https://b.example/'} for i = 1, #t do " GET(
		      "t[i]") " end",
		    "a.example:443|b.example:443" },
		{ "local t = {} t.x = {} t.x.y = 'https://a.example/' local u = t.x " GET(
		      "u.y"),
		    "a.example:443" },
		{ "local t = {} function t:get() " GET(
		      "self.url") " end t.url = 'https://a.example/' t:get()",
		    "a.example:443" },
		{ "local t = {f = function(u) " GET(
		      "u") " end} t.f('https://a.example/')",
		    "a.example:443" },
		/* what is built */
		{ GET("('https://%s/x'):format('a.example')"),
		    "a.example:443" },
		{ GET("string.format('https://a.example/%s', x())"),
		    "a.example:443" },
		{ RUN(GET("('https://%s.a.example/'):format(arg['value'])")),
		    "*.a.example:443" },
		{ GET("str_replace('https://HOST/', 'HOST', 'a.example')"),
		    "a.example:443" },
		{ RUN(GET("('https://{h}/x'):gsub('{h}', arg['value'])")),
		    "the target" },
		{ "local u = 'https://a.example/?p=' for i = 1, 9 do u = u .. i .. ',' " GET(
		      "u") " end",
		    "a.example:443" },
		{ RUN("local u = 'http://' .. arg['value'] if x then u = u .. ':' .. getopt('p') end " GET(
		      "u .. '/'")),
		    "the target" },
		{ GET("(getopt('u') or 'https://a.example/'):match('^https?://[^/]+')"),
		    "a.example:443|the host in option u" },
		{ "sock_connect((getopt('h') or 'a.example'):match('%S+'), 25, {})",
		    "a.example:25|the host in option h:25" },
		{ RUN("local u, h = arg['value']:match('(.*)@(.*)') sock_connect(h, 25, {})"),
		    "the target:25" },
		{ RUN("local a, b, c = string.find(arg['value'], '(x)') sock_connect(c, 25, {})"),
		    "the target:25" },
		{ "for i = 1, 9 do " GET(
		      "('https://cdn%02d.a.example/'):format(i)") " end",
		    "*.a.example:443" },
		{ GET("('http://a.example/'):gsub('^http:', 'https:')"),
		    "a.example:80|any host (a pattern in a text, line 1)" },
		{ GET("('http://a.example/?x=1&'):gsub('&$', '')"),
		    "a.example:80" },
		/* what a table or a function puts into a text, and how often */
		{ GET("('http://{h}/'):gsub('{h}', {['{h}'] = 'a.example'})"),
		    "a.example:80|any host:80 (no host by itself ({h}, line 1))" },
		{ GET("('http://b.example/'):gsub('b', function() return 'a' end)"),
		    "a.example:80|b.example:80" },
		{ "local t = {} t.b = 'a' local u = ('http://b.example/'):gsub('b', t) " GET(
		      "u"),
		    "a.example:80|b.example:80" },
		{ "local _, n = ('xx'):gsub('x', '') " GET(
		      "'http://' .. n .. '.a.example/'"),
		    "*.a.example:80" },
		{ "local _, n = ('xx'):byte(1, 2) " GET(
		      "'http://' .. n .. '.a.example/'"),
		    "*.a.example:80" },
		{ RUN(GET(
		      "'https://a.example/' .. arg['value']:gsub('%W', function(c) return ('%%%02X'):format(c:byte()) end)")),
		    "a.example:443" },
		/* methods of texts by other names */
		{ "local s = 'http://a.example/' " GET("s.lower(s)"),
		    "any host (what an unknown function gives, line 1)" },
		{ "local f = ('').gsub local u = f('http://b/', 'b', 'a.example') " GET(
		      "u"),
		    "any host (what an unknown function gives, line 1)" },
		/* functions that others call */
		{ RUN("('x'):gsub('x', function(m) " GET("m") " end)"),
		    "any host (not understood (m, line 1))" },
		{ RUN("arg['value']:gsub('x', function(m) " GET(
		      "'https://' .. m") " end)"),
		    "the target" },
		{ RUN("for m in arg['value']:gmatch('%w+') do " GET(
		      "m") " end"),
		    "the target" },
		/* nobody calls it with anything */
		{ "local function f(u) " GET("u") " end", "" },
		/* an iterator of one's own */
		{ "local function each() return 'https://a.example/' end for u in each do " GET(
		      "u") " end",
		    "a.example:443" },
		{ "arg = nil x = sock_recv(1) x.u = 'https://a.example/' " GET(
		      "x.u"),
		    "a.example:443|any host (an answer (sock_recv, line 1))" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
families_and_acts_are_found(void)
{
	static const struct {
		const char *in;
		uint32_t adds, updates, reads;
		unsigned acts;
	} row[] = {
		{ "db_add('domain', {})", 1, 0, 0, 0 },
		{ "db_add_ttl('subdomain', {}, 1)", 2, 0, 0, 0 },
		{ "db_update('ipaddr', x, {})", 0, 4, 0, 0 },
		{ "db_select('domain', 'x')", 0, 0, 1, 0 },
		{ "local f = x and 'domain' or 'url' db_add(f, {})", 1 | 16, 0,
		    0, 0 },
		{ "db_add('nothing', {})", 0, 0, 0, 0 },
		{ RUN("db_add(arg['value'], {})"), 0x3fffff, 0, 0, 0 },
		{ "local f = db_update", 0, 0x3fffff, 0, 0 },
		{ "f(db_select)", 0, 0, 0x3fffff, 0 },
		{ "db_activity({})", 0, 0, 0, ACT_ACTIVITY },
		{ "dns('a.example', 'A')", 0, 0, 0, ACT_NAMES },
		{ "local d = dns", 0, 0, 0, ACT_NAMES },
		{ "create_blob('x')", 0, 0, 0, ACT_BLOBS },
		{ "http_request(s, 'GET', 'https://a.example/', {into_blob=true})",
		    0, 0, 0, ACT_BLOBS },
		{ "stdin_readline()", 0, 0, 0, ACT_STDIN },
		{ "ratelimit_throttle('x', 1, 1)", 0, 0, 0, ACT_RATELIMITS },
		{ "x = _ENV", 0x3fffff, 0x3fffff, 0x3fffff, ACT_ALL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct permissions p =
		    found(&pool, str_of(row[i].in), "domains");

		if (p.adds != row[i].adds || p.updates != row[i].updates ||
		    p.reads != row[i].reads || p.acts != row[i].acts)
			check_where(__FILE__, __LINE__, row[i].in);
	}
}

static void
a_line_narrows_and_never_widens(void)
{
	static const struct text_row row[] = {
		{ "-- Reaches: b.example *.c.example:443\n" GET(
		      "stdin_readline()"),
		    "*.c.example:443|b.example" },
		{ "-- Reaches: b.example\n" GET("'https://a.example/'"),
		    "a.example:443" },
		{ "-- Reaches: b.example:25 c.example:43\nsock_connect(stdin_readline(), 25, {})",
		    "b.example:25" },
		{ "-- Reaches: b.example\nsock_connect(stdin_readline(), 25, {})",
		    "b.example:25" },
		{ "-- Reaches:\n" GET("stdin_readline()"), "" },
		{ "-- Reaches: * *. http://x/ a/b :5 a.example:0 a.example:x\n" GET(
		      "stdin_readline()"),
		    "" },
		{ "-- Reaches: 192.0.2.1 [2001:db8::1]:443\n" GET(
		      "stdin_readline()"),
		    "192.0.2.1|[2001:db8::1]:443" },
		{ "x = 1 -- Reaches: b.example\n" GET("sock_recv(1)"),
		    "any host (an answer (sock_recv, line 2))" },
		{ "--[[ Reaches: b.example]]\n" GET("sock_recv(1)"),
		    "any host (an answer (sock_recv, line 2))" },
		{ "-- Reaches: b.example\nx = _ENV", "b.example" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

/* What is foreign, or cut in a character, is said in UTF-8. */
static void
texts_are_utf8(void)
{
	static const char *const row[] = {
		GET("getopt('\xff')"),
		"x = \xff",
		"x = '\xc3\xa9\xc3",
		GET("'https://\xc3\xa9'..f..'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9'"),
		GET("'https://\xc3'..x()..'aaa'"),
		"x = '"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9' y",
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct permissions p = found(&pool, str_of(row[i]), NULL), back;
		struct json v = permissions_json(&pool, &p);

		CHECK_INT(permissions_read(&pool, &v, &back, NULL), 0);
	}
}

static void
an_offline_module_has_no_network(void)
{
	autopool struct pool pool = POOL_NONE;
	struct module module = {
		.stealth = STEALTH_OFFLINE,
		.code = STR(GET(
		    "'https://a.example/'") " dns('x', 'A') db_add('domain', {})")
	};
	struct permissions p;

	reach_module(&pool, &module, &p);
	CHECK_INT(p.hosts, 0);
	CHECK_INT(p.acts, 0);
	CHECK_INT(p.adds, 1);
	CHECK_INT(p.stealth, STEALTH_OFFLINE);
}

static void
what_is_no_lua_reaches_everything(void)
{
	autopool struct pool pool = POOL_NONE;
	struct permissions p = found(&pool, STR("x = ="), NULL), all;

	CHECK_STR(p.fault, "1:5: unexpected symbol near '='");
	permissions_all(&pool, STR("x"), &all);
	CHECK_INT(permissions_compare(&all, &p, NULL), PERMISSIONS_SAME);
}

/* n times, with a number in it */
static struct str
many(struct pool *pool, const char *begin, const char *one, const char *two,
    size_t n, const char *end)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, str_of(begin));
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%zu%s", one, i, two);
	buf_add(&out, str_of(end));
	return buf_str(&out);
}

static void
sizes_are_taken_or_any(void)
{
	static const struct {
		const char *begin, *one, *two, *end;
		size_t most; /* rows that are not any */
	} row[] = {
		{ "local t = {", "'https://a", ".example/', ", "} " GET("t[1]"),
		    100 },
		{ "", "x = 'https://a", ".example/' ", GET("x"), 100 },
		{ "", "f", " = 1 ", GET("'https://a.example/'"), 1 },
		{ "x = ''", " x = x .. '", "' ", GET("x"), 0 },
		{ "local t = {} ", "t = {t, ", "} ", GET("t[1]"), 0 },
		{ "local s = getopt('0') ", "s = s or getopt('", "') ",
		    GET("s"), 50 },
	};
	static const size_t size[] = { 0, 1, 2, 3, 100, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(size); k++) {
			autopool struct pool pool = POOL_NONE;
			struct permissions p = found(&pool,
			    many(&pool, row[i].begin, row[i].one, row[i].two,
				size[k], row[i].end),
			    NULL);
			bool is_any = p.hosts != 0 &&
			              p.host[p.hosts - 1].from == REACH_ANY;

			CHECK_STR(p.fault, "");
			CHECK(p.hosts <= REACH_MAX_HOSTS);
			if (size[k] == 1000 && row[i].most > 1)
				CHECK(is_any);
			if (size[k] > 3 && size[k] <= row[i].most &&
			    row[i].most > 1) {
				CHECK_INT(p.hosts, size[k]);
				CHECK(!is_any);
			}
		}
	}
}

CHECK_MAIN(CASE(literal_hosts_are_found),
    CASE(rows_options_and_keys_are_told_apart), CASE(a_key_as_source_is_a_key),
    CASE(what_others_say_is_any), CASE(what_is_not_understood_is_any),
    CASE(values_are_followed), CASE(families_and_acts_are_found),
    CASE(a_line_narrows_and_never_widens), CASE(texts_are_utf8),
    CASE(an_offline_module_has_no_network),
    CASE(what_is_no_lua_reaches_everything), CASE(sizes_are_taken_or_any))
