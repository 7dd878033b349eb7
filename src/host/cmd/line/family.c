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
	return err_usage(err, "there is no family '%.*s'", STR_ARG(name));
}
