/*
 * bbot: output.json of the module json, an event a line: "type", and the event
 * as "data", or, where it is an object, as "data_json" (before 3.0 also as
 * "data"). "host" and "resolved_hosts" go with most of them.
 */
#include "base/mem.h"
#include "base/num.h"
#include "import/reader.h"

/* A line that is being read. */
struct event {
	struct import_reader *r;
	struct str data;        /* p NULL: it is an object */
	const struct json *map; /* that object; NULL: it is a text */
	struct str host;
};

static bool
knows_bbot(struct str text)
{
	struct str rest = str_from(text, 9);

	return str_starts(text, STR("{\"type\":\"")) && rest.n != 0 &&
	       rest.p[0] >= 'A' && rest.p[0] <= 'Z';
}

/* The text, or that member of the object. */
static int
text_of(const struct event *e, const char *name, struct str *out,
    struct err *err)
{
	*out = e->data;
	return e->map != NULL ? found_member(e->map, name, out, err) : 0;
}

static int
take_name(const struct event *e, struct err *err)
{
	return found_name(e->r, e->data, err);
}

static int
take_ip(const struct event *e, struct err *err)
{
	return found_ip(e->r, e->data, err);
}

static int
take_range(const struct event *e, struct err *err)
{
	return found_value(e->r, "netblock", e->data, err);
}

static int
take_email(const struct event *e, struct err *err)
{
	return found_email(e->r, e->data, err);
}

static int
take_url(const struct event *e, struct err *err)
{
	struct str url;

	if (text_of(e, "url", &url, err) == -1)
		return -1;
	return found_url(e->r, url, err);
}

/* "192.0.2.1:80", "[2001:db8::1]:80"; of a name only the name is a row. */
static int
take_port(const struct event *e, const char *protocol, struct err *err)
{
	struct str host = e->data;
	size_t colon = str_rfind_char(host, ':');
	struct found f;
	uint64_t port;

	if (colon == STR_NPOS)
		return err_set(err, "a port without a ':'");
	if (num_read_max(str_from(host, colon + 1), UINT16_MAX, &port) == -1)
		return err_set(err, "'%.*s' has no port", STR_ARG(host));
	host = str_sub(host, 0, colon);
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_sub(host, 1, host.n - 2);
	if (!found_is_ip(host))
		return found_name(e->r, host, err);
	found_begin(&f, e->r, "port");
	found_text(&f, "ip_addr", host);
	found_set(&f, "port", json_int((int64_t)port));
	found_text(&f, "protocol", str_of(protocol));
	found_text(&f, "status", STR("open"));
	return found_end(&f, err);
}

static int
take_tcp(const struct event *e, struct err *err)
{
	return take_port(e, "tcp", err);
}

static int
take_udp(const struct event *e, struct err *err)
{
	return take_port(e, "udp", err);
}

/* {"platform": "github", "profile_name": "x", "url": "..."} */
static int
take_social(const struct event *e, struct err *err)
{
	struct str platform, name, url;
	struct found f;

	if (e->map == NULL)
		return err_set(err, "a profile that is no object");
	if (found_member(e->map, "platform", &platform, err) == -1 ||
	    found_member(e->map, "profile_name", &name, err) == -1 ||
	    found_member(e->map, "url", &url, err) == -1)
		return -1;
	if (str_trim(platform).n == 0 || str_trim(name).n == 0)
		return 0;
	found_begin(&f, e->r, "account");
	found_text(&f, "service", platform);
	found_text(&f, "username", name);
	found_text(&f, "url", url);
	return found_end(&f, err);
}

/* The others are nothing that we have. */
static const struct {
	const char *type;
	bool is_text;
	int (*take)(const struct event *e, struct err *err);
} types[] = {
	{ "DNS_NAME", true, take_name },
	{ "IP_ADDRESS", true, take_ip },
	{ "IP_RANGE", true, take_range },
	{ "OPEN_TCP_PORT", true, take_tcp },
	{ "OPEN_UDP_PORT", true, take_udp },
	{ "URL", false, take_url },
	{ "URL_UNVERIFIED", false, take_url },
	{ "EMAIL_ADDRESS", true, take_email },
	{ "SOCIAL", false, take_social },
};

/* The addresses of a name that is a row: "resolved_hosts" has names, too. */
static int
take_resolved(const struct event *e, const struct json *list, struct err *err)
{
	if (list == NULL || list->kind == JSON_NULL || e->host.n == 0 ||
	    found_is_ip(e->host))
		return 0;
	if (list->kind != JSON_LIST)
		return err_set(err, "'resolved_hosts' is no list");
	for (size_t i = 0; i < list->list.n; i++) {
		const struct json *v = &list->list.item[i];

		if (v->kind != JSON_STR)
			return err_set(err,
			    "one of 'resolved_hosts' is no text");
		if (found_is_ip(v->str) &&
		    found_resolves(e->r, e->host, v->str, err) == -1)
			return -1;
	}
	return 0;
}

static int
read_data(struct event *e, const struct json *map, struct err *err)
{
	const struct json *data = json_member(map, "data_json");

	if (data == NULL)
		data = json_member(map, "data");
	if (data == NULL)
		return err_set(err, "there is no 'data'");
	if (data->kind == JSON_STR)
		e->data = data->str;
	else if (data->kind == JSON_MAP)
		e->map = data;
	else
		return err_set(err, "'data' is neither a text nor an object");
	return 0;
}

static int
take_line(struct import_reader *r, struct str line, struct err *err)
{
	struct event e = { .r = r };
	struct json map;
	struct str type;

	if (import_map(r, line, &map, err) == -1 ||
	    found_member(&map, "type", &type, err) == -1 ||
	    found_member(&map, "host", &e.host, err) == -1)
		return -1;
	if (type.p == NULL)
		return err_set(err, "there is no 'type'");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!str_is(type, types[i].type))
			continue;
		if (read_data(&e, &map, err) == -1)
			return -1;
		if (types[i].is_text && e.map != NULL)
			return err_set(err, "'data' of a %s is no text",
			    types[i].type);
		if (types[i].take(&e, err) == -1)
			return -1;
		return take_resolved(&e, json_member(&map, "resolved_hosts"),
		    err);
	}
	return 0;
}

const struct import_format import_bbot = {
	.name = "bbot",
	.help =
	    "bbot -om json: names and their addresses, blocks, ports, urls, "
	    "mail addresses, profiles",
	.knows = knows_bbot,
	.line = take_line,
};
