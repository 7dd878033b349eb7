#include "rows/columns.h"

#include "base/closest.h"

const struct field columns_id = { "id", FIELD_I32, 0, NULL, "its number",
	NULL };

void
columns_all(struct columns *out, const struct model *model)
{
	*out = (struct columns){ .model = model };
	out->field[out->n++] = &columns_id;
	for (const struct field *f = model->field; f->name != NULL; f++)
		out->field[out->n++] = f;
}

static const char *
column_name(const void *list, size_t i)
{
	const struct columns *all = list;

	return i < all->n ? all->field[i]->name : NULL;
}

static const struct field *
column_by_name(const struct columns *all, struct str name)
{
	for (size_t i = 0; i < all->n; i++) {
		if (str_is(name, all->field[i]->name))
			return all->field[i];
	}
	return NULL;
}

static int
no_column(const struct columns *all, struct str name, struct err *err)
{
	const char *closest = closest_name(name, column_name, all);
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	if (closest != NULL)
		return err_usage(err,
		    "%s have no column '%.*s', did you mean '%s'?",
		    all->model->table, STR_ARG(name), closest);
	for (size_t i = 0; i < all->n; i++)
		buf_printf(&names, "%s%s", i != 0 ? ", " : "",
		    all->field[i]->name);
	return err_usage(err, "%s have no column '%.*s', only %s",
	    all->model->table, STR_ARG(name), buf_cstr(&names));
}

int
columns_choose(struct columns *out, const struct model *model, struct str list,
    struct err *err)
{
	struct columns all, read = { .model = model, .is_chosen = true };

	columns_all(&all, model);
	do {
		struct str name = str_trim(str_cut(&list, ','));
		const struct field *field = column_by_name(&all, name);

		if (field == NULL)
			return no_column(&all, name, err);
		if (column_by_name(&read, name) != NULL)
			return err_usage(err, "the column %s is there twice",
			    field->name);
		read.field[read.n++] = field;
	} while (list.p != NULL);
	*out = read;
	return 0;
}

struct value
columns_value(const struct columns *columns, size_t i, const struct row *row)
{
	const struct field *field = columns->field[i];

	if (field == &columns_id)
		return (struct value){ .is_set = true, .i = row->id };
	return row->value[field - columns->model->field];
}
