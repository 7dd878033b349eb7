/* pkg diff: what another version would change. */
#include "pkg/diff.h"
#include "packages/packages.h"
#include "packages/task.h"
#include "term/term.h"

struct diff_opts {
	struct net_opts net;
};

struct diff {
	struct err *err;
	int status;
	struct str old, old_name;
};

static const char *
color_of(struct str line)
{
	if (str_starts(line, STR("+")))
		return "32";
	if (str_starts(line, STR("-")))
		return "31";
	return str_starts(line, STR("@")) ? "36" : "0";
}

static int
got(struct task *t, struct str code, struct err *err)
{
	struct diff *diff = t->arg;
	struct buf out = BUF_IN(&t->pool);
	struct str rest;

	(void)err;
	diff_write(&out, diff->old_name, diff->old,
	    str_of(pool_printf(&t->pool, "%.*s %.*s", STR_ARG(task_target(t)),
		STR_ARG(t->version))),
	    code);
	rest = buf_str(&out);
	while (rest.n != 0) {
		struct str line = str_cut(&rest, '\n');

		term_printf("%s%.*s%s\n", term_paint(color_of(line)),
		    STR_ARG(line), term_paint("0"));
	}
	diff->status = 0;
	return 0;
}

static void
failed(struct task *t, enum registry_answer answer, struct err *why)
{
	struct diff *diff = t->arg;

	(void)answer;
	err_move(diff->err, why);
}

static const struct task_kind diff_kind = { NULL, got, NULL, failed };

static int
diff(struct session *s, const struct registry_id *id, struct str word,
    struct str version, struct err *err)
{
	struct diff diff = { .err = err, .status = -1 };
	struct found found;
	struct task *t;

	if (session_look(s, &s->pool, id->author, id->name, &found, err) == -1)
		return -1;
	if (!found.is_there)
		return err_set(err, "%.*s is not installed", STR_ARG(word));
	diff.old = found.code;
	diff.old_name =
	    str_of(pool_printf(&s->pool, "%.*s, as it is here", STR_ARG(word)));
	t = task_new(s, &diff_kind, id->author, id->name, version);
	t->is_needed = true;
	t->arg = &diff;
	task_start(t);
	return task_finish(s, err) == 0 ? diff.status : -1;
}

static int
run_diff(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct diff_opts *opts = arg;
	struct registry_id id;
	struct str version;
	struct session s;
	int status;

	if (session_operands(in, &id, &version, err) == -1)
		return -1;
	status = session_open(&s, p, &opts->net, err);
	if (status == 0)
		status = diff(&s, &id, in->word[0], version, err);
	return session_close(&s, status, err);
}

static const struct opt diff_opts[] = {
	NET_OPTS(diff_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd packages_diff = {
	.name = "diff",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "AUTHOR/NAME [VERSION]",
	.least = 1,
	.most = 2,
	.help = "show how a module here differs from one of the registry",
	.more = "From the latest version, or from the one that is named: the "
		"one that was installed shows what was\nchanged since by hand.",
	.opts = diff_opts,
	.size = sizeof(struct diff_opts),
	.run = run_diff,
	.complete = cmd_complete_modules,
};
