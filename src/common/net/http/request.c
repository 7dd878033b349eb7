#include "http/request.h"

#include "base/mem.h"
#include "text/b64.h"

int
http_request_check(const struct http_request *request, struct err *err)
{
	if (!http_is_token(request->method))
		return err_set(err, "invalid HTTP method");
	if (http_fields_check(request->field, request->fields, err) == -1)
		return -1;
	for (size_t i = 0; i < request->cookies; i++) {
		if (!http_is_value(request->cookie[i].name) ||
		    !http_is_value(request->cookie[i].value))
			return err_set(err, "failed to parse header value");
	}
	if (!http_is_value(request->user_agent))
		return err_set(err, "failed to parse header value");
	return 0;
}

static const struct http_field *
find_header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->fields; i++) {
		if (str_eq_nocase(request->field[i].name, str_of(name)))
			return &request->field[i];
	}
	return NULL;
}

static void
add_line(struct buf *out, const char *name, struct str value)
{
	buf_add(out, str_of(name));
	buf_add(out, STR(": "));
	buf_add(out, value);
	buf_add(out, STR("\r\n"));
}

static void
add_target(struct buf *out, const struct http_request *request,
    const struct http_url *url)
{
	buf_add(out, request->method);
	buf_add_char(out, ' ');
	buf_add(out, url->path.n != 0 ? url->path : STR("/"));
	if (request->has_query || url->has_query) {
		buf_add_char(out, '?');
		buf_add(out, request->has_query ? request->query : url->query);
	}
	buf_add(out, STR(" HTTP/1.1\r\n"));
}

/* The jar's and those of a line of the caller's, in one line. */
static void
add_cookies(struct buf *out, const struct http_request *request)
{
	const struct http_field *own = find_header(request, "cookie");

	if (request->cookies == 0 && own == NULL)
		return;
	buf_add(out, STR("cookie: "));
	for (size_t i = 0; i < request->cookies; i++) {
		if (i != 0)
			buf_add(out, STR("; "));
		buf_add(out, request->cookie[i].name);
		buf_add_char(out, '=');
		buf_add(out, request->cookie[i].value);
	}
	if (request->cookies != 0 && own != NULL)
		buf_add(out, STR("; "));
	if (own != NULL)
		buf_add(out, own->value);
	buf_add(out, STR("\r\n"));
}

static void
add_auth(struct buf *out, const struct http_request *request)
{
	autopool struct pool pool = POOL_NONE;
	struct buf pair = BUF_IN(&pool);

	buf_add(&pair, request->user);
	buf_add_char(&pair, ':');
	buf_add(&pair, request->password);
	buf_add(out, STR("authorization: Basic "));
	b64_add(out, buf_str(&pair));
	buf_add(out, STR("\r\n"));
}

/* Has, or had, a place of its own above. */
static bool
is_placed(struct str name)
{
	return str_eq_nocase(name, STR("cookie")) ||
	       str_eq_nocase(name, STR("user-agent")) ||
	       str_eq_nocase(name, STR("authorization"));
}

void
http_request_write(struct buf *out, const struct http_request *request,
    const struct http_url *url)
{
	const struct http_field *agent = find_header(request, "user-agent");
	const struct http_field *auth = find_header(request, "authorization");

	add_target(out, request, url);
	add_cookies(out, request);
	add_line(out, "user-agent",
	    agent != NULL ? agent->value : request->user_agent);
	if (auth != NULL)
		add_line(out, "authorization", auth->value);
	else if (request->has_auth)
		add_auth(out, request);
	for (size_t i = 0; i < request->fields; i++) {
		if (!is_placed(request->field[i].name))
			http_add_field(out, &request->field[i]);
	}
	if (request->body_type.p != NULL &&
	    find_header(request, "content-type") == NULL)
		add_line(out, "content-type", request->body_type);
	if (find_header(request, "host") == NULL)
		add_line(out, "host", url->authority);
	if (request->body.n != 0 &&
	    find_header(request, "content-length") == NULL) {
		buf_add(out, STR("content-length: "));
		buf_add_uint(out, request->body.n);
		buf_add(out, STR("\r\n"));
	}
	buf_add(out, STR("\r\n"));
}

bool
http_request_is_idempotent(const struct http_request *request)
{
	static const char *const method[] = { "GET", "HEAD", "OPTIONS", "TRACE",
		"PUT", "DELETE" };

	for (size_t i = 0; i < ARRAY_SIZE(method); i++) {
		if (str_is(request->method, method[i]))
			return true;
	}
	return false;
}

bool
http_request_is_framed(const struct http_request *request)
{
	return find_header(request, "content-length") != NULL ||
	       find_header(request, "transfer-encoding") != NULL ||
	       find_header(request, "connection") != NULL ||
	       find_header(request, "upgrade") != NULL;
}
