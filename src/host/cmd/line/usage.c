/* Help, printed from the rows of the commands. */
#include "line/cmd.h"
#include "term/term.h"

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

const char *
cmd_more(struct pool *pool, const struct cmd *cmd)
{
	struct buf out = BUF_IN(pool);

	if (cmd->add_more == NULL)
		return cmd->more;
	if (cmd->more != NULL)
		buf_printf(&out, "%s\n", cmd->more);
	cmd->add_more(&out);
	out.n--; /* the last newline */
	return buf_cstr(&out);
}

void
cmd_print_help(const struct cmd *cmd, const struct cmd *parent, bool is_prompt)
{
	autopool struct pool pool = POOL_NONE;
	const char *more = cmd_more(&pool, cmd);
	unsigned here = is_prompt ? CMD_PROMPT : CMD_LINE;

	term_printf("%s\n\nUsage: %s%s%s", cmd->help,
	    parent != NULL ? parent->name : "", parent != NULL ? " " : "",
	    cmd->name);
	if (cmd->opts != NULL)
		term_print(STR(" [OPTIONS]"));
	if (cmd->operands != NULL)
		term_printf(" %s", cmd->operands);
	term_print(STR("\n"));
	if (more != NULL)
		term_printf("\n%s\n", more);
	if (cmd->sub != NULL) {
		term_print(STR("\nCommands:\n"));
		for (size_t i = 0; cmd->sub[i] != NULL; i++) {
			if (cmd->sub[i]->where & here)
				print_row(cmd->sub[i]->name, cmd->sub[i]->help);
		}
	}
	term_print(STR("\nOptions:\n"));
	for (const struct opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++) {
		if (!(is_prompt && opt->flags & OPT_LINE_ONLY))
			print_option(opt);
	}
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
	term_print(
	    is_prompt
		? STR("\nRun <command> -h for more help.\n\n")
		: STR("\nRun sn0int COMMAND --help for more; sn0int "
		      "help FAMILY, FUNCTION or MODULE, too.\nThe sandbox on "
		      "this machine: sn0int sandbox --check.\n"));
}
