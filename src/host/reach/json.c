/*
 * Permissions as JSON, and back: permissions.json holds what was allowed, and
 * somebody may have edited it.
 */
#include "base/mem.h"
#include "reach/reach.h"
#include "reach/rows.h"

static struct json
text_or_null(struct str s)
{
	return s.p != NULL && s.n != 0 ? json_str(s) : json_null();
}

static struct json
ports_json(struct pool *pool, const struct reach_host *host)
{
	struct json list = json_list();

	if (host->ports == 0)
		return json_null();
	for (unsigned i = 0; i < host->ports; i++)
		(void)json_append(pool, &list, json_int(host->port[i]));
	return list;
}

static void
set(struct pool *pool, struct json *map, const char *name, struct json v)
{
	(void)json_set(pool, map, str_of(name), v);
}

static struct json
host_json(struct pool *pool, const struct reach_host *host)
{
	struct json map = json_map();

	set(pool, &map, "from", json_text(reach_from_names[host->from]));
	set(pool, &map, "name", text_or_null(host->name));
	set(pool, &map, "ports", ports_json(pool, host));
	set(pool, &map, "line", json_int(host->line));
	set(pool, &map, "column", json_int(host->column));
	set(pool, &map, "by", text_or_null(host->by));
	set(pool, &map, "why", text_or_null(host->why));
	return map;
}

static struct json
families_json(struct pool *pool, uint32_t set_of)
{
	struct json list = json_list();

	for (unsigned i = 0; model_table[i].family != NULL; i++) {
		if (set_of >> i & 1)
			(void)json_append(pool, &list,
			    json_text(model_table[i].family));
	}
	return list;
}

struct json
permissions_json(struct pool *pool, const struct permissions *p)
{
	struct json map = json_map(), hosts = json_list(), acts = json_list(),
		    keys = json_list();

	for (size_t i = 0; i < p->hosts; i++)
		(void)json_append(pool, &hosts, host_json(pool, &p->host[i]));
	for (size_t i = 0; reach_acts[i].name != NULL; i++) {
		if (p->acts & reach_acts[i].act)
			(void)json_append(pool, &acts,
			    json_text(reach_acts[i].name));
	}
	for (size_t i = 0; i < p->keys.n; i++)
		(void)json_append(pool, &keys, json_str(p->keys.text[i]));
	set(pool, &map, "hosts", hosts);
	set(pool, &map, "acts", acts);
	for (size_t i = 0; reach_sets[i].name != NULL; i++)
		set(pool, &map, reach_sets[i].name,
		    families_json(pool, reach_set_of(p, &reach_sets[i])));
	set(pool, &map, "keys", keys);
	set(pool, &map, "stealth", json_text(stealth_levels[p->stealth].name));
	set(pool, &map, "narrowed", json_bool(p->is_narrowed));
	set(pool, &map, "fault", text_or_null(p->fault));
	return map;
}

static int
member(const struct json *map, const char *name, enum json_kind kind,
    bool may_be_null, const struct json **out, struct err *err)
{
	const struct json *v = json_member(map, name);

	if (v == NULL ||
	    (v->kind != kind && !(may_be_null && v->kind == JSON_NULL)))
		return err_set(err, "\"%s\" is missing or of another kind",
		    name);
	*out = v;
	return 0;
}

static int
read_text(const struct json *map, const char *name, struct str *out,
    struct err *err)
{
	const struct json *v = NULL;

	if (member(map, name, JSON_STR, true, &v, err) == -1)
		return -1;
	*out = v->kind == JSON_STR ? v->str : STR_NONE;
	return 0;
}

static int
read_place(const struct json *map, const char *name, unsigned *out,
    struct err *err)
{
	const struct json *v = NULL;

	if (member(map, name, JSON_INT, false, &v, err) == -1)
		return -1;
	if (v->i < 0 || v->i > INT32_MAX)
		return err_set(err, "\"%s\" is %lld", name, (long long)v->i);
	*out = (unsigned)v->i;
	return 0;
}

static int
read_ports(const struct json *map, struct reach_host *out, struct err *err)
{
	const struct json *v = NULL;

	if (member(map, "ports", JSON_LIST, true, &v, err) == -1)
		return -1;
	if (v->kind == JSON_NULL)
		return 0;
	if (v->list.n == 0 || v->list.n > REACH_MAX_PORTS)
		return err_set(err, "%zu ports, 1 to %d may be there",
		    v->list.n, REACH_MAX_PORTS);
	for (size_t i = 0; i < v->list.n; i++) {
		const struct json *port = &v->list.item[i];

		if (port->kind != JSON_INT || port->i < 1 || port->i > 65535)
			return err_set(err, "a port is not 1 to 65535");
		out->port[out->ports++] = (uint16_t)port->i;
	}
	return 0;
}

static int
name_among(const char *const *names, struct str name)
{
	for (int i = 0; names[i] != NULL; i++) {
		if (str_is(name, names[i]))
			return i;
	}
	return -1;
}

static int
read_host(const struct json *map, struct reach_host *out, struct err *err)
{
	struct reach_host host = { .ports = 0 };
	struct str from;
	int row;

	if (read_text(map, "from", &from, err) == -1 ||
	    read_text(map, "name", &host.name, err) == -1 ||
	    read_ports(map, &host, err) == -1 ||
	    read_place(map, "line", &host.line, err) == -1 ||
	    read_place(map, "column", &host.column, err) == -1 ||
	    read_text(map, "by", &host.by, err) == -1 ||
	    read_text(map, "why", &host.why, err) == -1)
		return -1;
	row = name_among(reach_from_names, from);
	if (row == -1 || (row == REACH_HOST && host.name.n == 0))
		return err_set(err, "a host is from \"%.*s\", which is nothing",
		    STR_ARG(from));
	host.from = (enum reach_from)row;
	*out = host;
	return 0;
}

static int
read_hosts(struct pool *pool, const struct json *map, struct permissions *out,
    struct err *err)
{
	const struct json *v = NULL;

	if (member(map, "hosts", JSON_LIST, false, &v, err) == -1)
		return -1;
	if (v->list.n > REACH_MAX_HOSTS)
		return err_set(err, "%zu hosts, at most %d may be there",
		    v->list.n, REACH_MAX_HOSTS);
	out->host = pool_array(pool, v->list.n, sizeof(*out->host));
	for (; out->hosts < v->list.n; out->hosts++) {
		if (read_host(&v->list.item[out->hosts], &out->host[out->hosts],
			err) == -1)
			return -1;
	}
	return 0;
}

static int
act_bit(struct str name, uint32_t *out)
{
	for (size_t i = 0; reach_acts[i].name != NULL; i++) {
		if (str_is(name, reach_acts[i].name)) {
			*out |= reach_acts[i].act;
			return 0;
		}
	}
	return -1;
}

static int
family_bit(struct str name, uint32_t *out)
{
	for (unsigned i = 0; model_table[i].family != NULL; i++) {
		if (str_is(name, model_table[i].family)) {
			*out |= (uint32_t)1 << i;
			return 0;
		}
	}
	return -1;
}

static int
read_bits(const struct json *map, const char *name,
    int (*bit)(struct str name, uint32_t *out), uint32_t *out, struct err *err)
{
	const struct json *v = NULL;

	if (member(map, name, JSON_LIST, false, &v, err) == -1)
		return -1;
	for (size_t i = 0; i < v->list.n; i++) {
		const struct json *word = &v->list.item[i];

		if (word->kind != JSON_STR || bit(word->str, out) == -1)
			return err_set(err, "\"%s\" has an unknown word", name);
	}
	return 0;
}

static int
read_families(const struct json *map, struct permissions *out, struct err *err)
{
	return read_bits(map, "adds", family_bit, &out->adds, err) == -1 ||
	               read_bits(map, "updates", family_bit, &out->updates,
			   err) == -1
	           ? -1
	           : read_bits(map, "reads", family_bit, &out->reads, err);
}

static int
read_keys(struct pool *pool, const struct json *map, struct permissions *out,
    struct err *err)
{
	const struct json *v = NULL;
	struct str *text;

	if (member(map, "keys", JSON_LIST, false, &v, err) == -1)
		return -1;
	text = pool_array(pool, v->list.n, sizeof(*text));
	for (size_t i = 0; i < v->list.n; i++) {
		if (v->list.item[i].kind != JSON_STR)
			return err_set(err, "\"keys\" has what is no text");
		text[i] = v->list.item[i].str;
	}
	out->keys.text = text;
	out->keys.n = v->list.n;
	return 0;
}

static int
read_rest(const struct json *map, struct permissions *out, struct err *err)
{
	const struct json *narrowed = NULL;
	struct str stealth;
	int level;

	if (member(map, "narrowed", JSON_BOOL, false, &narrowed, err) == -1 ||
	    read_text(map, "stealth", &stealth, err) == -1 ||
	    read_text(map, "fault", &out->fault, err) == -1)
		return -1;
	level = stealth_by_name(stealth);
	if (level == -1)
		return err_set(err, "\"stealth\" is unknown");
	out->stealth = (enum stealth)level;
	out->is_narrowed = narrowed->b;
	return 0;
}

int
permissions_read(struct pool *pool, const struct json *v,
    struct permissions *out, struct err *err)
{
	struct permissions p = { .hosts = 0 };
	uint32_t acts = 0;

	if (v->kind != JSON_MAP)
		return err_set(err, "permissions are a map");
	if (read_hosts(pool, v, &p, err) == -1 ||
	    read_bits(v, "acts", act_bit, &acts, err) == -1 ||
	    read_families(v, &p, err) == -1 ||
	    read_keys(pool, v, &p, err) == -1 || read_rest(v, &p, err) == -1)
		return -1;
	p.acts = acts;
	*out = p;
	return 0;
}
