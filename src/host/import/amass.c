/*
 * amass: what `amass subs -names` prints, a name a line, with -ip its addresses
 * behind a blank or a comma, before that perhaps the source in brackets; and
 * the JSON of version 3, an object a line:
 * {"name":...,"domain":...,"addresses":[{"ip","cidr","asn","desc"}],...}.
 */
#include "import/reader.h"

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       char_is_digit(c) || c == '-' || c == '_' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

/* A first line of a name, with a dot in it. */
static bool
knows_amass(struct str text)
{
	size_t n = 0;

	if (str_starts(text, STR("{\"name\":\"")))
		return true;
	while (n < text.n && is_name_char(text.p[n]))
		n++;
	return n != 0 && str_find_char(str_sub(text, 0, n), '.') != STR_NPOS &&
	       (n == text.n || text.p[n] == ' ' || text.p[n] == ',' ||
		   text.p[n] == '\n' || text.p[n] == '\r');
}

static int
take_block(struct import_reader *r, struct str cidr, struct str description,
    const struct json *asn, struct err *err)
{
	struct found f;

	if (str_trim(cidr).n == 0 || str_is(cidr, "<nil>"))
		return 0;
	found_begin(&f, r, "netblock");
	found_text(&f, "value", cidr);
	if (asn != NULL && asn->kind == JSON_INT && asn->i > 0)
		found_set(&f, "asn", *asn);
	found_text(&f, "as_org", description);
	return found_end(&f, err);
}

static int
take_address(struct import_reader *r, struct str name, const struct json *map,
    struct err *err)
{
	struct str ip, cidr, description;
	struct found f;
	const struct json *asn = json_member(map, "asn");

	if (map->kind != JSON_MAP)
		return err_set(err, "an address is no object");
	if (found_member(map, "ip", &ip, err) == -1 ||
	    found_member(map, "cidr", &cidr, err) == -1 ||
	    found_member(map, "desc", &description, err) == -1)
		return -1;
	if (str_trim(ip).n == 0)
		return err_set(err, "an address has no 'ip'");
	found_begin(&f, r, "ipaddr");
	found_text(&f, "value", ip);
	if (asn != NULL && asn->kind == JSON_INT && asn->i > 0)
		found_set(&f, "asn", *asn);
	found_text(&f, "as_org", description);
	if (found_end(&f, err) == -1 || found_resolves(r, name, ip, err) == -1)
		return -1;
	return take_block(r, cidr, description, asn, err);
}

static int
take_json(struct import_reader *r, struct str line, struct err *err)
{
	const struct json *list;
	struct json map;
	struct str name;

	if (import_map(r, line, &map, err) == -1 ||
	    found_member(&map, "name", &name, err) == -1)
		return -1;
	if (name.p == NULL)
		return err_set(err, "there is no 'name'");
	if (found_name(r, name, err) == -1)
		return -1;
	list = json_member(&map, "addresses");
	if (list == NULL || list->kind == JSON_NULL)
		return 0;
	if (list->kind != JSON_LIST)
		return err_set(err, "'addresses' is no list");
	for (size_t i = 0; i < list->list.n; i++) {
		if (take_address(r, name, &list->list.item[i], err) == -1)
			return -1;
	}
	return 0;
}

/* "[crtsh]    www.example.com 192.0.2.1,192.0.2.2" */
static int
take_text(struct import_reader *r, struct str line, struct err *err)
{
	struct str rest = line, name;
	size_t n = 0;

	if (rest.p[0] == '[') {
		(void)str_cut(&rest, ']');
		rest = str_trim(rest);
	}
	while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != ',' &&
	       rest.p[n] != '\t')
		n++;
	name = str_sub(rest, 0, n);
	rest = str_from(rest, n + 1);
	if (found_name(r, name, err) == -1)
		return -1;
	while (rest.n != 0) {
		if (found_resolves(r, name, str_cut(&rest, ','), err) == -1)
			return -1;
	}
	return 0;
}

static int
take_line(struct import_reader *r, struct str line, struct err *err)
{
	return line.p[0] == '{' ? take_json(r, line, err)
	                        : take_text(r, line, err);
}

const struct import_format import_amass = {
	.name = "amass",
	.help =
	    "amass subs -names, or -json of version 3: names, addresses, blocks",
	.knows = knows_amass,
	.line = take_line,
};
