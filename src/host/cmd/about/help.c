/* The command: help of commands, of topics, and of functions. */
#include "base/closest.h"
#include "base/mem.h"
#include "line/cmd.h"
#include "program/sandbox.h"
#include "term/term.h"

/* A function, or the sandbox itself, which is a program of its own. */
static int
print_function(struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str text;
	int status = str_is(name, "sandbox")
	                 ? sandbox_ask(&pool, "--help", STR_NONE, &text, err)
	                 : sandbox_ask(&pool, "--reference", name, &text, err);

	if (status == 0)
		term_print(text);
	return status;
}

/* keyring is a command, and what modules call: those who ask may mean either. */
static void
also_function(struct str name)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE; /* a command needs no sandbox */
	struct str text;

	if (sandbox_ask(&pool, "--reference", name, &text, &err) != 0)
		return;
	term_printf("\nA function of modules, too:\n\n");
	term_print(text);
}

static void
print_field(const struct field *f)
{
	term_printf("  %s%-18s%s %-24s %s\n", term_paint("32"), f->name,
	    term_paint("0"), field_kind_text(f->kind), f->doc);
}

/* "domain" or "domains". False: there is no such family. */
static bool
print_family(struct str name)
{
	const struct model *m = model_by_family(name);

	if (m == NULL)
		m = model_by_table(name);
	if (m == NULL)
		return false;
	term_printf("%s\n\nfamily %s (add, db_add), table %s (select%s)\n"
		    "%s\nColumns:\n",
	    m->doc, m->family, m->table, m->source != NULL ? ", Source" : "",
	    m->flags & MODEL_OURS ? "of this program alone: others have no "
				    "such table\n"
				  : "");
	term_printf("  %s%-18s%s %-24s %s\n", term_paint("32"), "id",
	    term_paint("0"), field_kind_text(FIELD_I32), "of the row");
	for (const struct field *f = m->field; f->name != NULL; f++)
		print_field(f);
	return true;
}

/* What can be explained, as C texts; a NULL ends them. */
struct topics {
	const char **name;
	size_t n;
	struct pool pool;
};

static void
add_topic(struct topics *topics, const char *name)
{
	topics->name = pool_push(&topics->pool, topics->name, topics->n,
	    sizeof(*topics->name));
	topics->name[topics->n++] = name;
}

static void
find_topics(struct topics *topics)
{
	autoerr struct err err = ERR_NONE;
	struct str functions = STR_NONE;

	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (!(cmd_table[i]->where & CMD_HIDDEN))
			add_topic(topics, cmd_table[i]->name);
	}
	for (const struct model *m = model_table; m->family != NULL; m++)
		add_topic(topics, m->family);
	(void)sandbox_ask(&topics->pool, "--reference=names", STR_NONE,
	    &functions, &err);
	while (functions.n != 0)
		add_topic(topics,
		    pool_cstr(&topics->pool, str_cut(&functions, '\n')));
	add_topic(topics, "sandbox");
	add_topic(topics, NULL);
}

static const char *
topic_name(const void *list, size_t i)
{
	return ((const struct topics *)list)->name[i];
}

static int
unknown_topic(struct str name, struct err *err)
{
	struct topics topics = { .pool = POOL_NONE };
	const char *closest;
	int status;

	find_topics(&topics);
	closest = closest_name(name, topic_name, &topics);
	status = closest != NULL
	             ? err_usage(err,
			   "there is no command, family or function \"%.*s\", "
			   "did you mean \"%s\"?",
			   STR_ARG(name), closest)
	             : err_usage(err,
			   "there is no command, family or function \"%.*s\"",
			   STR_ARG(name));
	pool_clear(&topics.pool);
	return status;
}

/* "keyring add" */
static int
print_sub_command(struct program *p, const struct cmd *cmd, struct str name,
    struct err *err)
{
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++) {
		if (str_is(name, cmd->sub[i]->name)) {
			cmd_print_help(cmd->sub[i], cmd, p->is_prompt);
			return 0;
		}
	}
	return err_usage(err, "%s has no command \"%.*s\"", cmd->name,
	    STR_ARG(name));
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
	if (cmd != NULL && in->n == 2)
		return print_sub_command(p, cmd, in->word[1], err);
	if (in->n == 2)
		return err_usage(err, "unexpected argument '%.*s'",
		    STR_ARG(in->word[1]));
	if (cmd != NULL) {
		cmd_print_help(cmd, NULL, p->is_prompt);
		also_function(in->word[0]);
		return 0;
	}
	if (print_family(in->word[0]))
		return 0;
	status = print_function(in->word[0], err);
	return status == 1 ? unknown_topic(in->word[0], err) : status;
}

static void
complete_topic(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const struct cmd *cmd =
	    before->n == 1 ? cmd_by_name(before->word[0]) : NULL;
	struct topics topics = { .pool = POOL_NONE };

	(void)p;
	for (size_t i = 0;
	     cmd != NULL && cmd->sub != NULL && cmd->sub[i] != NULL; i++)
		add(ctx, str_of(cmd->sub[i]->name));
	if (before->n != 0)
		return;
	find_topics(&topics);
	for (size_t i = 0; topics.name[i] != NULL; i++)
		add(ctx, str_of(topics.name[i]));
	pool_clear(&topics.pool);
}

const struct cmd cmd_help = {
	.name = "help",
	.where = CMD_LINE | CMD_PROMPT | CMD_BARE,
	.operands = "[COMMAND [COMMAND] | FAMILY | FUNCTION]",
	.most = 2,
	.help = "list the commands, or explain one, the columns of a family, "
		"or a function of modules",
	.run = run_help,
	.complete = complete_topic,
};
