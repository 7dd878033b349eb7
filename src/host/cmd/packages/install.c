/* pkg install, and `install` alone. */
#include "packages/packages.h"
#include "packages/task.h"
#include "term/term.h"

struct install_opts {
	struct net_opts net;
	bool force;
};

struct install {
	struct err *err;
	int status;
};

/* A question turns the loop, which is turning now. */
static int
keep(struct task *t, struct str code, struct err *err)
{
	(void)err;
	t->code = pool_copy(&t->pool, code);
	return 1;
}

static int
put(struct task *t, struct err *err)
{
	struct install *install = t->arg;

	if (task_put(t, t->code, "replaced", err) == -1)
		return -1;
	install->status = 0;
	if (t->hops != 0) {
		struct str target = task_target(t);

		term_line(TERM_WARN, "%.*s has become %.*s, which is installed",
		    STR_ARG(t->id), STR_ARG(target));
	}
	session_is_current(t->s, task_target(t));
	return 0;
}

static void
failed(struct task *t, enum registry_answer answer, struct err *why)
{
	struct install *install = t->arg;

	(void)answer;
	err_move(install->err, why);
}

static const struct task_kind install_kind = { NULL, keep, put, failed };

static int
install(struct session *s, const struct install_opts *opts,
    const struct registry_id *id, struct str version, struct err *err)
{
	struct install install = { err, -1 };
	struct task *t =
	    task_new(s, &install_kind, id->author, id->name, version);

	t->is_forced = opts->force;
	t->is_needed = true;
	t->arg = &install;
	task_start(t);
	if (task_finish(s, err) == -1)
		return -1;
	return install.status;
}

static int
run_install(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct install_opts *opts = arg;
	struct registry_id id;
	struct str version;
	struct session s;
	int status;

	if (session_operands(in, &id, &version, err) == -1)
		return -1;
	status = session_open(&s, p, &opts->net, err);
	if (status == 0)
		status = install(&s, opts, &id, version, err);
	task_give_up(&s);
	return session_close(&s, status, err);
}

static const struct opt install_opts[] = {
	{ 'f', "force", OPT_FLAG, AT(install_opts, force), NULL,
	    "follow no redirect; take other code for a version that was "
	    "installed",
	    0 },
	NET_OPTS(install_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

#define HELP "install a module from the registry"
#define MORE                                                                   \
	"The latest version, or the one that is named. A module that has "     \
	"become another one brings\nthat. What was changed by hand is "        \
	"replaced only after a question."

const struct cmd packages_install = {
	.name = "install",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "AUTHOR/NAME [VERSION]",
	.least = 1,
	.most = 2,
	.help = HELP,
	.more = MORE,
	.opts = install_opts,
	.size = sizeof(struct install_opts),
	.run = run_install,
};

const struct cmd cmd_install = {
	.name = "install",
	.where = CMD_LINE,
	.operands = "AUTHOR/NAME [VERSION]",
	.least = 1,
	.most = 2,
	.help = HELP " (pkg install)",
	.more = MORE,
	.opts = install_opts,
	.size = sizeof(struct install_opts),
	.run = run_install,
};
