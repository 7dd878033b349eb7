/*
 * pkg look: which modules have a newer version. Without an answer of the registry
 * nothing is noted, and the next command asks again.
 */
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "packages/packages.h"
#include "packages/session.h"
#include "state/file.h"
#include "state/outdated.h"
#include "term/term.h"

struct look_opts {
	struct net_opts net;
	bool quiet;
};

struct look {
	struct session *s;
	struct err *err; /* the first question that had no answer */
	bool is_unknown;
	bool has_time;
	int64_t time; /* of what was published last */
	struct str *outdated;
	size_t n;
};

/* A module that is asked about. */
struct one {
	struct look *look;
	struct str id, version;
};

static void
set_unknown(struct look *look, const struct err *why)
{
	autopool struct pool pool = POOL_NONE;

	if (look->is_unknown)
		return;
	look->is_unknown = true;
	(void)err_set_str(look->err, err_join(&pool, why));
}

static void
on_latest(void *arg, enum registry_answer answer, int64_t time,
    const struct err *why)
{
	struct look *look = arg;

	if (answer == REGISTRY_UNKNOWN)
		set_unknown(look, why);
	look->has_time = answer == REGISTRY_FOUND;
	look->time = time;
}

static void
on_info(void *arg, enum registry_answer answer,
    const struct registry_module *module, const struct err *why)
{
	const struct one *one = arg;
	struct look *look = one->look;

	if (answer == REGISTRY_UNKNOWN)
		set_unknown(look, why);
	if (answer != REGISTRY_FOUND || module->latest.p == NULL ||
	    str_eq(module->latest, one->version))
		return;
	look->outdated = pool_push(&look->s->pool, look->outdated, look->n,
	    sizeof(*look->outdated));
	look->outdated[look->n++] = one->id;
}

static int
ask_all(struct look *look, struct err *err)
{
	const struct library *library = &look->s->p->library;

	for (size_t i = 0; i < library->n && !look->is_unknown; i++) {
		const struct module *m = &library->module[i];
		struct registry_id id;
		struct one *one;

		if (m->is_private || m->is_bundled ||
		    registry_id_read(m->id, &id, NULL) == -1 ||
		    session_check_author(id.author, NULL) == -1)
			continue;
		one = pool_alloc(&look->s->pool, sizeof(*one));
		*one = (struct one){ look, m->id, m->version };
		registry_info(look->s->registry, id.author, id.name, on_info,
		    one);
		if (registry_wait(look->s->registry, REGISTRY_AT_ONCE - 1,
			err) == -1)
			return -1;
	}
	return registry_wait(look->s->registry, 0, err);
}

/* Nothing was published since somebody asked. */
static bool
is_known(const struct look *look, const struct outdated *o)
{
	return look->has_time && o->registry != NULL &&
	       o->registry->kind == JSON_INT && o->registry->i == look->time;
}

static int
note(struct look *look, const char *path, struct outdated *o, struct err *err)
{
	struct json time = json_int(look->time);
	int fd = file_lock_beside(path, err), status;

	if (fd == -1)
		return -1;
	o->registry = look->has_time ? &time : NULL;
	status = outdated_save(path, o, err);
	(void)close(fd);
	return status;
}

/* 0, also where there was no answer: look->is_unknown. */
static int
ask(struct look *look, bool asks_all, struct outdated *o, struct err *err)
{
	registry_latest(look->s->registry, on_latest, look);
	if (registry_wait(look->s->registry, 0, err) == -1)
		return -1;
	if (look->is_unknown || (!asks_all && is_known(look, o)))
		return 0;
	if (ask_all(look, err) == -1)
		return -1;
	o->ids = (struct slot_texts){ look->outdated, look->n };
	return 0;
}

static int
look_for(struct session *s, const struct look_opts *opts, struct err *err)
{
	const char *path =
	    pool_printf(&s->pool, "%s/autoupdate.json", s->p->paths.share);
	struct look look = { .s = s, .err = err };
	struct outdated o;

	if (outdated_load(path, &s->pool, &o, err) == -1 ||
	    ask(&look, !opts->quiet, &o, err) == -1)
		return -1;
	if (look.is_unknown)
		return err_wrap(err, "nobody knows what is newer");
	o.last_update = (int64_t)time(NULL);
	if (note(&look, path, &o, err) == -1)
		return -1;
	for (size_t i = 0; i < o.ids.n && !opts->quiet; i++)
		term_value(o.ids.text[i]);
	return 0;
}

static int
run_look(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct look_opts *opts = arg;
	struct session s;
	int status = session_open(&s, p, &opts->net, err);

	(void)in;
	if (status == 0)
		status = look_for(&s, opts, err);
	return session_close(&s, status, err);
}

static const struct opt look_opts[] = {
	{ 'q', "quiet", OPT_FLAG, AT(look_opts, quiet), NULL,
	    "print no names, and ask about no module if nothing was "
	    "published since the last time",
	    0 },
	NET_OPTS(look_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd packages_look = {
	.name = "look",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_MODULES,
	.help = "look for newer versions of what is installed, and note them",
	.more = "It prints their names, and pkg list has them as [outdated]. "
		"While a module runs sn0int does this\nby itself, every "
		"core.update-days, if core.registry is set and "
		"core.no-autoupdate is not.",
	.opts = look_opts,
	.size = sizeof(struct look_opts),
	.run = run_look,
};
