/*
 * A registry without a network: a folder or a tar file (registry/shelf.h). Its
 * questions wait in the list of all, and one is answered a turn of the loop, so
 * that whoever asks ten thousand of them is not called from within the first.
 */
#include "registry/local.h"

#include <stdlib.h>

#include "base/mem.h"
#include "registry/inside.h"
#include "registry/shelf.h"
#include "state/header.h"
#include "stream/clock.h"
#include "term/term.h"
#include "value/quote.h"

#define MAX_TOLD 20 /* files that are left out, with their names */

struct local {
	struct registry *registry;
	const char *path; /* of the registry's pool */
	const struct shelf_kind *kind;
	void *at;
	struct loop_timer timer; /* now, while anything is pending */
	bool has_told;           /* of files that are left out */
};

static void
tell_refused(struct local *l, const struct shelf *shelf)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < shelf->refusals && !l->has_told; i++) {
		struct str safe = term_safe(&pool, shelf->refused[i]);

		if (i == MAX_TOLD) {
			term_line(TERM_WARN,
			    "the registry has %zu more files that are left out",
			    shelf->refusals - i);
			break;
		}
		term_line(TERM_WARN, "the registry's %.*s", STR_ARG(safe));
	}
	l->has_told = l->has_told || shelf->refusals != 0;
}

static int
list_all(struct local *l, const struct registry_id *only, struct shelf *shelf,
    struct err *err)
{
	if (l->kind->list(l->at, only, shelf, err) == -1)
		return -1;
	tell_refused(l, shelf);
	return 0;
}

/* A file of a version, which has to be what its name says. */
static int
read_code(struct local *l, const struct shelf_item *item, struct pool *pool,
    struct module *module, struct err *err)
{
	struct str code;

	if (l->kind->read(l->at, item, pool, &code, err) == -1)
		return -1;
	if (header_read(module, code, pool, err) == -1)
		return err_wrap(err, "%.*s/%.*s/%.*s.lua",
		    STR_ARG(item->id.author), STR_ARG(item->id.name),
		    STR_ARG(item->version));
	return 0;
}

static int
read_redirect(struct local *l, const struct shelf_item *item, struct pool *pool,
    struct registry_id *out, struct err *err)
{
	struct str text;

	if (l->kind->read(l->at, item, pool, &text, err) == -1)
		return -1;
	text = str_trim(str_sub(text, 0, SHELF_MAX_REDIRECT));
	if (registry_id_read(text, out, err) == -1)
		return err_wrap(err, "%.*s/%.*s/redirect",
		    STR_ARG(item->id.author), STR_ARG(item->id.name));
	return 0;
}

/* What info says, and what the lists have of each. n is not 0. */
static int
read_module(struct local *l, const struct shelf_item *item, size_t n,
    struct pool *pool, struct registry_module *out, struct err *err)
{
	const struct shelf_item *latest = shelf_latest(item, n);
	struct module module = { .is_private = false };

	*out = (struct registry_module){ .author = item->id.author,
		.name = item->id.name,
		.description = STR("") };
	if (item->version.p == NULL &&
	    read_redirect(l, item, pool, &out->redirect, err) == -1)
		return -1;
	if (latest == NULL)
		return 0;
	if (read_code(l, latest, pool, &module, err) == -1)
		return -1;
	out->latest = latest->version;
	out->description = module.description;
	return 0;
}

static enum registry_answer
answer_info(struct local *l, const struct ask *ask,
    const struct shelf_item *item, size_t n, struct pool *pool,
    struct finding *f, struct err *err)
{
	(void)ask;
	return read_module(l, item, n, pool, &f->module, err) == 0
	           ? REGISTRY_FOUND
	           : REGISTRY_UNKNOWN;
}

static enum registry_answer
answer_download(struct local *l, const struct ask *ask,
    const struct shelf_item *item, size_t n, struct pool *pool,
    struct finding *f, struct err *err)
{
	const struct shelf_item *it = shelf_version(item, n, ask->version);
	struct module module = { .is_private = false };

	if (it == NULL) {
		(void)err_set(err, "there is no version %.*s of it",
		    STR_ARG(ask->version));
		return REGISTRY_NONE;
	}
	if (read_code(l, it, pool, &module, err) == -1)
		return REGISTRY_UNKNOWN;
	f->code = (struct registry_code){ it->id.author, it->id.name,
		it->version, module.code };
	return code_check(ask, &f->code, err) == 0 ? REGISTRY_FOUND
	                                           : REGISTRY_UNKNOWN;
}

static enum registry_answer
answer_latest(struct local *l, struct pool *pool, struct finding *f,
    struct err *err)
{
	struct shelf shelf = { .pool = pool };

	if (list_all(l, NULL, &shelf, err) == -1)
		return REGISTRY_UNKNOWN;
	if (shelf.n == 0) {
		(void)err_set(err, "there is no module in it");
		return REGISTRY_NONE;
	}
	for (size_t i = 0; i < shelf.n; i++) {
		if (i == 0 || shelf.item[i].time > f->time)
			f->time = shelf.item[i].time;
	}
	return REGISTRY_FOUND;
}

static enum registry_answer
answer(struct local *l, const struct ask *ask, struct pool *pool,
    struct finding *f, struct err *err)
{
	struct registry_id id = { ask->author, ask->name };
	struct shelf shelf = { .pool = pool };
	size_t first = 0, n;

	if (ask_check(ask, err) == -1)
		return REGISTRY_UNKNOWN;
	if (ask->kind == ASK_LATEST)
		return answer_latest(l, pool, f, err);
	if (list_all(l, &id, &shelf, err) == -1)
		return REGISTRY_UNKNOWN;
	n = shelf_find(&shelf, &id, &first);
	if (n == 0) {
		(void)err_set(err, "there is no module %.*s/%.*s",
		    STR_ARG(id.author), STR_ARG(id.name));
		return REGISTRY_NONE;
	}
	return ask->kind == ASK_INFO
	           ? answer_info(l, ask, &shelf.item[first], n, pool, f, err)
	           : answer_download(l, ask, &shelf.item[first], n, pool, f,
			 err);
}

static void
on_turn(void *ctx)
{
	struct local *l = ctx;
	struct ask *ask = registry_first(l->registry);
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct finding finding = { .time = 0 };

	if (ask == NULL)
		return;
	/* before the answer, which may ask more, or close */
	if (ask->next != NULL)
		loop_timer_set(registry_loop(l->registry), &l->timer,
		    clock_ms());
	ask_end(ask, answer(l, ask, &pool, &finding, &err), &finding, &err);
}

static void
local_begin(void *source, struct ask *ask)
{
	struct local *l = source;

	(void)ask;
	loop_timer_set(registry_loop(l->registry), &l->timer, clock_ms());
}

static void
local_stop(void *source, const struct err *why)
{
	struct local *l = source;
	struct ask *ask;

	loop_timer_stop(&l->timer);
	while ((ask = registry_first(l->registry)) != NULL)
		ask_end(ask, REGISTRY_UNKNOWN, NULL, why);
}

/* ASCII letters of either case are alike. */
static bool
has_text(struct str text, struct str query)
{
	for (size_t i = 0; i + query.n <= text.n; i++) {
		if (str_eq_nocase(str_sub(text, i, query.n), query))
			return true;
	}
	return query.n == 0;
}

/* A quickstart has what can be installed as it is. */
static bool
is_hit(const struct registry_module *m, struct str query)
{
	autopool struct pool pool = POOL_NONE;
	struct str id = str_of(pool_printf(&pool, "%.*s/%.*s",
	    STR_ARG(m->author), STR_ARG(m->name)));

	if (m->latest.p == NULL)
		return false;
	if (query.p == NULL)
		return m->redirect.author.p == NULL;
	return has_text(id, query) || has_text(m->description, query);
}

/*
 * One module that is not right does not take the others with it: it is told
 * and left out.
 */
static int
list_one(struct local *l, const struct shelf_item *item, size_t n,
    struct str query, each_module *each, void *arg, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct registry_module module;

	if (read_module(l, item, n, &pool, &module, &why) == -1) {
		term_line(TERM_WARN, "the registry's %s", err_cstr(&why));
		registry_leaves_out(l->registry);
		return 0;
	}
	return is_hit(&module, query) ? each(arg, &module, err) : 0;
}

static int
local_list(void *source, struct str query, each_module *each, void *arg,
    struct err *err)
{
	struct local *l = source;
	autopool struct pool pool = POOL_NONE;
	struct shelf shelf = { .pool = &pool };
	size_t n;

	if (list_all(l, NULL, &shelf, err) == -1)
		return -1;
	for (size_t i = 0; i < shelf.n; i += n) {
		n = shelf_count(&shelf, i);
		if (list_one(l, &shelf.item[i], n, query, each, arg, err) == -1)
			return -1;
	}
	return 0;
}

static enum registry_answer
local_whoami(void *source, struct str token, struct pool *pool,
    struct str *user, struct err *err)
{
	const struct local *l = source;

	(void)token, (void)pool, (void)user;
	(void)err_set(err, "%.*s has no accounts: a login is for a server",
	    STR_ARG(registry_url(l->registry)));
	return REGISTRY_UNKNOWN;
}

static enum registry_answer
local_publish(void *source, struct str token, struct str name, struct str code,
    struct pool *pool, struct registry_code *out, struct err *err)
{
	const struct local *l = source;

	(void)token, (void)code, (void)pool, (void)out;
	(void)err_set(err,
	    "%.*s is no server: put the file there as "
	    "AUTHOR/%.*s/VERSION.lua",
	    STR_ARG(registry_url(l->registry)), STR_ARG(name));
	return REGISTRY_UNKNOWN;
}

/* A tar is open already. */
static int
local_prepare(void *source, const char **folder, struct err *err)
{
	const struct local *l = source;

	(void)err;
	*folder = l->kind == &shelf_folder ? l->path : NULL;
	return 0;
}

static void
local_close(void *source)
{
	struct local *l = source;

	loop_timer_stop(&l->timer);
	l->kind->close(l->at);
	free(l);
}

void *
local_open(struct registry *r, const char *path, struct err *err)
{
	bool is_tar = str_ends(str_of(path), STR(".tar"));
	void *at =
	    is_tar ? shelf_tar_open(path, err) : shelf_folder_open(path, err);
	struct local *l;

	if (at == NULL)
		return NULL;
	l = mem_zalloc(sizeof(*l));
	l->registry = r;
	l->path = path;
	l->kind = is_tar ? &shelf_tar : &shelf_folder;
	l->at = at;
	l->timer = (struct loop_timer){ .call = on_turn, .ctx = l };
	return l;
}

const struct source source_local = { local_begin, local_stop, local_list,
	local_whoami, local_publish, local_prepare, local_close };
