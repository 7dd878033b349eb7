#include "state/config.h"

#include "format/toml.h"
#include "state/file.h"

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
	    "base URL of the registry" },
	{ "no-autoupdate", SLOT_BOOL, SLOT_OPT, FLAG(0),
	    "do not look for newer modules" },
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

static int
read_section(const struct json *root, const char *name,
    const struct slot *slots, struct pool *pool, struct section *out,
    struct err *err)
{
	const struct json *v = json_member(root, name);

	*out = (struct section){ .flag = { [1] = true } };
	if (v == NULL)
		return 0;
	if (slot_read(slots, NULL, v, pool, out, err) == -1)
		return err_wrap(err, "in [%s]", name);
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
	if (v->kind != JSON_MAP)
		return slot_wrong_type(v, "a map", err);
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

static int
take(struct config *config, const struct json *root, struct pool *pool,
    struct err *err)
{
	struct section core, network, lists, run, sandbox;
	struct addr proxy;

	if (read_section(root, "core", core_slots, pool, &core, err) == -1 ||
	    read_section(root, "network", network_slots, pool, &network, err) ==
		-1 ||
	    read_section(root, "lists", lists_slots, pool, &lists, err) == -1 ||
	    read_section(root, "run", run_slots, pool, &run, err) == -1 ||
	    read_section(root, "sandbox", sandbox_slots, pool, &sandbox, err) ==
		-1)
		return -1;
	if (network.text[0].p != NULL &&
	    addr_read(network.text[0], &proxy, err) == -1)
		return err_wrap(err, "network.proxy takes IP:PORT");
	if (check_ns(&network.list[2], err) == -1)
		return -1;
	if (core.text[0].p != NULL)
		config->registry = core.text[0];
	config->no_autoupdate = core.flag[0];
	config->bundled = core.flag[1];
	config->proxy = network.text[0];
	config->user_agent = network.text[1];
	config->allow_net = network.list[0];
	config->deny_net = network.list[1];
	config->ns = network.list[2];
	memcpy(config->list, lists.text, sizeof(config->list));
	config->jobs = run.number;
	config->limits = sandbox.list[0];
	return 0;
}

int
config_load(struct config *config, const char *path, const char *home,
    struct pool *pool, struct err *err)
{
	struct json root;
	struct str text;
	int status;

	*config = (struct config){ .registry = STR("https://sn0int.com"),
		.bundled = true };
	status = file_read(pool, path, TOML_MAX_BYTES, &text, err);
	if (status == 0)
		return 0;
	if (status == 1)
		status = toml_read(pool, text, &root, err);
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
