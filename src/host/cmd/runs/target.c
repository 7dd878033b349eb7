/* target: what the selected module would run on. */
#include "base/locked.h"
#include "line/cmd.h"
#include "program/unlock.h"
#include "rows/show.h"
#include "runs/targets.h"
#include "term/term.h"

static int
print_keys(struct program *p, const struct module *module, struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct start_key *key;
	size_t n;

	if (unlock_keys(p, err) == -1)
		return -1;

	key = keyring_list(p->keyring, &pool, module->param, &n);
	for (size_t i = 0; i < n; i++)
		term_value(str_of(pool_printf(&pool, "%.*s:%.*s",
		    STR_ARG(key[i].namespace), STR_ARG(key[i].access_key))));
	return 0;
}

/* A filter that the database refuses is not kept. */
static int
set_filter(struct program *p, const struct operands *in, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter;
	uint64_t n;

	if (p->module->source != SOURCE_ROWS)
		return err_set(err, "the targets of %s cannot be filtered",
		    p->module->id.p);
	if (filter_read(&pool, p->module->model, in->word, in->n, &filter,
		err) == -1 ||
	    db_count(p->db, p->module->model,
		targets_filter(&pool, p->module, filter), DB_IN_SCOPE, &n,
		err) == -1)
		return -1;
	if (filter_read(&p->use_pool, p->module->model, in->word, in->n,
		&p->filter, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "%llu entities selected",
	    (unsigned long long)n);
	return 0;
}

static int
run_target(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	(void)opts;
	if (p->module == NULL)
		return err_set(err, "No module selected (use MODULE)");
	if (p->module->source == SOURCE_NONE ||
	    p->module->source == SOURCE_NOTIFICATIONS)
		return err_set(err, "%s has no source, it runs once",
		    p->module->id.p);
	if (in->n != 0)
		return set_filter(p, in, err);
	if (p->module->source == SOURCE_KEYRING)
		return print_keys(p, p->module, err);
	/* on a pipe rows alone */
	if (p->filter != NULL && term_is_animated()) {
		struct str line =
		    term_safe(&pool, targets_line(&pool, p->filter));

		term_line(TERM_INFO, "%.*s", STR_ARG(line));
	}
	return show_rows(p, p->module->model,
	    targets_filter(&pool, p->module, p->filter), DB_IN_SCOPE,
	    SHOW_LINES, err);
}

static void
complete_target(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	if (p->module != NULL && p->module->source == SOURCE_ROWS)
		filter_next(p->module->model, before->word, before->n, add,
		    ctx);
}

const struct cmd cmd_target = {
	.name = "target",
	.where = CMD_PROMPT,
	.needs = NEEDS_ALL,
	.operands = "[where FILTER...]",
	.help = "show or narrow what the selected module runs on",
	.more = "`target where true` takes the filter away.",
	.run = run_target,
	.complete = complete_target,
};
