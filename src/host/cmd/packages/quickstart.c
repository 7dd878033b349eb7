/* pkg quickstart: what the registry recommends and is not there. */
#include "packages/packages.h"
#include "packages/task.h"
#include "term/term.h"

struct quickstart_opts {
	struct net_opts net;
	bool dry_run;
};

struct quickstart {
	struct session *s;
	bool is_dry;
};

/* 1: it is not there yet. */
static int
is_missing(struct task *t, struct err *err)
{
	struct found found;

	if (session_check_author(t->author, err) == -1 ||
	    session_look(t->s, &t->pool, t->author, t->name, &found, err) == -1)
		return -1;
	return !found.is_there;
}

static int
got(struct task *t, struct str code, struct err *err)
{
	if (task_put(t, code, "replaced", err) == -1)
		return -1;
	session_is_current(t->s, task_target(t));
	term_run_line(TERM_SUCCESS, task_target(t),
	    str_of(
		pool_printf(&t->pool, "installed v%.*s", STR_ARG(t->version))));
	return 0;
}

static void
failed(struct task *t, enum registry_answer answer, struct err *why)
{
	struct str text = err_join(&t->pool, why);

	(void)answer;
	t->s->failed++;
	term_line(TERM_ERROR, "%.*s: %.*s", STR_ARG(t->id), STR_ARG(text));
}

static const struct task_kind quickstart_kind = { is_missing, got, NULL,
	failed };

static void
say_dry(const struct registry_module *module)
{
	autopool struct pool pool = POOL_NONE;

	term_run_line(TERM_SUCCESS,
	    str_of(pool_printf(&pool, "%.*s/%.*s", STR_ARG(module->author),
		STR_ARG(module->name))),
	    str_of(pool_printf(&pool, "would be installed v%.*s",
		STR_ARG(module->latest))));
}

/* Its own errors are not the end of the list. */
static int
each(void *arg, const struct registry_module *module, struct err *err)
{
	struct quickstart *q = arg;
	autoerr struct err why = ERR_NONE;
	struct task *t = task_new(q->s, &quickstart_kind, module->author,
	    module->name, STR_NONE);
	int status = is_missing(t, &why);

	if (status == 1 && !q->is_dry) {
		task_start(t);
		return task_wait(q->s, REGISTRY_AT_ONCE - 1, err);
	}
	if (status == 1 && module->latest.p != NULL)
		say_dry(module);
	if (status == -1)
		failed(t, REGISTRY_FOUND, &why);
	task_free(t);
	return 0;
}

static int
run_quickstart(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct quickstart_opts *opts = arg;
	struct session s;
	struct quickstart q = { &s, opts->dry_run };
	int status = session_open(&s, p, &opts->net, err);

	(void)in;
	if (status == 0)
		status = registry_quickstart(s.registry, each, &q, err);
	if (status == 0)
		status = task_finish(&s, err);
	/* of those nobody knows whether they are recommended */
	if (s.registry != NULL)
		s.failed += (unsigned)registry_left_out(s.registry);
	return session_close(&s, status, err);
}

static const struct opt quickstart_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(quickstart_opts, dry_run), NULL,
	    "say what would be installed, and change nothing", 0 },
	NET_OPTS(quickstart_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_quickstart = {
	.name = "quickstart",
	.where = CMD_PROMPT | CMD_HIDDEN,
	.now = "pkg quickstart",
	.help = "install what the registry recommends",
	.opts = quickstart_opts,
	.size = sizeof(struct quickstart_opts),
	.run = run_quickstart,
};

const struct cmd packages_quickstart = {
	.name = "quickstart",
	.where = CMD_LINE | CMD_PROMPT,
	.help = "install what the registry recommends",
	.opts = quickstart_opts,
	.size = sizeof(struct quickstart_opts),
	.run = run_quickstart,
};
