#include "program/program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/closest.h"
#include "program/where.h"
#include "seal/crypto.h"
#include "seal/service.h"
#include "state/file.h"
#include "state/outdated.h"
#include "state/resolv.h"
#include "state/scratch.h"
#include "term/edit.h"
#include "term/term.h"

#define WORKSPACE_DEFAULT "default"

int
program_failed(struct program *p, const struct err *err)
{
	if (p->status == 0)
		p->status = err->kind == ERR_USAGE ? 2 : 1;
	return -1;
}

int
program_init(struct program *p, const char *workspace, struct err *err)
{
	p->options = json_map();
	if (workspace == NULL)
		workspace = getenv("SN0INT_WORKSPACE");
	if (workspace == NULL)
		workspace = WORKSPACE_DEFAULT;
	if (workspace_check_name(str_of(workspace), err) == -1) {
		(void)err_wrap(err, "cannot use workspace '%s'", workspace);
		return err_set_kind(err, ERR_USAGE);
	}
	p->workspace_name = workspace;
	seal_crypto_at(where_is(WHERE_SEAL));
	service_at(where_is(WHERE_SECRET));
	return paths_init(&p->paths, &p->pool, err);
}

static int
open_config(struct program *p, struct err *err)
{
	if (p->has_config)
		return 0;
	if (config_load(&p->config, p->paths.config, p->paths.home, &p->pool,
		err) == -1)
		return -1;
	p->has_config = true;
	for (size_t i = 0; i < p->config.warnings; i++)
		term_line(TERM_WARN, "%s: %.*s", p->paths.config,
		    STR_ARG(p->config.warning[i]));
	return 0;
}

void
program_say_refused(const struct program *p)
{
	for (size_t i = 0; i < p->library.refusals; i++) {
		const struct library_refusal *r = &p->library.refusal[i];

		term_line(TERM_WARN, "Failed to load %.*s: %.*s",
		    STR_ARG(r->id), STR_ARG(r->why));
	}
}

static int
open_library(struct program *p, struct err *err)
{
	if (p->library.is_loaded)
		return 0;
	return library_load(&p->library, p->paths.modules,
	    p->config.bundled ? where_is(WHERE_MODULES) : NULL, &p->config,
	    err);
}

struct expiry {
	struct program *p;
	const char *workspace;
};

static int
tell_expired(void *ctx, struct db *db, const char *table, struct str value,
    struct err *err)
{
	const struct expiry *e = ctx;

	return e->p->expired(e->p, e->workspace, db, table, value, err);
}

int
program_expire(struct program *p, const char *workspace, struct db *db,
    struct err *err)
{
	struct expiry e = { p, workspace };

	return db_expire(db, p->expired != NULL ? tell_expired : NULL, &e, err);
}

void
program_say_unkept(const struct program *p)
{
	struct str why;

	if (!db_kept(p->db, &why))
		term_line(TERM_WARN,
		    "workspace '%s' keeps no record of who does what: %.*s; "
		    "people, organisations, links, notes and tags in it are "
		    "not seen",
		    p->workspace_name, STR_ARG(why));
}

/* Others than the one that is new; "" is nobody's name. */
struct others {
	const struct str *name;
	size_t n;
	struct str new;
	struct pool *pool;
};

static const char *
other_name(const void *list, size_t i)
{
	const struct others *others = list;

	if (i >= others->n)
		return NULL;
	return str_eq(others->name[i], others->new)
	           ? ""
	           : pool_cstr(others->pool, others->name[i]);
}

void
program_say_new(const struct program *p, const char *workspace)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct others others = { .new = str_of(workspace), .pool = &pool };
	const char *closest = NULL;
	struct str *name;

	if (strcmp(workspace, WORKSPACE_DEFAULT) == 0)
		return;
	if (workspace_list(&p->paths, &pool, &name, &others.n, &err) == 0) {
		others.name = name;
		closest = closest_name(others.new, other_name, &others);
	}
	if (closest != NULL)
		term_line(TERM_WARN,
		    "workspace '%s' is new; did you mean '%s'?", workspace,
		    closest);
}

int
program_switch(struct program *p, struct str workspace, struct err *err)
{
	const char *name = pool_cstr(&p->pool, workspace);
	struct workspace ws;
	struct stat st;
	struct db *db;
	int was_there;

	if (workspace_check_name(workspace, err) == -1 ||
	    workspace_open(&ws, &p->paths, name, &p->pool, err) == -1 ||
	    (was_there = file_stat(AT_FDCWD, ws.db, &st, err)) == -1 ||
	    db_open(ws.db, &db, err) == -1)
		return err_wrap(err, "cannot open workspace '%s'", name);
	if (was_there == 0)
		program_say_new(p, name);
	db_free(p->db);
	p->db = db;
	p->ws = ws;
	p->workspace_name = name;
	program_say_unkept(p);
	return program_expire(p, name, db, err);
}

/* As whoever looked last has found; a file that is none says nothing. */
static void
say_outdated(const struct program *p)
{
	autopool struct pool pool = POOL_NONE;
	struct outdated o;

	if (outdated_load(pool_printf(&pool, "%s/autoupdate.json",
			      p->paths.share),
		&pool, &o, NULL) == 1 &&
	    o.ids.n != 0)
		term_line(TERM_WARN,
		    "%zu modules are outdated, run: %spkg "
		    "update%s",
		    o.ids.n, term_paint("1"), term_paint("0"));
}

static int
open_database(struct program *p, struct err *err)
{
	if (p->db != NULL)
		return 0;
	scratch_sweep(&p->paths);
	if (program_switch(p, str_of(p->workspace_name), err) == -1)
		return -1;
	say_outdated(p);
	return 0;
}

static int
open_keyring(struct program *p, struct err *err)
{
	if (p->keyring != NULL)
		return 0;
	if (keyring_open(p->paths.keyring, &p->keyring, err) == -1)
		return -1;
	if (keyring_is_open_to_others(p->keyring))
		term_line(TERM_WARN,
		    "others may read or write the keyring: chmod 600 %s",
		    p->paths.keyring);
	return 0;
}

int
program_open(struct program *p, enum program_needs needs, struct err *err)
{
	if (open_config(p, err) == -1)
		return -1;
	if (needs == NEEDS_NOTHING)
		return 0;
	if (needs == NEEDS_MODULES)
		return open_library(p, err);
	if (open_database(p, err) == -1 || open_keyring(p, err) == -1)
		return -1;
	return needs == NEEDS_ALL ? open_library(p, err) : 0;
}

void
program_use(struct program *p, const struct module *module)
{
	pool_clear(&p->use_pool);
	p->module = module;
	p->options = json_map();
	p->filter = NULL;
}

void
program_leave(struct program *p)
{
	if (p->module != NULL)
		program_use(p, NULL);
	else
		p->wants_quit = true;
}

int
program_reload(struct program *p, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err gone = ERR_NONE;
	struct str id = STR_NONE;

	if (p->module != NULL)
		id = pool_copy(&pool, p->module->id);
	library_clear(&p->library);
	program_use(p, NULL);
	if (open_library(p, err) == -1)
		return -1;
	if (id.p != NULL)
		program_use(p, library_find(&p->library, id, &gone));
	return 0;
}

struct loop *
program_loop(struct program *p, struct err *err)
{
	if (p->loop == NULL)
		p->loop = loop_new(err);
	edit_use(p->loop);
	return p->loop;
}

void
program_clear(struct program *p)
{
	edit_use(NULL);
	loop_free(p->loop);
	db_free(p->db);
	library_clear(&p->library);
	keyring_free(p->keyring);
	pool_clear(&p->use_pool);
	pool_clear(&p->pool);
}

int
program_start(struct program *p, const struct slot_texts *ns, struct pool *pool,
    struct start *start, struct err *err)
{
	start->proxy = p->config.proxy;
	start->user_agent = p->config.user_agent;
	start->dns.has_timeout = true;
	start->dns.timeout_ms = 3000;
	if (ns->n != 0)
		start->dns.ns = *ns;
	else if (p->config.ns.n != 0)
		start->dns.ns = p->config.ns;
	if (start->dns.ns.n != 0)
		return 0;
	return resolv_read(pool, "/etc/resolv.conf", &start->dns.ns, err);
}
