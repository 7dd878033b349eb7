#include "stdlib/http_options.h"

#include <stddef.h>

#include "base/agreed.h"
#include "base/mem.h"
#include "ipc/start.h"
#include "ipc/variant.h"
#include "stdlib/form.h"
#include "stdlib/network.h"
#include "url/percent.h"
#include "value/duration.h"
#include "value/slot.h"

#define NO_TIMEOUT UINT64_MAX

/* Of the body in memory, beside what Lua has. */
#define MAX_BODY ((size_t)512 << 20)

struct options {
	const struct json *query, *headers; /* maps of texts, NULL: none */
	struct slot_pair basic_auth;
	struct str user_agent; /* p == NULL: none, like those below */
	const struct json *json, *form;
	struct str body, proxy, charset;
	uint64_t follow_redirects, timeout;
	bool into_blob, binary;
};

const struct slot http_option_slots[] = {
	{ "query", SLOT_MAP, SLOT_OPT, AT(options, query),
	    "in place of the query of the URL, as a form; `{}` leaves a bare "
	    "`?`" },
	{ "headers", SLOT_MAP, SLOT_OPT, AT(options, headers), "lines to add" },
	{ "basic_auth", SLOT_PAIR, SLOT_OPT, AT(options, basic_auth),
	    "for the line `authorization`", .form = "{user, password}" },
	{ "user_agent", SLOT_TEXT, SLOT_OPT, AT(options, user_agent),
	    "the line `user-agent`",
	    .without =
		"that of the configuration, else `sn0int/" COMPATIBLE_VERSION
		"`" },
	{ "json", SLOT_JSON, SLOT_OPT, AT(options, json),
	    "the body as JSON; sets `content-type`" },
	{ "form", SLOT_JSON, SLOT_OPT, AT(options, form),
	    "the body as a form; sets `content-type`; comes before `json`",
	    .form = "map of texts, numbers, booleans" },
	{ "body", SLOT_BYTES, SLOT_OPT, AT(options, body),
	    "the body as it is; comes before `form`" },
	{ "follow_redirects", SLOT_USIZE, SLOT_OPT,
	    AT(options, follow_redirects), "at most so many", .without = "0" },
	{ "timeout", SLOT_U64, SLOT_OPT, AT(options, timeout),
	    "milliseconds for each hop: name, connection, TLS, all of the "
	    "answer; then it is `Request timed out`",
	    .initial = NO_TIMEOUT, .without = "an hour" },
	{ "into_blob", SLOT_BOOL, SLOT_OPT, AT(options, into_blob),
	    "the body becomes a blob; comes before `binary`" },
	{ "binary", SLOT_BOOL, SLOT_OPT, AT(options, binary),
	    "the body becomes a list of bytes" },
	{ "charset", SLOT_TEXT, SLOT_OPT | SLOT_OURS, AT(options, charset),
	    "`text` is decoded; the label (`utf-8`, `windows-1251`) is for "
	    "answers that do not say theirs",
	    .without = "it is read as UTF-8" },
	{ "proxy", SLOT_TEXT, SLOT_OPT, AT(options, proxy),
	    "a SOCKS5 proxy; may not differ from the one of the "
	    "configuration",
	    .form = "IP:PORT" },
	{ NULL },
};

static void
set_member(struct call *c, struct json *map, const char *name, struct json v)
{
	json_set(c->pool, map, str_of(name), v);
}

/* A map of one member. */
static struct json
single(struct call *c, const char *name, struct json v)
{
	struct json map = json_map();

	set_member(c, &map, name, v);
	return map;
}

static struct json
whole(uint64_t n)
{
	if (n <= INT64_MAX)
		return json_int((int64_t)n);
	return (struct json){ .kind = JSON_UINT, .u = n };
}

static void
set_body(struct call *c, const struct options *o, struct json *out)
{
	if (o->body.p != NULL)
		set_member(c, out, "body", single(c, "Raw", json_str(o->body)));
	else if (o->form != NULL)
		set_member(c, out, "body", single(c, "Form", *o->form));
	else if (o->json != NULL)
		set_member(c, out, "body", single(c, "Json", *o->json));
}

static void
set_auth(struct call *c, const struct options *o, struct json *out)
{
	struct json pair = json_list();

	if (!o->basic_auth.is_set)
		return;
	json_append(c->pool, &pair, json_str(o->basic_auth.left));
	json_append(c->pool, &pair, json_str(o->basic_auth.right));
	set_member(c, out, "basic_auth", pair);
}

static void
set_timeout(struct call *c, const struct options *o, struct json *out)
{
	if (o->timeout != NO_TIMEOUT)
		set_member(c, out, "timeout",
		    duration_from_ms(c->pool, o->timeout));
}

static struct str
user_agent(struct call *c, const struct options *o)
{
	if (o->user_agent.p != NULL)
		return o->user_agent;
	if (call_start(c)->user_agent.p != NULL)
		return call_start(c)->user_agent;
	return STR("sn0int/" COMPATIBLE_VERSION);
}

/* label.p == NULL: none is asked for, and *out is NULL. */
static int
read_charset(struct str label, const struct encoding **out, struct err *err)
{
	*out = label.p != NULL ? encoding_by_label(label) : NULL;
	if (label.p != NULL && *out == NULL)
		return err_set(err, "no such encoding: \"%.*s\"",
		    label.n < 100 ? (int)label.n : 100, label.p);
	return 0;
}

int
http_options_read(struct call *c, const struct json *options,
    const struct json *cookies, struct json *out)
{
	struct options o = { .query = NULL };
	const struct encoding *charset;
	const struct addr *proxy;
	struct addr room;

	slot_init(http_option_slots, &o);
	if (slot_read(http_option_slots, NULL, options, c->pool, &o, c->err) ==
		-1 ||
	    !network_read_addr(c, o.proxy, &room, &proxy) ||
	    read_charset(o.charset, &charset, c->err) == -1)
		return err_wrap(c->err, "invalid request options");
	*out = json_map();
	set_member(c, out, "cookies", *cookies);
	set_member(c, out, "user_agent", json_str(user_agent(c, &o)));
	set_member(c, out, "follow_redirects", whole(o.follow_redirects));
	set_member(c, out, "into_blob", json_bool(o.into_blob));
	set_member(c, out, "binary", json_bool(o.binary));
	if (o.query != NULL)
		set_member(c, out, "query", *o.query);
	if (o.headers != NULL)
		set_member(c, out, "headers", *o.headers);
	if (o.proxy.p != NULL)
		set_member(c, out, "proxy", json_str(o.proxy));
	if (o.charset.p != NULL)
		set_member(c, out, "charset", json_str(o.charset));
	set_body(c, &o, out);
	set_auth(c, &o, out);
	set_timeout(c, &o, out);
	return 0;
}

enum body_kind { BODY_NONE = -1, BODY_RAW, BODY_FORM, BODY_JSON };

/* The table as it stands. */
struct raw {
	struct str session, method, url, user_agent, proxy, charset;
	const struct json *cookies, *query, *headers, *body;
	struct slot_pair basic_auth;
	struct duration timeout;
	uint64_t follow_redirects;
	bool into_blob, binary;

	enum body_kind kind;        /* of body */
	const struct json *payload; /* in it */
};

const struct slot http_object_slots[] = {
	{ "session", SLOT_TEXT, 0, AT(raw, session),
	    "whose cookies, of `http_mksession`" },
	{ "cookies", SLOT_MAP, 0, AT(raw, cookies),
	    "the cookies that are sent, by name" },
	{ "method", SLOT_TEXT, 0, AT(raw, method), "as it is sent" },
	{ "url", SLOT_TEXT, 0, AT(raw, url), "where to" },
	{ "query", SLOT_MAP, SLOT_OPT, AT(raw, query),
	    "in place of the query of the URL" },
	{ "headers", SLOT_MAP, SLOT_OPT, AT(raw, headers), "lines to add" },
	{ "basic_auth", SLOT_PAIR, SLOT_OPT, AT(raw, basic_auth),
	    "for the line `authorization`", .form = "{user, password}" },
	{ "user_agent", SLOT_TEXT, 0, AT(raw, user_agent),
	    "the line `user-agent`" },
	{ "body", SLOT_JSON, SLOT_OPT, AT(raw, body), "what is sent",
	    .form = "{Raw=string}, {Form=map} or {Json=value}" },
	{ "follow_redirects", SLOT_USIZE, 0, AT(raw, follow_redirects),
	    "at most so many" },
	{ "timeout", SLOT_OBJECT, SLOT_OPT, AT(raw, timeout), "for each hop",
	    .object = duration_slots, .size = sizeof(struct duration),
	    .struct_name = "struct Duration" },
	{ "into_blob", SLOT_BOOL, 0, AT(raw, into_blob),
	    "keep the body as a blob" },
	{ "binary", SLOT_BOOL, 0, AT(raw, binary),
	    "the body as a list of bytes" },
	{ "charset", SLOT_TEXT, SLOT_OPT | SLOT_OURS, AT(raw, charset),
	    "the encoding of text that does not say its own" },
	{ "proxy", SLOT_TEXT, SLOT_OPT, AT(raw, proxy), "a SOCKS5 proxy" },
	{ NULL },
};

/* A map of texts as lines, in byte order of the names. */
static const struct http_field *
fields_of(struct call *c, const struct json *map, size_t *n)
{
	struct http_field *field;

	*n = map != NULL ? map->map.n : 0;
	if (*n == 0)
		return NULL;
	form_sort(map);
	field = pool_array(c->pool, *n, sizeof(*field));
	for (size_t i = 0; i < *n; i++) {
		field[i].name = map->map.member[i].name;
		field[i].value = map->map.member[i].value.str;
	}
	return field;
}

static const struct variant bodies[] = {
	[BODY_RAW] = { "Raw", VARIANT_PAYLOAD },
	[BODY_FORM] = { "Form", VARIANT_PAYLOAD },
	[BODY_JSON] = { "Json", VARIANT_PAYLOAD },
	{ NULL },
};

static int
write_form(struct call *c, const struct json *v, struct http_request *out)
{
	if (form_write(c, v, &out->body) == -1)
		return -1;
	out->body_type = STR("application/x-www-form-urlencoded");
	return 0;
}

static int
write_json(struct call *c, const struct json *v, struct http_request *out)
{
	struct buf text = BUF_IN(c->pool);

	json_write(&text, v, JSON_SORTED);
	out->body = buf_str(&text);
	out->body_type = STR("application/json");
	return 0;
}

static int64_t
duration_ms(const struct duration *d)
{
	if (d->secs == NO_TIMEOUT)
		return -1;
	if (d->secs > INT64_MAX / 1000 - UINT32_MAX)
		return INT64_MAX;
	return (int64_t)(d->secs * 1000 + (d->nanos + 999999ull) / 1000000);
}

static int
read_body(struct call *c, struct raw *raw)
{
	uint32_t column;
	int kind;

	raw->kind = BODY_NONE;
	if (raw->body == NULL)
		return 0;
	kind = variant_read(bodies, raw->body, &raw->payload, &column, c->err);
	if (kind == -1)
		return -1;
	raw->kind = (enum body_kind)kind;
	if (kind == BODY_RAW && raw->payload->kind != JSON_STR &&
	    raw->payload->kind != JSON_BYTES)
		return slot_wrong_type(raw->payload, "a string", c->err);
	return 0;
}

static int
write_body(struct call *c, const struct raw *raw, struct http_request *out)
{
	switch (raw->kind) {
	case BODY_FORM:
		return write_form(c, raw->payload, out);
	case BODY_JSON:
		return write_json(c, raw->payload, out);
	case BODY_RAW:
		out->body = raw->payload->str;
		break;
	case BODY_NONE:
		break;
	}
	return 0;
}

static void
take_option(struct call *c, const struct raw *raw, struct http_request *r)
{
	struct buf query = BUF_IN(c->pool);
	const struct http_field *pair;
	size_t n;

	r->method = raw->method;
	r->url = raw->url;
	r->user_agent = raw->user_agent;
	r->redirects = raw->follow_redirects;
	r->timeout_ms = duration_ms(&raw->timeout);
	r->max_body = MAX_BODY;
	r->field = fields_of(c, raw->headers, &r->fields);
	r->cookie = fields_of(c, raw->cookies, &r->cookies);
	r->has_auth = raw->basic_auth.is_set;
	r->user = raw->basic_auth.left;
	r->password = raw->basic_auth.right;
	r->has_query = raw->query != NULL;
	pair = fields_of(c, raw->query, &n);
	for (size_t i = 0; i < n; i++)
		form_add(&query, pair[i].name, pair[i].value);
	r->query = buf_str(&query);
}

int
http_object_read(struct call *c, const struct json *v, struct http_object *out)
{
	struct raw raw = { .timeout.secs = NO_TIMEOUT };

	*out = (struct http_object){ .request = HTTP_REQUEST_NONE };
	if (slot_read(http_object_slots, "struct HttpRequest", v, c->pool, &raw,
		c->err) == -1 ||
	    !network_read_addr(c, raw.proxy, &out->proxy,
		&out->request.proxy) ||
	    read_charset(raw.charset, &out->charset, c->err) == -1 ||
	    read_body(c, &raw) == -1)
		return err_wrap(c->err, "invalid http request object");
	take_option(c, &raw, &out->request);
	out->session = raw.session;
	out->into_blob = raw.into_blob;
	out->binary = raw.binary;
	return write_body(c, &raw, &out->request);
}
