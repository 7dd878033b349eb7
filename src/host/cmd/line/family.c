/* Families as operands. */
#include "base/closest.h"
#include "base/mem.h"
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

size_t
cmd_count_families(const struct operands *in)
{
	size_t n = 0;

	while (n < in->n && !str_eq_nocase(in->word[n], STR("where")))
		n++;
	return n;
}

/* The rows and what belongs to them are read one after the other. */
static int
check_order(const struct filter *filter, struct err *err)
{
	for (size_t i = 0; filter != NULL && i < filter->n_key; i++) {
		if (filter->key[i].operand.function == FILTER_RANDOM)
			return err_usage(err,
			    "random() gives other rows each time: they have to "
			    "have another order");
	}
	return 0;
}

int
cmd_choose_families(struct pool *pool, const struct operands *names,
    const struct operands *filter, struct cmd_family_choice **choice,
    struct err *err)
{
	struct cmd_family_choice *made =
	    pool_array(pool, names->n + 1, sizeof(*made));

	if (names->n == 0 && filter->n != 0)
		return err_usage(err, "a filter needs families in front of it");
	for (size_t i = 0; i < names->n; i++) {
		struct cmd_family_choice *one = &made[i];

		if (cmd_family(names->word[i], true, &one->model, err) == -1 ||
		    filter_read(pool, one->model, filter->word, filter->n,
			&one->filter, err) == -1 ||
		    check_order(one->filter, err) == -1)
			return -1;
		for (size_t k = 0; k < i; k++) {
			if (made[k].model == one->model)
				return err_usage(err, "%s stands there twice",
				    one->model->table);
		}
	}
	*choice = made;
	return 0;
}

/* The words before `where`, or behind the last family the filter. */
void
cmd_complete_families(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	size_t n = cmd_count_families(before);
	struct operands last = *before;

	if (n == before->n)
		cmd_complete_rows(p, &(struct operands){ NULL, 0 }, add, ctx);
	if (n == 0)
		return;
	last.word += n - 1;
	last.n -= n - 1;
	cmd_complete_rows(p, &last, add, ctx);
}
