#include "base/mem.h"
#include "data/workspaces.h"
#include "line/cmd.h"
#include "term/size.h"
#include "term/term.h"

struct workspace_opts {
	bool usage, delete, force;
};

static int
list_workspaces(struct program *p, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str *name;
	size_t n;

	if (workspace_list(&p->paths, &pool, &name, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		term_value(name[i]);
	return 0;
}

static int
check_names(const struct operands *in, struct err *err)
{
	for (size_t i = 0; i < in->n; i++) {
		if (workspace_check_name(in->word[i], err) == -1)
			return err_set_kind(err, ERR_USAGE);
	}
	return 0;
}

static int
print_usage(struct program *p, struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf size = BUF_IN(&pool);
	uint64_t bytes;

	if (workspace_usage(&p->paths, pool_cstr(&pool, name), &bytes, err) ==
	    -1)
		return -1;
	size_add(&size, bytes);
	term_printf("%-50.*s: %s\n", STR_ARG(name), buf_cstr(&size));
	return 0;
}

static int
usage(struct program *p, const struct operands *in, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str *name = in->word;
	size_t n = in->n;

	if (n == 0 && workspace_list(&p->paths, &pool, &name, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (print_usage(p, name[i], err) == -1)
			return -1;
	}
	return 0;
}

/* A question about nothing has no right answer. */
static int
check_is_there(struct program *p, const char *name, struct err *err)
{
	int status = workspace_exists(&p->paths, name, err);

	if (status == 0)
		return err_set(err, "there is no workspace '%s'", name);
	return status == 1 ? 0 : -1;
}

static int
delete_one(struct program *p, struct str name, bool force, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *text = pool_cstr(&pool, name);
	bool yes = force;

	if (p->is_prompt && strcmp(text, p->workspace_name) == 0)
		return err_set(err, "workspace '%s' is in use", text);
	if (!force &&
	    (check_is_there(p, text, err) == -1 ||
		term_ask_yes(pool_printf(&pool,
				 "Do you really want to delete \"%s\"", text),
		    &yes, err) == -1))
		return -1;
	if (!yes)
		return 0;
	term_line(TERM_SUCCESS, "Deleting workspace: \"%s\"", text);
	return workspace_delete(&p->paths, text, err);
}

/* One that cannot go does not keep the others; the first cause is told last. */
static int delete (struct program *p, const struct operands *in, bool force,
    struct err *err)
{
	int status = 0;

	for (size_t i = 0; i < in->n; i++) {
		autoerr struct err own = ERR_NONE;

		if (delete_one(p, in->word[i], force,
			status == 0 ? err : &own) == 0)
			continue;
		if (status == -1)
			term_line(TERM_ERROR, "%s", err_cstr(&own));
		status = -1;
	}
	return status;
}

static int
run_workspace(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct workspace_opts *opts = arg;

	if (check_names(in, err) == -1)
		return -1;
	if (opts->usage && opts->delete)
		return err_usage(err,
		    "--usage and --delete exclude each other");
	if (opts->usage)
		return usage(p, in, err);
	if (opts->delete &&in->n == 0)
		return err_set(err, "--delete needs the name of a workspace");
	if (opts->force && !opts->delete)
		return err_usage(err, "--force goes with --delete");
	if (opts->delete)
		return delete (p, in, opts->force, err);
	if (in->n == 0)
		return list_workspaces(p, err);
	if (in->n > 1)
		return err_set(err, "one workspace can be switched to, not %zu",
		    in->n);
	if (!p->is_prompt)
		return err_usage(err,
		    "a workspace is chosen with: sn0int -w %.*s COMMAND",
		    STR_ARG(in->word[0]));
	return program_switch(p, in->word[0], err);
}

static const struct opt workspace_opts[] = {
	{ 0, "usage", OPT_FLAG, AT(workspace_opts, usage), NULL,
	    "show how large they are", 0 },
	{ 0, "delete", OPT_FLAG, AT(workspace_opts, delete), NULL,
	    "delete with all that is in them", 0 },
	{ 'f', "force", OPT_FLAG, AT(workspace_opts, force), NULL, "do not ask",
	    0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_workspace = {
	.name = "workspace",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "[NAME...]",
	.help = "list, switch, measure, delete, copy or rename workspaces",
	.opts = workspace_opts,
	.size = sizeof(struct workspace_opts),
	.run = run_workspace,
	.sub = workspaces_sub,
	.complete = cmd_complete_workspaces,
};
