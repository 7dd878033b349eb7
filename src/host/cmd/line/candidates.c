/* What Tab offers for an operand or an option. */
#include "db/filter.h"
#include "line/cmd.h"

/* Tables, then what the grammar of filters lets follow. */
void
cmd_complete_rows(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const struct model *model;

	(void)p;
	if (before->n == 0) {
		for (model = model_table; model->family != NULL; model++) {
			if (!(model->flags & MODEL_LINK))
				add(ctx, str_of(model->table));
		}
		return;
	}
	model = model_by_table(before->word[0]);
	if (before->n == 1)
		add(ctx, STR("where"));
	else if (model != NULL)
		filter_next(model, before->word + 1, before->n - 1, add, ctx);
}

static void
add_module(const struct library *library, const struct module *module,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autoerr struct err err = ERR_NONE;

	add(ctx, module->id);
	if (library_find(library, module->name, &err) == module)
		add(ctx, module->name);
}

void
cmd_complete_modules(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	for (size_t i = 0; before->n == 0 && i < p->library.n; i++)
		add_module(&p->library, &p->library.module[i], add, ctx);
}

void
cmd_complete_runnable(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	for (size_t i = 0; before->n == 0 && i < p->library.n; i++) {
		const struct module *module = &p->library.module[i];

		if (module->source != SOURCE_NOTIFICATIONS)
			add_module(&p->library, module, add, ctx);
	}
}

void
cmd_complete_workspaces(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str *name;
	size_t n = 0;

	(void)before;
	(void)workspace_list(&p->paths, &pool, &name, &n, &err);
	for (size_t i = 0; i < n; i++)
		add(ctx, name[i]);
}

void
cmd_complete_tables(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	(void)p, (void)before;
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_LINK))
			add(ctx, str_of(m->table));
	}
}
