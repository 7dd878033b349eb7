/* export: no family is left out, and none stands there twice */
#include "export/format.h"

#include "base/mem.h"

#include "check.h"

static size_t
places(const struct model *model)
{
	size_t n = 0;

	for (size_t i = 0; export_table(i) != NULL; i++)
		n += export_table(i) == model;
	return n;
}

static void
every_family_is_exported_once(void)
{
	for (const struct model *m = model_table; m->family != NULL; m++)
		CHECK_INT(places(m), 1);
	CHECK_INT(places(&model_activity), 1);
}

/* The reference program has sixteen tables, and reads them in this order. */
static void
the_first_sixteen_are_recorded(void)
{
	static const char *const want[] = { "accounts", "breaches",
		"breach_emails", "devices", "domains", "emails", "images",
		"ipaddrs", "netblocks", "networks", "network_devices",
		"phonenumbers", "ports", "subdomains", "subdomain_ipaddrs",
		"urls" };

	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		CHECK_CSTR(export_table(i)->table, want[i]);
}

CHECK_MAIN(CASE(every_family_is_exported_once),
    CASE(the_first_sixteen_are_recorded))
