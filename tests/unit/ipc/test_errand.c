#include "base/mem.h"
#include "check.h"
#include "ipc/errand.h"

#define HEAD                                                                   \
	"{\"Head\":{\"id\":7,\"status\":200,\"url\":\"http://a/\","            \
	"\"headers\":[[\"etag\",\"x\"]]}}\n"

static const struct errand asked = { .id = 7, .max_body = 5 };

/* What becomes of bytes that come at once: kinds, or the error. */
static struct str
reads(struct pool *pool, const char *text)
{
	struct errand_reader r = ERRAND_READER_NONE;
	struct str in = str_of(text);
	struct buf out = BUF_IN(pool);
	autoerr struct err err = ERR_NONE;
	struct errand_event event;
	int status;

	errand_begin(&r, &asked);
	while ((status = errand_read(&r, pool, &in, &event, &err)) == 1) {
		static const char kind[] = "hbaefnx";

		buf_add_char(&out, kind[event.kind]);
		if (event.kind == ERRAND_BODY)
			buf_add(&out, event.bytes);
	}
	if (status == -1)
		buf_printf(&out, "!%s", err_cstr(&err));
	errand_reader_clear(&r);
	return buf_str(&out);
}

static void
only_what_is_its_turn_is_heard(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", NULL },
		{ HEAD "{\"End\":{\"id\":7}}\n", "he" },
		{ "{\"Alive\":{\"id\":7}}\n" HEAD
		  "{\"Body\":{\"id\":7,\"bytes\":2}}\nab"
		  "{\"Body\":{\"id\":7,\"bytes\":3}}\n{}\n"
		  "{\"End\":{\"id\":7}}\n",
		    "ahbabb{}\ne" },
		{ "{\"Failed\":{\"id\":7,\"cause\":\"name\",\"text\":\"x\"}}\n",
		    "f" },
		{ HEAD "{\"Failed\":{\"id\":7,\"cause\":\"answer\",\"text\":"
		       "\"\"}}\n",
		    "hf" },
		{ "{\"Alive\":{\"id\":8}}\n",
		    "!an answer to what was not asked (8)" },
		{ HEAD "{\"End\":{\"id\":7}}\n{\"Alive\":{\"id\":7}}\n",
		    "he!an answer to what was not asked (7)" },
		{ HEAD HEAD, "h!a second head" },
		{ "{\"End\":{\"id\":7}}\n", "!an end without a head" },
		{ "{\"Body\":{\"id\":7,\"bytes\":1}}\n",
		    "!a body without a head" },
		{ HEAD "{\"Body\":{\"id\":7,\"bytes\":6}}\nabcdef",
		    "h!a longer body than was asked for" },
		{ HEAD "{\"Body\":{\"id\":7,\"bytes\":5}}\nabcde"
		       "{\"Body\":{\"id\":7,\"bytes\":1}}\n",
		    "hbabcde!a longer body than was asked for" },
		{ HEAD "{\"Body\":{\"id\":7,\"bytes\":0}}\n",
		    "h!a piece of 0 bytes" },
		{ HEAD "{\"Body\":{\"id\":7,\"bytes\":32769}}\n",
		    "h!a piece of 32769 bytes" },
		{ "{\"Head\":{\"id\":7,\"status\":99,\"url\":\"\","
		  "\"headers\":[]}}\n",
		    "!a status of 99" },
		{ "{\"Head\":{\"id\":7,\"status\":200,\"url\":\"\","
		  "\"headers\":[[1,2]]}}\n",
		    "!a header that is no pair of texts" },
		{ "{\"Failed\":{\"id\":7,\"cause\":\"child\",\"text\":\"\"}}\n",
		    "!a cause that is none" },
		{ "{\"Log\":{\"WarnOnce\":\"weak\"}}\n"
		  "{\"Log\":{\"Error\":\"x\"}}\n"
		  "{\"Exit\":{\"SetupFailed\":\"x\"}}\n",
		    "nx" },
		{ "{\"Exit\":{\"Err\":\"x\"}}\n" HEAD,
		    "x!a line after the last" },
		{ "{\"Exit\":\"Ok\"}\n", "!an end that nobody asked for" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(reads(&pool, row[i].in), row[i].want);
	}
}

static void
nothing_is_without_bound(void)
{
	static const struct {
		const char *line, *want;
		size_t most;
	} row[] = {
		{ "{\"Alive\":{\"id\":7}}\n", "nothing but signs of life",
		    ERRAND_MAX_ALIVE },
		{ "{\"Log\":{\"WarnOnce\":\"weak\"}}\n",
		    "too many words about itself", ERRAND_MAX_NOTES },
		{ "x", "a line of more than 1048576 bytes", ERRAND_MAX_LINE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct errand_reader r = ERRAND_READER_NONE;
		autoerr struct err err = ERR_NONE;
		struct errand_event event;
		size_t n = 0;
		int status = 0;

		errand_begin(&r, &asked);
		for (; n <= row[i].most && status != -1; n++) {
			struct str in = str_of(row[i].line);

			status = errand_read(&r, &pool, &in, &event, &err);
			pool_reset(&pool);
		}
		CHECK_INT(n, row[i].most + 1);
		CHECK_STR(err_text(&err), row[i].want);
		errand_reader_clear(&r);
	}
}

static void
an_errand_arrives_as_it_was_sent(void)
{
	static const struct errand_field field[] = {
		{ { "if-none-match", 13 }, { "\"\xc3\xa4\"", 4 } },
		{ { "x", 1 }, { "", 0 } },
	};
	struct errand errand = {
		.id = UINT64_MAX,
		.method = STR("POST"),
		.url = STR("https://a.test/\"?x"),
		.field = field,
		.fields = 2,
		.body = STR("\0\xff\n"),
		.redirects = 5,
		.timeout_ms = UINT64_MAX,
		.silence_ms = 30000,
		.max_body = 0,
		.expect = ERRAND_GEOIP_ASN,
	};
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);
	struct errand got;

	errand_write(&line, &errand);
	CHECK_INT(str_find_char(buf_str(&line), '\n'), line.n - 1);
	CHECK_INT(errand_take(&pool, buf_str(&line), &got, NULL), 0);
	CHECK(got.id == errand.id);
	CHECK_STR(got.method, "POST");
	CHECK_STR(got.url, "https://a.test/\"?x");
	CHECK_INT(got.fields, 2);
	CHECK_STR(got.field[0].value, "\"\xc3\xa4\"");
	CHECK(str_eq(got.body, errand.body));
	CHECK_INT(got.redirects, 5);
	CHECK(got.timeout_ms == UINT64_MAX);
	CHECK_INT(got.silence_ms, 30000);
	CHECK_INT(got.max_body, 0);
	CHECK_INT(got.expect, ERRAND_GEOIP_ASN);
	CHECK_INT(errand_take(&pool, STR("{}\n"), &got, NULL), -1);
}

#define ASK(more)                                                              \
	"{\"id\":1,\"method\":\"GET\",\"url\":\"http://a/\",\"headers\":[],"   \
	"\"body\":\"\",\"redirects\":0,\"timeout_ms\":1,\"silence_ms\":1,"     \
	"\"max_body\":1" more "}\n"

/* All of them by their names; without one anything will do. */
static void
what_is_expected_is_known(void)
{
	autopool struct pool pool = POOL_NONE;
	struct errand got = { .expect = ERRAND_GEOIP_CITY };

	CHECK_INT(errand_take(&pool, STR(ASK("")), &got, NULL), 0);
	CHECK_INT(got.expect, ERRAND_ANYTHING);
	for (int i = 0; i < ERRAND_EXPECTS; i++) {
		const char *line = pool_printf(&pool, ASK(",\"expect\":\"%s\""),
		    errand_expect_name((enum errand_expect)i));

		CHECK_INT(errand_take(&pool, str_of(line), &got, NULL), 0);
		CHECK_INT(got.expect, i);
	}
	CHECK_INT(errand_take(&pool, STR(ASK(",\"expect\":\"\"")), &got, NULL),
	    -1);
	CHECK_INT(errand_take(&pool, STR(ASK(",\"expect\":\"page\"")), &got,
		      NULL),
	    -1);
}

/* Each line of the child is one that its reader takes. */
static void
what_a_child_writes_is_read(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct errand_field field = { STR("etag"), STR("\xff") };

	errand_write_alive(&out, 7);
	errand_write_head(&out, 7, 304, STR("http://a/"), &field, 1);
	errand_write_body(&out, 7, 2);
	buf_add(&out, STR("\n\n"));
	errand_write_end(&out, 7);
	CHECK_STR(reads(&pool, buf_cstr(&out)), "ahb\n\ne");
	for (int i = 0; i < ERRAND_CAUSES; i++) {
		out.n = 0;
		errand_write_failed(&out, 7, (enum errand_cause)i, STR("\n"));
		CHECK_STR(reads(&pool, buf_cstr(&out)), "f");
	}
}

CHECK_MAIN(CASE(only_what_is_its_turn_is_heard), CASE(nothing_is_without_bound),
    CASE(an_errand_arrives_as_it_was_sent), CASE(what_is_expected_is_known),
    CASE(what_a_child_writes_is_read))
