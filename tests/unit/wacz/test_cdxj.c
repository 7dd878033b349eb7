/* cdxj: keys as pywb has them (surt 0.3.1), lines there and back. */
#include "wacz/cdxj.h"

#include "base/mem.h"
#include "check.h"

static void
keys_are_those_of_others(void)
{
	static const struct {
		const char *url, *key;
	} row[] = {
		{ "http://127.0.0.1:8080/a/b?c=d", "1,0,0,127:8080)/a/b?c=d" },
		{ "https://www.Example.com/", "com,example)/" },
		{ "https://www2.example.com/A/B/?z=1&a=2&",
		    "com,example)/a/b?&a=2&z=1" },
		{ "http://user:pw@example.com:80/x#f", "com,example)/x" },
		{ "https://crt.sh/?q=%25.example.com",
		    "sh,crt)/?q=%25.example.com" },
		{ "https://example.com/?", "com,example)/" },
		{ "https://example.com/a//b/../c", "com,example)/a/c" },
		{ "dns:example.com?TYPE=MX", "dns:example.com?type=mx" },
		{ "dns://192.0.2.53/example.com?TYPE=MX",
		    "53,2,0,192)/example.com?type=mx" },
		{ "tcp://example.com:25/7/in", "com,example:25)/7/in" },
		{ "urn:sn0int:tls:91ab", "urn:sn0int:tls:91ab" },
		{ "https://example.com/x%2Fy?a=%41b+c",
		    "com,example)/x/y?a=ab+c" },
		{ "https://[::1]:443/x", "::1)/x" },
		{ "https://example.com", "com,example)/" },
		{ "https://example.com/a?b=&c", "com,example)/a?b=&c" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		cdxj_add_key(&out, str_of(row[i].url));
		CHECK_STR(buf_str(&out), row[i].key);
	}
}

static void
a_line_comes_back(void)
{
	autopool struct pool pool = POOL_NONE;
	const struct cdxj line = { .url =
				       STR("https://example.com/a b?\xc3\xa4"),
		.time = STR("20261130010203"),
		.mime = STR("text/html"),
		.digest = STR("sha256:00"),
		.status = 200,
		.offset = 5,
		.length = 7,
		.file = STR("x.warc.gz") };
	struct buf out = BUF_IN(&pool);
	struct cdxj again;

	cdxj_add(&out, &line);
	CHECK_STR(buf_str(&out),
	    "com,example)/a%20b?%c3%a4 20261130010203 "
	    "{\"url\":\"https://example.com/a b?\xc3\xa4\",\"mime\":\"text/"
	    "html\",\"status\":\"200\",\"digest\":\"sha256:00\",\"length\":"
	    "\"7\",\"offset\":\"5\",\"filename\":\"x.warc.gz\"}\n");
	CHECK_INT(cdxj_read(&pool, str_sub(buf_str(&out), 0, out.n - 1), &again,
		      NULL),
	    0);
	CHECK_BYTES(again.url, line.url);
	CHECK_INT(again.offset, 5);
	CHECK_INT(again.length, 7);
}

static void
what_is_no_line_says_so(void)
{
	static const struct {
		const char *in, *why;
	} row[] = {
		{ "", "the second word is no time of 14 digits" },
		{ "a 2026 {}", "the second word is no time of 14 digits" },
		{ "a 20261130010203 []", "the third word is no JSON object" },
		{ "a 20261130010203 {}", "url is no text" },
		{ "a 20261130010203 {\"url\":\"u\",\"filename\":\"f\","
		  "\"offset\":1,\"length\":\"1\"}",
		    "offset is no number in a text" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct cdxj line;

		CHECK_INT(cdxj_read(&pool, str_of(row[i].in), &line, &err), -1);
		CHECK_STR(err_text(&err), row[i].why);
	}
}

static void
an_answer_says_what_it_is(void)
{
	static const struct {
		const char *in;
		unsigned status;
		const char *mime;
	} row[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\n\r\n",
		    200, "text/html" },
		{ "HTTP/1.0 404\ncontent-type:a/b\n\nContent-Type: c/d", 404,
		    "a/b" },
		{ "HTTP/1.1 200 OK\r\n\r\nContent-Type: c/d\r\n", 200, NULL },
		{ "HTTP/1.1 x", 0, NULL },
		{ "SSH-2.0", 0, NULL },
		{ "", 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str mime;

		CHECK_INT(cdxj_glance(str_of(row[i].in), &mime), row[i].status);
		CHECK_STR(mime, row[i].mime);
	}
}

static void
a_time_has_14_digits(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(cdxj_time(&pool, STR("2026-11-30T01:02:03.123Z")),
	    "20261130010203");
	CHECK(cdxj_time(&pool, STR("2026-11-30")).p == NULL);
}

CHECK_MAIN(CASE(keys_are_those_of_others), CASE(a_line_comes_back),
    CASE(what_is_no_line_says_so), CASE(an_answer_says_what_it_is),
    CASE(a_time_has_14_digits))
