#include "http/cookie_jar.h"

#include "base/mem.h"
#include "check.h"

#define NOW INT64_C(1600000000) /* 2020-09-13 12:26:40 */

static void
lines_are_read(void)
{
	static const struct {
		const char *line, *name, *value, *domain, *path;
		int64_t expires;
		bool is_secure;
	} row[] = {
		{ "a=b", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b=c; x", "a", "b=c", "", "", COOKIE_NEVER, false },
		{ "q=\"x y\";", "q", "\"x y\"", "", "", COOKIE_NEVER, false },
		/* 5.2, 4: blanks around name and value */
		{ "  sp  =  v w  ;x", "sp", "v w", "", "", COOKIE_NEVER,
		    false },
		{ "\ta\t=\tb\t", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a =", "a", "", "", "", COOKIE_NEVER, false },
		{ "a b=c", "a b", "c", "", "", COOKIE_NEVER, false },
		/* 5.2: attributes */
		{ "a=b;;  ; = ;=x;unknown;unknown=y", "a", "b", "", "",
		    COOKIE_NEVER, false },
		{ "a=b;\tsecure\t", "a", "b", "", "", COOKIE_NEVER, true },
		{ "a=b; Secure Flag", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; Domain = .x.y ; Path = /p ", "a", "b", "x.y", "/p",
		    COOKIE_NEVER, false },
		/* 5.2.3: empty is as if it were not there */
		{ "a=b; domain=x.y; domain=", "a", "b", "x.y", "", COOKIE_NEVER,
		    false },
		{ "a=b; domain=x.y; domain", "a", "b", "x.y", "", COOKIE_NEVER,
		    false },
		{ "a=b; domain=x.y; domain=.", "a", "b", "", "", COOKIE_NEVER,
		    false },
		{ "a=b; domain=x.y; domain=z", "a", "b", "z", "", COOKIE_NEVER,
		    false },
		{ "a=b; domain=..x", "a", "b", ".x", "", COOKIE_NEVER, false },
		/* 5.2.4 */
		{ "a=b; path=", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; path=x; path=/y", "a", "b", "", "/y", COOKIE_NEVER,
		    false },
		{ "a=b; path=/x; path", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; path=\"/x\"", "a", "b", "", "", COOKIE_NEVER, false },
		/* 5.2.1, 5.2.2: what is no date or number changes nothing */
		{ "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT; expires=x", "a",
		    "b", "", "", 0, false },
		{ "a=b; max-age=60; max-age=x", "a", "b", "", "", NOW + 60,
		    false },
		{ "a=b; max-age=60; max-age=5", "a", "b", "", "", NOW + 5,
		    false },
		{ "a=b; max-age=", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; max-age=-", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; max-age=-x", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; max-age=5s", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; max-age=1.5", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; max-age= 007 ", "a", "b", "", "", NOW + 7, false },
		{ "a=b; max-age=-99999999999999999999", "a", "b", "", "",
		    INT64_MIN, false },
		{ "a=; Domain=.B.c; PATH=/d;SECURE=1; HttpOnly", "a", "", "B.c",
		    "/d", COOKIE_NEVER, true },
		{ "a=b; path=/x; path=y", "a", "b", "", "", COOKIE_NEVER,
		    false },
		{ "a=b; max-age=60", "a", "b", "", "", NOW + 60, false },
		{ "a=b; max-age=0", "a", "b", "", "", INT64_MIN, false },
		{ "a=b; max-age=-5", "a", "b", "", "", INT64_MIN, false },
		{ "a=b; max-age=+5", "a", "b", "", "", COOKIE_NEVER, false },
		{ "a=b; max-age=99999999999999999999", "a", "b", "", "",
		    COOKIE_NEVER, false },
		{ "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT", "a", "b", "",
		    "", 0, false },
		{ "a=b; max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT", "a",
		    "b", "", "", NOW + 60, false },
		{ "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=60", "a",
		    "b", "", "", NOW + 60, false },
		{ "a=b; expires=soon", "a", "b", "", "", COOKIE_NEVER, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct cookie got;

		CHECK(cookie_read(str_of(row[i].line), NOW, &got));
		CHECK_STR(got.name, row[i].name);
		CHECK_STR(got.value, row[i].value);
		CHECK_STR(got.domain, row[i].domain);
		CHECK_STR(got.path, row[i].path);
		CHECK(got.expires == row[i].expires);
		CHECK_INT(got.is_secure, row[i].is_secure);
	}
}

static void
other_lines_are_ignored(void)
{
	static const char *const row[] = { "", "=b", " =b", "=", "; a=b",
		"alone", "alone; a=b", ";", "a=\xe9", "a=b\x01",
		"a=b; path=\xc3\xa9" };
	static char large[COOKIE_MAX_BYTES + 2];
	struct cookie got;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK(!cookie_read(str_of(row[i]), NOW, &got));
	memset(large, 'x', COOKIE_MAX_BYTES + 1);
	large[2] = '=';
	CHECK(!cookie_read(str_of(large), NOW, &got));
	CHECK(cookie_read(str_from(str_of(large), 1), NOW, &got));
}

static void
dates_have_many_forms(void)
{
	static const struct {
		const char *in;
		int64_t want; /* -1: none */
	} row[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "6 november 94 8:49:37", 784111777 },
		{ "1 jan 70 0:0:0", 0 },
		{ "1 jan 69 0:0:0", INT64_C(3124224000) },
		{ "01 Jan 1601 00:00:00", INT64_C(-11644473600) },
		{ "29 Feb 2000 00:00:00", 951782400 },
		{ "29 Feb 1900 00:00:00", -1 },
		{ "31 Apr 2000 00:00:00", -1 },
		{ "01 Jan 1600 00:00:00", -1 },
		{ "01 Jan 2000 24:00:00", -1 },
		{ "01 Jan 2000 00:60:00", -1 },
		{ "01 Jan 2000 00:00:60", -1 },
		{ "01 Jan 2000", -1 },
		{ "01 2000 00:00:00", -1 },
		{ "Jan 2000 00:00:00", -1 },
		{ "01 Jan 20000 00:00:00", -1 },
		{ "", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		int64_t got = -1;

		CHECK_INT(cookie_date_read(str_of(row[i].in), &got),
		    row[i].want != -1);
		CHECK(got == row[i].want);
	}
}

struct place {
	const char *host, *path;
	bool is_tls;
};

static struct cookie_site
site(const struct place *place)
{
	return (struct cookie_site){ str_of(place->host), str_of(place->path),
		place->is_tls };
}

/* What is sent to a place, as in a cookie line. */
static struct str
line_for(struct cookie_jar *jar, const struct place *place, int64_t now,
    struct pool *pool)
{
	struct cookie_site to = site(place);
	struct buf out = BUF_IN(pool);
	struct http_field *field;
	size_t n = cookie_jar_find(jar, &to, now, pool, &field);

	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			buf_add(&out, STR("; "));
		buf_add(&out, field[i].name);
		buf_add_char(&out, '=');
		buf_add(&out, field[i].value);
	}
	return buf_str(&out);
}

static void
a_cookie_goes_where_it_is_for(void)
{
	static const struct {
		struct place from;
		const char *line;
		struct place to;
		bool is_sent;
	} row[] = {
		{ { "a.b", "/", false }, "c=1", { "a.b", "/", false }, true },
		{ { "a.b", "/", false }, "c=1", { "A.B", "", true }, true },
		{ { "a.b", "/", false }, "c=1", { "b", "/", false }, false },
		{ { "a.b", "/", false }, "c=1", { "x.a.b", "/", false },
		    false },
		{ { "a.b", "/", false }, "c=1", { "c.d", "/", false }, false },
		/* domains */
		{ { "a.b", "/", false }, "c=1; Domain=a.b",
		    { "x.a.b", "/", false }, true },
		{ { "x.a.b", "/", false }, "c=1; Domain=.A.b",
		    { "y.a.b", "/", false }, true },
		{ { "x.a.b", "/", false }, "c=1; Domain=a.b",
		    { "xa.b", "/", false }, false },
		{ { "a.b", "/", false }, "c=1; Domain=x.a.b",
		    { "x.a.b", "/", false }, false },
		{ { "a.b", "/", false }, "c=1; Domain=c.d",
		    { "a.b", "/", false }, false },
		{ { "a.b", "/", false }, "c=1; Domain=b", { "b", "/", false },
		    false },
		{ { "b", "/", false }, "c=1; Domain=b", { "b", "/", false },
		    true },
		{ { "b", "/", false }, "c=1; Domain=b", { "a.b", "/", false },
		    false },
		{ { "10.0.0.1", "/", false }, "c=1; Domain=0.0.1",
		    { "10.0.0.1", "/", false }, false },
		{ { "10.0.0.1", "/", false }, "c=1; Domain=10.0.0.1",
		    { "10.0.0.1", "/", false }, true },
		/* paths */
		{ { "a.b", "/x/y", false }, "c=1", { "a.b", "/x/z", false },
		    true },
		{ { "a.b", "/x/y", false }, "c=1", { "a.b", "/x", false },
		    true },
		{ { "a.b", "/x/y", false }, "c=1", { "a.b", "/xy", false },
		    false },
		{ { "a.b", "/x/y", false }, "c=1", { "a.b", "/", false },
		    false },
		{ { "a.b", "/x/y", false }, "c=1; Path=/", { "a.b", "", false },
		    true },
		{ { "a.b", "/", false }, "c=1; Path=/x/",
		    { "a.b", "/x/y", false }, true },
		{ { "a.b", "/", false }, "c=1; Path=/x/",
		    { "a.b", "/x", false }, false },
		/* TLS */
		{ { "a.b", "/", true }, "c=1; Secure", { "a.b", "/", true },
		    true },
		{ { "a.b", "/", true }, "c=1; Secure", { "a.b", "/", false },
		    false },
		{ { "a.b", "/", false }, "c=1; Secure", { "a.b", "/", true },
		    false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct cookie_jar *jar = cookie_jar_new();
		struct cookie_site from = site(&row[i].from);
		struct str got;

		cookie_jar_add(jar, &from, str_of(row[i].line), NOW);
		got = line_for(jar, &row[i].to, NOW, &pool);
		CHECK_STR(got, row[i].is_sent ? "c=1" : "");
		cookie_jar_free(jar);
	}
}

static void
cookies_are_replaced_and_deleted(void)
{
	static const struct place root = { "a.b", "/", true };
	static const struct place deep = { "a.b", "/x/y", true };
	static const struct place open = { "a.b", "/", false };
	autopool struct pool pool = POOL_NONE;
	struct cookie_jar *jar = cookie_jar_new();
	struct cookie_site s = site(&root), o = site(&open);

	cookie_jar_add(jar, &s, STR("a=1"), NOW);
	cookie_jar_add(jar, &s, STR("b=1; max-age=10"), NOW);
	cookie_jar_add(jar, &s, STR("c=1; path=/x"), NOW);
	cookie_jar_add(jar, &s, STR("d=1; Secure"), NOW);
	cookie_jar_add(jar, &s, STR("a=2"), NOW);
	CHECK_STR(line_for(jar, &deep, NOW, &pool), "c=1; a=2; b=1; d=1");
	CHECK_STR(line_for(jar, &root, NOW, &pool), "a=2; b=1; d=1");
	CHECK_STR(line_for(jar, &root, NOW + 10, &pool), "a=2; d=1");
	/* another path is another cookie */
	cookie_jar_add(jar, &s, STR("c=; max-age=0"), NOW);
	CHECK_STR(line_for(jar, &deep, NOW, &pool), "c=1; a=2; d=1");
	cookie_jar_add(jar, &s, STR("c=; path=/x; max-age=0"), NOW);
	/* without TLS, what is Secure stays */
	cookie_jar_add(jar, &o, STR("d=x"), NOW);
	cookie_jar_add(jar, &o, STR("d=; max-age=0"), NOW);
	CHECK_STR(line_for(jar, &deep, NOW, &pool), "a=2; d=1");
	cookie_jar_add(jar, &s,
	    STR("a=; expires=Thu, 01 Jan 1970 00:00:00 GMT"), NOW);
	CHECK_STR(line_for(jar, &deep, NOW, &pool), "d=1");
	CHECK(cookie_jar_has(jar, &o, STR("d")));
	CHECK(!cookie_jar_has(jar, &o, STR("a")));
	cookie_jar_free(jar);
}

static const struct psl *
get_list(void *arg)
{
	return arg;
}

static void
suffixes_set_no_cookies(void)
{
	static const struct place at = { "x.co.uk", "/", false };
	static const struct place other = { "y.co.uk", "/", false };
	static const struct place suffix = { "co.uk", "/", false };
	static const struct place below = { "w.x.co.uk", "/", false };
	autopool struct pool pool = POOL_NONE;
	struct psl *psl = psl_new(STR("uk\nco.uk\n"), NULL);
	struct cookie_jar *jar = cookie_jar_new();
	struct cookie_site s = site(&at), u = site(&suffix);

	cookie_jar_set_suffixes(jar, get_list, psl);
	cookie_jar_add(jar, &s, STR("a=1; Domain=co.uk"), NOW);
	cookie_jar_add(jar, &s, STR("b=1; Domain=x.co.uk"), NOW);
	cookie_jar_add(jar, &u, STR("c=1; Domain=co.uk"), NOW);
	CHECK_STR(line_for(jar, &other, NOW, &pool), "");
	CHECK_STR(line_for(jar, &below, NOW, &pool), "b=1");
	CHECK_STR(line_for(jar, &suffix, NOW, &pool), "c=1");
	cookie_jar_free(jar);
	psl_free(psl);
}

static void
the_jar_is_limited(void)
{
	static const struct place at = { "a.b", "/", false };
	autopool struct pool pool = POOL_NONE;
	struct cookie_jar *jar = cookie_jar_new();
	struct cookie_site s = site(&at);
	struct http_field *field;

	for (int i = 0; i < COOKIE_JAR_MOST + 5; i++) {
		char line[32];

		snprintf(line, sizeof(line), "n%d=x", i);
		cookie_jar_add(jar, &s, str_of(line), NOW);
	}
	CHECK_INT(cookie_jar_find(jar, &s, NOW, &pool, &field),
	    COOKIE_JAR_MOST);
	CHECK_STR(field[0].name, "n5");
	cookie_jar_free(jar);
}

CHECK_MAIN(CASE(lines_are_read), CASE(other_lines_are_ignored),
    CASE(dates_have_many_forms), CASE(a_cookie_goes_where_it_is_for),
    CASE(cookies_are_replaced_and_deleted), CASE(suffixes_set_no_cookies),
    CASE(the_jar_is_limited))
