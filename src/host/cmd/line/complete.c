#include "line/complete.h"

#include "line/cmd.h"
#include "line/parse.h"
#include "line/words.h"

struct completion {
	struct program *p;
	bool is_prompt;
	struct pool pool;
	struct str before; /* goes in front of each candidate */
	struct str typed;
	void (*add)(void *ctx, struct str candidate);
	void *ctx;
};

static void
offer(void *ctx, struct str word)
{
	struct completion *c = ctx;

	if (!str_starts(word, c->typed))
		return;
	c->add(c->ctx, str_of(pool_printf(&c->pool, "%.*s%.*s",
			   STR_ARG(c->before), STR_ARG(word))));
}

static bool
is_here(const struct completion *c, const struct cmd *cmd)
{
	return (cmd->where & (c->is_prompt ? CMD_PROMPT : CMD_LINE)) != 0;
}

static void
offer_commands(struct completion *c, const struct cmd *const *list)
{
	for (size_t i = 0; list[i] != NULL; i++) {
		if (is_here(c, list[i]) && !(list[i]->where & CMD_HIDDEN))
			offer(c, str_of(list[i]->name));
	}
}

static void
offer_options(struct completion *c, const struct cmd *cmd)
{
	if (c->typed.n == 0 || c->typed.p[0] != '-')
		return;
	for (const struct opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++) {
		if (!(c->is_prompt && opt->flags & OPT_LINE_ONLY))
			offer(c,
			    str_of(pool_printf(&c->pool, "--%s", opt->name)));
	}
}

/* What candidates come from; a database is none of it. */
static int
open_sources(struct program *p, struct err *err)
{
	if (program_open(p, NEEDS_MODULES, err) == -1)
		return -1;
	return p->keyring == NULL
	           ? keyring_open(p->paths.keyring, &p->keyring, err)
	           : 0;
}

static void
offer_values(struct completion *c, const struct opt *opt,
    const struct operands *before)
{
	autoerr struct err err = ERR_NONE;
	struct str values =
	    opt->values != NULL ? str_of(opt->values) : STR_NONE;

	while (values.n != 0)
		offer(c, str_cut(&values, ' '));
	if (opt->complete != NULL && open_sources(c->p, &err) == 0)
		opt->complete(c->p, before, offer, c);
}

/* "-f ", "--format ", "--format=": true: what follows is an option's value. */
static bool
offer_value(struct completion *c, const struct cmd *cmd, const struct str *word,
    size_t n)
{
	struct operands before = { NULL, 0 };
	const struct opt *opt =
	    parse_open(cmd, c->is_prompt, &c->pool, word, n, &before);
	struct str rest = c->typed, name;

	if (opt == NULL && str_starts(rest, STR("--"))) {
		rest = str_from(rest, 2);
		name = str_cut(&rest, '=');
		if (rest.p != NULL)
			opt = parse_option_named(cmd, c->is_prompt, name);
		if (opt == NULL)
			return false;
		c->before =
		    str_view(c->before.p, c->before.n + c->typed.n - rest.n);
		c->typed = rest;
	}
	if (opt == NULL)
		return false;
	offer_values(c, opt, &before);
	return true;
}

static void
offer_operands(struct completion *c, const struct str *word, size_t n)
{
	const struct cmd *cmd = cmd_by_name(word[0]);
	autoerr struct err err = ERR_NONE;
	struct operands before;
	size_t used = 1;
	void *opts;

	if (cmd == NULL || !is_here(c, cmd))
		return;
	if (cmd->sub != NULL && n == 1) {
		offer_commands(c, cmd->sub);
		if (cmd->run == NULL)
			return;
	}
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++) {
		if (str_is(word[1], cmd->sub[i]->name)) {
			cmd = cmd->sub[i];
			used = 2;
			break;
		}
	}
	if (offer_value(c, cmd, word + used, n - used))
		return;
	offer_options(c, cmd);
	if (cmd->complete != NULL &&
	    parse_words(cmd, c->is_prompt, &c->pool, word + used, n - used,
		&opts, &before, &err) == 0 &&
	    open_sources(c->p, &err) == 0)
		cmd->complete(c->p, &before, offer, c);
}

/* Returns where the word that is being typed begins. */
static size_t
cut_typed(struct completion *c, struct str line)
{
	size_t at = line.n;

	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	c->typed = str_from(line, at);
	return at;
}

void
prompt_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx)
{
	struct completion c = { .p = p,
		.is_prompt = true,
		.add = add,
		.ctx = ctx };
	struct str *word;
	size_t n;

	c.before = str_sub(line, 0, cut_typed(&c, line));
	if (words_split(&c.pool, c.before, &word, &n, NULL) == 0) {
		if (n == 0)
			offer_commands(&c, cmd_table);
		else
			offer_operands(&c, word, n);
	}
	pool_clear(&c.pool);
}

/* In front of the command, or behind it. word: without the program's name. */
static void
offer_line(struct completion *c, const struct str *word, size_t n)
{
	size_t used;
	void *opts;

	if (parse_leading(cmd_global, &c->pool, word, n, &opts, &used, NULL) ==
		0 &&
	    used < n) {
		offer_operands(c, word + used, n - used);
	} else if (!offer_value(c, cmd_global, word, n)) {
		offer_options(c, cmd_global);
		offer_commands(c, cmd_table);
	}
}

void
shell_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx)
{
	struct completion c = { .p = p, .add = add, .ctx = ctx };
	size_t at = cut_typed(&c, line), n;
	struct str *word;

	/* shells replace one word: nothing goes in front of a candidate */
	c.before = str_sub(line, at, 0);
	if (words_split(&c.pool, str_sub(line, 0, at), &word, &n, NULL) == 0 &&
	    n != 0)
		offer_line(&c, word + 1, n - 1);
	pool_clear(&c.pool);
}
