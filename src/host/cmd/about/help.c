/* The command: help of commands, of topics, and of functions. */
#include "about/family_page.h"
#include "about/header_page.h"
#include "about/keyword.h"
#include "base/closest.h"
#include "base/mem.h"
#include "line/cmd.h"
#include "line/words.h"
#include "program/sandbox.h"
#include "state/module_about.h"
#include "term/term.h"

/* db_add() and its like take a family first, and so there is more to explain. */
static void
print_rows_of(struct str function, struct str text)
{
	struct str arguments = text;

	if (str_is(function, "db_activity"))
		family_page_print_activity();
	(void)str_cut(&arguments, '(');
	if (!str_starts(arguments, STR("family: ")))
		return;
	term_print(STR("\nFamilies (help FAMILY has the columns of one):\n"));
	family_page_print_names();
}

/* A function, or the sandbox itself, which is a program of its own. */
static int
print_function(struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str text;
	int status = str_is(name, "sandbox")
	                 ? sandbox_ask(&pool, "--help", STR_NONE, &text, err)
	                 : sandbox_ask(&pool, "--reference", name, &text, err);

	if (status == 0) {
		term_print(text);
		print_rows_of(name, text);
	}
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

/* The same of note, tag and link, which are families. */
static void
also_family(struct str name)
{
	if (model_by_family(name) == NULL && model_by_table(name) == NULL)
		return;
	term_print(STR("\nA family, too:\n\n"));
	(void)family_page_print(name);
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
add_headers(struct topics *topics, const struct header_row *row)
{
	for (; row->name != NULL; row++)
		add_topic(topics, row->name);
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
	add_headers(topics, header_rows);
	add_headers(topics, module_about_rows);
	add_topic(topics, "sandbox");
	add_topic(topics, "functions");
	add_topic(topics, "headers");
	add_topic(topics, NULL);
}

static const char *
topic_name(const void *list, size_t i)
{
	return ((const struct topics *)list)->name[i];
}

/* As for any word that is not understood, the status is 2. */
static int
unknown_topic(const struct program *p, struct str name, struct err *err)
{
	struct topics topics = { .pool = POOL_NONE };
	struct buf text = BUF_IN(&topics.pool);
	struct str word = words_join(&topics.pool, &name, 1);
	const char *closest;

	find_topics(&topics);
	closest = closest_name(name, topic_name, &topics);
	buf_printf(&text,
	    "there is no command, family, function or module \"%.*s\"",
	    STR_ARG(name));
	if (closest != NULL)
		buf_printf(&text, ", did you mean \"%s\"?", closest);
	buf_printf(&text, "%s what has the word: %shelp -k %.*s",
	    closest != NULL ? " Or" : ";", p->is_prompt ? "" : "sn0int ",
	    STR_ARG(word));
	(void)err_set_str(err, buf_str(&text));
	(void)err_set_kind(err, ERR_USAGE);
	pool_clear(&topics.pool);
	return -1;
}

static bool
has_module(const struct library *library, struct str name)
{
	for (size_t i = 0; i < library->n; i++) {
		const struct module *m = &library->module[i];

		if (str_eq(m->id, name) || str_eq(m->name, name))
			return true;
	}
	return false;
}

static const struct cmd *
sub_command(const struct cmd *cmd, struct str name)
{
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++) {
		if (str_is(name, cmd->sub[i]->name))
			return cmd->sub[i];
	}
	return NULL;
}

/* As `pkg info` does. 1: there is none of that name. */
static int
print_module(struct program *p, const struct operands *in, struct err *err)
{
	autoerr struct err none = ERR_NONE; /* other topics need no library */

	if (program_open(p, NEEDS_MODULES, &none) == -1 ||
	    !has_module(&p->library, in->word[0]))
		return 1;
	return sub_command(cmd_by_name(STR("pkg")), STR("info"))
	    ->run(p, NULL, in, err);
}

/* "keyring add" */
static int
print_sub_command(struct program *p, const struct cmd *cmd, struct str name,
    struct err *err)
{
	const struct cmd *sub = sub_command(cmd, name);

	if (sub != NULL) {
		cmd_print_help(sub, cmd, p->is_prompt);
		return 0;
	}
	return err_usage(err, "%s has no command \"%.*s\"", cmd->name,
	    STR_ARG(name));
}

static int
print_topic(struct program *p, const struct operands *in, struct err *err)
{
	const struct cmd *cmd = cmd_by_name(in->word[0]);
	size_t most = cmd != NULL ? 2 : 1;
	int status;

	if (in->n > most)
		return err_usage(err, "unexpected argument '%.*s'",
		    STR_ARG(in->word[in->n > 2 ? 2 : 1]));
	if (in->n == 2)
		return print_sub_command(p, cmd, in->word[1], err);
	if (cmd != NULL) {
		cmd_print_help(cmd, NULL, p->is_prompt);
		also_function(in->word[0]);
		also_family(in->word[0]);
		return 0;
	}
	if (family_page_print(in->word[0]))
		return 0;
	status = print_function(in->word[0], err);
	if (status == 1 &&
	    (header_page_print(in->word[0]) || keyword_print_part(in->word[0])))
		return 0;
	if (status == 1)
		status = print_module(p, in, err);
	return status == 1 ? unknown_topic(p, in->word[0], err) : status;
}

struct help_opts {
	bool keyword, json;
};

static int
run_help(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct help_opts *opts = arg;

	if (opts->keyword)
		return keyword_print(p, in, opts->json, err);
	if (opts->json)
		return err_usage(err, "--json is of -k");
	if (in->n != 0)
		return print_topic(p, in, err);
	cmd_print_list(p->is_prompt);
	return 0;
}

static void
complete_topic(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const struct cmd *cmd =
	    before->n == 1 ? cmd_by_name(before->word[0]) : NULL;
	struct topics topics = { .pool = POOL_NONE };

	for (size_t i = 0;
	     cmd != NULL && cmd->sub != NULL && cmd->sub[i] != NULL; i++)
		add(ctx, str_of(cmd->sub[i]->name));
	if (before->n != 0)
		return;
	find_topics(&topics);
	for (size_t i = 0; topics.name[i] != NULL; i++)
		add(ctx, str_of(topics.name[i]));
	pool_clear(&topics.pool);
	cmd_complete_modules(p, before, add, ctx);
}

static const struct opt help_opts[] = {
	{ 'k', "keyword", OPT_FLAG, AT(help_opts, keyword), NULL,
	    "a line for all that has the words in its name or its text", 0 },
	{ 0, "json", OPT_FLAG, AT(help_opts, json), NULL,
	    "with -k a JSON object a line: kind, name, text", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_help = {
	.name = "help",
	.where = CMD_LINE | CMD_PROMPT | CMD_BARE,
	.operands =
	    "[COMMAND [COMMAND] | FAMILY | FUNCTION | HEADER | MODULE | -k "
	    "WORD...]",
	.help = "list the commands, or explain one, a family, a function of "
		"modules, or a module",
	.more =
	    "help functions lists what modules can call, help headers the "
	    "lines at the head of\na module; help Source explains one.\n\n"
	    "With -k it looks through commands and their options, functions "
	    "and the keys of\ntheir options, families and their columns, "
	    "the lines at the head of a module,\nthe keys of sn0int.toml, "
	    "and modules. Of several words a line has all; if nothing\nhas "
	    "them, the status is 1.",
	.opts = help_opts,
	.size = sizeof(struct help_opts),
	.run = run_help,
	.complete = complete_topic,
};
