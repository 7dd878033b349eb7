/*
 * theharvester: the JSON lines of 2026, of which each is a finding,
 * {"type":...,"value":...}, behind a summary of the run.
 * theharvester-report: report.json, which it wrote before and still does: an
 * object of lists of texts.
 */
#include "base/mem.h"
#include "import/reader.h"
#include "import/split.h"

static bool
knows_lines(struct str text)
{
	return str_starts(text, STR("{\"action_executions\":"));
}

/* Its members are sorted; which there are depends on what it has found. */
static bool
knows_report(struct str text)
{
	static const char *const begin[] = { "{\"asns\":", "{\"cmd\":",
		"{\"emails\":[\"", "{\"hosts\":" };

	for (size_t i = 0; i < ARRAY_SIZE(begin); i++) {
		if (str_starts(text, str_of(begin[i])))
			return true;
	}
	return false;
}

/*
 * In reports also "name:address,address" and "address:name"; a name alone may
 * have the colon, too.
 */
static int
take_host(struct import_reader *r, struct str text, struct err *err)
{
	struct str rest = str_trim(text), name;

	if (str_starts(rest, STR("http")) &&
	    str_find(rest, STR("://")) != STR_NPOS)
		return found_url(r, rest, err);
	name = str_cut(&rest, ':');
	if (rest.p != NULL && str_find_char(rest, ':') != STR_NPOS)
		return found_ip(r, text, err);
	if (found_is_ip(name) && rest.n != 0)
		return found_resolves(r, rest, name, err);
	if (found_host(r, name, err) == -1)
		return -1;
	while (rest.n != 0) {
		if (found_resolves(r, name, str_cut(&rest, ','), err) == -1)
			return -1;
	}
	return 0;
}

static int
take_breach(struct import_reader *r, struct str text, struct err *err)
{
	return found_value(r, "breach", text, err);
}

static int
take_prefix(struct import_reader *r, struct str text, struct err *err)
{
	return found_value(r, "netblock", text, err);
}

/*
 * A kind of finding, in both forms, or one. The others are nothing that we
 * have.
 */
static const struct {
	const char *type, *list; /* of a line; of a report */
	int (*take)(struct import_reader *r, struct str text, struct err *err);
} kinds[] = {
	{ "hostname", "hosts", take_host },
	{ NULL, "vhosts", take_host },
	{ "ip", "ips", found_ip },
	{ "email", "emails", found_email },
	{ "url", "urls", found_url },
	{ NULL, "interesting_urls", found_url },
	{ "prefix", "prefixes", take_prefix },
	{ "breach", NULL, take_breach },
};

static int
take_service(struct import_reader *r, struct str ip, const struct json *service,
    struct err *err)
{
	const struct json *port = json_member(service, "port");
	struct str transport, product, version;
	struct found f;

	if (found_member(service, "transport", &transport, err) == -1 ||
	    found_member(service, "product", &product, err) == -1 ||
	    found_member(service, "version", &version, err) == -1)
		return -1;
	if (port == NULL || port->kind != JSON_INT)
		return err_set(err, "a service has no 'port'");
	found_begin(&f, r, "port");
	found_text(&f, "ip_addr", ip);
	found_set(&f, "port", *port);
	found_text(&f, "protocol", transport.n != 0 ? transport : STR("tcp"));
	found_text(&f, "status", STR("open"));
	found_text(&f, "service", product);
	found_text(&f, "version", version);
	return found_end(&f, err);
}

/* An address, and what Shodan knows of it. */
static int
take_shodan(struct import_reader *r, struct str ip, const struct json *details,
    struct err *err)
{
	const struct json *list = json_member(details, "services");
	struct str organization;
	struct found f;

	if (found_member(details, "organization", &organization, err) == -1)
		return -1;
	found_begin(&f, r, "ipaddr");
	found_text(&f, "value", ip);
	found_text(&f, "as_org", organization);
	if (found_end(&f, err) == -1)
		return -1;
	for (size_t i = 0;
	     list != NULL && list->kind == JSON_LIST && i < list->list.n; i++) {
		if (take_service(r, ip, &list->list.item[i], err) == -1)
			return -1;
	}
	return 0;
}

static int
take_line(struct import_reader *r, struct str line, struct err *err)
{
	const struct json *details;
	struct json map;
	struct str type, value;

	if (import_map(r, line, &map, err) == -1 ||
	    found_member(&map, "type", &type, err) == -1)
		return -1;
	if (type.p == NULL)
		return err_set(err, "there is no 'type'");
	if (str_is(type, "summary"))
		return 0;
	if (found_member(&map, "value", &value, err) == -1)
		return -1;
	if (value.p == NULL)
		return err_set(err, "there is no 'value'");
	details = json_member(&map, "details");
	if (str_is(type, "shodan-host") && details != NULL)
		return take_shodan(r, value, details, err);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].type != NULL && str_is(type, kinds[i].type))
			return kinds[i].take(r, value, err);
	}
	return 0;
}

static size_t
most_of(const struct split_item *item)
{
	(void)item;
	return IMPORT_MAX_LINE;
}

static int
take_item(struct import_reader *r, const struct split_item *item,
    struct err *err)
{
	struct json v;

	if (json_read_most(r->pool, item->text, IMPORT_MAX_VALUES, &v, err) ==
	    -1)
		return err_wrap(err, "no JSON in '%.*s'", STR_ARG(item->list));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].list == NULL || !str_is(item->list, kinds[i].list))
			continue;
		if (item->is_alone || v.kind != JSON_STR)
			return err_set(err, "'%s' is no list of texts",
			    kinds[i].list);
		return kinds[i].take(r, v.str, err);
	}
	return 0;
}

static int
begin(struct import_reader *r, struct err *err)
{
	static const struct split_kind kind = {
		.most = most_of,
		.item = take_item,
	};

	(void)err;
	split_begin(r, &kind);
	return 0;
}

const struct import_format import_harvester = {
	.name = "theharvester",
	.help =
	    "theHarvester -f, the .jsonl: names, addresses, ports, urls, mail, breaches",
	.knows = knows_lines,
	.line = take_line,
};

const struct import_format import_harvester_report = {
	.name = "theharvester-report",
	.help =
	    "theHarvester -f, the .json of any year: names, addresses, urls, "
	    "mail addresses, blocks",
	.knows = knows_report,
	.size = sizeof(struct split),
	.begin = begin,
	.piece = split_piece,
	.end = split_end,
	.clear = split_clear,
};
