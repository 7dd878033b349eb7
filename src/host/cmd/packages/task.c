#include "packages/task.h"

#include <stdlib.h>

#include "base/mem.h"
#include "term/term.h"

struct task *
task_new(struct session *s, const struct task_kind *kind, struct str author,
    struct str name, struct str version)
{
	struct task *t = mem_zalloc(sizeof(*t));

	t->s = s;
	t->kind = kind;
	t->author = pool_copy(&t->pool, author);
	t->name = pool_copy(&t->pool, name);
	t->version =
	    version.p != NULL ? pool_copy(&t->pool, version) : STR_NONE;
	t->id = task_target(t);
	return t;
}

void
task_free(struct task *t)
{
	pool_clear(&t->pool);
	free(t);
}

struct str
task_target(struct task *t)
{
	return str_of(pool_printf(&t->pool, "%.*s/%.*s", STR_ARG(t->author),
	    STR_ARG(t->name)));
}

/* ^C is said once, by whoever waits. */
static void
task_fail(struct task *t, enum registry_answer answer, struct err *why)
{
	if (!registry_is_interrupted(t->s->registry))
		t->kind->failed(t, answer, why);
	task_free(t);
}

/* It is kept until all others have come, in their order. */
static void
keep_asking(struct task *t)
{
	struct task **end = &t->s->asking;

	while (*end != NULL)
		end = &(*end)->next;
	*end = t;
}

static void
on_code(void *arg, enum registry_answer answer,
    const struct registry_code *code, const struct err *why)
{
	struct task *t = arg;
	autoerr struct err err = ERR_NONE;
	int status;

	if (answer != REGISTRY_FOUND) {
		(void)err_set_str(&err, err_join(&t->pool, why));
		(void)err_wrap(&err, "Failed to download module");
		task_fail(t, answer, &err);
		return;
	}
	status = t->kind->got(t, code->code, &err);
	if (status == -1)
		task_fail(t, REGISTRY_FOUND, &err);
	else if (status == 1)
		keep_asking(t);
	else
		task_free(t);
}

static void ask_info(struct task *t);

static int
follow(struct task *t, const struct registry_module *module, struct err *err)
{
	if (++t->hops > TASK_HOPS)
		return err_set(err,
		    "more than %d redirects: the last is to "
		    "%.*s/%.*s",
		    TASK_HOPS, STR_ARG(module->redirect.author),
		    STR_ARG(module->redirect.name));
	t->author = pool_copy(&t->pool, module->redirect.author);
	t->name = pool_copy(&t->pool, module->redirect.name);
	ask_info(t);
	return 0;
}

/* 1: it goes on; 0: it ends; -1: it fails. */
static int
go_on(struct task *t, const struct registry_module *module, struct err *err)
{
	int status;

	if (module->redirect.author.p != NULL && !t->is_forced)
		return follow(t, module, err) == 0 ? 1 : -1;
	if (module->latest.p == NULL && t->is_needed)
		return err_set(err, "Module doesn't have a latest version");
	if (module->latest.p == NULL)
		return 0;
	t->version = pool_copy(&t->pool, module->latest);
	status = t->kind->is_wanted != NULL ? t->kind->is_wanted(t, err) : 1;
	if (status == 1)
		registry_download(t->s->registry, t->author, t->name,
		    t->version, on_code, t);
	return status;
}

static void
on_info(void *arg, enum registry_answer answer,
    const struct registry_module *module, const struct err *why)
{
	struct task *t = arg;
	autoerr struct err err = ERR_NONE;
	int status;

	if (answer != REGISTRY_FOUND) {
		(void)err_set_str(&err, err_join(&t->pool, why));
		(void)err_wrap(&err, "Failed to query module infos");
		task_fail(t, answer, &err);
		return;
	}
	status = go_on(t, module, &err);
	if (status == -1)
		task_fail(t, REGISTRY_FOUND, &err);
	else if (status == 0)
		task_free(t);
}

static void
ask_info(struct task *t)
{
	registry_info(t->s->registry, t->author, t->name, on_info, t);
}

void
task_start(struct task *t)
{
	if (t->version.p == NULL)
		ask_info(t);
	else
		registry_download(t->s->registry, t->author, t->name,
		    t->version, on_code, t);
}

int
task_wait(struct session *s, size_t most, struct err *err)
{
	if (registry_wait(s->registry, most, err) == -1)
		return -1;
	if (registry_is_interrupted(s->registry))
		return err_set(err, "Interrupted");
	return 0;
}

static struct task *
take_asking(struct session *s)
{
	struct task *t = s->asking;

	if (t != NULL)
		s->asking = t->next;
	return t;
}

static void
ask(struct task *t)
{
	autoerr struct err why = ERR_NONE;

	if (t->kind->ask(t, &why) == -1)
		task_fail(t, REGISTRY_FOUND, &why);
	else
		task_free(t);
}

int
task_finish(struct session *s, struct err *err)
{
	struct task *t;

	if (task_wait(s, 0, err) == -1)
		return -1;
	while ((t = take_asking(s)) != NULL)
		ask(t);
	return 0;
}

void
task_give_up(struct session *s)
{
	struct task *t;

	while ((t = take_asking(s)) != NULL)
		task_free(t);
}

/*
 * What a registry has published under a version stays: other code under the same
 * one is no update.
 */
static int
check_same_version(struct task *t, const struct found *found, struct str sha256,
    struct err *err)
{
	const struct package *row = found->row;

	if (row == NULL || t->is_forced || !str_eq(row->version, t->version) ||
	    !str_eq(row->registry, registry_url(t->s->registry)) ||
	    str_eq(row->sha256, sha256))
		return 0;
	return err_set(err,
	    "the registry has other code for version %.*s than it had when "
	    "that was installed (%.12s..., it was %.12s...)",
	    STR_ARG(t->version), sha256.p, row->sha256.p);
}

int
task_put(struct task *t, struct str code, const char *what, struct err *err)
{
	struct store_text text = { t->author, t->name, t->version,
		registry_url(t->s->registry), code };
	struct found found;
	struct str sha256 = store_sha256(&t->pool, code);

	if (session_check_author(t->author, err) == -1 ||
	    session_look(t->s, &t->pool, t->author, t->name, &found, err) ==
		-1 ||
	    check_same_version(t, &found, sha256, err) == -1)
		return -1;
	t->is_asked = found.is_changed && !str_eq(found.sha256, sha256);
	if (found.is_there && !str_eq(found.sha256, sha256))
		session_say_change(task_target(t), &found, code);
	t->has_grown = t->asks_growth && found.is_there &&
	               session_is_growth(t->s, found.code, code);
	if (t->is_dry)
		return 0;
	if (t->is_asked && session_ask_changed(task_target(t), what, err) == -1)
		return -1;
	if (t->has_grown && session_ask_growth(task_target(t), err) == -1)
		return -1;
	t->s->is_changed = true;
	return store_install(t->s->store, &text, found.sha256, err);
}
