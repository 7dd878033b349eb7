/* Tab at the prompt: from the rows of the commands. */
#include "cmd/cmd.h"
#include "cmd/prompt.h"
#include "cmd/words.h"

struct completion {
	struct program *p;
	struct pool pool;
	struct str before; /* the words before the one that is typed */
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

static void
offer_commands(struct completion *c, const struct cmd *const *list)
{
	for (size_t i = 0; list[i] != NULL; i++) {
		if (list[i]->where & CMD_PROMPT &&
		    !(list[i]->where & CMD_HIDDEN))
			offer(c, str_of(list[i]->name));
	}
}

static void
offer_options(struct completion *c, const struct cmd *cmd)
{
	for (const struct opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++) {
		if (!(opt->flags & OPT_LINE_ONLY))
			offer(c,
			    str_of(pool_printf(&c->pool, "--%s", opt->name)));
	}
}

static void
offer_operands(struct completion *c, const struct str *word, size_t n)
{
	const struct cmd *cmd = cmd_by_name(word[0]);
	struct operands before;
	size_t used = 1;

	if (cmd == NULL || !(cmd->where & CMD_PROMPT))
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
	if (c->typed.n != 0 && c->typed.p[0] == '-')
		offer_options(c, cmd);
	before.word = (struct str *)word + used;
	before.n = n - used;
	if (cmd->complete != NULL)
		cmd->complete(c->p, &before, offer, c);
}

void
prompt_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx)
{
	struct completion c = { .p = p, .add = add, .ctx = ctx };
	autoerr struct err err = ERR_NONE;
	size_t at = line.n, n;
	struct str *word;

	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	c.before = str_sub(line, 0, at);
	c.typed = str_from(line, at);
	if (words_split(&c.pool, c.before, &word, &n, &err) == 0) {
		if (n == 0)
			offer_commands(&c, cmd_table);
		else
			offer_operands(&c, word, n);
	}
	pool_clear(&c.pool);
}
