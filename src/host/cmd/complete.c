/* Tab, at the prompt and in shells: from the rows of the commands. */
#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "cmd/prompt.h"
#include "cmd/words.h"

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
		return;
	}
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++) {
		if (str_is(word[1], cmd->sub[i]->name)) {
			cmd = cmd->sub[i];
			used = 2;
			break;
		}
	}
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

void
shell_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx)
{
	struct completion c = { .p = p, .add = add, .ctx = ctx };
	size_t at = cut_typed(&c, line), n, used;
	struct str *word;
	void *opts;

	/* the first word is the program itself */
	if (words_split(&c.pool, str_sub(line, 0, at), &word, &n, NULL) == 0 &&
	    n != 0 &&
	    parse_leading(&cmd_global, &c.pool, word + 1, n - 1, &opts, &used,
		NULL) == 0) {
		if (used < n - 1) {
			offer_operands(&c, word + 1 + used, n - 1 - used);
		} else {
			offer_options(&c, &cmd_global);
			offer_commands(&c, cmd_table);
		}
	}
	pool_clear(&c.pool);
}
