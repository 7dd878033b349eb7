/* lint: each rule finds what it is for, and not what looks like it */
#include "lint/lint.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

#define HEAD "-- Description: x\n-- Version: 1.0.0\n-- License: MIT\n"

#define CLAIM "-- Runs-In: sn0int 0.26.1\n"

#define ANY "\nsock_connect(stdin_readline(), 80, {})"
#define TEN "a.b a.b a.b a.b a.b a.b a.b a.b a.b a.b "

static const struct row {
	enum lint_rule rule;
	const char *source;     /* lines of the header behind it */
	const char *bad, *want; /* "3:1 text" of the first of the rule */
	const char *good;
} rows[] = {
	{ LINT_HEADER, "-- Source: domain\n", "",
	    "4:1 Unknown Source: \"domain\", did you mean \"domains\"?", NULL },
	{ LINT_HEADER, "-- Stealth: quiet\n", "",
	    "4:1 Unknown stealth: \"quiet\", expected loud, normal, passive or "
	    "offline",
	    NULL },
	{ LINT_HEADER, "-- Licence: MIT\n", "",
	    "4:1 unknown key \"Licence\", did you mean \"License\"?", NULL },
	{ LINT_HEADER, "local x\n", "", "4:1 an empty line ends a header",
	    NULL },
	{ LINT_SYNTAX, "", "x = = 1", "5:5 unexpected symbol near '='",
	    "x = 1" },
	{ LINT_RUN, "", NULL,
	    "1:1 there is no function run(), which is what is called", "" },
	{ LINT_RUN, "", "local function run() end",
	    "5:1 run() is local, and only a global one is called", NULL },
	{ LINT_SYNTAX, "", "local x = 1 if x != 1 then x = 2 end",
	    "5:18 'then' expected near '!' (\"not equal\" is ~=)", NULL },
	{ LINT_SYNTAX, "", "local x = 1 x += 1",
	    "5:15 syntax error near '+' (there is no +=: i = i + 1)", NULL },
	{ LINT_HEADER, "-- Reaches: a.example\n", "",
	    "4:1 this line belongs below the empty line that ends the header",
	    NULL },
	{ LINT_GLOBAL, "", "info(os.time())",
	    "5:6 nothing is called \"os\", a module has no part of Lua's "
	    "library: time_unix() is the time, getopt() what the user gives",
	    NULL },
	{ LINT_GLOBAL, "", "json_decod('x')",
	    "5:1 nothing is called \"json_decod\", did you mean "
	    "\"json_decode\"?",
	    "x = 1 x()" },
	{ LINT_GLOBAL, "", "info(pairs({}))",
	    "5:6 nothing is called \"pairs\", a module has no part of Lua's "
	    "library: count with while, or for i = 1, #list",
	    "local pairs = 1 info(pairs)" },
	{ LINT_GLOBAL, "", "conut() function count() end",
	    "5:1 nothing is called \"conut\", did you mean \"count\"?",
	    "local e = _ENV conut() function count() end" },
	{ LINT_METHOD, "", "local x = ('x'):uper()",
	    "5:11 nothing has a method \"uper\", did you mean \"upper\"?",
	    "local t = { uper = info } t:uper() local x = ('x'):upper()" },
	{ LINT_DEAD, "", "foo = 1", "5:1 \"foo\" is assigned, and read nowhere",
	    "foo = 1 info(foo) local bar = 1 _ = 2" },
	{ LINT_COUNT, "", "hex()", "5:1 hex() takes at least 1 argument, not 0",
	    "local function f() end hex(f()) http_fetch()" },
	{ LINT_COUNT, "", "hex('a', 'b')", "5:1 hex() takes 1 argument, not 2",
	    "local function hex() end hex('a', 'b')" },
	{ LINT_KIND, "", "sleep('abc')",
	    "5:7 sleep() takes a number as its seconds, not a text",
	    "sleep('3') sleep(3) sleep(0x3)" },
	{ LINT_KIND, "", "url_parse({})",
	    "5:11 url_parse() takes a text as its url, not a table",
	    "url_parse('http://a') url_parse(3) hex({1, 2})" },
	{ LINT_KEY, "", "dns('a', { nameservr='b' })",
	    "5:12 dns() has no option \"nameservr\", did you mean "
	    "\"nameserver\"?",
	    "local x = 'y' dns('a', { nameserver='b', [x]=1 })" },
	{ LINT_FAMILY, "", "db_add('domains', {})",
	    "5:8 there is no family \"domains\", did you mean \"domain\"?",
	    "local x = 'domains' db_add(x, {}) db_select('domain', 'x')" },
	{ LINT_COLUMN, "", "db_add('domain', { valu='x', value='x' })",
	    "5:20 domain has no column \"valu\", did you mean \"value\"?",
	    "db_add('domain', { value='x' }) db_add('domain', info())" },
	{ LINT_COLUMN, "", "db_add('subdomain', { value='x' })",
	    "5:21 subdomain needs the column domain_id",
	    "local k = 'domain_id' db_add('subdomain', { value='x', [k]=1 })" },
	{ LINT_COLUMN, "", "db_update('url', 1, { value='x' })",
	    "5:23 the column value of url never changes",
	    "db_update('url', 1, { status=200 })" },
	{ LINT_COLUMN, "", "db_activity({ topc='x' })",
	    "5:13 activity needs the column topic", NULL },
	{ LINT_COLUMN, "-- Source: domains\n",
	    "function run(arg) info(arg['valu']) end",
	    "6:24 domain has no column \"valu\", did you mean \"value\"?",
	    "function run(arg) info(arg['value'] .. arg.id) end "
	    "local arg = {} info(arg.valu)" },
	{ LINT_COLUMN, "", "function run(arg) info(arg['value']) end",
	    "5:24 a module without a line \"-- Source: \" is given no row",
	    "function run(arg) info(arg) end" },
	{ LINT_COLUMN, "-- Source: notifications\n",
	    "function run(arg) db_add('domain', { valu=arg['subject'] }) end",
	    "6:36 domain needs the column value",
	    "function run(arg) info(arg['subject']) end" },
	{ LINT_KEYRING, "-- Keyring-Access: a\n", "info(keyring('b')[1])",
	    "6:14 no line \"-- Keyring-Access: \" of the header asks for keys "
	    "of \"b\"",
	    "info(keyring('a')[1]) local b = 'b' info(keyring(b)[1])" },
	{ LINT_REACHES, "", "-- Reaches: a.example https://b.example/" ANY,
	    "5:23 \"https://b.example/\" is no HOST, HOST:PORT or *.HOST, and "
	    "allows nothing",
	    "-- Reaches: a.example *.b.example:443  [2001:db8::1]:53" ANY },
	{ LINT_REACHES, "", "-- Reaches: a.example",
	    "5:1 no host is \"any\" here: the line narrows nothing, and it "
	    "cannot add",
	    "-- Reaches of a.example" },
	{ LINT_REACHES, "", "--Reaches: a.example" ANY,
	    "5:1 nothing is narrowed by this comment, did you mean "
	    "\"-- Reaches: \"?",
	    "x = 1 -- reach: b\ninfo(x)" },
	{ LINT_REACHES, "",
	    "-- Reaches:\n-- Reaches: " TEN TEN TEN TEN TEN TEN TEN ANY,
	    "6:269 more hosts than a module may have, \"a.b\" is left out",
	    "-- Reaches: " TEN TEN TEN TEN TEN TEN "a.b a.b a.b a.b" ANY },
	{ LINT_OPTION, "", "info(getopt('depth'))",
	    "5:13 no line \"-- Option: \" describes \"depth\"",
	    "-- Option: depth=3 how deep\ninfo(getopt('depth'))" },
	{ LINT_OPTION, "", "-- Option: depth=3 how deep",
	    "5:1 the option \"depth\" is described, and read nowhere",
	    "-- Option: depth=3 how deep\nlocal x = 'depth' getopt(x)" },
	{ LINT_LAST_ERR, "", "dns('a')",
	    "5:1 dns() may fail, and nothing looks at last_err()",
	    "dns('a') if last_err() then clear_err() end hex('a')" },
	{ LINT_LAST_ERR, "",
	    "local x = json_decode('1') info(x.a) if last_err() then x() end",
	    "5:33 \"x\" is nil where json_decode() failed, and nothing looks "
	    "at last_err() before it is used",
	    "local x = json_decode('1') if last_err() then return end "
	    "info(x.a) local y = json_decode('1') if y then info(y.a) end "
	    "local z = json_decode('1') z = {} info(z.a)" },
	{ LINT_LAST_ERR, "", "info(json_decode('1').a) info(last_err())",
	    "5:6 json_decode() gives nil where it fails: keep what it gives, "
	    "and look at last_err() before it is used",
	    "info(url_parse('x').host) info(last_err())" },
	{ LINT_LAST_ERR, "", "if not last_err then return end",
	    "5:8 last_err without () is the function, which is always there",
	    "local last_err if last_err then return end" },
	{ LINT_LAST_ERR, "", "http_sendd('a')", "", "" },
	{ LINT_ANSWER, "",
	    "local r = http_send({}) if last_err() then return end info(r.body)",
	    "5:60 what http_send() gives has no \"body\"",
	    "local r = http_send({}) if last_err() then return end "
	    "info(r.text) local s = http_send({}) s.body = 1 info(s.body)" },
	{ LINT_ANSWER, "", "local l = html_select_list('', 'a') info(l[1].txt)",
	    "5:42 what html_select_list() gives has no \"txt\", did you mean "
	    "\"text\"?",
	    "local l = html_select_list('', 'a') info(l[1].text) "
	    "local html_select_list = info local m = html_select_list('') "
	    "info(m[1].txt)" },
	{ LINT_ANSWER, "-- Keyring-Access: a\n",
	    "local key = keyring('a')[1] info(key.secret)",
	    "6:34 what keyring() gives has no \"secret\"",
	    "local key = keyring('a')[1] info(key.secret_key) "
	    "local l = json_decode('') info(l[1].secret)" },
	{ LINT_PATTERN, "", "local x = ('a'):match('^(a')",
	    "5:23 \"^(a\" is no pattern of Lua: a ( has no )",
	    "local x = ('a'):match('^%(()[]%]]*%1%b()%f[%w]$') "
	    "x = x:find('(', 1, true)" },
	{ LINT_PATTERN, "", "local x = ('a'):gsub('[a', '')",
	    "5:22 \"[a\" is no pattern of Lua: a [ has no ]", NULL },
	{ LINT_PATTERN, "", "local x = ('a'):find('a)')",
	    "5:22 \"a)\" is no pattern of Lua: a ) has no (",
	    "local t = { find = info } t:find('a)')" },
	{ LINT_PATTERN, "", "local x = ('a'):find('(a)%2')",
	    "5:22 \"(a)%2\" is no pattern of Lua: it refers to a capture that "
	    "is not there",
	    "local x = ('a'):find('(a)%1') local y = ('a'):rep('(')" },
	{ LINT_PATTERN, "", "local x = ('a'):find('a%')",
	    "5:22 \"a%\" is no pattern of Lua: it ends in %", NULL },
	{ LINT_PATTERN, "", "info(regex_find('a(', 'x'))",
	    "5:17 \"a(\": not a regular expression: a group that is not "
	    "closed at byte 2",
	    "info(regex_find('a(b)', 'a('))" },
	{ LINT_SCOPE, "",
	    "local id = db_add('domain', { value='x' })\n"
	    "db_add('subdomain', { domain_id=id, value='x' })",
	    "6:23 \"id\" is nil where the row is out of scope: look at it "
	    "first",
	    "local id = db_add('domain', { value='x' })\n"
	    "if last_err() or not id then return end\n"
	    "db_add('subdomain', { domain_id=id, value='x' })" },
	{ LINT_SCOPE, "",
	    "local id = db_select('domain', 'x')\n"
	    "db_add('subdomain', { domain_id=id, value='x' })",
	    "6:23 \"id\" is nil where there is no such row in scope: look at "
	    "it first",
	    "local id = db_select('domain', 'x')\n"
	    "if id then db_add('subdomain', { domain_id=id, value='x' }) end" },
	{ LINT_RETURN, "", "function run() return nil, 'why' end",
	    "5:23 of what run() returns the first value counts: a text says "
	    "why it failed, nil that it did not",
	    "local function f() return nil, 'why' end\n"
	    "function run() local g = function() return 1 end return f() end" },
	{ LINT_RETURN, "", "function run() if x then return true end end x = 1",
	    "5:33 run() returns a text that says why it failed, or nothing; "
	    "this is passed over",
	    "function run() if x then return 'why' end return nil end x = 1" },
	{ LINT_FAMILY, "-- Source: domains\n",
	    "function run(arg) db_update('subdomain', arg, {}) end",
	    "6:42 \"arg\" is a row of domain, and not of subdomain",
	    "function run(arg) db_update('domain', arg, {}) "
	    "db_update('subdomain', { id=1 }, {}) end" },
	{ LINT_STEALTH, "-- Stealth: offline\n", "dns('a')",
	    "6:1 \"dns\" is of the network, and the module is offline",
	    "local dns = 1 hex('a')" },
	{ LINT_STEALTH, "-- Source: domains\n-- Stealth: passive\n",
	    "function run(arg)\nsock_connect(arg['value'], 80, {}) end",
	    "8:1 the target's own host is reached, and the module is passive",
	    "function run(arg)\nsock_connect('a.example', 80, {}) end" },
	{ LINT_ANY, "",
	    "local s = sock_connect('a.example', 80, {})\n"
	    "sock_connect(sock_recvall(s), 80, {})",
	    "6:1 any host can be reached: an answer (sock_recvall, line 6); a "
	    "line \"-- Reaches: HOST\" says which are meant",
	    "sock_connect('a.example', 80, {})" },
	{ LINT_OURS, "", "murmur3('a')",
	    "5:1 the reference program has no function murmur3()", "hex('a')" },
	{ LINT_OURS, "", "db_add('tag', {})",
	    "5:8 the reference program has no family tag",
	    "db_add('domain', { value='x' })" },
	{ LINT_OURS, "-- Source: persons\n", "",
	    "1:1 the reference program has no source persons", NULL },
	{ LINT_OURS, "", "info(1 // 2 // 3)",
	    "5:6 the reference program has Lua 5.2, which has no operator //",
	    CLAIM "info(1 // 2)" },
	{ LINT_PEER, "", CLAIM "info(1 | ~2)",
	    "6:6 the reference program has Lua 5.2, which has no operator |",
	    "info(1 | 2)" },
	{ LINT_PEER, "", CLAIM "x = 1 info(~x)",
	    "6:12 the reference program has Lua 5.2, which has no operator ~",
	    CLAIM "x = 1 info(-x ~= 1 and not x)" },
	{ LINT_PEER, "", CLAIM "local a, b <const> = 1, 2",
	    "6:10 the reference program has Lua 5.2, which has no <const>",
	    CLAIM "local a, b = 1, 2" },
	{ LINT_PEER, "", CLAIM "info('\\u{20AC}')",
	    "6:6 the reference program has Lua 5.2, which has no \\u{}: write "
	    "its bytes as \\xE2\\x82\\xAC",
	    CLAIM "info('\\\\u{20AC}' .. [[\\u{20AC}]] .. '\\xE2\\z u')" },
	{ LINT_PEER, "", CLAIM "info(9007199254740993)",
	    "6:6 the reference program has no integers, this number is "
	    "another one there",
	    CLAIM "info(9007199254740992)" },
	{ LINT_PEER, "", CLAIM "info(0xffffffffffffffff)",
	    "6:6 the reference program has no integers, this number is "
	    "another one there",
	    CLAIM "info(0xffffffff)" },
	{ LINT_PEER, "", CLAIM "info('a' .. (6 / 2))",
	    "6:14 as a text, a whole result of / is \"5.0\" here and \"5\" in "
	    "the reference program",
	    CLAIM "info('a' .. 6 * 2)" },
	{ LINT_PEER, "", CLAIM "info('a' .. 100000000000000)",
	    "6:13 the reference program writes this number with an exponent",
	    CLAIM "info('a' .. 99999999999999)" },
	{ LINT_PEER, "", CLAIM "x = ('a'):gmatch('a', 2)",
	    "6:5 gmatch() of the reference program knows no place to begin at",
	    CLAIM "x = ('a'):gmatch('a')" },
	{ LINT_PEER, "", CLAIM "info(('%p'):format(info))",
	    "6:6 format() of the reference program knows no %p",
	    CLAIM "info(('%s'):format(1))" },
	{ LINT_PEER, "", CLAIM "murmur3('a')",
	    "6:1 the reference program has no function murmur3()",
	    CLAIM "hex('a')" },
	{ LINT_PEER, "", CLAIM "db_add('tag', {})",
	    "6:8 the reference program has no family tag",
	    CLAIM "db_add('domain', { value='x' })" },
	{ LINT_PEER, "-- Source: persons\n", CLAIM,
	    "1:1 the reference program has no source persons", NULL },
	{ LINT_PEER, "",
	    CLAIM "http_request('', 'GET', '', { charset='latin1' })",
	    "6:31 http_request() of the reference program has no option "
	    "\"charset\"",
	    CLAIM "http_request('', 'GET', '', { binary=true })" },
	{ LINT_PEER, "", CLAIM "dns('a', { record='DNSKEY' })",
	    "6:19 dns() of the reference program asks for no records "
	    "\"DNSKEY\"",
	    CLAIM "dns('a', { record='OPENPGPKEY' })" },
	{ LINT_PEER, "", CLAIM "dns('a')",
	    "6:1 dns() of the reference program needs all of its 2 arguments: "
	    "nil or {} where there is nothing to say",
	    CLAIM "dns('a', nil) dns(last_err())" },
	{ LINT_COMMENT, "", "-- Runs-In: sn0int 0.27.0",
	    "5:1 what is known here is sn0int 0.26.1, and nothing of \"sn0int "
	    "0.27.0\"",
	    CLAIM },
	{ LINT_COMMENT, "", "-- Pages: https://example.com",
	    "5:1 nothing reads this comment, did you mean \"-- Page: \"?",
	    "-- Page: https://example.com\n-- Usage: none\n-- Option: a, b" },
	{ LINT_COMMENT, "", "--Limits: none",
	    "5:1 nothing reads this comment, did you mean \"-- Limits: \"?",
	    "-- Limits: none\nx = 1\n-- limit: x" },
	{ LINT_COMMENT, "", "-- Options: optional-key, optional-keys",
	    "5:1 nothing reads the word \"optional-keys\", there is "
	    "\"optional-key\"",
	    "-- Options: optional-key" },
	{ LINT_COMMENT, "", "x = 1\n\t-- runs-in: sn0int 0.26.1",
	    "6:2 nothing reads this comment, did you mean \"-- Runs-In: \"?",
	    "x = 1 -- page: 1" },
};

/* bad NULL: no run() either. */
static struct str
text_of(struct pool *pool, const struct row *row, const char *body)
{
	bool has_run = body == NULL || strstr(body, "function run") != NULL;

	return str_of(pool_printf(pool, HEAD "%s\n%s\n%s", row->source,
	    body != NULL ? body : "", has_run ? "" : "function run() end\n"));
}

/* "6:1 text" of the first of a rule; "": there is none. */
static struct str
found(struct pool *pool, struct str text, enum lint_rule rule, bool for_peer)
{
	struct lint_report report;
	struct buf out = BUF_IN(pool);

	lint_text(pool, text, for_peer, &report);
	for (size_t i = 0; i < report.n && out.n == 0; i++) {
		const struct lint_finding *f = &report.finding[i];

		if (f->rule == rule)
			buf_printf(&out, "%u:%u %.*s", f->line, f->column,
			    STR_ARG(f->text));
	}
	return buf_str(&out);
}

/* How often something that the reference program lacks is said. */
static size_t
count(struct pool *pool, const char *text, bool for_peer)
{
	struct lint_report report;
	size_t n = 0;

	lint_text(pool, str_of(text), for_peer, &report);
	for (size_t i = 0; i < report.n; i++)
		n += report.finding[i].rule == LINT_PEER ||
		     report.finding[i].rule == LINT_OURS;
	return n;
}

static void
each_rule_finds_what_it_is_for(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autopool struct pool pool = POOL_NONE;
		const struct row *row = &rows[i];

		CHECK_STR(found(&pool, text_of(&pool, row, row->bad), row->rule,
			      false),
		    row->want);
		if (row->good != NULL)
			CHECK_STR(found(&pool, text_of(&pool, row, row->good),
				      row->rule, false),
			    "");
	}
}

static void
each_rule_has_a_row_and_a_case(void)
{
	bool has[LINT_RULES] = { false };

	has[LINT_CLAIM] = true; /* it_may_say_where_it_runs() */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		has[rows[i].rule] = true;
	for (int i = 0; i < LINT_RULES; i++)
		CHECK(has[i] && lint_rules[i].name != NULL &&
		      lint_rules[i].doc != NULL);
}

/* With --peer a module is judged as one that claims, and may claim. */
static void
it_may_say_where_it_runs(void)
{
	static const struct {
		const char *body, *peer, *claim;
	} row[] = {
		{ "", "",
		    "1:1 nothing here is missing in the reference program: a "
		    "line \"-- Runs-In: sn0int 0.26.1\" may say so" },
		{ CLAIM, "", "" },
		{ "murmur3('a')",
		    "5:1 the reference program has no function murmur3()", "" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str text = str_of(pool_printf(&pool,
		    HEAD "\n%s\nfunction run() end\n", row[i].body));

		CHECK_STR(found(&pool, text, LINT_PEER, true), row[i].peer);
		CHECK_STR(found(&pool, text, LINT_CLAIM, true), row[i].claim);
		CHECK_STR(found(&pool, text, LINT_CLAIM, false), "");
	}
	/* one note of a kind, and each as a fault */
	CHECK_INT(count(&pool, HEAD "\ninfo(1 // 2 // 3)", false), 1);
	CHECK_INT(count(&pool, HEAD "\ninfo(1 // 2 // 3)", true), 2);
}

/* Those need a header that is wrong in a line that all others have. */
static void
a_version_is_one_and_a_header_begins(void)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{ "-- Description: x\n-- Version: one\n-- License: MIT\n\n",
		    "2:1 \"one\" is no version as 0.1.0 is one, and cannot be "
		    "published" },
		{ "-- Description: x\n-- Version: 1.0.0-rc.1\n-- License: "
		  "MIT\n\n",
		    "" },
		{ "\n" HEAD,
		    "1:1 a header begins in the first line, and this one is "
		    "empty" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(found(&pool, str_of(row[i].text), LINT_HEADER, false),
		    row[i].want);
	}
}

static void
a_right_header_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	struct lint_report report;

	lint_text(&pool,
	    STR(HEAD "-- Source: accounts:x\n-- Stealth: loud\n"
		     "-- Keyring-Access: a\n\nfunction run() end\n"),
	    false, &report);
	CHECK_INT(report.n, 0);
	lint_text(&pool, STR(""), false, &report);
	CHECK(report.faults == report.n && report.n == 5);
	lint_text(&pool, STR("\xff\n"), false, &report);
	CHECK_STR(report.finding[0].text, "the text is not UTF-8");
}

/* The order is that of the text, and there is an end. */
static void
findings_are_in_order_and_not_endless(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct lint_report report;

	buf_add(&text, STR(HEAD "\n"));
	for (int i = 0; i < LINT_MOST + 1; i++)
		buf_printf(&text, "x%d()\n", i * 7919 % 100003);
	lint_text(&pool, buf_str(&text), false, &report);
	CHECK_INT(report.n, LINT_MOST);
	CHECK(report.is_cut);
	for (size_t i = 1; i < report.n; i++)
		CHECK(report.finding[i - 1].line <= report.finding[i].line);
}

/* What would take minutes is left off, and that is said. */
static void
a_text_that_takes_too_long_is_left_off(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool), deep = BUF_IN(&pool);

	buf_add(&text, STR(HEAD "\n"));
	for (int i = 0; i <= LINT_MOST_REGEXES; i++)
		buf_add(&text, STR("info(regex_find('a', 'a'))\n"));
	buf_add(&text, STR("info(regex_find('(', 'a'))\n"));
	CHECK_STR(found(&pool, buf_str(&text), LINT_PATTERN, false),
	    "205:17 too many regular expressions (limit is 200): from here on "
	    "they are not looked at");
	buf_add(&deep, STR(HEAD "\n"));
	for (int i = 0; i < 150; i++) {
		buf_add(&deep, STR("function run()\n"));
		for (int k = 0; k < 180; k++)
			buf_add(&deep, STR("local a = dns('x')\n"));
	}
	buf_add(&deep, STR("info(last_err())\n"));
	for (int i = 0; i < 150; i++)
		buf_add(&deep, STR("end\n"));
	CHECK(str_find(found(&pool, buf_str(&deep), LINT_LAST_ERR, false),
		  STR("too much stands behind the answers of functions")) !=
	      STR_NPOS);
}

CHECK_MAIN(CASE(each_rule_finds_what_it_is_for),
    CASE(each_rule_has_a_row_and_a_case), CASE(it_may_say_where_it_runs),
    CASE(a_version_is_one_and_a_header_begins), CASE(a_right_header_is_none),
    CASE(findings_are_in_order_and_not_endless),
    CASE(a_text_that_takes_too_long_is_left_off))
