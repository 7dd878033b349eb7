/* From words to a command that has run. */
#include "base/closest.h"
#include "base/mem.h"
#include "line/cmd.h"
#include "line/parse.h"
#include "term/term.h"

const struct cmd *const *cmd_table;
const struct cmd *cmd_global;

const struct cmd *
cmd_by_name(struct str name)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (str_is(name, cmd_table[i]->name))
			return cmd_table[i];
	}
	return NULL;
}

struct choice {
	const struct cmd *const *list;
	unsigned here;
};

/* Of what works here; names of other commands are shown as empty. */
static const char *
choice_name(const void *list, size_t i)
{
	const struct choice *choice = list;
	const struct cmd *cmd = choice->list[i];

	if (cmd == NULL)
		return NULL;
	return cmd->where & choice->here && !(cmd->where & CMD_HIDDEN)
	           ? cmd->name
	           : "";
}

static int
unknown_command(struct program *p, const struct choice *choice, struct str name,
    struct err *err)
{
	const char *closest = closest_name(name, choice_name, choice);

	for (size_t i = 0; choice->list[i] != NULL; i++) {
		if (str_is(name, choice->list[i]->name))
			return err_usage(err, "\"%.*s\" %s", STR_ARG(name),
			    p->is_prompt ? "is a command of the command line, "
					   "not of the prompt"
					 : "is a command of the prompt: start "
					   "it with sn0int alone");
	}
	/* a program of its own, which options in front do not start */
	if (choice->list == cmd_table && str_is(name, "sandbox"))
		return err_usage(err,
		    p->is_prompt
			? "\"sandbox\" is a command of the command line, not of "
			  "the prompt"
			: "\"sandbox\" stands in front of all options: sn0int "
			  "sandbox --check");
	if (closest != NULL)
		return err_usage(err,
		    "unknown command: \"%.*s\", did you mean \"%s\"?",
		    STR_ARG(name), closest);
	return err_usage(err, "unknown command: \"%.*s\", try \"help\"",
	    STR_ARG(name));
}

/* The command of a word in a list, where it may be used. */
static const struct cmd *
find(struct program *p, const struct cmd *const *list, struct str name,
    struct err *err)
{
	struct choice choice = { list, p->is_prompt ? CMD_PROMPT : CMD_LINE };

	for (size_t i = 0; list[i] != NULL; i++) {
		if (str_is(name, list[i]->name) && list[i]->where & choice.here)
			return list[i];
	}
	(void)unknown_command(p, &choice, name, err);
	return NULL;
}

static int
check_operands(const struct cmd *cmd, const struct operands *in,
    struct err *err)
{
	if (in->n < cmd->least)
		return err_usage(err, "%s needs %s", cmd->name, cmd->operands);
	if (in->n > cmd->most && cmd->most != 0)
		return err_usage(err, "unexpected argument '%.*s'",
		    STR_ARG(in->word[cmd->most]));
	if (cmd->most == 0 && cmd->operands == NULL && in->n != 0)
		return err_usage(err, "unexpected argument '%.*s'",
		    STR_ARG(in->word[0]));
	return 0;
}

/* A workspace may be called "copy". */
static bool
is_sub_command(const struct cmd *cmd, const struct str *word, size_t n)
{
	if (cmd->sub == NULL || n < 2 || word[1].n == 0 || word[1].p[0] == '-')
		return false;
	if (cmd->run == NULL)
		return true;
	for (size_t i = 0; n > 2 && cmd->sub[i] != NULL; i++) {
		if (str_is(word[1], cmd->sub[i]->name))
			return true;
	}
	return false;
}

/* "keyring add": the row of the last word that names one. */
static int
find_command(struct program *p, const struct str *word, size_t n,
    const struct cmd **parent, const struct cmd **out, size_t *used,
    struct err *err)
{
	const struct cmd *cmd = find(p, cmd_table, word[0], err);

	*used = 1;
	*parent = NULL;
	if (cmd == NULL)
		return -1;
	if (is_sub_command(cmd, word, n)) {
		*parent = cmd;
		cmd = find(p, cmd->sub, word[1], err);
		*used = 2;
	}
	*out = cmd;
	return cmd != NULL ? 0 : -1;
}

/* "keyring" alone: what could stand behind it. */
static int
no_sub_command(struct pool *pool, const struct cmd *cmd, struct err *err)
{
	struct buf names = BUF_IN(pool);

	for (size_t i = 0; cmd->sub[i] != NULL; i++)
		buf_printf(&names, "%s%s", i != 0 ? ", " : "",
		    cmd->sub[i]->name);
	return err_usage(err, "%s needs a command: %s", cmd->name,
	    buf_cstr(&names));
}

static void
warn_of_old_name(const struct cmd *cmd)
{
	if (cmd->now != NULL)
		term_line(TERM_WARN, "%s is an old name, it is now: %s",
		    cmd->name, cmd->now);
}

static int
run(struct program *p, struct pool *pool, const struct str *word, size_t n,
    struct err *err)
{
	const struct cmd *cmd, *parent;
	struct operands in;
	size_t used;
	void *opts;
	int status;

	if (find_command(p, word, n, &parent, &cmd, &used, err) == -1)
		return -1;
	status = parse_words(cmd, p->is_prompt, pool, word + used, n - used,
	    &opts, &in, err);
	if (status == 1) {
		cmd_print_help(cmd, parent, p->is_prompt);
		return 0;
	}
	if (status == 0 && cmd->run == NULL)
		return no_sub_command(pool, cmd, err);
	if (status == -1)
		return -1;
	if (check_operands(cmd, &in, err) == -1)
		return -1;
	warn_of_old_name(parent != NULL ? parent : cmd);
	if (!(cmd->where & CMD_BARE) && program_open(p, cmd->needs, err) == -1)
		return -1;
	return cmd->run(p, opts, &in, err);
}

static void
print_usage_error(const struct program *p, struct err *err)
{
	if (p->is_prompt) {
		term_line(TERM_ERROR, "%s", err_cstr(err));
		return;
	}
	(void)term_flush();
	term_error(err);
	term_line(TERM_ERROR, "For more information, try --help");
}

static void
print_error(const struct program *p, struct err *err)
{
	if (err->kind == ERR_USAGE) {
		print_usage_error(p, err);
	} else if (p->is_prompt) {
		term_line(TERM_ERROR, "%.*s", STR_ARG(err_text(err)));
		for (unsigned i = err->n - 1; i > 0; i--)
			term_line(TERM_ERROR, "Because: %.*s",
			    STR_ARG(err->msg[i - 1]));
	} else {
		term_error(err);
	}
}

int
cmd_execute(struct program *p, const struct str *word, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	int status;

	p->status = 0;
	status = run(p, &pool, word, n, &err);
	if (status == -1)
		(void)program_failed(p, &err);
	if (err.n != 0)
		print_error(p, &err);
	(void)term_flush();
	return p->status;
}
