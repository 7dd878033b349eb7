#include "net.h"

#include "base/mem.h"
#include "http/http.h"
#include "tls/tls.h"

static const struct net_config plain = NET_CONFIG_NONE;

struct client {
	struct pool pool;
	struct dialler *dialler;
	struct http *http;
};

static void
begin(struct client *c)
{
	*c = (struct client){ .dialler = dialler_new_direct(&plain) };
	c->http = http_new(c->dialler);
}

static void
end(struct client *c)
{
	http_free(c->http);
	dialler_free(c->dialler);
	pool_clear(&c->pool);
}

static struct http_request
get(struct client *c, const char *scheme, const char *port, const char *path)
{
	struct http_request r = HTTP_REQUEST_NONE;

	r.url = str_of(pool_printf(&c->pool, "%s://127.0.0.1:%u%s", scheme,
	    port_of(port), path));
	r.user_agent = STR("host");
	return r;
}

/* The body, or the error. */
static struct str
body_of(struct client *c, const struct http_request *r)
{
	autoerr struct err err = ERR_NONE;
	struct http_response response;

	if (http_send(c->http, r, &c->pool, &response, &err) == -1)
		return pool_copy(&c->pool, str_of(err_cstr(&err)));
	return response.body;
}

static void
a_connection_serves_many_requests(void)
{
	struct client c;
	struct http_request r;

	NEEDS("P_HTTP");
	begin(&c);
	r = get(&c, "http", "P_HTTP", "/reqs");
	CHECK_STR(body_of(&c, &r), "1");
	CHECK_STR(body_of(&c, &r), "2");
	CHECK_STR(body_of(&c, &r), "3");
	/* what must not be sent twice gets its own, which is kept, too */
	r.method = STR("POST");
	CHECK_STR(body_of(&c, &r), "1");
	end(&c);
}

static void
redirects_lead_to_the_last_answer(void)
{
	struct client c;
	struct http_request r;
	struct http_response response;

	NEEDS("P_HTTP_ODD");
	begin(&c);
	r = get(&c, "http", "P_HTTP_ODD", "/hops?2");
	r.redirects = 2;
	CHECK_INT(http_send(c.http, &r, &c.pool, &response, NULL), 0);
	CHECK_INT(response.status, 200);
	CHECK(str_ends(response.url, STR("/echo")));
	CHECK(str_starts(response.body, STR("GET /echo HTTP/1.1\r\n")));
	CHECK(!response.has_ip);
	r.redirects = 1;
	CHECK_INT(http_send(c.http, &r, &c.pool, &response, NULL), 0);
	CHECK_INT(response.status, 302);
	end(&c);
}

static void
bodies_are_limited(void)
{
	static const struct {
		const char *path;
		size_t n;
	} row[] = {
		{ "/size?5000", 5000 },
		{ "/bigchunks", 328200 },
		{ "/nolen", 9 },
	};
	struct client c;

	NEEDS("P_HTTP_ODD");
	begin(&c);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct http_request r =
		    get(&c, "http", "P_HTTP_ODD", row[i].path);
		char *want = pool_printf(&c.pool,
		    "error reading a body from connection: "
		    "body is too large: more than %zu bytes",
		    row[i].n - 1);

		r.max_body = row[i].n;
		CHECK_INT(body_of(&c, &r).n, row[i].n);
		r.max_body = row[i].n - 1;
		CHECK_STR(body_of(&c, &r), want);
	}
	end(&c);
}

/* Packed unasked, and by nginx because a module asked for it. */
static void
bodies_are_unpacked(void)
{
	static const struct http_field ask = { { "accept-encoding", 15 },
		{ "gzip", 4 } };
	struct client c;
	struct http_request r;
	struct http_response response;

	NEEDS("P_HTTP_ODD");
	NEEDS("P_HTTP");
	begin(&c);
	r = get(&c, "http", "P_HTTP_ODD", "/gzip");
	CHECK_STR(body_of(&c, &r), "hello gzip\n");
	r = get(&c, "http", "P_HTTP_ODD", "/packed");
	CHECK_STR(body_of(&c, &r), "hello twice");
	r = get(&c, "http", "P_HTTP", "/host");
	r.field = &ask;
	r.fields = 1;
	CHECK_INT(http_send(c.http, &r, &c.pool, &response, NULL), 0);
	CHECK_STR(http_field_by_name(response.field, response.fields,
		      STR("content-encoding"))
		      ->value,
	    "gzip");
	CHECK(str_ends(response.body, STR("|gzip")));
	end(&c);
}

/* What a sink was given. */
struct taken {
	unsigned heads, status;
	size_t pieces, most; /* of the body before it says no; 0: never */
	struct buf body;
};

static int
take_head(void *arg, const struct http_response *response, struct err *err)
{
	struct taken *taken = arg;

	(void)err;
	taken->heads++;
	taken->status = response->status;
	return taken->body.n == 0 ? 0 : -1;
}

static int
take_body(void *arg, struct str bytes, struct err *err)
{
	struct taken *taken = arg;

	CHECK(bytes.n != 0);
	taken->pieces++;
	buf_add(&taken->body, bytes);
	if (taken->most != 0 && taken->body.n > taken->most)
		return err_set(err, "that is enough");
	return 0;
}

/* Each way to end a body, packed ones, redirects: as without a sink. */
static void
a_sink_gets_what_others_get(void)
{
	static const char *const path[] = { "/size?5000", "/size?3000000",
		"/bigchunks", "/nolen", "/gzip", "/packed", "/status/204",
		"/hops?2" };
	struct client c;

	NEEDS("P_HTTP_ODD");
	begin(&c);
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		struct http_request r = get(&c, "http", "P_HTTP_ODD", path[i]);
		struct taken taken = { .body = BUF_IN(&c.pool) };
		struct http_sink sink = { take_head, take_body, &taken };
		struct http_response response;
		struct str whole;

		r.redirects = 3;
		whole = body_of(&c, &r);
		r.sink = &sink;
		CHECK_INT(http_send(c.http, &r, &c.pool, &response, NULL), 0);
		CHECK_INT(taken.heads, 1);
		CHECK_INT(taken.status, response.status);
		CHECK_INT(response.body.n, 0);
		CHECK(str_eq(buf_str(&taken.body), whole));
		CHECK(whole.n < (1 << 20) || taken.pieces > 1);
	}
	end(&c);
}

static void
a_sink_may_have_enough(void)
{
	static const char *const path[] = { "/size?3000000", "/bigchunks",
		"/nolen" };
	struct client c;

	NEEDS("P_HTTP_ODD");
	begin(&c);
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		struct http_request r = get(&c, "http", "P_HTTP_ODD", path[i]);
		struct taken taken = { .most = 1, .body = BUF_IN(&c.pool) };
		struct http_sink sink = { take_head, take_body, &taken };

		r.sink = &sink;
		CHECK_STR(body_of(&c, &r),
		    "error reading a body from connection: that is enough");
		CHECK(taken.body.n < 2000000);
	}
	end(&c);
}

static void
tls_may_be_kept(void)
{
	struct client c;
	struct http_request r;
	struct str to;

	NEEDS("P_HTTP_ODD");
	begin(&c);
	to = str_of(pool_printf(&c.pool, "http://127.0.0.1:%u/echo",
	    port_of("P_HTTP_ODD")));
	r = get(&c, "http", "P_HTTP_ODD",
	    pool_printf(&c.pool, "/redir/302?%.*s", STR_ARG(to)));
	r.redirects = 1;
	r.stays_encrypted = true; /* nothing is lost where there is none */
	CHECK(str_starts(body_of(&c, &r), STR("GET /echo")));
	end(&c);
}

static void
tls_is_checked(void)
{
	struct client c;
	struct http_request r;

	NEEDS("P_HTTPS");
	begin(&c);
	r = get(&c, "https", "P_HTTPS", "/");
	CHECK_STR(body_of(&c, &r), "hello tls");
	r = get(&c, "https", "P_HTTPS_SELF", "/");
	CHECK_STR(body_of(&c, &r),
	    "error trying to connect: invalid certificate: CAUsedAsEndEntity");
	end(&c);
}

static void
a_deadline_holds_for_all_of_it(void)
{
	static const char *const path[] = { "/never", "/slowbody" };
	struct client c;

	NEEDS("P_HTTP_ODD");
	begin(&c);
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		struct http_request r = get(&c, "http", "P_HTTP_ODD", path[i]);
		int64_t begun = clock_ms();

		r.timeout_ms = 150;
		CHECK_STR(body_of(&c, &r), "Request timed out");
		CHECK(clock_ms() - begun >= 150);
	}
	end(&c);
}

static void
trust_the_test_servers(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *folder = getenv("NET_SERVERS");

	if (folder != NULL)
		tls_prepare(pool_printf(&pool, "%s/certs/vec-ca.pem", folder));
}

int
main(void)
{
	static const struct check_case all[] = {
		CASE(a_connection_serves_many_requests),
		CASE(redirects_lead_to_the_last_answer),
		CASE(bodies_are_limited),
		CASE(bodies_are_unpacked),
		CASE(a_sink_gets_what_others_get),
		CASE(a_sink_may_have_enough),
		CASE(tls_may_be_kept),
		CASE(tls_is_checked),
		CASE(a_deadline_holds_for_all_of_it),
	};

	trust_the_test_servers();
	return check_run(all, (int)ARRAY_SIZE(all));
}
