/*
 * lua_reach: what a text does is never more than what was found in it. Modules
 * are made at random of what real ones are made of, and run by Lua itself over
 * functions that only note the URL or host that they are given; each of these
 * has to be covered by a row of reach_module().
 *
 *	lua_reach ROUNDS
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/mem.h"
#include "base/num.h"
#include "check.h"
#include "reach/host.h"
#include "reach/reach.h"
#include "url/url.h"

static unsigned rounds = 20000;
static uint64_t seed = 88172645463325252u;

static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

#define TARGET "target.example"
#define OPTION "option.example"
#define ANSWER "answer.example"

static struct buf *out;
static unsigned depth;

static void
put(const char *text)
{
	buf_add(out, str_of(text));
}

#define ONE_OF(...)                                                            \
	put(((const char *const[]){ __VA_ARGS__ })[below(                      \
	    ARRAY_SIZE(((const char *const[]){ __VA_ARGS__ })))])

static void
put_variable(void)
{
	ONE_OF("a", "b", "c", "g", "h");
}

static void put_value(void);

static void
put_text(void)
{
	ONE_OF("'https://a.example/'", "'http://b.example:8080/x'",
	    "'https://'", "'c.d.example'", "'www.'", "'/'", "'.e.example/'",
	    "'https://f.example'", "'//i.example/'", "'x'", "'https://%s/%d'",
	    "'http://HOST/'", "'%s.j.example'", "'u@'", "''", "1", "443");
}

static void
put_call(void)
{
	switch (below(9)) {
	case 0:
		ONE_OF("getopt('o')", "(getopt('o') or 'x')", "sock_recv(1)",
		    "strval(a)");
		return;
	case 1:
		put("f(");
		break;
	case 2:
		put("t.m(");
		break;
	case 3:
		put("t:n(");
		break;
	case 4:
		put("string.format(");
		break;
	case 5:
		put("str_replace('http://HOST/x', 'HOST', ");
		break;
	case 6:
		put("url_join(");
		put_value();
		put(", ");
		break;
	default:
		put("k(");
	}
	put_value();
	if (below(2) == 0) {
		put(", ");
		put_value();
	}
	put(")");
}

static void
put_value(void)
{
	if (++depth > 5) {
		put_text();
		depth--;
		return;
	}
	switch (below(12)) {
	case 0:
	case 1:
	case 2:
		put_text();
		break;
	case 3:
	case 4:
		put_variable();
		break;
	case 5:
		ONE_OF("arg['value']", "arg.value", "t.x", "t['y']", "t[1]",
		    "t[a]", "arg['body']");
		break;
	case 6:
		put_call();
		break;
	case 7:
		put("(");
		put_value();
		ONE_OF(" or ", " and ");
		put_value();
		put(")");
		break;
	case 8:
		put("(");
		put_value();
		ONE_OF("):lower()", "):gsub('!', '')", "):match('[^@]*')",
		    "):sub(1)", "):format(a, 1)", "):upper()");
		break;
	default:
		put(below(3) == 0 ? "(" : "('https://' .. ");
		put_value();
		put(" .. ");
		put_value();
		put(")");
	}
	depth--;
}

static void
put_statement(void)
{
	switch (below(13)) {
	case 0:
	case 1:
		put("http_request(1, 'GET', ");
		put_value();
		put(", {})\n");
		return;
	case 2:
		put("sock_connect(");
		put_value();
		put(", 25, {})\n");
		return;
	case 3:
		put_variable();
		put(", t.x = ");
		put_value();
		put(", ");
		break;
	case 4:
		ONE_OF("t.x = ", "t['y'] = ", "t[1] = ", "t[b] = ", "arg.z = ",
		    "t.m, b = t.n, ");
		break;
	case 5:
		put("local a, b = ");
		break;
	case 6:
		put("a, b = (");
		put_value();
		put("):match('(.*)(x?)')\n");
		return;
	case 7:
		put("for m in (");
		put_value();
		put("):gmatch('[^,]+') do a = m end\n");
		return;
	case 8:
		put("if ");
		put_variable();
		put(" then c = ");
		put_value();
		put(" end\n");
		return;
	case 9:
		put("f = function(x, y) return y or x, x end\nc = ");
		break;
	case 10:
		put("(");
		put_value();
		put("):gsub('.+', function(x) http_request(1, 'GET', x, {}) end)\n");
		return;
	default:
		put_variable();
		put(" = ");
	}
	put_value();
	put("\n");
}

static struct str
made_module(struct pool *pool)
{
	struct buf text = BUF_IN(pool);

	out = &text;
	depth = 0;
	put("local a, b, c = 'x', 'www.', '/'\ng, h = 'https://v.example/', 'y'\nlocal t = {x = 'https://t.example/', 'https://u.example/'}\n"
	    "local function k(...) local x, y = ... return x, y end\n"
	    "function f(x, y) g = y return x end\n"
	    "t.m = function(x) return 'https://' .. x end\nfunction t:n(x) self.y = x return self.x end\n"
	    "function run(arg)\n");
	for (unsigned n = 1 + below(10); n != 0; n--)
		put_statement();
	put("end\n");
	return buf_str(&text);
}

/* What was asked for, in the run that goes on. */
static struct permissions found;
static struct str module_text;
static unsigned asked_hosts, covered_by_any;

static bool
means(const struct reach_host *row, struct str host)
{
	switch (row->from) {
	case REACH_HOST:
		if (str_starts(row->name, STR("*.")))
			return str_ends(host, str_from(row->name, 1));
		return str_eq(host, row->name);
	case REACH_TARGET:
		return str_ends(host, STR(TARGET));
	case REACH_OPTION:
		return str_ends(host, STR(OPTION));
	default:
		return row->from == REACH_ANY;
	}
}

static bool
has_port(const struct reach_host *row, int port)
{
	for (unsigned i = 0; i < row->ports; i++) {
		if (row->port[i] == port)
			return true;
	}
	return row->ports == 0;
}

static void
ask(struct str host, int port)
{
	bool is_covered = false, by_name = false;

	/* a URL behind another one: "x.examplehttps" is nobody's host */
	if (str_find_char(host, '.') == STR_NPOS || host.p[0] == '.' ||
	    str_ends(host, STR("https")) || str_ends(host, STR("http")))
		return;
	asked_hosts++;
	for (size_t i = 0; i < found.hosts; i++) {
		const struct reach_host *row = &found.host[i];

		if (!means(row, host) || !has_port(row, port))
			continue;
		is_covered = true;
		by_name |= row->from != REACH_ANY;
	}
	covered_by_any += is_covered && !by_name;
	if (is_covered)
		return;
	check_where(__FILE__, __LINE__, "a host that was not found");
	check_show("host", host);
	printf("# port %d\n%.*s\n", port, STR_ARG(module_text));
}

static struct str
text_at(lua_State *L, int i)
{
	size_t n = 0;
	const char *p =
	    lua_type(L, i) == LUA_TSTRING ? lua_tolstring(L, i, &n) : NULL;

	return str_view(p, p != NULL ? n : 0);
}

static int
on_request(lua_State *L)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = text_at(L, 3);
	struct url url;

	/* http_request() is strict: no host is left out, nothing is mended */
	if ((str_starts(text, STR("http://")) ||
		str_starts(text, STR("https://"))) &&
	    !str_starts(str_from(text, str_find_char(text, ':')),
		STR(":///")) &&
	    str_find_char(text, '\\') == STR_NPOS &&
	    url_parse(&pool, text, NULL, &url, NULL) == 0 &&
	    url.host_kind == URL_HOST_DOMAIN &&
	    reach_host_name(&pool, url.host).p != NULL)
		ask(reach_host_name(&pool, url.host),
		    url.port != -1 ? url.port
				   : (str_is(url.scheme, "https") ? 443 : 80));
	return 0;
}

static int
on_connect(lua_State *L)
{
	autopool struct pool pool = POOL_NONE;
	struct str host = reach_host_name(&pool, text_at(L, 1));

	if (host.p != NULL)
		ask(host, 25);
	return 0;
}

static int
give_option(lua_State *L)
{
	lua_pushliteral(L, OPTION);
	return 1;
}

static int
give_answer(lua_State *L)
{
	lua_pushliteral(L, ANSWER);
	return 1;
}

static int
give_itself(lua_State *L)
{
	lua_settop(L, 1);
	luaL_tolstring(L, 1, NULL);
	return 1;
}

static int
give_replaced(lua_State *L)
{
	luaL_gsub(L, luaL_checkstring(L, 1), luaL_checkstring(L, 2),
	    luaL_checkstring(L, 3));
	return 1;
}

static int
give_joined(lua_State *L)
{
	autopool struct pool pool = POOL_NONE;
	struct url base, url;

	if (str_starts(text_at(L, 2), STR("///")) ||
	    str_find(text_at(L, 1), STR(":///")) != STR_NPOS ||
	    str_find(text_at(L, 2), STR(":///")) != STR_NPOS ||
	    url_parse(&pool, text_at(L, 1), NULL, &base, NULL) == -1 ||
	    url_parse(&pool, text_at(L, 2), &base, &url, NULL) == -1)
		return 0;
	lua_pushlstring(L, url.href.p, url.href.n);
	return 1;
}

/* No "nil" in a text: no module means that. */
static int
give_format(lua_State *L)
{
	int n = lua_gettop(L);

	for (int i = 1; i <= n; i++)
		luaL_checkstring(L, i);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, 1);
	return 1;
}

static void
stop(lua_State *L, lua_Debug *at)
{
	(void)at;
	luaL_error(L, "enough");
}

static void
run(struct str text)
{
	static const luaL_Reg fns[] = {
		{ "http_request", on_request },
		{ "sock_connect", on_connect },
		{ "getopt", give_option },
		{ "sock_recv", give_answer },
		{ "strval", give_itself },
		{ "str_replace", give_replaced },
		{ "url_join", give_joined },
		{ NULL, NULL },
	};
	lua_State *L = luaL_newstate();

	luaL_requiref(L, "string", luaopen_string, 1);
	lua_getfield(L, -1, "format");
	lua_pushcclosure(L, give_format, 1);
	lua_setfield(L, -2, "format");
	lua_settop(L, 0);
	lua_pushglobaltable(L);
	luaL_setfuncs(L, fns, 0);
	lua_sethook(L, stop, LUA_MASKCOUNT, 10000);
	CHECK_INT(luaL_loadbuffer(L, text.p, text.n, "x"), LUA_OK);
	if (lua_pcall(L, 0, 0, 0) == LUA_OK) {
		lua_getglobal(L, "run");
		lua_createtable(L, 0, 2);
		lua_pushliteral(L, TARGET);
		lua_setfield(L, -2, "value");
		lua_pushliteral(L, "https://body.example/");
		lua_setfield(L, -2, "body");
		(void)lua_pcall(L, 1, 0, 0);
	}
	lua_close(L);
}

static void
what_is_asked_for_was_found(void)
{
	for (unsigned i = 0; i < rounds && check_failed == 0; i++) {
		autopool struct pool pool = POOL_NONE;
		struct module module = { .source = SOURCE_ROWS,
			.model = model_by_table(STR("urls")) };

		module.code = module_text = made_module(&pool);
		reach_module(&pool, &module, &found);
		CHECK_STR(found.fault, "");
		run(module.code);
	}
	printf("# %u modules asked for %u hosts, %u of them any\n", rounds,
	    asked_hosts, covered_by_any);
	/* it would prove nothing if everything were any host */
	CHECK(asked_hosts > rounds / 8 && covered_by_any < asked_hosts / 2);
}

int
main(int argc, char **argv)
{
	static const struct check_case cases[] = {
		CASE(what_is_asked_for_was_found),
	};
	uint64_t n = 0;

	if (argc > 1 && num_read_max(str_of(argv[1]), 100000000, &n) == 0)
		rounds = (unsigned)n;
	return check_run(cases, ARRAY_SIZE(cases));
}
