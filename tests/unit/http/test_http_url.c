#include "http/url.h"

#include "base/mem.h"
#include "check.h"

static void
parts_are_as_written(void)
{
	static const struct {
		const char *in, *origin, *authority, *host, *path, *query;
		int port;
		bool is_tls;
	} row[] = {
		{ "http://a.b", "http://a.b", "a.b", "a.b", "", NULL, 80,
		    false },
		{ "HTTPS://A.b/x?y#z?", "HTTPS://A.b", "A.b", "A.b", "/x", "y",
		    443, true },
		{ "http://a:80/?", "http://a:80", "a:80", "a", "/", "", 80,
		    false },
		{ "http://a:/x", "http://a:", "a", "a", "/x", NULL, 80, false },
		{ "http://u:p%20@q@a:8080?x", "http://u:p%20@q@a:8080",
		    "a:8080", "a", "", "x", 8080, false },
		{ "https://[::1]:8443/#f", "https://[::1]:8443", "[::1]:8443",
		    "::1", "/", NULL, 8443, true },
		{ "http://[::1]", "http://[::1]", "[::1]", "::1", "", NULL, 80,
		    false },
		{ "http://a.b./%zz|\\^?{`}", "http://a.b.", "a.b.", "a.b.",
		    "/%zz|\\^", "{`}", 80, false },
		{ "http://a#\xff", "http://a", "a", "a", "", NULL, 80, false },
		{ "http://a/?u=http://b/", "http://a", "a", "a", "/",
		    "u=http://b/", 80, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct http_url url = { .port = 1 };

		CHECK_INT(http_url_read(str_of(row[i].in), &url, &err), 0);
		CHECK_STR(err_text(&err), "");
		CHECK_STR(url.origin, row[i].origin);
		CHECK_STR(url.authority, row[i].authority);
		CHECK_STR(url.host, row[i].host);
		CHECK_STR(url.path, row[i].path);
		CHECK_INT(url.has_query, row[i].query != NULL);
		if (row[i].query != NULL)
			CHECK_STR(url.query, row[i].query);
		CHECK_INT(url.port, row[i].port);
		CHECK_INT(url.is_tls, row[i].is_tls);
	}
}

static void
others_are_refused(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "empty string" },
		{ "http://", "invalid format" },
		{ "http:///x", "invalid format" },
		{ "http://?x", "invalid format" },
		{ "http://:80/", "invalid format" },
		{ "http://u@/", "invalid format" },
		{ "host:80/x", "invalid format" },
		{ "http:/x", "invalid format" },
		{ "://x/", "invalid format" },
		{ "file:///etc/passwd", "invalid format" },
		{ "/x", "client requires absolute-form URIs" },
		{ "/x?u=http://y/", "client requires absolute-form URIs" },
		{ "mailto:x", "client requires absolute-form URIs" },
		{ "/\xc3\xbc", "invalid uri character" },
		{ "http://a/\xc3\xbc", "invalid uri character" },
		{ "http://b\xc3\xbc/", "invalid uri character" },
		{ "http://a/b c", "invalid uri character" },
		{ "http://a /", "invalid uri character" },
		{ "http://a/\"", "invalid uri character" },
		{ "http://a/<", "invalid uri character" },
		{ "http://a/?>", "invalid uri character" },
		{ "http://a/\r\nx: y", "invalid uri character" },
		{ "http://a/\t", "invalid uri character" },
		{ "http://a\\b/", "invalid uri character" },
		{ "http://a%41/", "invalid authority" },
		{ "http://[::1/", "invalid authority" },
		{ "http://::1/", "invalid format" },
		{ "http://a:b:1/", "invalid port number" },
		{ "http://[::1]x/", "invalid authority" },
		{ "http://a]/", "invalid authority" },
		{ "http://a:65536/", "invalid port number" },
		{ "http://a:99999/", "invalid port number" },
		{ "http://a:-1/", "invalid port number" },
		{ "http://a:x/", "invalid port number" },
		{ "ftp://a/", "unsupported scheme" },
		{ "httpx://a/", "unsupported scheme" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct http_url url = { .port = 1 };

		CHECK_INT(http_url_read(str_of(row[i].in), &url, &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
		CHECK_INT(url.port, 1);
	}
	CHECK_INT(http_url_read(str_view("http://a/\0", 10),
		      &(struct http_url){ .port = 1 }, NULL),
	    -1);
}

static void
length_is_limited(void)
{
	static char text[HTTP_URL_MAX_BYTES + 2] = "http://a/";
	autoerr struct err err = ERR_NONE;
	struct http_url url;

	memset(text + 9, 'x', sizeof(text) - 10);
	CHECK_INT(http_url_read(str_view(text, HTTP_URL_MAX_BYTES), &url, NULL),
	    0);
	CHECK_INT(http_url_read(str_of(text), &url, &err), -1);
	CHECK_STR(err_text(&err), "uri too long");
}

CHECK_MAIN(CASE(parts_are_as_written), CASE(others_are_refused),
    CASE(length_is_limited))
