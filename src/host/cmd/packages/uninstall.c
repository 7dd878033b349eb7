#include "base/mem.h"
#include "packages/packages.h"
#include "packages/session.h"
#include "term/term.h"

struct uninstall_opts {
	bool dry_run;
};

static int
uninstall(struct session *s, const struct uninstall_opts *opts,
    const struct registry_id *id, struct str word, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct found found;

	if (session_look(s, &pool, id->author, id->name, &found, err) == -1)
		return -1;
	if (!found.is_there && (found.row == NULL || opts->dry_run))
		return err_set(err, "%.*s is not installed", STR_ARG(word));
	if (opts->dry_run) {
		term_result(TERM_INFO, "%.*s would be removed: %s",
		    STR_ARG(word),
		    store_path(s->store, &pool, id->author, id->name));
		return 0;
	}
	if (found.is_changed && session_ask_changed(word, "removed", err) == -1)
		return err_wrap(err, "%.*s stays", STR_ARG(word));
	s->is_changed = true;
	if (store_remove(s->store, id->author, id->name, found.sha256, err) ==
	    -1)
		return -1;
	session_is_current(s, word);
	if (!found.is_there)
		return err_set(err, "%.*s was removed already", STR_ARG(word));
	return 0;
}

static int
run_uninstall(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct registry_id id;
	struct session s;
	int status;

	if (session_id(in->word[0], &id, err) == -1)
		return -1;
	status = session_open(&s, p, NULL, err);
	if (status == 0)
		status = uninstall(&s, opts, &id, in->word[0], err);
	return session_close(&s, status, err);
}

static const struct opt uninstall_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(uninstall_opts, dry_run), NULL,
	    "say what would be removed, and change nothing", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd packages_uninstall = {
	.name = "uninstall",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "AUTHOR/NAME",
	.least = 1,
	.most = 1,
	.help = "remove a module that was installed",
	.opts = uninstall_opts,
	.size = sizeof(struct uninstall_opts),
	.run = run_uninstall,
	.complete = cmd_complete_modules,
};
