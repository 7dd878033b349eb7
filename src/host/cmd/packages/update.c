/*
 * pkg update: every module that the registry may change, three at a time. What
 * was changed since it was installed waits until the others are done, since a
 * question would keep them waiting; without a terminal it stays as it is.
 */
#include <unistd.h>

#include "packages/packages.h"
#include "packages/task.h"
#include "term/term.h"

struct update_opts {
	struct net_opts net;
	bool dry_run;
};

static void
say(const struct task *t, const char *text)
{
	term_run_line(TERM_SUCCESS, t->id, str_of(text));
}

static int
look_at_asked(struct task *t, struct found *found, struct err *err)
{
	struct registry_id id;

	if (registry_id_read(t->id, &id, err) == -1)
		return -1;
	return session_look(t->s, &t->pool, id.author, id.name, found, err);
}

/* It has become another module, which is there: the old one goes. */
static int
replace(struct task *t, struct err *err)
{
	struct str target = task_target(t);
	struct registry_id id;
	struct found found;

	if (look_at_asked(t, &found, err) == -1 ||
	    registry_id_read(t->id, &id, err) == -1)
		return -1;
	if (t->is_dry) {
		say(t, pool_printf(&t->pool, "would be replaced with %.*s",
			   STR_ARG(target)));
		return 0;
	}
	if (found.is_changed &&
	    session_ask_changed(t->id, "removed", err) == -1)
		return -1;
	t->s->is_changed = true;
	if (store_remove(t->s->store, id.author, id.name, found.sha256, err) ==
	    -1)
		return -1;
	session_is_current(t->s, t->id);
	say(t, pool_printf(&t->pool, "replaced with %.*s", STR_ARG(target)));
	return 0;
}

/* Behind what a dry run says. */
static const char *
why_asked(const struct task *t)
{
	if (!t->is_dry)
		return "";
	if (t->is_asked)
		return ", after a question: it was changed since it was "
		       "installed";
	return t->has_grown ? ", after a question: it may do more than before"
	                    : "";
}

static int
put(struct task *t, struct err *err)
{
	if (t->hops != 0 && t->code.p == NULL)
		return replace(t, err);
	if (task_put(t, t->code, "updated", err) == -1)
		return -1;
	if (t->hops != 0)
		return replace(t, err);
	if (!t->is_dry)
		session_is_current(t->s, t->id);
	say(t, pool_printf(&t->pool, "%supdated v%.*s -> v%.*s%s",
		   t->is_dry ? "would be " : "", STR_ARG(t->was),
		   STR_ARG(t->version), why_asked(t)));
	return 0;
}

/*
 * The old module was changed, or the new text may more, and somebody is there to
 * be asked. code p NULL: it has not come.
 */
static int
is_to_ask(struct task *t, struct str code, struct err *err)
{
	struct found found;

	if (t->is_dry || !isatty(STDIN_FILENO))
		return 0;
	if (look_at_asked(t, &found, err) == -1)
		return -1;
	return found.is_changed ||
	       (code.p != NULL && session_is_growth(t->s, found.code, code));
}

static int
is_wanted(struct task *t, struct err *err)
{
	struct found found;
	int status;

	if (t->hops == 0)
		return !str_eq(t->version, t->was);
	if (session_look(t->s, &t->pool, t->author, t->name, &found, err) == -1)
		return -1;
	if (!found.is_there)
		return 1;
	status = is_to_ask(t, STR_NONE, err);
	return status == 0 ? replace(t, err) : status;
}

static int
got(struct task *t, struct str code, struct err *err)
{
	int status = is_to_ask(t, code, err);

	if (status == -1)
		return -1;
	t->code = pool_copy(&t->pool, code);
	return status == 1 ? 1 : put(t, err);
}

/* One that the registry does not know is its author's affair. */
static void
failed(struct task *t, enum registry_answer answer, struct err *why)
{
	struct str text = err_join(&t->pool, why);

	if (answer != REGISTRY_NONE)
		t->s->failed++;
	term_line(answer == REGISTRY_NONE ? TERM_WARN : TERM_ERROR,
	    "%.*s: %.*s", STR_ARG(t->id), STR_ARG(text));
}

static const struct task_kind update_kind = { is_wanted, got, put, failed };

/* Blanks and dots are for modules that somebody has put there. */
static bool
is_registrys(const struct module *module, struct registry_id *id)
{
	return !module->is_private && !module->is_bundled &&
	       registry_id_read(module->id, id, NULL) == 0 &&
	       session_check_author(id->author, NULL) == 0;
}

static int
update(struct session *s, const struct update_opts *opts, struct err *err)
{
	const struct library *library = &s->p->library;

	for (size_t i = 0; i < library->n; i++) {
		const struct module *module = &library->module[i];
		struct registry_id id;
		struct task *t;

		if (!is_registrys(module, &id))
			continue;
		t = task_new(s, &update_kind, id.author, id.name, STR_NONE);
		t->was = pool_copy(&t->pool, module->version);
		t->is_dry = opts->dry_run;
		t->asks_growth = true;
		task_start(t);
		if (task_wait(s, REGISTRY_AT_ONCE - 1, err) == -1)
			return -1;
	}
	return task_finish(s, err);
}

static int
run_update(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct update_opts *opts = arg;
	struct session s;
	int status = session_open(&s, p, &opts->net, err);

	(void)in;
	program_say_refused(p);
	/* of those nobody can say whether they are current */
	s.failed += (unsigned)p->library.refusals;
	if (status == 0)
		status = update(&s, opts, err);
	task_give_up(&s);
	return session_close(&s, status, err);
}

static const struct opt update_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(update_opts, dry_run), NULL,
	    "say what would change, and change nothing", 0 },
	NET_OPTS(update_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd packages_update = {
	.name = "update",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_MODULES,
	.help = "bring what is installed to the version of the registry",
	.more =
	    "What a module may do now and might not before is said, and how "
	    "its header differs (standard\nerror). What was changed since it "
	    "was installed, or may do more now, is replaced only after a\n"
	    "question; without a terminal it stays, and the status is 1. "
	    "Modules in [namespaces], in folders\nthat are links or have a "
	    ".git, and those that came with sn0int are not touched.",
	.opts = update_opts,
	.size = sizeof(struct update_opts),
	.run = run_update,
};
