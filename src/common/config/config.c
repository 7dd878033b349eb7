/*
 * Each section is a table of slots that point into struct config, and is read
 * member by member, so that an error names its key and what has no slot is
 * found. The order of the rows is that of the pages.
 */
#include "config/config.h"

#include "base/closest.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "gate/rule.h"
#include "ipc/exchange.h"
#include "stream/addr.h"
#include "text/glob.h"
#include "value/toml.h"

#define MOST_DIGEST (7 * 86400u) /* what waits longer is dropped */

static const struct slot core_slots[] = {
	{ "registry", SLOT_TEXT, SLOT_OPT, AT(config, registry),
	    "where modules are installed from: a server, a folder or a tar "
	    "file (docs/modules.md, \"Registries\")",
	    .form = "URL", .without = "`https://sn0int.com`",
	    .example = "\"file:///srv/modules.tar\"" },
	{ "no-autoupdate", SLOT_BOOL, SLOT_OPT, AT(config, no_autoupdate),
	    "never look by itself for newer modules; that is done while a "
	    "module runs, and only where `registry` is set",
	    .initial = false, .example = "true" },
	{ "update-days", SLOT_U32, SLOT_OPT, AT(config, update_days),
	    "days between two looks for newer modules", .initial = 7,
	    .most = 36500, .example = "1" },
	{ "bundled", SLOT_BOOL, SLOT_OPT, AT(config, bundled),
	    "have the modules that come with the program, of the author "
	    "`bundled`",
	    .initial = true, .example = "false" },
	{ .name = NULL },
};

static const struct slot network_slots[] = {
	{ "proxy", SLOT_TEXT, SLOT_OPT, AT(config, proxy),
	    "a SOCKS5 proxy for everything that modules and `update-lists` do",
	    .form = "IP:PORT", .without = "connections are direct",
	    .example = "\"127.0.0.1:9050\"" },
	{ "user_agent", SLOT_TEXT, SLOT_OPT, AT(config, user_agent),
	    "what HTTP requests of modules and of `update-lists` call "
	    "themselves, unless a module says otherwise",
	    .without = "`sn0int/` and a version",
	    .example = "\"Mozilla/5.0\"" },
	{ "allow", SLOT_TEXTS, SLOT_OPT, AT(config, allow_net),
	    "where modules may connect, beside the public internet; adds up "
	    "with `run --allow-net`; the words: docs/jail.md, \"Egress "
	    "policy\"",
	    .form = "list of rules", .without = "the public internet alone",
	    .example = "[\"10.0.0.0/8\", \"127.0.0.1:8080\"]" },
	{ "deny", SLOT_TEXTS, SLOT_OPT, AT(config, deny_net),
	    "where neither modules nor `update-lists` may connect; stronger "
	    "than what is allowed; the same words",
	    .form = "list of rules", .example = "[\"192.0.2.0/24\"]" },
	{ "nameservers", SLOT_TEXTS, SLOT_OPT, AT(config, ns),
	    "whom modules and `update-lists` ask for names",
	    .form = "list of IP:PORT", .without = "those of resolv.conf(5)",
	    .example = "[\"192.0.2.1:53\", \"[2001:db8::1]:53\"]" },
	{ .name = NULL },
};

static const struct slot lists_slots[] = {
	{ "psl", SLOT_TEXT, SLOT_OPT, AT(config, list[0]),
	    "where `update-lists` gets the public suffix list", .form = "URL",
	    .without = "from its publisher",
	    .example = "\"https://publicsuffix.org/list/"
		       "public_suffix_list.dat\"" },
	{ "geoip-city", SLOT_TEXT, SLOT_OPT, AT(config, list[1]),
	    "where it gets GeoLite2-City.mmdb", .form = "URL",
	    .without = "nowhere",
	    .example = "\"https://mirror.example.com/GeoLite2-City.mmdb\"" },
	{ "geoip-asn", SLOT_TEXT, SLOT_OPT, AT(config, list[2]),
	    "where it gets GeoLite2-ASN.mmdb", .form = "URL",
	    .without = "nowhere",
	    .example = "\"https://mirror.example.com/GeoLite2-ASN.mmdb\"" },
	{ .name = NULL },
};

static const struct slot run_slots[] = {
	{ "jobs", SLOT_U32, SLOT_OPT, AT(config, jobs),
	    "how many targets a run works on at once; `run -j` is stronger",
	    .most = CONFIG_MAX_JOBS, .without = "the cores of the machine",
	    .example = "8" },
	{ "permissions", SLOT_TEXT, SLOT_OPT, AT(config, permissions),
	    "what a module may reach and write: `enforce`: what its text says, "
	    "and what `sn0int permissions` allows; `ask`: the same, and each "
	    "text is shown before it runs for the first time; `off`: anything",
	    .form = "enforce, ask or off", .without = "enforce",
	    .example = "\"ask\"" },
	{ "evidence", SLOT_TEXT, SLOT_OPT, AT(config, evidence),
	    "what is kept of what modules ask the outside: `off`: nothing, "
	    "`digest`: what, when, sizes, hashes and errors, `full`: the bytes "
	    "as well; `run --evidence` is stronger",
	    .form = "off, digest or full", .without = "digest",
	    .example = "\"full\"" },
	{ .name = NULL },
};

static const struct slot select_slots[] = {
	{ "format", SLOT_TEXT, SLOT_OPT, AT(config, form),
	    "how `select` shows rows on a terminal: `lines`, or `table`, which "
	    "goes through the pager; a pipe and a file get lines",
	    .form = "lines or table", .without = "lines",
	    .example = "\"table\"" },
	{ "pager", SLOT_TEXT, SLOT_OPT, AT(config, pager),
	    "the program that `select --pager` gives its rows, with its "
	    "arguments",
	    .form = "command", .without = "`less -FRSX`",
	    .example = "\"less -RS\"" },
	{ .name = NULL },
};

static const struct slot sandbox_slots[] = {
	{ "limits", SLOT_TEXTS, SLOT_OPT, AT(config, limits),
	    "limits of the sandbox; `run --limit` is stronger",
	    .form = "list of NAME=VALUE",
	    .example = "[\"memory=512M\", \"wall=600s\"]" },
	{ .name = NULL },
};

static const struct slot namespace_slots[] = {
	{ "NAME", SLOT_TEXT, SLOT_OPT, AT(config_namespace, written),
	    "a folder with the modules of the author NAME, in place of those "
	    "that are installed; below the home folder unless it is absolute",
	    .form = "path", .example = "\"src/my-modules\"" },
	{ .name = NULL },
};

static const struct slot rule_slots[] = {
	{ "script", SLOT_TEXT, SLOT_OPT, AT(config_rule, script),
	    "the module that delivers it, of `Source: notifications`; cannot "
	    "be left out",
	    .form = "AUTHOR/NAME", .without = "it is an error",
	    .example = "\"bundled/smtp\"" },
	{ "workspaces", SLOT_TEXTS, SLOT_OPT, AT(config_rule, workspaces),
	    "which workspaces it is for", .form = "list of names",
	    .without = "all", .example = "[\"default\"]" },
	{ "topics", SLOT_TEXTS, SLOT_OPT, AT(config_rule, topics),
	    "what it is for: patterns, of which the first that matches "
	    "decides, and not if it begins with `!`; the words: docs/notify.md",
	    .form = "list of patterns", .without = "everything",
	    .example = "[\"!db:*:*.internal:*\", \"db:subdomain:*:insert\"]" },
	{ "options", SLOT_TEXTS, SLOT_OPT, AT(config_rule, options),
	    "options of the module", .form = "list of KEY=VALUE",
	    .example = "[\"to=me@example.com\"]" },
	{ "allow", SLOT_TEXTS, SLOT_OPT, AT(config_rule, allow),
	    "where its module may connect, beside what `network.allow` and "
	    "`notify.allow` say",
	    .form = "list of rules", .example = "[\"127.0.0.1:25\"]" },
	{ "max", SLOT_U32, SLOT_OPT, AT(config_rule, max),
	    "how many it sends in an hour; the last of them has all that is "
	    "left in it, and what comes then waits; 0: as `notify.max` says",
	    .example = "20" },
	{ "digest", SLOT_TEXT, SLOT_OPT, AT(config_rule, digest),
	    "what waits goes together, and at most once in this time",
	    .form = "NUMBER and s, m, h or d", .without = "as `notify.digest`",
	    .example = "\"15m\"" },
	{ .name = NULL },
};

static const struct slot notify_slots[] = {
	{ "allow", SLOT_TEXTS, SLOT_OPT, AT(config, notify_allow),
	    "where modules of notifications may connect, beside the public "
	    "internet and what `network.allow` says: relays mostly stand on "
	    "the LAN",
	    .form = "list of rules", .example = "[\"127.0.0.1:25\"]" },
	{ "max", SLOT_U32, SLOT_OPT, AT(config, notify_max),
	    "how many a rule sends in an hour; 0: any number",
	    .example = "20" },
	{ "digest", SLOT_TEXT, SLOT_OPT, AT(config, notify_digest),
	    "what waits for a rule goes together, and at most once in this "
	    "time",
	    .form = "NUMBER and s, m, h or d", .without = "each goes alone",
	    .example = "\"15m\"" },
	{ .name = NULL },
};

const struct config_section config_sections[] = {
	{ "core", core_slots, false, "The program itself." },
	{ "network", network_slots, false,
	    "What modules may do with the network, and how." },
	{ "run", run_slots, false, "Runs of modules." },
	{ "select", select_slots, false, "How rows are shown." },
	{ "sandbox", sandbox_slots, false, "What a module may use up." },
	{ "lists", lists_slots, false,
	    "What `update-lists` fetches into the cache folder." },
	{ "namespaces", namespace_slots, true,
	    "Modules that are not installed, but worked on." },
	{ "notifications.NAME", rule_slots, true,
	    "Who is told of what modules find: a rule each, with a name.",
	    true },
	{ "notify", notify_slots, false,
	    "What holds for all rules of notifications." },
	{ .name = NULL },
};

static const char *
section_name(const void *list, size_t i)
{
	return ((const struct config_section *)list)[i].name;
}

static const char *
slot_name(const void *list, size_t i)
{
	return ((const struct slot *)list)[i].name;
}

static const struct slot *
slot_by_name(const struct config_section *section, struct str name)
{
	for (const struct slot *s = section->slot; s->name != NULL; s++) {
		if ((!section->is_open || section->is_tables) &&
		    str_is(name, s->name))
			return s;
	}
	return NULL;
}

static const struct config_section *
section_by_name(struct str name)
{
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		struct str behind = str_of(s->name);

		if (str_eq(name, str_cut(&behind, '.')))
			return s;
	}
	return NULL;
}

/* The section whose key it is; NULL: none. */
static const struct config_section *
section_of_key(struct str name)
{
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		if (!s->is_open && slot_by_name(s, name) != NULL)
			return s;
	}
	return NULL;
}

void
config_warn(struct config *config, struct pool *pool, const char *text)
{
	config->warning = pool_push(pool, config->warning, config->warnings,
	    sizeof(*config->warning));
	config->warning[config->warnings++] = pool_copy(pool, str_of(text));
}

/* section: where it stands; NULL: in front of all of them. */
static void
unknown_key(struct config *config, struct pool *pool,
    const struct config_section *section, struct str name)
{
	const struct config_section *other = section_of_key(name);
	const char *closest = NULL;
	struct buf text = BUF_IN(pool);

	buf_printf(&text, "unknown key %.*s", STR_ARG(name));
	if (section != NULL) {
		closest = closest_name(name, slot_name, section->slot);
		buf_printf(&text, " in [%s]", section->name);
	}
	if (closest != NULL)
		buf_printf(&text, ", did you mean %s?", closest);
	else if (other != NULL)
		buf_printf(&text, ", it belongs in [%s]", other->name);
	config_warn(config, pool, buf_cstr(&text));
}

static void
unknown_section(struct config *config, struct pool *pool, struct str name)
{
	const char *closest = closest_name(name, section_name, config_sections);
	const char *text =
	    pool_printf(pool, "unknown section [%.*s]", STR_ARG(name));

	if (closest != NULL)
		text =
		    pool_printf(pool, "%s, did you mean [%s]?", text, closest);
	config_warn(config, pool, text);
}

/* What stands at the top and is no section of ours. */
static void
check_top(struct config *config, struct pool *pool, const struct json *root)
{
	for (size_t i = 0; i < root->map.n; i++) {
		const struct json_member *m = &root->map.member[i];

		if (section_by_name(m->name) != NULL)
			continue;
		if (m->value.kind == JSON_MAP)
			unknown_section(config, pool, m->name);
		else
			unknown_key(config, pool, NULL, m->name);
	}
}

/* name: of the slot, which is not the member's in a section that is open. */
static int
read_member(const struct config_section *section, const char *name,
    const struct json_member *m, struct pool *pool, void *out, struct err *err)
{
	struct json one = json_map();

	(void)json_set(pool, &one, str_of(name), m->value);
	if (slot_read(section->slot, NULL, &one, pool, out, err) == -1)
		return err_wrap(err, "in [%s]: %.*s", section->name,
		    STR_ARG(m->name));
	return 0;
}

static int
read_namespaces(struct config *config, const struct config_section *section,
    const struct json *v, struct pool *pool, struct err *err)
{
	struct config_namespace *n =
	    pool_zalloc(pool, v->map.n * sizeof(*config->namespace));

	for (size_t i = 0; i < v->map.n; i++) {
		const struct json_member *m = &v->map.member[i];

		n[i].name = m->name;
		if (read_member(section, section->slot->name, m, pool, &n[i],
			err) == -1)
			return -1;
	}
	config->namespace = n;
	config->namespaces = v->map.n;
	return 0;
}

/* "15m" */
static int
read_span(struct str text, uint32_t *seconds, struct err *err)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	uint64_t n;

	for (size_t i = 0; text.n != 0 && i < ARRAY_SIZE(units); i++) {
		if (text.p[text.n - 1] != units[i].unit ||
		    num_read_max(str_sub(text, 0, text.n - 1),
			MOST_DIGEST / units[i].seconds, &n) == -1 ||
		    n == 0)
			continue;
		*seconds = (uint32_t)n * units[i].seconds;
		return 0;
	}
	return err_set(err,
	    "a time is a number with s, m, h or d, up to 7d, "
	    "not '%.*s'",
	    STR_ARG(text));
}

/* A part of a topic each, and perhaps a ! in front. */
static int
check_topic(struct str pattern, struct err *err)
{
	struct str left = pattern;

	if (left.n != 0 && left.p[0] == '!')
		left = str_from(left, 1);
	while (left.p != NULL) {
		if (glob_check(str_cut(&left, ':'), err) == -1)
			return err_wrap(err, "not a pattern: '%.*s'",
			    STR_ARG(pattern));
	}
	return 0;
}

static int
check_rule(struct config_rule *rule, struct err *err)
{
	struct rule allowed;

	if (rule->script.n == 0)
		return err_set(err, "missing field `script`");
	for (size_t i = 0; i < rule->topics.n; i++) {
		if (check_topic(rule->topics.text[i], err) == -1)
			return err_wrap(err, "topics");
	}
	for (size_t i = 0; i < rule->options.n; i++) {
		if (str_find_char(rule->options.text[i], '=') == STR_NPOS)
			return err_set(err,
			    "options: KEY=VALUE is an option, not '%.*s'",
			    STR_ARG(rule->options.text[i]));
	}
	for (size_t i = 0; i < rule->allow.n; i++) {
		if (rule_read(rule->allow.text[i], &allowed, err) == -1)
			return err_wrap(err, "allow");
	}
	if (rule->digest.p != NULL &&
	    read_span(rule->digest, &rule->digest_s, err) == -1)
		return err_wrap(err, "digest");
	return 0;
}

static int
read_rule(struct config *config, const struct config_section *section,
    const struct json_member *in, struct pool *pool, struct config_rule *rule,
    struct err *err)
{
	if (in->value.kind != JSON_MAP)
		return slot_wrong_type(&in->value, "a map", err);
	for (size_t i = 0; i < in->value.map.n; i++) {
		const struct json_member *m = &in->value.map.member[i];
		const struct slot *slot = slot_by_name(section, m->name);
		struct json one = json_map();

		if (slot == NULL) {
			unknown_key(config, pool, section, m->name);
			continue;
		}
		(void)json_set(pool, &one, m->name, m->value);
		if (slot_read(section->slot, NULL, &one, pool, rule, err) == -1)
			return err_wrap(err, "%.*s", STR_ARG(m->name));
	}
	return check_rule(rule, err);
}

static int
read_rules(struct config *config, const struct config_section *section,
    const struct json *v, struct pool *pool, struct err *err)
{
	struct config_rule *rule;

	if (v->map.n > CONFIG_MAX_RULES)
		return err_set(err,
		    "in [notifications]: there are %zu rules, at most %d",
		    v->map.n, CONFIG_MAX_RULES);
	rule = pool_zalloc(pool, (v->map.n + 1) * sizeof(*rule));
	for (size_t i = 0; i < v->map.n; i++) {
		const struct json_member *m = &v->map.member[i];

		rule[i].label = m->name;
		if (read_rule(config, section, m, pool, &rule[i], err) == -1)
			return err_wrap(err, "in [notifications.%.*s]",
			    STR_ARG(m->name));
	}
	config->rule = rule;
	config->rules = v->map.n;
	return 0;
}

static int
read_section(struct config *config, const struct config_section *section,
    const struct json *v, struct pool *pool, struct err *err)
{
	if (v->kind != JSON_MAP) {
		struct str name = str_of(section->name);

		(void)slot_wrong_type(v, "a map", err);
		name = str_cut(&name, '.');
		return err_wrap(err, "in [%.*s]", STR_ARG(name));
	}
	if (section->slot == namespace_slots)
		return read_namespaces(config, section, v, pool, err);
	if (section->is_tables)
		return read_rules(config, section, v, pool, err);
	for (size_t i = 0; i < v->map.n; i++) {
		const struct json_member *m = &v->map.member[i];
		const struct slot *slot = slot_by_name(section, m->name);

		if (slot == NULL)
			unknown_key(config, pool, section, m->name);
		else if (read_member(section, slot->name, m, pool, config,
			     err) == -1)
			return -1;
	}
	return 0;
}

static int
check_address(const char *key, struct str text, struct err *err)
{
	struct addr addr;

	if (addr_read(text, &addr, err) == -1)
		return err_wrap(err, "network.%s takes IP:PORT, not '%.*s'",
		    key, STR_ARG(text));
	return 0;
}

static int
check_ns(const struct slot_texts *ns, struct err *err)
{
	for (size_t i = 0; i < ns->n; i++) {
		if (check_address("nameservers", ns->text[i], err) == -1)
			return -1;
	}
	return 0;
}

/* A policy that cannot be kept is none, whatever the command is. */
static int
check_policy(const char *key, const struct slot_texts *words, struct err *err)
{
	struct rule rule;

	for (size_t i = 0; i < words->n; i++) {
		if (rule_read(words->text[i], &rule, err) == -1)
			return err_wrap(err, "in network.%s", key);
	}
	return 0;
}

static int
check_limits(const struct slot_texts *words, struct err *err)
{
	struct limits limits;

	limits_init(&limits);
	for (size_t i = 0; i < words->n; i++) {
		if (limits_set(&limits, words->text[i], err) == -1)
			return err_wrap(err, "in sandbox.limits");
	}
	return 0;
}

static int
check_permissions(struct config *config, struct err *err)
{
	static const char *const name[] = { "enforce", "ask", "off" };

	if (config->permissions.p == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		if (str_is(config->permissions, name[i])) {
			config->permissions_kind = (enum config_permissions)i;
			return 0;
		}
	}
	return err_set(err,
	    "run.permissions is enforce, ask or off, not '%.*s'",
	    STR_ARG(config->permissions));
}

static int
check_form(const struct config *config, struct err *err)
{
	if (config->form.p == NULL || str_is(config->form, "table") ||
	    str_is(config->form, "lines"))
		return 0;
	return err_set(err, "select.format is lines or table, not '%.*s'",
	    STR_ARG(config->form));
}

static int
check_evidence(struct str name, struct err *err)
{
	enum evidence unused;

	if (name.p == NULL || evidence_by_name(name, &unused, err) == 0)
		return 0;
	return err_wrap(err, "in run.evidence");
}

static int
check_notify(struct config *config, struct err *err)
{
	struct rule rule;

	for (size_t i = 0; i < config->notify_allow.n; i++) {
		if (rule_read(config->notify_allow.text[i], &rule, err) == -1)
			return err_wrap(err, "in notify.allow");
	}
	if (config->notify_digest.p != NULL &&
	    read_span(config->notify_digest, &config->notify_digest_s, err) ==
		-1)
		return err_wrap(err, "in notify.digest");
	return 0;
}

void
config_init(struct config *config)
{
	*config = (struct config){ .jobs = 0 };
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		if (!s->is_open)
			slot_init(s->slot, config);
	}
}

int
config_read(struct config *config, struct str text, struct pool *pool,
    struct err *err)
{
	struct json *root = pool_alloc(pool, sizeof(*root));
	const struct json *network;

	if (toml_read(pool, text, root, err) == -1)
		return -1;
	check_top(config, pool, root);
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		struct str name = str_of(s->name);
		const struct json *v =
		    json_member_str(root, str_cut(&name, '.'));

		if (v != NULL && read_section(config, s, v, pool, err) == -1)
			return -1;
	}
	network = json_member(root, "network");
	config->has_allow_net =
	    network != NULL && json_member(network, "allow") != NULL;
	if (config->proxy.p != NULL &&
	    check_address("proxy", config->proxy, err) == -1)
		return -1;
	if (check_permissions(config, err) == -1 ||
	    check_form(config, err) == -1 ||
	    check_evidence(config->evidence, err) == -1 ||
	    check_policy("allow", &config->allow_net, err) == -1 ||
	    check_policy("deny", &config->deny_net, err) == -1 ||
	    check_notify(config, err) == -1 ||
	    check_limits(&config->limits, err) == -1)
		return -1;
	return check_ns(&config->ns, err);
}

bool
config_has_namespace(const struct config *config, struct str name)
{
	for (size_t i = 0; i < config->namespaces; i++) {
		if (str_eq(config->namespace[i].name, name))
			return true;
	}
	return false;
}
