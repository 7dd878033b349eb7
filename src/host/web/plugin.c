/* The plugin web.so. It has a copy of the client of its own. */
#include <stdlib.h>

#include "geo/geoip.h"
#include "http/http.h"
#include "tls/tls.h"
#include "url/url.h"
#include "web/web.h"

extern const struct web web;

/* What SSL_CERT_FILE names, or the system's. */
static void
prepare(void)
{
	static bool is_ready;

	if (is_ready)
		return;
	is_ready = true;
	tls_prepare(getenv("SSL_CERT_FILE"));
}

static bool
is_tls(struct str url)
{
	return str_eq_nocase(str_sub(url, 0, 6), STR("https:"));
}

/* 1: *url is where it leads; 0: it is no redirect; -1. */
static int
redirect(const struct http_response *response, struct pool *pool,
    struct str *url, struct err *err)
{
	const struct http_field *to = http_field_by_name(response->field,
	    response->fields, STR("location"));
	struct url base, target;

	if (response->status < 301 || response->status > 308 ||
	    response->status == 304 || to == NULL)
		return 0;
	if (url_parse(pool, *url, NULL, &base, err) == -1 ||
	    url_parse(pool, to->value, &base, &target, err) == -1)
		return err_wrap(err, "cannot follow the redirect to %.*s",
		    STR_ARG(to->value));
	if (is_tls(*url) && !is_tls(target.href))
		return err_set(err,
		    "redirect to %.*s refused: it is not encrypted",
		    STR_ARG(target.href));
	*url = target.href;
	return 1;
}

static int
get(struct http *http, const struct web_request *r, struct pool *pool,
    struct str *body, struct err *err)
{
	struct http_request request = HTTP_REQUEST_NONE;
	struct http_response response;

	request.url = r->url;
	request.user_agent = r->user_agent;
	request.timeout_ms = r->timeout_ms;
	request.max_body = r->most;
	for (unsigned hops = 0; hops <= WEB_REDIRECTS; hops++) {
		int status;

		if (http_send(http, &request, pool, &response, err) == -1)
			return -1;
		status = redirect(&response, pool, &request.url, err);
		if (status == -1)
			return -1;
		if (status == 0 && response.status != 200)
			return err_set(err, "http status error: %u",
			    response.status);
		if (status == 0) {
			*body = response.body;
			return 0;
		}
	}
	return err_set(err, "more than %d redirects", WEB_REDIRECTS);
}

static int
web_fetch(const struct web_request *r, struct pool *pool, struct str *body,
    struct err *err)
{
	struct dialler *dialler = dialler_new_direct(r->net);
	struct http *http = http_new(dialler);
	int status;

	prepare();
	dialler_set_egress(dialler, r->egress);
	stream_before_wait = r->wait;
	status = get(http, r, pool, body, err);
	stream_before_wait = NULL;
	http_free(http);
	dialler_free(dialler);
	return status == -1
	           ? err_wrap(err, "cannot fetch %.*s", STR_ARG(r->url))
	           : 0;
}

static int
web_check_geoip(const char *path, const char *kind, struct err *err)
{
	struct geoip *db;
	struct str type;
	int status = 0;

	if (geoip_open(path, &db) != GEOIP_OPEN)
		return err_set(err, "it is no MaxMind database (.mmdb)");
	type = geoip_type(db);
	if (str_find(type, str_of(kind)) == STR_NPOS)
		status = err_set(err, "it is no %s database but %.*s", kind,
		    STR_ARG(type));
	geoip_free(db);
	return status;
}

const struct web web = {
	.abi = WEB_ABI,
	.fetch = web_fetch,
	.check_geoip = web_check_geoip,
};
