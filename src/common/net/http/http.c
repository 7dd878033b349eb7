#include "http/http.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/hop.h"
#include "stream/values.h"
#include "url/url.h"

struct http *
http_new(struct dialler *dialler)
{
	struct http *http = mem_zalloc(sizeof(*http));

	http->dialler = dialler;
	http->names = name_cache_new();
	return http;
}

void
http_name_proxy(struct http *http)
{
	http->names_proxy = true;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	http_pool_clear(&http->kept);
	name_cache_free(http->names);
	free(http);
}

static struct cookie_site
site_of(const struct http_url *url)
{
	return (struct cookie_site){ url->host, url->path, url->is_tls };
}

/* The cookies of a chain of hops: the session's and those of the request. */
struct cookies {
	struct cookie_jar *session; /* may be NULL */
	struct cookie_jar *own;     /* NULL: no redirect is followed */
};

static void
free_jar(void *jar)
{
	cookie_jar_free(jar);
}

/*
 * Cookies that the request brings and the session does not know are for its
 * host alone.
 */
static void
begin_cookies(struct cookies *cookies, const struct http_hop *hop)
{
	const struct http_request *r = &hop->request;
	struct cookie_site site = site_of(&hop->url);

	cookies->session = r->jar;
	cookies->own = NULL;
	if (r->redirects == 0)
		return;
	cookies->own = cookie_jar_new();
	pool_defer(hop->pool, free_jar, cookies->own);
	for (size_t i = 0; i < r->cookies; i++) {
		if (r->jar == NULL ||
		    !cookie_jar_has(r->jar, &site, r->cookie[i].name))
			cookie_jar_put(cookies->own, &site, r->cookie[i].name,
			    r->cookie[i].value);
	}
}

static void
keep_cookies(const struct cookies *cookies, const struct http_hop *hop)
{
	struct cookie_site site = site_of(&hop->url);
	int64_t now = values_clock();

	for (size_t i = 0; i < hop->head.fields; i++) {
		const struct http_field *field = &hop->head.field[i];

		if (!str_eq(field->name, STR("set-cookie")))
			continue;
		if (cookies->session != NULL)
			cookie_jar_add(cookies->session, &site, field->value,
			    now);
		if (cookies->own != NULL)
			cookie_jar_add(cookies->own, &site, field->value, now);
	}
}

/* The list of the session, and what only the request's own has. */
static void
choose_cookies(const struct cookies *cookies, struct http_hop *hop)
{
	struct http_request *r = &hop->request;
	struct cookie_site site = site_of(&hop->url);
	int64_t now = values_clock();
	struct http_field *own, *list = NULL;
	size_t n = 0, n_own;

	if (cookies->session != NULL)
		n = cookie_jar_find(cookies->session, &site, now, hop->pool,
		    &list);
	n_own = cookie_jar_find(cookies->own, &site, now, hop->pool, &own);
	list = pool_grow(hop->pool, list, n * sizeof(*list),
	    (n + n_own) * sizeof(*list));
	r->cookies = n;
	for (size_t i = 0; i < n_own; i++) {
		if (http_field_by_name(list, n, own[i].name) == NULL)
			list[r->cookies++] = own[i];
	}
	r->cookie = list;
}

/* The lines that belong to the body. */
static void
keep_body_fields(struct http_hop *hop)
{
	struct http_request *r = &hop->request;
	struct http_field *field =
	    pool_array(hop->pool, r->fields, sizeof(*field));
	size_t n = 0;

	for (size_t i = 0; i < r->fields; i++) {
		struct str name = r->field[i].name;

		if (str_eq_nocase(str_sub(name, 0, 8), STR("content-")))
			field[n++] = r->field[i];
	}
	r->field = field;
	r->fields = n;
}

/* RFC 9110, 15.4: 307 and 308 ask for the same, elsewhere. */
static void
redirect_request(struct http_hop *hop, unsigned status)
{
	struct http_request *r = &hop->request;

	r->has_query = false;
	r->has_auth = false;
	if (status == 307 || status == 308) {
		keep_body_fields(hop);
		return;
	}
	r->method = STR("GET");
	r->fields = 0;
	r->body = STR_NONE;
	r->body_type = STR_NONE;
}

/* Makes *hop the next one. */
static int
follow_redirect(struct http_hop *hop, struct str target,
    const struct cookies *cookies, struct err *err)
{
	struct url base, url;
	unsigned status = hop->head.status;
	bool was_tls = hop->url.is_tls;

	if (url_parse(hop->pool, hop->request.url, NULL, &base, err) == -1 ||
	    url_parse(hop->pool, target, &base, &url, err) == -1 ||
	    http_url_read(url.href, &hop->url, err) == -1)
		return -1;
	if (hop->request.stays_encrypted && was_tls && !hop->url.is_tls)
		return err_set(err,
		    "redirect to %.*s refused: it is not encrypted",
		    STR_ARG(url.href));
	buf_clear(hop->body);
	hop->request.url = url.href;
	hop->request.redirects--;
	redirect_request(hop, status);
	choose_cookies(cookies, hop);
	return 0;
}

int
http_send(struct http *http, const struct http_request *request,
    struct pool *pool, struct http_response *out, struct err *err)
{
	struct http_hop hop = {
		.http = http,
		.request = *request,
		.pool = pool,
		.deadline = CLOCK_NEVER,
	};
	struct cookies cookies;

	if (http_url_read(request->url, &hop.url, err) == -1)
		return -1;
	begin_cookies(&cookies, &hop);
	for (unsigned hops = 0;; hops++) {
		struct str target;

		if (http_hop_send(&hop, out, err) == -1)
			return -1;
		keep_cookies(&cookies, &hop);
		target = http_hop_target(&hop);
		if (target.p == NULL)
			return 0;
		if (hops == HTTP_MAX_HOPS)
			return err_set(err, "too many redirects: more than %d",
			    HTTP_MAX_HOPS);
		if (follow_redirect(&hop, target, &cookies, err) == -1)
			return -1;
	}
}
