#include "reach/reach.h"

#include "base/mem.h"
#include "reach/rows.h"

const struct reach_act_row reach_acts[] = {
	{ ACT_NAMES, "names", "looks up names" },
	{ ACT_STDIN, "stdin", "reads standard input" },
	{ ACT_BLOBS, "blobs", "stores blobs" },
	{ ACT_ACTIVITY, "activity", "writes activity" },
	{ ACT_RATELIMITS, "ratelimits", "waits for rate limits" },
	{ 0, NULL, NULL },
};

const struct reach_set_row reach_sets[] = {
	{ offsetof(struct permissions, adds), "adds", "adds" },
	{ offsetof(struct permissions, updates), "updates", "changes" },
	{ offsetof(struct permissions, reads), "reads", "reads" },
	{ 0, NULL, NULL },
};

const char *const reach_from_names[] = {
	[REACH_HOST] = "host",
	[REACH_TARGET] = "target",
	[REACH_OPTION] = "option",
	[REACH_KEY] = "key",
	[REACH_ANY] = "any",
	NULL,
};

uint32_t
reach_set_of(const struct permissions *p, const struct reach_set_row *row)
{
	uint32_t set;

	memcpy(&set, (const char *)p + row->at, sizeof(set));
	return set;
}

uint32_t
reach_all_families(void)
{
	uint32_t all = 0;

	for (unsigned i = 0; model_table[i].family != NULL; i++)
		all |= (uint32_t)1 << i;
	return all;
}

void
permissions_all(struct pool *pool, struct str why, struct permissions *out)
{
	uint32_t all = reach_all_families();

	*out = (struct permissions){ .acts = ACT_ALL,
		.adds = all,
		.updates = all,
		.reads = all,
		.stealth = STEALTH_NORMAL };
	out->host = pool_zalloc(pool, sizeof(*out->host));
	out->host->from = REACH_ANY;
	out->host->why = why;
	out->hosts = 1;
}

static void
add_ports(const struct reach_host *host, struct buf *out)
{
	for (unsigned i = 0; i < host->ports; i++) {
		buf_add_char(out, i == 0 ? ':' : ',');
		buf_add_uint(out, host->port[i]);
	}
}

static void
add_named(struct buf *out, const char *kind, const char *any, struct str name)
{
	if (name.p == NULL)
		buf_add(out, str_of(any));
	else
		buf_printf(out, "%s %.*s", kind, STR_ARG(name));
}

void
reach_host_print(const struct reach_host *host, struct buf *out)
{
	bool has_brackets = host->ports != 0 && host->from == REACH_HOST &&
	                    str_find_char(host->name, ':') != STR_NPOS;

	switch (host->from) {
	case REACH_HOST:
		buf_printf(out, has_brackets ? "[%.*s]" : "%.*s",
		    STR_ARG(host->name));
		break;
	case REACH_TARGET:
		buf_add(out, STR("the target"));
		break;
	case REACH_OPTION:
		add_named(out, "the host in option", "the host in an option",
		    host->name);
		break;
	case REACH_KEY:
		add_named(out, "the host in a key of", "the host in a key",
		    host->name);
		break;
	case REACH_ANY:
		buf_add(out, STR("any host"));
		break;
	}
	add_ports(host, out);
}

#define LABEL "%-13s "

static void
print_host(const struct reach_host *host, struct buf *out)
{
	buf_printf(out, LABEL, "talks to");
	reach_host_print(host, out);
	if (host->by.n != 0)
		buf_printf(out, "  (%.*s, line %u%s%.*s)", STR_ARG(host->by),
		    host->line, host->why.n != 0 ? ": " : "",
		    STR_ARG(host->why));
	else if (host->why.n != 0)
		buf_printf(out, "  (%.*s)", STR_ARG(host->why));
	buf_add_char(out, '\n');
}

void
reach_set_print(uint32_t set, struct buf *out)
{
	const char *before = "";

	if (set == reach_all_families()) {
		buf_add(out, STR("all families"));
		return;
	}
	for (unsigned i = 0; model_table[i].family != NULL; i++) {
		if (set >> i & 1) {
			buf_printf(out, "%s%s", before, model_table[i].family);
			before = ", ";
		}
	}
}

void
permissions_print(const struct permissions *p, struct buf *out)
{
	if (p->fault.n != 0)
		buf_printf(out, LABEL "%.*s\n", "not understood",
		    STR_ARG(p->fault));
	if (p->hosts == 0)
		buf_printf(out, LABEL "%s\n", "talks to", "nobody");
	for (size_t i = 0; i < p->hosts; i++)
		print_host(&p->host[i], out);
	if (p->is_narrowed)
		buf_printf(out, LABEL "%s\n", "narrowed",
		    "by its line Reaches");
	for (size_t i = 0; reach_sets[i].name != NULL; i++) {
		uint32_t set = reach_set_of(p, &reach_sets[i]);

		if (set == 0)
			continue;
		buf_printf(out, LABEL, reach_sets[i].verb);
		reach_set_print(set, out);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < p->keys.n; i++)
		buf_printf(out, LABEL "keys of %.*s\n", "asks for",
		    STR_ARG(p->keys.text[i]));
	for (size_t i = 0; reach_acts[i].name != NULL; i++) {
		if (p->acts & reach_acts[i].act)
			buf_printf(out, "%s\n", reach_acts[i].words);
	}
	buf_printf(out, LABEL "%s\n", "stealth",
	    stealth_levels[p->stealth].name);
}
