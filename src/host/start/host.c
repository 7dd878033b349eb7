#include "start/host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "about/prompt.h"
#include "base/agreed.h"
#include "base/mem.h"
#include "config.h"
#include "line/cmd.h"
#include "line/parse.h"
#include "notify/notify.h"
#include "program/unlock.h"
#include "start/table.h"
#include "term/term.h"

struct global_opts {
	struct str workspace, color;
	bool version;
	struct opt_number passphrase_fd;
};

static const struct opt global_opts[] = {
	{ 'w', "workspace", OPT_TEXT, AT(global_opts, workspace), "NAME",
	    "the workspace to use; default: SN0INT_WORKSPACE, or \"default\"",
	    0, NULL, cmd_complete_workspaces },
	{ 0, "color", OPT_TEXT, AT(global_opts, color), "WHEN",
	    "auto, always or never", 0, "auto always never" },
	{ 0, "passphrase-fd", OPT_NUMBER, AT(global_opts, passphrase_fd), "N",
	    "a line of this descriptor opens the sealed keyring", 0 },
	{ 'V', "version", OPT_FLAG, AT(global_opts, version), NULL,
	    "print the version", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

static const struct cmd global = {
	.name = "sn0int",
	.operands = "[COMMAND [ARGUMENTS]]",
	.help = "Runs modules from strangers in a sandbox each, and keeps what "
		"they find.",
	.more = "Without COMMAND the prompt starts.",
	.opts = global_opts,
	.size = sizeof(struct global_opts),
};

static int
set_color(struct str when, struct err *err)
{
	static const char *const name[] = { "auto", "always", "never" };

	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		if (when.p == NULL || str_is(when, name[i])) {
			term_init((enum term_color)i);
			return 0;
		}
	}
	return err_usage(err, "--color takes auto, always or never, not '%.*s'",
	    STR_ARG(when));
}

static int
failed(struct program *p, const struct err *err)
{
	term_error(err);
	return program_failed(p, err);
}

/* The words behind the global options; -1: all is said, p->status is set. */
static int
begin_program(struct program *p, struct str *word, size_t n, size_t *used)
{
	autoerr struct err err = ERR_NONE;
	struct global_opts *opts;
	void *all;
	int status;

	term_init(TERM_AUTO);
	status = parse_leading(&global, &p->pool, word, n, &all, used, &err);
	opts = all;
	if (status == 1) {
		cmd_print_help(&global, NULL, false);
		cmd_print_list(false);
		return -1;
	}
	if (status == -1 || set_color(opts->color, &err) == -1)
		return failed(p, &err);
	if (opts->version) {
		term_printf("sn0int %s (sn0int in C %s)\n", COMPATIBLE_VERSION,
		    VERSION);
		return -1;
	}
	if (program_init(p,
		opts->workspace.p != NULL ? pool_cstr(&p->pool, opts->workspace)
					  : NULL,
		&err) == -1)
		return failed(p, &err);
	if (unlock_use_fd(p, opts->passphrase_fd.is_set, opts->passphrase_fd.n,
		&err) == -1)
		return failed(p, &err);
	return 0;
}

static void
run_words(struct program *p, struct str *word, size_t n)
{
	autoerr struct err err = ERR_NONE;
	int status;

	if (n != 0) {
		(void)cmd_execute(p, word, n); /* sets p->status */
		return;
	}
	status = prompt_run(p, &err);
	p->status = 0; /* not that of the last command */
	if (status == -1)
		(void)failed(p, &err);
}

/* What could not be printed is a failure of any command; said once. */
static void
end_output(struct program *p)
{
	autoerr struct err err = ERR_NONE;

	(void)term_flush();
	if (term_failure(&err) == -1)
		(void)failed(p, &err);
}

int
host_main(int argc, char **argv)
{
	static struct program program;
	struct str *word =
	    pool_array(&program.pool, (size_t)argc, sizeof(*word));
	size_t n = 0, used = 0;

	cmd_table = table;
	cmd_global = &global;
	program.expired = notify_expired;
	/*
	 * A reader that has gone and a file that may not grow are errors of
	 * write(2), not a death.
	 */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	/* Where whoever started us ignores it, no child's end is known. */
	(void)signal(SIGCHLD, SIG_DFL);
	for (int i = 1; i < argc; i++)
		word[n++] = str_of(argv[i]);
	if (begin_program(&program, word, n, &used) == 0)
		run_words(&program, word + used, n - used);
	end_output(&program);
	program_clear(&program);
	return program.status;
}
