/*
 * What is asked waits in one list, whatever the source: so that all of it can be
 * told that it is unknown where the loop fails, where ^C comes, and at the end.
 * A source takes a question when it begins, and ends it by ask_end() from the
 * loop, when it is in no list any more: done() may ask and close what it likes.
 */
#include "registry/registry.h"

#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "lock/lock.h"
#include "registry/inside.h"
#include "registry/local.h"
#include "registry/web.h"
#include "state/header.h"
#include "stream/clock.h"
#include "term/term.h"
#include "transport/starter.h"
#include "url/percent.h"
#include "value/quote.h"

#define TICK_MS 100 /* of the animation */

struct registry {
	struct pool pool;
	struct str url;
	struct loop *loop;
	const struct source *source;
	void *at; /* of the source */
	struct ask *first, *last;
	size_t pending;
	bool is_interrupted;
	size_t left_out;
	struct loop_timer tick;
};

struct str
registry_url(const struct registry *r)
{
	return r->url;
}

bool
registry_is_local(const struct registry *r)
{
	return r->source == &source_local;
}

struct ask *
registry_first(const struct registry *r)
{
	return r->first;
}

struct loop *
registry_loop(const struct registry *r)
{
	return r->loop;
}

size_t
registry_pending(const struct registry *r)
{
	return r->pending;
}

size_t
registry_left_out(const struct registry *r)
{
	return r->left_out;
}

void
registry_leaves_out(struct registry *r)
{
	r->left_out++;
}

bool
registry_is_interrupted(const struct registry *r)
{
	return r->is_interrupted;
}

void
registry_interrupted(struct registry *r)
{
	r->is_interrupted = true;
}

static void
on_tick(void *ctx)
{
	struct registry *r = ctx;

	term_status_tick();
	(void)term_flush();
	if (term_is_animated())
		loop_timer_set(r->loop, &r->tick, clock_ms() + TICK_MS);
}

/* The folder or file of a URL; NULL: it is none of these. */
static const char *
local_path(struct pool *pool, struct str url)
{
	struct str path = str_from(url, strlen("file://"));

	if (!str_starts(url, STR("file:///")))
		return NULL;
	path = percent_read(pool, path);
	return str_find_char(path, '\0') == STR_NPOS ? pool_cstr(pool, path)
	                                             : NULL;
}

static int
open_source(struct program *p, struct registry *r,
    const struct registry_options *o, struct err *err)
{
	const char *path = local_path(&r->pool, r->url);

	r->source = path != NULL ? &source_local : &source_web;
	r->at =
	    path != NULL ? local_open(r, path, err) : web_open(p, r, o, err);
	return r->at != NULL ? 0 : -1;
}

/* Without the slashes at its end, which are there or not. */
static struct str
trim_slashes(struct str url)
{
	while (url.n > 1 && url.p[url.n - 1] == '/' && url.p[url.n - 2] != '/')
		url.n--;
	return url;
}

static struct str
choose_url(const struct program *p, const struct registry_options *o)
{
	if (o->url.p != NULL)
		return o->url;
	return p->config.registry.p != NULL ? p->config.registry
	                                    : STR(REGISTRY_URL);
}

struct registry *
registry_open(struct program *p, const struct registry_options *o,
    struct err *err)
{
	struct loop *loop = program_loop(p, err);
	struct registry *r;

	if (loop == NULL)
		return NULL;
	r = mem_zalloc(sizeof(*r));
	r->loop = loop;
	r->tick = (struct loop_timer){ .call = on_tick, .ctx = r };
	r->url = str_of(pool_cstr(&r->pool, trim_slashes(choose_url(p, o))));
	if (open_source(p, r, o, err) == 0)
		return r;
	registry_close(r);
	return NULL;
}

static void
stop_all(struct registry *r, const char *why)
{
	autoerr struct err err = ERR_NONE;

	(void)err_set(&err, "%s", why);
	if (r->at != NULL)
		r->source->stop(r->at, &err);
}

void
registry_close(struct registry *r)
{
	if (r == NULL)
		return;
	/* done() may have asked more */
	do
		stop_all(r, "it was not waited for");
	while (r->first != NULL);
	loop_timer_stop(&r->tick);
	if (r->at != NULL)
		r->source->close(r->at);
	pool_clear(&r->pool);
	free(r);
}

int
registry_lock(struct registry *r, const char *const *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf what = BUF_IN(&pool);
	const char *folder = NULL, **all;
	size_t n = 0;

	if (!lock_is_there() || starter_check(NULL) == -1)
		return 0;
	if (r->source->prepare(r->at, &folder, err) == -1)
		return -1;
	while (path[n] != NULL)
		n++;
	all = pool_array(&pool, n + 2, sizeof(*all));
	memcpy(all, path, n * sizeof(*all));
	all[n] = folder;
	all[n + 1] = NULL;
	if (lock_apply(all, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	return 0;
}

static struct ask *
ask_new(struct registry *r, enum ask_kind kind, struct str author,
    struct str name, struct str version, void *arg)
{
	struct ask *ask = mem_zalloc(sizeof(*ask));

	ask->registry = r;
	ask->kind = kind;
	ask->author = pool_copy(&ask->pool, author);
	ask->name = pool_copy(&ask->pool, name);
	ask->version = pool_copy(&ask->pool, version);
	ask->arg = arg;
	return ask;
}

static void
ask_begin(struct ask *ask)
{
	struct registry *r = ask->registry;

	ask->before = r->last;
	if (r->last != NULL)
		r->last->next = ask;
	else
		r->first = ask;
	r->last = ask;
	r->pending++;
	r->source->begin(r->at, ask);
}

void
registry_info(struct registry *r, struct str author, struct str name,
    void (*done)(void *arg, enum registry_answer answer,
	const struct registry_module *module, const struct err *why),
    void *arg)
{
	struct ask *ask = ask_new(r, ASK_INFO, author, name, STR_NONE, arg);

	ask->done.info = done;
	ask_begin(ask);
}

void
registry_download(struct registry *r, struct str author, struct str name,
    struct str version,
    void (*done)(void *arg, enum registry_answer answer,
	const struct registry_code *code, const struct err *why),
    void *arg)
{
	struct ask *ask = ask_new(r, ASK_DOWNLOAD, author, name, version, arg);

	ask->done.code = done;
	ask_begin(ask);
}

void
registry_latest(struct registry *r,
    void (*done)(void *arg, enum registry_answer answer, int64_t time,
	const struct err *why),
    void *arg)
{
	struct ask *ask =
	    ask_new(r, ASK_LATEST, STR_NONE, STR_NONE, STR_NONE, arg);

	ask->done.latest = done;
	ask_begin(ask);
}

static void
tell(const struct ask *ask, enum registry_answer answer,
    const struct finding *f, const struct err *why)
{
	bool is = answer == REGISTRY_FOUND;

	switch (ask->kind) {
	case ASK_INFO:
		ask->done.info(ask->arg, answer, is ? &f->module : NULL, why);
		break;
	case ASK_DOWNLOAD:
		ask->done.code(ask->arg, answer, is ? &f->code : NULL, why);
		break;
	case ASK_LATEST:
		ask->done.latest(ask->arg, answer, is ? f->time : 0, why);
		break;
	}
}

void
ask_end(struct ask *ask, enum registry_answer answer,
    const struct finding *finding, const struct err *why)
{
	struct registry *r = ask->registry;

	if (ask->before != NULL)
		ask->before->next = ask->next;
	else
		r->first = ask->next;
	if (ask->next != NULL)
		ask->next->before = ask->before;
	else
		r->last = ask->before;
	r->pending--;
	tell(ask, answer, finding, why);
	pool_clear(&ask->pool);
	free(ask);
}

int
ask_check(const struct ask *ask, struct err *err)
{
	if (ask->kind == ASK_LATEST)
		return 0;
	if (registry_name_check(ask->author, err) == -1 ||
	    registry_name_check(ask->name, err) == -1)
		return err_wrap(err, "no registry has %.*s/%.*s",
		    STR_ARG(ask->author), STR_ARG(ask->name));
	return ask->kind == ASK_DOWNLOAD
	           ? registry_version_check(ask->version, err)
	           : 0;
}

static int
check_same(const char *what, struct str got, struct str want, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str quoted;

	if (str_eq(got, want))
		return 0;
	quoted = quote_text(&pool, str_sub(got, 0, REGISTRY_MAX_VERSION));
	return err_set(err, "the %s is %.*s, asked for was %.*s", what,
	    STR_ARG(quoted), STR_ARG(want));
}

/* Its header is read here, whoever has read it before. */
static int
check_code(const struct registry_code *code, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct module module = { .is_private = false };

	if (code->code.n > REGISTRY_MAX_CODE)
		return err_set(err, "it is larger than %zu bytes",
		    REGISTRY_MAX_CODE);
	if (header_read(&module, code->code, &pool, err) == -1)
		return -1;
	return check_same("version in the header", module.version,
	    code->version, err);
}

int
code_check(const struct ask *ask, const struct registry_code *code,
    struct err *err)
{
	if (check_same("author", code->author, ask->author, err) == 0 &&
	    check_same("name", code->name, ask->name, err) == 0 &&
	    check_same("version", code->version, ask->version, err) == 0 &&
	    check_code(code, err) == 0)
		return 0;
	return err_wrap(err, "what came for %.*s/%.*s %.*s is not kept",
	    STR_ARG(ask->author), STR_ARG(ask->name), STR_ARG(ask->version));
}

static void
on_interrupt(void *ctx, unsigned n)
{
	struct registry *r = ctx;

	(void)n;
	r->is_interrupted = true;
	stop_all(r, "Interrupted");
}

int
registry_wait(struct registry *r, size_t most, struct err *err)
{
	struct loop_signal interrupt = { .call = on_interrupt, .ctx = r };
	int status = 0;

	r->is_interrupted = false;
	loop_signal_start(r->loop, &interrupt, SIGINT, LOOP_SIGNAL_ASKS);
	on_tick(r);
	while (status == 0 && r->pending > most)
		status = loop_turn(r->loop, err);
	/* who has come after the last turn looked is not to be forgotten */
	if (!r->is_interrupted && loop_signal_count(&interrupt) != 0)
		on_interrupt(r, 1);
	loop_timer_stop(&r->tick);
	loop_signal_stop(&interrupt);
	if (status == -1)
		stop_all(r, "it could not be waited for");
	return status;
}

int
registry_search(struct registry *r, struct str query,
    int (*each)(void *arg, const struct registry_module *module,
	struct err *err),
    void *arg, struct err *err)
{
	return r->source->list(r->at, query.n != 0 ? query : STR(""), each, arg,
	    err);
}

int
registry_quickstart(struct registry *r,
    int (*each)(void *arg, const struct registry_module *module,
	struct err *err),
    void *arg, struct err *err)
{
	return r->source->list(r->at, STR_NONE, each, arg, err);
}

enum registry_answer
registry_whoami(struct registry *r, struct str token, struct pool *pool,
    struct str *user, struct err *err)
{
	return r->source->whoami(r->at, token, pool, user, err);
}

enum registry_answer
registry_publish(struct registry *r, struct str token, struct str name,
    struct str code, struct pool *pool, struct registry_code *out,
    struct err *err)
{
	return r->source->publish(r->at, token, name, code, pool, out, err);
}
