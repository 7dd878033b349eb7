#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "ipc/peek.h"

static void
values_are_found_as_they_stand(void)
{
	static const struct {
		const char *line, *dns, *proxy;
	} row[] = {
		{ "{}", NULL, NULL },
		{ " { \"a\" : [1, {\"proxy\":2}] } \n", NULL, NULL },
		{ "{\"proxy\":null}", NULL, "null" },
		{ "{\"proxy\": \"1.2.3.4:9\" ,\"dns_config\":{\"ns\":[]}}",
		    "{\"ns\":[]}", "\"1.2.3.4:9\" " },
		/* the last one counts */
		{ "{\"proxy\":1,\"proxy\":2}", NULL, "2" },
		/* what looks like one inside of a text is none */
		{ "{\"arg\":\",\\\"proxy\\\":1,\\\\\",\"proxy\":\"x\"}", NULL,
		    "\"x\"" },
		{ "{\"arg\":{\"proxy\":1},\"b\":[\"}\",\"proxy\"]}", NULL,
		    NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct peek got;

		CHECK(peek_read(str_of(row[i].line), &got));
		CHECK_STR(got.dns_config, row[i].dns);
		CHECK_STR(got.proxy, row[i].proxy);
	}
}

static void
what_is_no_map_is_refused(void)
{
	static const char *const line[] = {
		"",
		"null",
		"[]",
		"{",
		"{\"a\"",
		"{\"a\":",
		"{\"a\":1",
		"{\"a\":\"",
		"{\"a\":\"\\",
		"{\"a\":\"\\\"",
		"{\"a\":[}",
		"{\"a\" 1}",
		"{a:1}",
		"{\"a\":1,}",
	};
	struct peek got;

	for (size_t i = 0; i < ARRAY_SIZE(line); i++)
		CHECK(!peek_read(str_of(line[i]), &got));
}

/* "\u0070roxy" is "proxy" to a reader of JSON. */
static void
a_name_with_an_escape_is_refused(void)
{
	struct peek got;

	CHECK(!peek_read(STR("{\"\\u0070roxy\":1}"), &got));
	CHECK(!peek_read(STR("{\"x\\\\\":1}"), &got));
}

static void
a_value_has_a_limit(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);
	struct peek got;

	buf_add(&line, STR("{\"a\":\""));
	for (size_t i = 0; i < 2 * PEEK_MAX_BYTES; i++)
		buf_add_char(&line, 'x');
	buf_add(&line, STR("\"}"));
	CHECK(peek_read(buf_str(&line), &got));
	memcpy(line.p, "{\"proxy\":\"xx", 12);
	CHECK(!peek_read(buf_str(&line), &got));
}

CHECK_MAIN(CASE(values_are_found_as_they_stand),
    CASE(what_is_no_map_is_refused), CASE(a_name_with_an_escape_is_refused),
    CASE(a_value_has_a_limit))
