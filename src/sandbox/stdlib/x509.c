/* x509: the names in a certificate. */
#include "crypt/x509.h"

#include "stdlib/call.h"

static void
set_list(struct call *c, struct json *map, struct str name,
    const struct x509_list *list)
{
	struct json texts = json_list();

	for (size_t i = 0; i < list->n; i++)
		json_append(c->pool, &texts, json_str(list->text[i]));
	json_set(c->pool, map, name, texts);
}

static int
fn_x509_parse_pem(struct call *c)
{
	struct json map = json_map();
	struct x509_names names;

	if (x509_read_pem(c->pool, call_str(c, 1), &names, c->err) == -1)
		return -1;
	set_list(c, &map, STR("valid_names"), &names.name);
	set_list(c, &map, STR("valid_emails"), &names.email);
	set_list(c, &map, STR("valid_ipaddrs"), &names.ip);
	return call_return_json(c, &map);
}

const struct stdlib_fn stdlib_x509[] = {
	{
	    .name = "x509_parse_pem",
	    .call = fn_x509_parse_pem,
	    .args = "certificate:text",
	    .returns = "map",
	    .doc =
		"Reads a version 3 certificate in PEM: valid_names (common names of the subject and DNS names), valid_emails, valid_ipaddrs; three lists, none of them absent, without duplicates and in order of appearance. Nothing is verified.",
	    .example =
		"x509_parse_pem('-----BEGIN CERTIFICATE-----\\nMIIBBzCBuqADAgECAhR1lEZhLc9vLALBQV5nZy4J8fzqvjAFBgMrZXAwFDESMBAGA1UEAwwJYS5leGFtcGxlMB4XDTI2MTEyNDE4MzEwN1oXDTI2MTEyNTE4MzEwN1owFDESMBAGA1UEAwwJYS5leGFtcGxlMCowBQYDK2VwAyEAG+5fjVl47DCVqsj3aGjCNvogituDjcMBw7UsBKV1EzGjHjAcMBoGA1UdEQQTMBGCCWIuZXhhbXBsZYcEwAACATAFBgMrZXADQQAaNsjpIYrJou4LOjC5Hd3WR8veUo0iNCyZypvYwNTL2lB7MurizrnmCKfJoIQuUWZiEyoACQ0fmEGsAdPCbz4K\\n-----END CERTIFICATE-----\\n')  -- {\"valid_emails\": {}, \"valid_ipaddrs\": {1.0: \"192.0.2.1\"}, \"valid_names\": {1.0: \"a.example\", 2.0: \"b.example\"}}",
	},
	{ NULL },
};
