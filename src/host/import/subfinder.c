/*
 * subfinder: -oJ, an object a line: {"host":...,"input":...,"source":...}, with
 * -ip the address as "ip", with -cs "sources" in place of "source".
 */
#include "import/reader.h"

static bool
knows_subfinder(struct str text)
{
	return str_starts(text, STR("{\"host\":\""));
}

static int
take_line(struct import_reader *r, struct str line, struct err *err)
{
	struct json map;
	struct str host, ip;

	if (import_map(r, line, &map, err) == -1 ||
	    found_member(&map, "host", &host, err) == -1 ||
	    found_member(&map, "ip", &ip, err) == -1)
		return -1;
	if (host.p == NULL)
		return err_set(err, "there is no 'host'");
	if (found_name(r, host, err) == -1)
		return -1;
	return found_resolves(r, host, ip, err);
}

const struct import_format import_subfinder = {
	.name = "subfinder",
	.help = "subfinder -oJ, also -ip: names, addresses",
	.knows = knows_subfinder,
	.line = take_line,
};
