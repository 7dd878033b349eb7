#include "http/request.h"

#include "base/mem.h"
#include "check.h"

static struct str
written(struct pool *pool, struct http_request *r)
{
	struct buf out = BUF_IN(pool);
	struct http_url url = { .port = 0 };

	CHECK_INT(http_url_read(r->url, &url, NULL), 0);
	CHECK_INT(http_request_check(r, NULL), 0);
	http_request_write(&out, r, &url);
	return buf_str(&out);
}

static void
lines_have_an_order(void)
{
	static const struct http_field field[] = {
		{ STR("X-A"), STR("1") },
		{ STR("Cookie"), STR("mine=1") },
	};
	static const struct http_field cookie[] = {
		{ STR("a"), STR("1") },
		{ STR("b"), STR("2") },
	};
	autopool struct pool pool = POOL_NONE;
	struct http_request r = HTTP_REQUEST_NONE;

	r.method = STR("POST");
	r.url = STR("http://u@h:80/p?old#f");
	r.has_query = true;
	r.query = STR("new=1");
	r.user_agent = STR("agent");
	r.has_auth = true;
	r.user = STR("user");
	r.password = STR("p:w");
	r.field = field;
	r.fields = ARRAY_SIZE(field);
	r.cookie = cookie;
	r.cookies = ARRAY_SIZE(cookie);
	r.body = STR("{}");
	r.body_type = STR("application/json");
	CHECK_STR(written(&pool, &r), "POST /p?new=1 HTTP/1.1\r\n"
				      "cookie: a=1; b=2; mine=1\r\n"
				      "user-agent: agent\r\n"
				      "authorization: Basic dXNlcjpwOnc=\r\n"
				      "x-a: 1\r\n"
				      "content-type: application/json\r\n"
				      "host: h:80\r\n"
				      "content-length: 2\r\n"
				      "\r\n");
}

static void
lines_of_the_caller_replace_ours(void)
{
	static const struct http_field field[] = {
		{ STR("USER-AGENT"), STR("mine") },
		{ STR("Authorization"), STR("Bearer x") },
		{ STR("Content-Type"), STR("text/plain") },
		{ STR("Host"), STR("other") },
		{ STR("Content-Length"), STR("1") },
		{ STR("Cookie"), STR("c=3") },
	};
	autopool struct pool pool = POOL_NONE;
	struct http_request r = HTTP_REQUEST_NONE;

	r.url = STR("http://h");
	r.user_agent = STR("agent");
	r.has_auth = true;
	r.field = field;
	r.fields = ARRAY_SIZE(field);
	r.body = STR("x");
	r.body_type = STR("application/json");
	CHECK_STR(written(&pool, &r), "GET / HTTP/1.1\r\n"
				      "cookie: c=3\r\n"
				      "user-agent: mine\r\n"
				      "authorization: Bearer x\r\n"
				      "content-type: text/plain\r\n"
				      "host: other\r\n"
				      "content-length: 1\r\n"
				      "\r\n");
	CHECK(http_request_is_framed(&r));
	CHECK(http_request_is_idempotent(&r));
	r.method = STR("POST");
	CHECK(!http_request_is_idempotent(&r));
	r.method = STR("get");
	CHECK(!http_request_is_idempotent(&r));
}

static void
an_empty_body_has_no_length(void)
{
	autopool struct pool pool = POOL_NONE;
	struct http_request r = HTTP_REQUEST_NONE;

	r.method = STR("post");
	r.url = STR("http://h/");
	r.has_query = true;
	CHECK_STR(written(&pool, &r), "post /? HTTP/1.1\r\nuser-agent: \r\n"
				      "host: h\r\n\r\n");
	CHECK(!http_request_is_framed(&r));
}

static void
what_could_become_another_line_is_refused(void)
{
	static const struct {
		const char *method, *agent, *name, *value, *cookie, *want;
	} row[] = {
		{ "GET X", "", "a", "", "", "invalid HTTP method" },
		{ "", "", "a", "", "", "invalid HTTP method" },
		{ "GET", "", "", "", "", "invalid HTTP header name" },
		{ "GET", "", "a:", "", "", "invalid HTTP header name" },
		{ "GET", "", "\xc3\xbc", "", "", "invalid HTTP header name" },
		{ "GET", "", "a", "b\r\nc: d", "",
		    "failed to parse header value" },
		{ "GET", "", "a", "\x7f", "", "failed to parse header value" },
		{ "GET", "a\nb", "a", "", "", "failed to parse header value" },
		{ "GET", "", "a", "", "x\n", "failed to parse header value" },
		{ "GET", "", "a", "\t\xc3\xbc", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct http_request r = HTTP_REQUEST_NONE;
		const struct http_field field = { str_of(row[i].name),
			str_of(row[i].value) };
		const struct http_field cookie = { STR("c"),
			str_of(row[i].cookie) };

		r.method = str_of(row[i].method);
		r.user_agent = str_of(row[i].agent);
		r.field = &field;
		r.cookie = &cookie;
		r.fields = r.cookies = 1;
		CHECK_INT(http_request_check(&r, &err),
		    row[i].want[0] != '\0' ? -1 : 0);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

CHECK_MAIN(CASE(lines_have_an_order), CASE(lines_of_the_caller_replace_ours),
    CASE(an_empty_body_has_no_length),
    CASE(what_could_become_another_line_is_refused))
