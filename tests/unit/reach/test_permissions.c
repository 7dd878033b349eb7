#include "base/mem.h"
#include "check.h"
#include "reach/reach.h"

static struct reach_host
host(enum reach_from from, const char *name, unsigned port)
{
	struct reach_host h = { .from = from, .name = str_of(name) };

	if (port != 0)
		h.port[h.ports++] = (uint16_t)port;
	return h;
}

static struct permissions
with_hosts(struct reach_host *h, size_t n)
{
	return (struct permissions){ .host = h,
		.hosts = n,
		.stealth = STEALTH_NORMAL };
}

static void
hosts_are_compared_by_what_they_mean(void)
{
	static const struct {
		enum reach_from from;
		const char *name;
		unsigned port;
		enum reach_from then_from;
		const char *then_name;
		unsigned then_port;
		enum permissions_change want;
		const char *words;
	} row[] = {
		{ REACH_HOST, "a.example", 443, REACH_HOST, "a.example", 443,
		    PERMISSIONS_SAME, "" },
		{ REACH_HOST, "a.example", 443, REACH_HOST, "a.example", 80,
		    PERMISSIONS_GREW,
		    "now also talks to a.example:80, no longer talks to a.example:443" },
		{ REACH_HOST, "a.example", 443, REACH_HOST, "a.example", 0,
		    PERMISSIONS_GREW, "now also talks to a.example" },
		{ REACH_HOST, "a.example", 0, REACH_HOST, "a.example", 443,
		    PERMISSIONS_SHRANK, "no longer talks to a.example" },
		{ REACH_HOST, "*.example", 0, REACH_HOST, "a.example", 443,
		    PERMISSIONS_SHRANK, "no longer talks to *.example" },
		{ REACH_HOST, "*.b.example", 0, REACH_HOST, "*.a.b.example", 0,
		    PERMISSIONS_SHRANK, "no longer talks to *.b.example" },
		{ REACH_HOST, "*.b.example", 0, REACH_HOST, "b.example", 0,
		    PERMISSIONS_GREW,
		    "now also talks to b.example, no longer talks to *.b.example" },
		{ REACH_HOST, "*.b.example", 0, REACH_HOST, "ab.example", 0,
		    PERMISSIONS_GREW,
		    "now also talks to ab.example, no longer talks to *.b.example" },
		{ REACH_TARGET, NULL, 0, REACH_OPTION, "url", 0,
		    PERMISSIONS_GREW,
		    "now also talks to the host in option url, no longer talks to the target" },
		{ REACH_OPTION, NULL, 0, REACH_OPTION, "url", 0,
		    PERMISSIONS_SHRANK,
		    "no longer talks to the host in an option" },
		{ REACH_KEY, "a", 0, REACH_KEY, "b", 0, PERMISSIONS_GREW,
		    "now also talks to the host in a key of b, no longer talks to the host in a key of a" },
		{ REACH_ANY, NULL, 0, REACH_TARGET, NULL, 80,
		    PERMISSIONS_SHRANK, "no longer talks to any host" },
		{ REACH_ANY, NULL, 25, REACH_TARGET, NULL, 80, PERMISSIONS_GREW,
		    "now also talks to the target:80, no longer talks to any host:25" },
		{ REACH_HOST, "2001:db8::1", 443, REACH_HOST, "2001:db8::2",
		    443, PERMISSIONS_GREW,
		    "now also talks to [2001:db8::2]:443, no longer talks to [2001:db8::1]:443" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf words = BUF_IN(&pool);
		struct reach_host was =
		    host(row[i].from, row[i].name, row[i].port);
		struct reach_host now =
		    host(row[i].then_from, row[i].then_name, row[i].then_port);
		struct permissions old = with_hosts(&was, 1);
		struct permissions new = with_hosts(&now, 1);

		CHECK_INT(permissions_compare(&old, &new, &words), row[i].want);
		CHECK_STR(buf_str(&words), row[i].words);
	}
}

static void
everything_else_is_compared(void)
{
	struct str keys[] = { STR("a"), STR("b") };
	struct permissions old = { .adds = 1,
		.acts = ACT_STDIN,
		.keys = { keys, 1 },
		.stealth = STEALTH_PASSIVE };
	struct permissions new = { .adds = 2,
		.reads = 1,
		.acts = ACT_NAMES,
		.keys = { keys, 2 },
		.stealth = STEALTH_LOUD };
	autopool struct pool pool = POOL_NONE;
	struct buf words = BUF_IN(&pool);

	CHECK_INT(permissions_compare(&old, &new, &words), PERMISSIONS_GREW);
	CHECK_STR(buf_str(&words),
	    "now also adds subdomain, now also reads domain, now also looks up names, "
	    "now also asks for keys of b, now also says that it is loud, "
	    "no longer adds domain, no longer reads standard input");
	CHECK_INT(permissions_compare(&old, &old, NULL), PERMISSIONS_SAME);
	new = old;
	new.acts = 0;
	CHECK_INT(permissions_compare(&old, &new, NULL), PERMISSIONS_SHRANK);
	CHECK_INT(permissions_compare(&new, &old, NULL), PERMISSIONS_GREW);
	new.stealth = STEALTH_OFFLINE;
	CHECK_INT(permissions_compare(&old, &new, NULL), PERMISSIONS_SHRANK);
}

static void
everything_covers_all(void)
{
	autopool struct pool pool = POOL_NONE;
	struct reach_host h[] = { host(REACH_HOST, "a.example", 443),
		host(REACH_TARGET, NULL, 0) };
	struct permissions some = with_hosts(h, 2), all;

	some.adds = 5;
	some.acts = ACT_ALL;
	permissions_all(&pool, STR("x"), &all);
	CHECK_INT(permissions_compare(&all, &some, NULL), PERMISSIONS_SHRANK);
	CHECK_INT(permissions_compare(&some, &all, NULL), PERMISSIONS_GREW);
	CHECK_INT(permissions_compare(&all, &all, NULL), PERMISSIONS_SAME);
}

static struct str
written(struct pool *pool, const struct permissions *p)
{
	struct json v = permissions_json(pool, p);
	struct buf out = BUF_IN(pool);

	json_write(&out, &v, 0);
	return buf_str(&out);
}

static void
json_comes_back_equal(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str key = STR("shodan");
	struct reach_host h[] = { host(REACH_HOST, "a.example", 443),
		host(REACH_ANY, NULL, 0), host(REACH_OPTION, "url", 80) };
	struct permissions p = with_hosts(h, 3), back;
	struct json v;
	struct str text;

	h[1].why = STR("an answer");
	h[1].by = STR("http_request");
	h[1].line = 7;
	h[1].column = 3;
	h[2].port[h[2].ports++] = 443;
	p.adds = 3;
	p.updates = 4;
	p.reads = 1u << 21;
	p.acts = ACT_NAMES | ACT_BLOBS;
	p.keys = (struct slot_texts){ &key, 1 };
	p.is_narrowed = true;
	text = written(&pool, &p);
	CHECK_STR(text,
	    "{\"hosts\":[{\"from\":\"host\",\"name\":\"a.example\",\"ports\":[443],\"line\":0,\"column\":0,\"by\":null,\"why\":null},"
	    "{\"from\":\"any\",\"name\":null,\"ports\":null,\"line\":7,\"column\":3,\"by\":\"http_request\",\"why\":\"an answer\"},"
	    "{\"from\":\"option\",\"name\":\"url\",\"ports\":[80,443],\"line\":0,\"column\":0,\"by\":null,\"why\":null}],"
	    "\"acts\":[\"names\",\"blobs\"],\"adds\":[\"domain\",\"subdomain\"],\"updates\":[\"ipaddr\"],\"reads\":[\"tag\"],"
	    "\"keys\":[\"shodan\"],\"stealth\":\"normal\",\"narrowed\":true,\"fault\":null}");
	CHECK_INT(json_read(&pool, text, &v, &err), 0);
	CHECK_INT(permissions_read(&pool, &v, &back, &err), 0);
	CHECK_BYTES(written(&pool, &back), text);
	CHECK_INT(permissions_compare(&p, &back, NULL), PERMISSIONS_SAME);
}

#define REST                                                                   \
	"\"acts\":[],\"adds\":[],\"updates\":[],\"reads\":[],\"keys\":[],"     \
	"\"stealth\":\"loud\",\"narrowed\":false,\"fault\":null}"
#define HOST(from, name, ports, line)                                          \
	"{\"hosts\":[{\"from\":" from ",\"name\":" name ",\"ports\":" ports    \
	",\"line\":" line ",\"column\":0,\"by\":null,\"why\":null}]," REST

static void
edited_json_is_distrusted(void)
{
	static const struct {
		const char *in;
		bool is_good;
	} row[] = {
		{ "{\"hosts\":[]," REST, true },
		{ HOST("\"host\"", "\"a\"", "[1,65535]", "2"), true },
		{ HOST("\"any\"", "null", "null", "2"), true },
		{ HOST("\"host\"", "null", "null", "2"), false },
		{ HOST("\"nobody\"", "\"a\"", "null", "2"), false },
		{ HOST("null", "\"a\"", "null", "2"), false },
		{ HOST("\"host\"", "\"a\"", "[]", "2"), false },
		{ HOST("\"host\"", "\"a\"", "[0]", "2"), false },
		{ HOST("\"host\"", "\"a\"", "[65536]", "2"), false },
		{ HOST("\"host\"", "\"a\"", "[\"1\"]", "2"), false },
		{ HOST("\"host\"", "\"a\"", "[1,2,3,4,5,6,7,8]", "2"), true },
		{ HOST("\"host\"", "\"a\"", "[1,2,3,4,5,6,7,8,9]", "2"),
		    false },
		{ HOST("\"host\"", "\"a\"", "[1]", "-1"), false },
		{ HOST("\"host\"", "\"a\"", "[1]", "99999999999"), false },
		{ "[]", false },
		{ "{}", false },
		{ "{\"hosts\":{}," REST, false },
		{ "{\"hosts\":[],\"acts\":[\"fly\"],\"adds\":[],\"updates\":[],\"reads\":[],\"keys\":[],\"stealth\":\"loud\",\"narrowed\":false,\"fault\":null}",
		    false },
		{ "{\"hosts\":[],\"acts\":[],\"adds\":[\"x\"],\"updates\":[],\"reads\":[],\"keys\":[],\"stealth\":\"loud\",\"narrowed\":false,\"fault\":null}",
		    false },
		{ "{\"hosts\":[],\"acts\":[],\"adds\":[],\"updates\":[],\"reads\":[],\"keys\":[1],\"stealth\":\"loud\",\"narrowed\":false,\"fault\":null}",
		    false },
		{ "{\"hosts\":[],\"acts\":[],\"adds\":[],\"updates\":[],\"reads\":[],\"keys\":[],\"stealth\":\"quiet\",\"narrowed\":false,\"fault\":null}",
		    false },
		{ "{\"hosts\":[],\"acts\":[],\"adds\":[],\"updates\":[],\"reads\":[],\"keys\":[],\"stealth\":\"loud\",\"fault\":null}",
		    false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct permissions p;
		struct json v;

		CHECK_INT(json_read(&pool, str_of(row[i].in), &v, &err), 0);
		if ((permissions_read(&pool, &v, &p, &err) == 0) !=
		    row[i].is_good)
			CHECK_CSTR(row[i].in, row[i].is_good ? "good" : "bad");
	}
}

static void
people_read_lines(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct reach_host h[] = { host(REACH_HOST, "a.example", 443),
		host(REACH_ANY, NULL, 0) };
	struct permissions p = with_hosts(h, 2);

	h[0].line = 12;
	h[0].by = STR("http_request");
	h[1].why = STR("an answer");
	p.adds = 3;
	p.acts = ACT_STDIN;
	permissions_print(&p, &out);
	CHECK_STR(buf_str(&out),
	    "talks to      a.example:443  (http_request, line 12)\n"
	    "talks to      any host  (an answer)\n"
	    "adds          domain, subdomain\n"
	    "reads standard input\n"
	    "stealth       normal\n");
}

CHECK_MAIN(CASE(hosts_are_compared_by_what_they_mean),
    CASE(everything_else_is_compared), CASE(everything_covers_all),
    CASE(json_comes_back_equal), CASE(edited_json_is_distrusted),
    CASE(people_read_lines))
