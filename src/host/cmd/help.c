/* Help, printed from the rows of the commands. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "term/term.h"
#include "where.h"

static void
print_option(const struct opt *opt)
{
	autopool struct pool pool = POOL_NONE;
	const char *letter = opt->letter != 0
	                         ? pool_printf(&pool, "-%c, ", opt->letter)
	                         : "    ";
	const char *name = pool_printf(&pool, "%s--%s%s%s", letter, opt->name,
	    opt->value != NULL ? " " : "",
	    opt->value != NULL ? opt->value : "");

	term_printf("  %-32s %s\n", name, opt->help);
}

static void
print_row(const char *name, const char *help)
{
	term_printf("    %s%-13s%s %s\n", term_paint("32"), name,
	    term_paint("0"), help);
}

void
cmd_print_help(const struct cmd *cmd, const struct cmd *parent,
    bool is_prompt)
{
	unsigned here = is_prompt ? CMD_PROMPT : CMD_LINE;

	term_printf("%s\n\nUsage: %s%s%s", cmd->help,
	    parent != NULL ? parent->name : "", parent != NULL ? " " : "",
	    cmd->name);
	if (cmd->opts != NULL)
		term_print(STR(" [OPTIONS]"));
	if (cmd->operands != NULL)
		term_printf(" %s", cmd->operands);
	term_print(STR("\n"));
	if (cmd->more != NULL)
		term_printf("\n%s\n", cmd->more);
	if (cmd->sub != NULL) {
		term_print(STR("\nCommands:\n"));
		for (size_t i = 0; cmd->sub[i] != NULL; i++) {
			if (cmd->sub[i]->where & here)
				print_row(cmd->sub[i]->name, cmd->sub[i]->help);
		}
	}
	term_print(STR("\nOptions:\n"));
	for (const struct opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++)
		print_option(opt);
	term_printf("  %-32s %s\n", "-h, --help", "print this");
}

void
cmd_print_list(bool is_prompt)
{
	unsigned here = is_prompt ? CMD_PROMPT : CMD_LINE;

	term_printf("\n%sCOMMANDS:%s\n", term_paint("33"), term_paint("0"));
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (cmd_table[i]->where & here &&
		    !(cmd_table[i]->where & CMD_HIDDEN))
			print_row(cmd_table[i]->name, cmd_table[i]->help);
	}
	term_print(is_prompt ? STR("\nRun <command> -h for more help.\n\n")
			     : STR("\nRun sn0int COMMAND --help for more.\n"));
}

/* The process writes into the pipe's end, which becomes its output. */
static int
start_writer(char **argv, int to, pid_t *pid, struct err *err)
{
	posix_spawn_file_actions_t actions;
	int errnum = posix_spawn_file_actions_init(&actions);

	if (errnum == 0) {
		errnum = posix_spawn_file_actions_adddup2(&actions, to,
		    STDOUT_FILENO);
		if (errnum == 0)
			errnum = posix_spawn(pid, argv[0], &actions, NULL,
			    argv, environ);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	if (errnum == 0)
		return 0;
	(void)err_set_errno(err, errnum);
	return err_wrap(err, "cannot start %s", argv[0]);
}

static void
print_all_of(int fd)
{
	struct buf all = BUF_NONE;
	ssize_t n;

	while ((n = read(fd, buf_room(&all, PIPE_BUF), PIPE_BUF)) > 0 ||
	       (n == -1 && errno == EINTR))
		all.n += n > 0 ? (size_t)n : 0;
	term_print(buf_str(&all));
	buf_clear(&all);
}

/*
 * What modules can call is known by the sandbox, from the rows of its
 * functions. 0: it was printed; 1: there is none of that name; -1.
 */
static int
print_function(struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	char *argv[] = { (char *)(uintptr_t)where_is(WHERE_SANDBOX),
		pool_cstr(&pool, STR("--reference")), pool_cstr(&pool, name),
		NULL };
	int end[2], status;
	pid_t pid;

	if (pipe2(end, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	status = start_writer(argv, end[1], &pid, err);
	(void)close(end[1]);
	if (status == 0)
		print_all_of(end[0]);
	(void)close(end[0]);
	if (status == -1)
		return -1;
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

static int
run_help(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct cmd *cmd;
	int status;

	(void)opts;
	if (in->n == 0) {
		cmd_print_list(p->is_prompt);
		return 0;
	}
	cmd = cmd_by_name(in->word[0]);
	if (cmd != NULL) {
		cmd_print_help(cmd, NULL, p->is_prompt);
		return 0;
	}
	status = print_function(in->word[0], err);
	if (status == 1)
		return program_usage(p, err,
		    "there is neither a command nor a function \"%.*s\"",
		    STR_ARG(in->word[0]));
	return status;
}

const struct cmd cmd_help = {
	.name = "help",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "[COMMAND | FUNCTION]",
	.help = "list the commands, or explain one, or a function of modules",
	.run = run_help,
};
