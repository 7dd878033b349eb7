/*
 * Each section is a table of slots and is read member by member, so that an
 * error names its key; what has no slot is told of, with the name that was
 * probably meant: a key that does nothing may be a proxy that is not used.
 */
#include "state/config.h"


#include "base/closest.h"
#include "base/home.h"
#include "base/mem.h"
#include "gate/rule.h"
#include "state/file.h"
#include "value/toml.h"

/* What a section is read into, before it is checked. */
struct section {
	struct str text[3];
	struct slot_texts list[3];
	bool flag[2];
	uint32_t number;
};

#define TEXT(i) offsetof(struct section, text[i])
#define LIST(i) offsetof(struct section, list[i])
#define FLAG(i) offsetof(struct section, flag[i])

static const struct slot core_slots[] = {
	{ "registry", SLOT_TEXT, SLOT_OPT, TEXT(0),
	    "not used: modules are installed by hand" },
	{ "no-autoupdate", SLOT_BOOL, SLOT_OPT, FLAG(0),
	    "nothing looks for newer modules: false is warned of" },
	{ "bundled", SLOT_BOOL, SLOT_OPT, FLAG(1),
	    "have the modules that come with the program" },
	{ .name = NULL },
};

static const struct slot network_slots[] = {
	{ "proxy", SLOT_TEXT, SLOT_OPT, TEXT(0), "SOCKS5 proxy, IP:PORT" },
	{ "user_agent", SLOT_TEXT, SLOT_OPT, TEXT(1),
	    "default User-Agent of modules" },
	{ "allow", SLOT_TEXTS, SLOT_OPT, LIST(0), "where modules may connect" },
	{ "deny", SLOT_TEXTS, SLOT_OPT, LIST(1), "where they may not" },
	{ "nameservers", SLOT_TEXTS, SLOT_OPT, LIST(2),
	    "name servers, IP:PORT, in place of the system's" },
	{ .name = NULL },
};

static const struct slot lists_slots[] = {
	{ "psl", SLOT_TEXT, SLOT_OPT, TEXT(0), "URL of the suffix list" },
	{ "geoip-city", SLOT_TEXT, SLOT_OPT, TEXT(1), "URL of an .mmdb" },
	{ "geoip-asn", SLOT_TEXT, SLOT_OPT, TEXT(2), "URL of an .mmdb" },
	{ .name = NULL },
};

static const struct slot run_slots[] = {
	{ "jobs", SLOT_U32, SLOT_OPT, offsetof(struct section, number),
	    "targets at once" },
	{ .name = NULL },
};

static const struct slot sandbox_slots[] = {
	{ "limits", SLOT_TEXTS, SLOT_OPT, LIST(0), "name=value" },
	{ .name = NULL },
};

enum {
	CORE,
	LISTS,
	NAMESPACES,
	NETWORK,
	NOTIFICATIONS,
	RUN,
	SANDBOX,
	SECTIONS
};

/* A section without slots has names of the user's own. */
static const struct {
	const char *name;
	const struct slot *slots;
} sections[SECTIONS + 1] = {
	[CORE] = { "core", core_slots },
	[LISTS] = { "lists", lists_slots },
	[NAMESPACES] = { "namespaces", NULL },
	[NETWORK] = { "network", network_slots },
	[NOTIFICATIONS] = { "notifications", NULL },
	[RUN] = { "run", run_slots },
	[SANDBOX] = { "sandbox", sandbox_slots },
	[SECTIONS] = { NULL, NULL },
};

static const char *
section_name(const void *list, size_t i)
{
	(void)list;
	return sections[i].name;
}

static const char *
slot_name(const void *list, size_t i)
{
	return ((const struct slot *)list)[i].name;
}

static const struct slot *
slot_by_name(const struct slot *slots, struct str name)
{
	for (; slots != NULL && slots->name != NULL; slots++) {
		if (str_is(name, slots->name))
			return slots;
	}
	return NULL;
}

static void
warn(struct config *config, struct pool *pool, const char *text)
{
	config->warning = pool_push(pool, config->warning, config->warnings,
	    sizeof(*config->warning));
	config->warning[config->warnings++] = str_of(text);
}

/* "in [network]", or nothing for what stands in front of all sections. */
static const char *
place(struct pool *pool, const char *section)
{
	return section != NULL ? pool_printf(pool, " in [%s]", section) : "";
}

/* slots: of its section; NULL: it has none. */
static void
unknown_key(struct config *config, struct pool *pool, const char *section,
    const struct slot *slots, struct str name)
{
	const char *closest =
	    slots != NULL ? closest_name(name, slot_name, slots) : NULL;
	struct buf text = BUF_IN(pool);

	buf_printf(&text, "unknown key %.*s%s", STR_ARG(name),
	    place(pool, section));
	for (size_t i = 0; closest == NULL && sections[i].name != NULL; i++) {
		if (slot_by_name(sections[i].slots, name) == NULL)
			continue;
		buf_printf(&text, ", it belongs in [%s]", sections[i].name);
		break;
	}
	if (closest != NULL)
		buf_printf(&text, ", did you mean %s?", closest);
	warn(config, pool, buf_cstr(&text));
}

static void
unknown_section(struct config *config, struct pool *pool, struct str name)
{
	const char *closest = closest_name(name, section_name, NULL);
	const char *text = pool_printf(pool, "unknown section [%.*s]",
	    STR_ARG(name));

	if (closest != NULL)
		text = pool_printf(pool, "%s, did you mean [%s]?", text,
		    closest);
	warn(config, pool, text);
}

static bool
is_section(struct str name)
{
	for (size_t i = 0; sections[i].name != NULL; i++) {
		if (str_is(name, sections[i].name))
			return true;
	}
	return false;
}

/* What stands at the top and is no section of ours. */
static void
check_top(struct config *config, struct pool *pool, const struct json *root)
{
	for (size_t i = 0; i < root->map.n; i++) {
		const struct json_member *m = &root->map.member[i];

		if (is_section(m->name))
			continue;
		if (m->value.kind == JSON_MAP)
			unknown_section(config, pool, m->name);
		else
			unknown_key(config, pool, NULL, NULL, m->name);
	}
}

static int
read_member(const char *section, const struct slot *slots,
    const struct json_member *m, struct pool *pool, struct section *out,
    struct err *err)
{
	struct json one = json_map();

	(void)json_set(pool, &one, m->name, m->value);
	if (slot_read(slots, NULL, &one, pool, out, err) == -1)
		return err_wrap(err, "in [%s]: %.*s", section,
		    STR_ARG(m->name));
	return 0;
}

static int
read_section(struct config *config, const struct json *root, int section,
    struct pool *pool, struct section *out, struct err *err)
{
	const char *name = sections[section].name;
	const struct slot *slots = sections[section].slots;
	const struct json *v = json_member(root, name);

	*out = (struct section){ .flag = { true, true } };
	if (v == NULL)
		return 0;
	if (v->kind != JSON_MAP) {
		(void)slot_wrong_type(v, "a map", err);
		return err_wrap(err, "in [%s]", name);
	}
	for (size_t i = 0; i < v->map.n; i++) {
		const struct json_member *m = &v->map.member[i];

		if (slot_by_name(slots, m->name) == NULL)
			unknown_key(config, pool, name, slots, m->name);
		else if (read_member(name, slots, m, pool, out, err) == -1)
			return -1;
	}
	return 0;
}

/* Absolute, or below the home folder, with or without ~/ */
static const char *
folder_path(struct pool *pool, const char *home, struct str path)
{
	if (path.n != 0 && path.p[0] == '/')
		return pool_cstr(pool, path);
	if (str_starts(path, STR("~/")))
		path = str_from(path, 2);
	return pool_printf(pool, "%s/%.*s", home, STR_ARG(path));
}

static int
read_namespaces(struct config *config, const struct json *root,
    const char *home, struct pool *pool, struct err *err)
{
	const struct json *v = json_member(root, "namespaces");

	if (v == NULL)
		return 0;
	if (v->kind != JSON_MAP) {
		(void)slot_wrong_type(v, "a map", err);
		return err_wrap(err, "in [namespaces]");
	}
	config->namespace =
	    pool_array(pool, v->map.n, sizeof(*config->namespace));
	for (size_t i = 0; i < v->map.n; i++) {
		const struct json_member *m = &v->map.member[i];

		if (m->value.kind != JSON_STR) {
			(void)slot_wrong_type(&m->value, "a string", err);
			return err_wrap(err, "in [namespaces]: %.*s",
			    STR_ARG(m->name));
		}
		config->namespace[i].name = m->name;
		config->namespace[i].written = m->value.str;
		config->namespace[i].folder =
		    folder_path(pool, home, m->value.str);
	}
	config->namespaces = v->map.n;
	return 0;
}

static int
check_ns(const struct slot_texts *ns, struct err *err)
{
	struct addr addr;

	for (size_t i = 0; i < ns->n; i++) {
		if (addr_read(ns->text[i], &addr, err) == -1)
			return err_wrap(err,
			    "network.nameservers takes IP:PORT, not '%.*s'",
			    STR_ARG(ns->text[i]));
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

/*
 * Keys of the peer that are understood and cannot be heeded: there is no
 * registry, no search for newer modules and no notification here.
 */
static void
warn_of_unused(struct config *config, const struct json *root,
    const struct section *core, struct pool *pool)
{
	const struct json *v = json_member(root, "notifications");

	if (core->text[0].p != NULL)
		warn(config, pool,
		    "core.registry is not used: modules are installed by hand");
	if (!core->flag[0])
		warn(config, pool,
		    "core.no-autoupdate = false is not heeded: nothing looks "
		    "for newer modules");
	if (v != NULL && (v->kind != JSON_MAP || v->map.n != 0))
		warn(config, pool,
		    "[notifications] is not used: none are sent");
}

static int
take(struct config *config, const struct json *root, struct pool *pool,
    struct err *err)
{
	struct section read[SECTIONS];
	const struct section *network = &read[NETWORK];
	struct addr proxy;

	for (int i = 0; i < SECTIONS; i++) {
		if (sections[i].slots != NULL &&
		    read_section(config, root, i, pool, &read[i], err) == -1)
			return -1;
	}
	if (network->text[0].p != NULL &&
	    addr_read(network->text[0], &proxy, err) == -1)
		return err_wrap(err, "network.proxy takes IP:PORT, not '%.*s'",
		    STR_ARG(network->text[0]));
	if (check_policy("allow", &network->list[0], err) == -1 ||
	    check_policy("deny", &network->list[1], err) == -1 ||
	    check_ns(&network->list[2], err) == -1)
		return -1;
	warn_of_unused(config, root, &read[CORE], pool);
	config->bundled = read[CORE].flag[1];
	config->proxy = network->text[0];
	config->user_agent = network->text[1];
	config->allow_net = network->list[0];
	config->deny_net = network->list[1];
	config->ns = network->list[2];
	memcpy(config->list, read[LISTS].text, sizeof(config->list));
	config->jobs = read[RUN].number;
	config->limits = read[SANDBOX].list[0];
	return 0;
}

int
config_load(struct config *config, const char *path, const char *home,
    struct pool *pool, struct err *err)
{
	struct json root;
	struct str text;
	int status;

	*config = (struct config){ .bundled = true };
	status = file_read(pool, path, TOML_MAX_BYTES, &text, err);
	if (status == 0 && home_check_none(path, err) == 0)
		return 0;
	status = status == 1 ? toml_read(pool, text, &root, err) : -1;
	if (status != -1)
		check_top(config, pool, &root);
	if (status != -1)
		status = read_namespaces(config, &root, home, pool, err);
	if (status != -1)
		status = take(config, &root, pool, err);
	if (status == -1) {
		(void)err_wrap(err, "in %s", path);
		return err_wrap(err, "Failed to load config");
	}
	return 0;
}

void
config_describe(void (*each)(void *ctx, const char *section,
		    const struct slot *slot),
    void *ctx)
{
	for (size_t i = 0; sections[i].name != NULL; i++) {
		const struct slot *slot = sections[i].slots;

		if (slot == NULL)
			each(ctx, sections[i].name, NULL);
		for (; slot != NULL && slot->name != NULL; slot++)
			each(ctx, sections[i].name, slot);
	}
}
