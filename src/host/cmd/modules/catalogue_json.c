#include "base/mem.h"
#include "ipc/stealth.h"
#include "modules/catalogue.h"
#include "reach/reach.h"
#include "state/module_about.h"
#include "state/module_options.h"
#include "term/term.h"

static struct json
text_or_null(struct str s)
{
	return s.p != NULL ? json_str(s) : json_null();
}

static struct json
texts(struct pool *pool, const struct str *text, size_t n)
{
	struct json list = json_list();

	for (size_t i = 0; i < n; i++)
		(void)json_append(pool, &list, json_str(text[i]));
	return list;
}

static struct json
options(struct pool *pool, struct str code)
{
	struct json list = json_list();
	struct module_options all;

	module_options_read(&all, pool, code);
	for (size_t i = 0; i < all.n; i++) {
		const struct module_option *o = &all.option[i];
		struct json map = json_map();

		(void)json_set(pool, &map, STR("name"), json_str(o->name));
		(void)json_set(pool, &map, STR("default"),
		    text_or_null(o->fallback));
		(void)json_set(pool, &map, STR("meaning"),
		    text_or_null(o->meaning));
		(void)json_append(pool, &list, map);
	}
	return list;
}

static struct json
adds(struct pool *pool, const struct permissions *may)
{
	struct json list = json_list();

	for (unsigned i = 0; model_table[i].family != NULL; i++) {
		if (may->adds >> i & 1)
			(void)json_append(pool, &list,
			    json_text(model_table[i].family));
	}
	return list;
}

/* Each place once. */
static struct json
reaches(struct pool *pool, const struct permissions *may)
{
	struct json list = json_list();
	struct str last = STR_NONE;

	for (size_t i = 0; i < may->hosts; i++) {
		struct buf host = BUF_IN(pool);

		reach_host_print(&may->host[i], &host);
		if (!str_eq(buf_str(&host), last))
			(void)json_append(pool, &list,
			    json_str(buf_str(&host)));
		last = buf_str(&host);
	}
	if (may->acts & ACT_NAMES)
		(void)json_append(pool, &list, json_text("name servers"));
	return list;
}

static void
set_header(struct pool *pool, struct json *map, const struct module *m)
{
	(void)json_set(pool, map, STR("id"), json_str(m->id));
	(void)json_set(pool, map, STR("version"), json_str(m->version));
	(void)json_set(pool, map, STR("source"), text_or_null(m->source_name));
	(void)json_set(pool, map, STR("only"), text_or_null(m->param));
	(void)json_set(pool, map, STR("stealth"),
	    json_text(stealth_levels[m->stealth].name));
	(void)json_set(pool, map, STR("description"), json_str(m->description));
	(void)json_set(pool, map, STR("license"), json_str(m->license));
	(void)json_set(pool, map, STR("bundled"), json_bool(m->is_bundled));
}

static void
set_about(struct pool *pool, struct json *map, const struct module *m)
{
	static const char *const names[ABOUT_KEYS] = {
		[ABOUT_RUNS_IN] = "runs_in",
		[ABOUT_PAGE] = "pages",
		[ABOUT_LIMITS] = "limits",
	};
	struct module_about about;

	module_about_read(&about, pool, m->code);
	for (size_t k = 0; k < ABOUT_KEYS; k++)
		(void)json_set(pool, map, str_of(names[k]),
		    texts(pool, about.key[k].text, about.key[k].n));
	(void)json_set(pool, map, STR("options"), options(pool, m->code));
	(void)json_set(pool, map, STR("keys"),
	    texts(pool, m->keyring_access.text, m->keyring_access.n));
	(void)json_set(pool, map, STR("keys_needed"),
	    json_bool(m->keyring_access.n != 0 &&
		      !module_options_has_word(m->code, MODULE_OPTIONAL_KEY)));
}

static void
print_module(const struct listed *c)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct json map = json_map();
	struct permissions may;

	reach_module(&pool, c->module, &may);
	set_header(&pool, &map, c->module);
	(void)json_set(&pool, &map, STR("outdated"), json_bool(c->is_outdated));
	set_about(&pool, &map, c->module);
	(void)json_set(&pool, &map, STR("adds"), adds(&pool, &may));
	(void)json_set(&pool, &map, STR("reaches"), reaches(&pool, &may));
	json_write(&out, &map, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

void
catalogue_json(const struct listed *listed, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_module(&listed[i]);
}
