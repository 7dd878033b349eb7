/* Families as operands. */
#include "base/closest.h"
#include "line/cmd.h"

/* Links are no operands: their names are shown as empty. */
static const char *
table_name(const void *list, size_t i)
{
	const struct model *model = (const struct model *)list + i;

	if (model->family == NULL)
		return NULL;
	return model->flags & MODEL_LINK ? "" : model->table;
}

static const char *
family_name(const void *list, size_t i)
{
	const struct model *model = (const struct model *)list + i;

	return model->family != NULL && model->flags & MODEL_LINK
	           ? ""
	           : model->family;
}

static int
unknown(struct str name, bool is_table, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_LINK))
			buf_printf(&names, "%s%s", names.n != 0 ? ", " : "",
			    is_table ? m->table : m->family);
	}
	return err_usage(err, "there is no family '%.*s', only %s",
	    STR_ARG(name), buf_cstr(&names));
}

int
cmd_family(struct str name, bool is_table, const struct model **model,
    struct err *err)
{
	const struct model *found =
	    is_table ? model_by_table(name) : model_by_family(name);
	const char *closest;

	if (found != NULL && !(found->flags & MODEL_LINK)) {
		*model = found;
		return 0;
	}
	closest = closest_name(name, is_table ? table_name : family_name,
	    model_table);
	if (closest != NULL)
		return err_usage(err,
		    "there is no family '%.*s', did you mean '%s'?",
		    STR_ARG(name), closest);
	return unknown(name, is_table, err);
}
