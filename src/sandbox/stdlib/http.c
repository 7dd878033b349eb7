/* http: requests as modules make them, and sessions, which keep cookies. */
#include "http/http.h"

#include "base/num.h"
#include "base/utf8.h"
#include "child/child.h"
#include "http/coding.h"
#include "stdlib/handle.h"
#include "stdlib/http_options.h"
#include "stdlib/network.h"
#include "stream/values.h"
#include "text/encoding_sniff.h"

/* of a Retry-After that is shown; a date has 29 bytes */
#define RETRY_AFTER_MAX 40

/* more could not be returned (docs/jail.md) */
#define GZIP_MAX_BYTES (256 << 20)

struct sessions {
	struct http *http;
	struct str suffix_list; /* p == NULL: there is none, or it was read */
	struct psl *suffixes;
};

static void
free_jar(void *thing)
{
	cookie_jar_free(thing);
}

static const struct handle_kind jars = { free_jar,
	"Invalid session reference" };

static void
clear_sessions(void *block)
{
	struct sessions *sessions = block;

	http_free(sessions->http);
	psl_free(sessions->suffixes);
}

static struct sessions *
sessions_of(struct call *c)
{
	static const char key;

	return call_state(c, &key, sizeof(struct sessions), clear_sessions);
}

static struct http *
client_of(struct call *c)
{
	struct dialler *dialler = network_dialler(c);
	struct sessions *sessions = sessions_of(c);

	if (sessions->http != NULL)
		return sessions->http;
	sessions->http = http_new(dialler);
	if (c->child->is_ours)
		http_name_proxy(sessions->http);
	return sessions->http;
}

/* Read when the first cookie comes that wants more than its own host. */
static const struct psl *
suffixes(void *arg)
{
	struct sessions *sessions = arg;

	if (sessions->suffix_list.p != NULL)
		sessions->suffixes = psl_new(sessions->suffix_list, NULL);
	sessions->suffix_list = STR_NONE;
	return sessions->suffixes;
}

static int
fn_http_mksession(struct call *c)
{
	struct sessions *sessions = sessions_of(c);
	struct cookie_jar *jar = cookie_jar_new();

	if (sessions->suffixes == NULL)
		sessions->suffix_list = call_data(c, DATA_SUFFIX_LIST);
	cookie_jar_set_suffixes(jar, suffixes, sessions);
	return call_return_str(c, handle_add(c, &jars, jar));
}

/* Those of the jar that are for the URL, by name. */
static struct json
cookies_for(struct call *c, struct cookie_jar *jar, struct str text)
{
	struct json map = json_map();
	struct cookie_site site;
	struct http_field *field;
	struct http_url url;
	size_t n;

	/* a URL that is none is refused when the request is sent */
	if (http_url_read(text, &url, NULL) == -1)
		return map;
	site = (struct cookie_site){ url.host, url.path, url.is_tls };
	n = cookie_jar_find(jar, &site, values_clock(), c->pool, &field);
	for (size_t i = 0; i < n; i++) {
		/* of equal names, that of the longest path */
		if (json_member_str(&map, field[i].name) == NULL)
			json_set(c->pool, &map, field[i].name,
			    json_str(field[i].value));
	}
	return map;
}

static int
fn_http_request(struct call *c)
{
	struct cookie_jar *jar = handle_arg(c, &jars);
	struct json cookies, request;

	if (jar == NULL)
		return -1;
	cookies = cookies_for(c, jar, call_str(c, 3));
	if (http_options_read(c, call_json(c, 4), &cookies, &request) == -1)
		return -1;
	json_set(c->pool, &request, STR("session"), json_str(call_str(c, 1)));
	json_set(c->pool, &request, STR("method"), json_str(call_str(c, 2)));
	json_set(c->pool, &request, STR("url"), json_str(call_str(c, 3)));
	return call_return_json(c, &request);
}

/* What a request came to. */
struct answer {
	struct http_object object;
	struct http_response response;
};

static int
send_request(struct call *c, struct answer *out)
{
	const struct http_request *request = &out->object.request;
	struct http_url url;

	if (http_object_read(c, call_json(c, 1), &out->object) == -1)
		return -1;
	out->object.request.jar = handle_find(c, &jars, out->object.session);
	if (http_send(client_of(c), request, c->pool, &out->response, c->err) ==
	    0)
		return 0;
	if (http_url_read(request->url, &url, NULL) == -1)
		c->about = request->url;
	return -1;
}

/*
 * When a server wants to be asked again (RFC 9110, 10.2.3), as it says it: a
 * number of seconds or a date. "" unless it says so in a form that can be shown.
 */
static struct str
retry_after(const struct http_response *response)
{
	const struct http_field *field = http_field_by_name(response->field,
	    response->fields, STR("retry-after"));

	if (field == NULL || field->value.n > RETRY_AFTER_MAX ||
	    !http_is_plain(field->value) ||
	    str_find_char(field->value, '\t') != STR_NPOS)
		return STR("");
	return field->value;
}

static int
refuse_status(const struct http_response *response, struct err *err)
{
	struct str when = retry_after(response);
	uint64_t seconds;

	if (when.n == 0)
		return err_set(err, "http status error: %u", response->status);
	return err_set(err, "http status error: %u, retry after %.*s%s",
	    response->status, STR_ARG(when),
	    num_read_u64(when, &seconds) == 0 ? " s" : "");
}

/* -1 for a status that is no success. */
static int
fetch_answer(struct call *c, struct answer *out)
{
	if (send_request(c, out) == -1)
		return -1;
	if (out->response.status < 200 || out->response.status > 299) {
		c->about = out->response.body; /* which often says why */
		return refuse_status(&out->response, c->err);
	}
	return 0;
}

static void
set_member(struct call *c, struct json *map, const char *name, struct json v)
{
	json_set(c->pool, map, str_of(name), v);
}

/* Of a name that came more than once, the first line. */
static struct json
headers_of(struct call *c, const struct http_response *response)
{
	struct json map = json_map();

	for (size_t i = 0; i < response->fields; i++) {
		const struct http_field *field = &response->field[i];

		if (http_is_plain(field->value) &&
		    http_field_by_name(response->field, i, field->name) == NULL)
			json_set(c->pool, &map, field->name,
			    json_str(field->value));
	}
	return map;
}

/* In the encoding that the answer says, if the module asked for that. */
static int
text_of(struct call *c, const struct answer *answer, struct str *text)
{
	const struct http_response *response = &answer->response;
	const struct encoding *e = answer->object.charset, *said;
	const struct http_field *type = http_field_by_name(response->field,
	    response->fields, STR("content-type"));

	if (e == NULL) {
		*text = utf8_lossy(c->pool, response->body);
		return 0;
	}
	said = encoding_sniff(type != NULL ? type->value : STR(""),
	    response->body);
	return encoding_read(c->pool, said != NULL ? said : e, response->body,
	    text, c->err);
}

static int
set_body(struct call *c, const struct answer *answer, struct json *out)
{
	struct str body = answer->response.body, text;

	if (answer->object.into_blob)
		set_member(c, out, "blob", json_str(call_blob_add(c, body)));
	else if (answer->object.binary)
		set_member(c, out, "binary", json_byte_list(body));
	else if (text_of(c, answer, &text) == 0)
		set_member(c, out, "text", json_str(text));
	else
		return -1;
	return 0;
}

static int
return_response(struct call *c, const struct answer *answer)
{
	const struct http_response *response = &answer->response;
	struct json out = json_map();
	char text[ADDR_TEXT_MAX];

	set_member(c, &out, "status", json_int(response->status));
	set_member(c, &out, "headers", headers_of(c, response));
	if (response->has_ip)
		set_member(c, &out, "ipaddr",
		    json_text(addr_ip_text(&response->ip, text)));
	if (set_body(c, answer, &out) == -1)
		return -1;
	return call_return_json(c, &out);
}

static int
fn_http_send(struct call *c)
{
	struct answer answer;

	return send_request(c, &answer) == -1 ? -1
	                                      : return_response(c, &answer);
}

static int
fn_http_fetch(struct call *c)
{
	struct answer answer;

	return fetch_answer(c, &answer) == -1 ? -1
	                                      : return_response(c, &answer);
}

static int
fn_http_fetch_json(struct call *c)
{
	struct answer answer;
	struct json v;

	if (fetch_answer(c, &answer) == -1)
		return -1;
	c->about = answer.response.body;
	if (json_read(c->pool, answer.response.body, &v, c->err) == -1)
		return err_wrap(c->err, "deserialize failed");
	return call_return_json(c, &v);
}

static int
fn_gzip_decode(struct call *c)
{
	struct buf out = BUF_NONE;
	struct str bytes = { NULL, 0 };
	int64_t most = call_int(c, 2);
	int result = http_coding_read(STR("gzip"), call_str(c, 1),
	    most < GZIP_MAX_BYTES ? (size_t)most : GZIP_MAX_BYTES, &out,
	    c->err);

	if (result == 1)
		bytes = pool_copy(c->pool, buf_str(&out));
	buf_clear(&out);
	if (result == 0)
		return err_set(c->err, "no gzip data, or cut off");
	return result == 1 ? call_return_str(c, bytes) : -1;
}

const struct stdlib_fn stdlib_http[] = {
	{
	    .name = "gzip_decode",
	    .call = fn_gzip_decode,
	    .args = "data:bytes, max:u32",
	    .returns = "bytes",
	    .doc =
		"Decompresses what a gzip file holds (RFC 1952), of several members one after the other, such as `sitemap.xml.gz`. Fails when more than max bytes come of it (at most 256 MiB), when the data is cut off, or no gzip.",
	    .example =
		"gzip_decode(base64_decode('H4sIAAAAAAACA8vPSMzkAgCKUC0+BQAAAA=='), 100)",
	    .flags = FN_OURS | FN_EXAMPLE_TEXT,
	},
	{
	    .name = "http_mksession",
	    .call = fn_http_mksession,
	    .returns = "text",
	    .doc =
		"Gives a handle of a new session. A session keeps the cookies that servers set, each for the hosts and paths that it is for, as browsers do.",
	    .example = "#http_mksession()  -- 16.0",
	},
	{
	    .name = "http_request",
	    .call = fn_http_request,
	    .args = "session:text, method:text, url:text, options:any",
	    .returns = "table",
	    .doc =
		"Makes a request, which is a plain table; nothing is sent yet. The URL is taken as it is, so it must be escaped.",
	    .example =
		"http_request(http_mksession(), 'GET', 'https://example.com/', {timeout=5000})['method']  -- \"GET\"",
	    .keys = http_option_slots,
	},
	{
	    .name = "http_send",
	    .call = fn_http_send,
	    .args = "request:any",
	    .returns = "table",
	    .doc =
		"Sends a request, which a module may have changed, kept, or built by hand, and gives the answer, whatever its status: status, headers (names in lower case, of several lines the first), ipaddr (if the host was looked up), and text, binary or blob. Bodies with a content-encoding of gzip or deflate are decoded. Connections are kept for the next request.",
	    .example = "http_send(request)['status']",
	    .keys = http_object_slots,
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "http_fetch",
	    .call = fn_http_fetch,
	    .args = "request:any",
	    .returns = "table",
	    .doc =
		"As http_send, but a status outside 200 to 299 fails; the error has the status, and when to ask again if the server says that (Retry-After).",
	    .example = "http_fetch(request)['text']",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "http_fetch_json",
	    .call = fn_http_fetch_json,
	    .args = "request:any",
	    .returns = "any",
	    .doc =
		"As http_fetch, and reads the body as JSON, whatever its type.",
	    .example = "http_fetch_json(request)['items'][1]",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{ NULL },
};
