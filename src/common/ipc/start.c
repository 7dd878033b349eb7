#include "ipc/start.h"

#include <assert.h>

#include "base/mem.h"
#include "ipc/variant.h"
#include "model/model.h"
#include "stream/addr.h"
#include "value/duration.h"

struct script {
	struct str code;
};

/* What the tables fill in, before it is checked and becomes a struct start. */
struct raw_dns {
	struct slot_texts ns;
	bool tcp;
	const struct json *timeout;
};

struct raw_module {
	struct start_module module;
	struct script script;
	const struct json *stealth;
	const struct json *private_module;
};

struct raw {
	struct start start;
	struct raw_dns dns;
	struct raw_module module;
	const struct json *blobs;
};

static const struct slot dns_slots[] = {
	{ "ns", SLOT_TEXTS, 0, AT(raw_dns, ns), "name servers",
	    .form = "list of \"IP:PORT\"" },
	{ "tcp", SLOT_BOOL, SLOT_ELSE, AT(raw_dns, tcp), "ask over TCP" },
	{ "timeout", SLOT_JSON, SLOT_OPT, AT(raw_dns, timeout), "of a look-up",
	    .form = "{\"secs\",\"nanos\"}" },
	{ NULL },
};

static const struct slot key_slots[] = {
	{ "namespace", SLOT_TEXT, 0, AT(start_key, namespace),
	    "what the key is for" },
	{ "access_key", SLOT_TEXT, 0, AT(start_key, access_key), "its name" },
	{ "secret_key", SLOT_TEXT, SLOT_OPT, AT(start_key, secret_key),
	    "its secret, if it has one" },
	{ NULL },
};

static const struct slot script_slots[] = {
	{ "code", SLOT_TEXT, 0, AT(script, code),
	    "Lua, the whole file with its header" },
	{ NULL },
};

static const struct slot module_slots[] = {
	{ "name", SLOT_TEXT, 0, AT(raw_module, module.name), "its name" },
	{ "author", SLOT_TEXT, 0, AT(raw_module, module.author),
	    "whose it is" },
	{ "description", SLOT_TEXT, 0, AT(raw_module, module.description),
	    "what it does, a line" },
	{ "version", SLOT_TEXT, 0, AT(raw_module, module.version),
	    "which one it is" },
	{ "source", SLOT_JSON, SLOT_OPT, AT(raw_module, module.source),
	    "what it runs on", .form = "a source, below" },
	{ "keyring_access", SLOT_TEXTS, 0,
	    AT(raw_module, module.keyring_access),
	    "the namespaces of keys that it asks for" },
	{ "stealth", SLOT_JSON, SLOT_ELSE, AT(raw_module, stealth),
	    "how much others see of it", .form = "a level, below",
	    .without = "`\"Normal\"`" },
	{ "private_module", SLOT_JSON, SLOT_ELSE,
	    AT(raw_module, private_module), "it is no business of a registry",
	    .form = "true or false" },
	{ "script", SLOT_OBJECT, 0, AT(raw_module, script), "the program",
	    script_slots, sizeof(struct script), "struct Script" },
	{ NULL },
};

const struct slot start_slots[] = {
	{ "verbose", SLOT_U8, 0, AT(raw, start.verbose),
	    "the number of `-v`; `debug()` speaks from 2 on" },
	{ "keyring", SLOT_OBJECTS, 0, AT(raw, start.keyring),
	    "the keys that this module was granted", key_slots,
	    sizeof(struct start_key), "struct KeyRingEntry" },
	{ "dns_config", SLOT_OBJECT, 0, AT(raw, dns), "who is asked for names",
	    dns_slots, sizeof(struct raw_dns), "struct Resolver" },
	{ "proxy", SLOT_TEXT, SLOT_OPT, AT(raw, start.proxy),
	    "a SOCKS5 proxy for everything", .form = "\"IP:PORT\"" },
	{ "user_agent", SLOT_TEXT, SLOT_OPT, AT(raw, start.user_agent),
	    "what HTTP requests call themselves, unless the module says "
	    "otherwise" },
	{ "options", SLOT_MAP, 0, AT(raw, start.options), "for `getopt()`" },
	{ "module", SLOT_OBJECT, 0, AT(raw, module), "what is run",
	    module_slots, sizeof(struct raw_module), "struct Module" },
	{ "arg", SLOT_JSON, 0, AT(raw, start.arg), "the argument of `run()`" },
	{ "blobs", SLOT_JSON, SLOT_ELSE, AT(raw, blobs),
	    "what the module may use by id", .form = "list of base64 texts",
	    .without = "none" },
	{ NULL },
};

void
start_stealths(struct variant out[STEALTHS + 1])
{
	for (int i = 0; i < STEALTHS; i++)
		out[i] =
		    (struct variant){ stealth_levels[i].wire, VARIANT_UNIT };
	out[STEALTHS] = (struct variant){ NULL, VARIANT_UNIT };
}

/* The order is seen in errors. */
void
start_sources(struct variant out[START_SOURCES])
{
	static const struct variant others[] = {
		{ "KeyRing", VARIANT_PAYLOAD },
		{ "Notifications", VARIANT_UNIT },
		{ NULL },
	};
	size_t n = 0, at;

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (m->source == NULL)
			continue;
		assert(n + ARRAY_SIZE(others) < START_SOURCES);
		at = n++;
		if (m->flags & MODEL_SOURCE_EARLY) {
			out[at] = out[at - 1];
			at--;
		}
		out[at].name = m->source;
		out[at].is_quiet = m->flags & MODEL_OURS;
		out[at].kind = model_field_with(m, FIELD_PARAM) != -1
		                   ? VARIANT_PAYLOAD
		                   : VARIANT_UNIT;
	}
	memcpy(&out[n], others, sizeof(others));
}

static int
check_address(struct str text, struct err *err)
{
	struct addr addr;

	return addr_read(text, &addr, err);
}

static int
check_proxy(struct str text, struct err *err)
{
	return text.p != NULL ? check_address(text, err) : 0;
}

static int
take_dns(const struct raw_dns *raw, struct pool *pool, struct start_dns *out,
    struct err *err)
{
	struct duration timeout;

	for (size_t i = 0; i < raw->ns.n; i++) {
		if (check_address(raw->ns.text[i], err) == -1)
			return -1;
	}
	out->ns = raw->ns;
	out->tcp = raw->tcp;
	out->has_timeout = raw->timeout != NULL;
	if (raw->timeout == NULL)
		return 0;
	if (slot_read(duration_slots, "struct Duration", raw->timeout, pool,
		&timeout, err) == -1)
		return -1;
	if (timeout.secs > UINT32_MAX)
		timeout.secs = UINT32_MAX;
	out->timeout_ms = timeout.secs * 1000 + timeout.nanos / 1000000;
	return 0;
}

static int
take_source(const struct json *v, struct err *err)
{
	struct variant source[START_SOURCES];
	const struct json *payload;
	uint32_t column;
	int i;

	if (v == NULL)
		return 0;
	start_sources(source);
	i = variant_read(source, v, &payload, &column, err);
	if (i == -1)
		return -1;
	if (payload == NULL || payload->kind == JSON_STR)
		return 0;
	if (payload->kind == JSON_NULL &&
	    strcmp(source[i].name, "KeyRing") != 0)
		return 0;
	return slot_wrong_type(payload, "a string", err);
}

static int
take_module(const struct raw_module *raw, struct start_module *out,
    struct err *err)
{
	struct variant stealth[STEALTHS + 1];
	const struct json *payload;
	uint32_t column;
	int i;

	*out = raw->module;
	out->code = raw->script.code;
	out->stealth = str_of(stealth_levels[STEALTH_NORMAL].wire);
	if (raw->private_module != NULL) {
		if (raw->private_module->kind != JSON_BOOL)
			return slot_wrong_type(raw->private_module, "a boolean",
			    err);
		out->private_module = raw->private_module->b;
	}
	if (take_source(raw->module.source, err) == -1)
		return -1;
	if (raw->stealth == NULL)
		return 0;
	start_stealths(stealth);
	i = variant_read(stealth, raw->stealth, &payload, &column, err);
	if (i == -1)
		return -1;
	out->stealth = str_of(stealth[i].name);
	return 0;
}

static int
take_blobs(const struct json *v, struct pool *pool, struct slot_texts *out,
    struct err *err)
{
	static const struct slot slots[] = {
		{ "blobs", SLOT_TEXTS, 0, 0, "" },
		{ NULL },
	};
	struct json map = json_map();

	if (v == NULL)
		return 0;
	json_set(pool, &map, STR("blobs"), *v);
	return slot_read(slots, NULL, &map, pool, out, err);
}

int
start_read(struct pool *pool, struct str text, struct start *out,
    struct err *err)
{
	struct json *v = pool_alloc(pool, sizeof(*v));
	struct raw raw = { 0 };

	if (json_read(pool, text, v, err) == -1)
		return -1;
	if (slot_read(start_slots, "struct StartCommand", v, pool, &raw, err) ==
	    -1)
		return -1;
	if (take_dns(&raw.dns, pool, &raw.start.dns, err) == -1 ||
	    take_module(&raw.module, &raw.start.module, err) == -1 ||
	    take_blobs(raw.blobs, pool, &raw.start.blobs, err) == -1)
		return -1;
	if (check_proxy(raw.start.proxy, err) == -1)
		return -1;
	raw.start.is_older = raw.blobs == NULL && raw.module.stealth == NULL &&
	                     raw.module.private_module == NULL;
	*out = raw.start;
	return 0;
}

/* As take_dns() and start_read(), so that both agree. */
static int
read_dns(struct pool *pool, struct str text, struct start_dns *out,
    struct err *err)
{
	struct json *v = pool_alloc(pool, sizeof(*v));
	struct raw_dns raw = { 0 };

	if (json_read(pool, text, v, err) == -1 ||
	    slot_read(dns_slots, "struct Resolver", v, pool, &raw, err) == -1)
		return -1;
	return take_dns(&raw, pool, out, err);
}

static int
read_proxy(struct pool *pool, struct str text, struct str *out, struct err *err)
{
	struct json *v = pool_alloc(pool, sizeof(*v));

	if (json_read(pool, text, v, err) == -1)
		return -1;
	*out = STR_NONE;
	if (v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_STR)
		return slot_wrong_type(v, "a string", err);
	*out = v->str;
	return check_proxy(*out, err);
}

int
start_read_network(struct pool *pool, struct str dns, struct str proxy,
    struct start *out, struct err *err)
{
	if (read_dns(pool, dns, &out->dns, err) == -1)
		return -1;
	if (proxy.p == NULL) {
		out->proxy = STR_NONE;
		return 0;
	}
	return read_proxy(pool, proxy, &out->proxy, err);
}

/* A text, or null where there is none. */
static struct json
text_or_null(struct str s)
{
	return s.p != NULL ? json_str(s) : json_null();
}

static struct json
keys(struct pool *pool, const struct slot_objects *from)
{
	const struct start_key *key = from->object;
	struct json list = json_list();

	for (size_t i = 0; i < from->n; i++) {
		struct json map = json_map();

		json_set(pool, &map, STR("namespace"),
		    json_str(key[i].namespace));
		json_set(pool, &map, STR("access_key"),
		    json_str(key[i].access_key));
		json_set(pool, &map, STR("secret_key"),
		    text_or_null(key[i].secret_key));
		json_append(pool, &list, map);
	}
	return list;
}

static struct json
dns(struct pool *pool, const struct start_dns *from)
{
	struct json map = json_map(), timeout = json_null();

	if (from->has_timeout)
		timeout = duration_from_ms(pool, from->timeout_ms);
	json_set(pool, &map, STR("ns"), slot_texts_json(pool, &from->ns));
	json_set(pool, &map, STR("tcp"), json_bool(from->tcp));
	json_set(pool, &map, STR("timeout"), timeout);
	return map;
}

static struct json
module(struct pool *pool, const struct start_module *from)
{
	struct json map = json_map(), code = json_map();

	json_set(pool, &code, STR("code"), json_str(from->code));
	json_set(pool, &map, STR("name"), json_str(from->name));
	json_set(pool, &map, STR("author"), json_str(from->author));
	json_set(pool, &map, STR("description"), json_str(from->description));
	json_set(pool, &map, STR("version"), json_str(from->version));
	json_set(pool, &map, STR("source"),
	    from->source != NULL ? *from->source : json_null());
	json_set(pool, &map, STR("keyring_access"),
	    slot_texts_json(pool, &from->keyring_access));
	json_set(pool, &map, STR("stealth"), json_str(from->stealth));
	json_set(pool, &map, STR("private_module"),
	    json_bool(from->private_module));
	json_set(pool, &map, STR("script"), code);
	return map;
}

/* In the order in which it is shown; whoever sends it sorts. */
static struct json
start_json(struct pool *pool, const struct start *start)
{
	struct json v = json_map();

	json_set(pool, &v, STR("verbose"), json_int(start->verbose));
	json_set(pool, &v, STR("keyring"), keys(pool, &start->keyring));
	json_set(pool, &v, STR("dns_config"), dns(pool, &start->dns));
	json_set(pool, &v, STR("proxy"), text_or_null(start->proxy));
	json_set(pool, &v, STR("user_agent"), text_or_null(start->user_agent));
	json_set(pool, &v, STR("options"), *start->options);
	json_set(pool, &v, STR("module"), module(pool, &start->module));
	json_set(pool, &v, STR("arg"), *start->arg);
	json_set(pool, &v, STR("blobs"), slot_texts_json(pool, &start->blobs));
	return v;
}

void
start_write(struct buf *out, const struct start *start)
{
	autopool struct pool pool = POOL_NONE;
	struct json v = start_json(&pool, start);

	json_write(out, &v, JSON_SORTED);
	buf_add_char(out, '\n');
}

void
start_show(struct buf *out, const struct start *start)
{
	autopool struct pool pool = POOL_NONE;
	struct start shown = *start;
	struct buf text = BUF_IN(&pool);
	struct json arg, v;

	/* the argument alone is sorted here, too */
	json_write(&text, start->arg, JSON_SORTED);
	if (json_read(&pool, buf_str(&text), &arg, NULL) == 0)
		shown.arg = &arg;
	v = start_json(&pool, &shown);
	json_write(out, &v, 0);
	buf_add_char(out, '\n');
}
