/*
 * Rows: families and columns where they stand as literals, told from the model
 * table. Which arguments are a family and which are rows of it, the names of
 * the arguments say.
 */
#include "lint/inside.h"

static const char *
family_at(const void *list, size_t i)
{
	(void)list;
	return model_table[i].family;
}

static const char *
column_at(const void *list, size_t i)
{
	const struct model *model = list;

	return model->field[i].name;
}

/* -1: there is none, which is said. */
static int
find_column(struct lint *l, const struct model *model, struct str name,
    const struct syntax_node *at)
{
	const char *column = pool_cstr(l->pool, name);
	int i = model_field(model, column);

	if (i == -1 || strlen(column) != name.n)
		lint_add_at(l, LINT_COLUMN, at, "%s has no column %s%s",
		    model->family, lint_quote(l, name),
		    lint_hint(l, name, column_at, model));
	return i;
}

static bool
has_key(const struct syntax_node *table, const char *name)
{
	for (const struct syntax_node *f = table->list.first; f != NULL;
	     f = f->next) {
		if (f->left != NULL && f->left->kind == SYNTAX_STRING &&
		    str_is(f->left->text, name))
			return true;
	}
	return false;
}

/* Whether all keys of a table are literal. */
static bool
is_literal(const struct syntax_node *table)
{
	for (const struct syntax_node *f = table->list.first; f != NULL;
	     f = f->next) {
		if (f->left == NULL || f->left->kind != SYNTAX_STRING)
			return false;
	}
	return true;
}

static void
check_needed(struct lint *l, const struct model *model,
    const struct syntax_node *table)
{
	const unsigned other = FIELD_OPT | FIELD_DERIVED | FIELD_SCOPE;

	for (const struct field *f = model->field; f->name != NULL; f++) {
		if ((f->flags & other) == 0 && !has_key(table, f->name))
			lint_add_at(l, LINT_COLUMN, table,
			    "%s needs the column %s", model->family, f->name);
	}
}

/* The columns of a row; with is_update those that are to change. */
static void
check_columns(struct lint *l, const struct model *model,
    const struct syntax_node *table, bool is_update)
{
	for (const struct syntax_node *f = table->list.first; f != NULL;
	     f = f->next) {
		int i;

		if (f->left == NULL || f->left->kind != SYNTAX_STRING)
			continue;
		i = find_column(l, model, f->left->text, f);
		if (is_update && i != -1 &&
		    (model->field[i].flags & FIELD_UPDATE) == 0)
			lint_add_at(l, LINT_COLUMN, f,
			    "the column %s of %s never changes",
			    model->field[i].name, model->family);
	}
	if (!is_update && is_literal(table))
		check_needed(l, model, table);
}

static const struct model *
check_family(struct lint *l, const struct syntax_node *node)
{
	const struct model *model;

	if (node->kind != SYNTAX_STRING)
		return NULL;
	model = model_by_family(node->text);
	if (model == NULL)
		lint_add_at(l, LINT_FAMILY, node, "there is no family %s%s",
		    lint_quote(l, node->text),
		    lint_hint(l, node->text, family_at, NULL));
	else if (model->flags & MODEL_OURS)
		lint_lacks(l, node, "the reference program has no family %s",
		    model->family);
	return model;
}

/* db_update('subdomain', arg, ...) where arg is a row of another family. */
static void
check_object(struct lint *l, const struct model *model,
    const struct syntax_node *object)
{
	const struct model *own = l->module.model;

	if (model == NULL || own == NULL || own == model || l->row == NULL ||
	    l->row->writes != 0 || object->kind != SYNTAX_NAME ||
	    object->local != l->row)
		return;
	lint_add_at(l, LINT_FAMILY, object, "%s is a row of %s, and not of %s",
	    lint_quote(l, l->row->name), own->family, model->family);
}

void
lint_call_rows(struct lint *l, const struct lint_function *fn,
    const struct syntax_node *call)
{
	const struct syntax_node *node = call->list.first;
	const struct model *model = NULL;
	struct str rest = str_of(fn->args);
	struct arg arg;

	for (; node != NULL && function_next_arg(&rest, &arg);
	     node = node->next) {
		if (str_is(arg.name, "family"))
			model = check_family(l, node);
		if (str_is(arg.name, "object") &&
		    str_is(str_of(fn->name), "db_update"))
			check_object(l, model, node);
		if (str_is(arg.name, "event"))
			model = &model_activity;
		if (model == NULL || node->kind != SYNTAX_TABLE)
			continue;
		if (str_is(arg.name, "update"))
			check_columns(l, model, node, true);
		else if (str_is(str_of(fn->name), "db_update"))
			continue; /* the row as it was, or its id */
		else
			check_columns(l, model, node, false);
	}
}

/* arg['column'] of the row that run() is given. */
void
lint_row_index(struct lint *l, const struct syntax_node *index)
{
	if (l->row == NULL || l->row->writes != 0 || !l->has_header ||
	    index->left->kind != SYNTAX_NAME || index->left->local != l->row)
		return;
	if (l->module.source == SOURCE_NONE) {
		lint_add_at(l, LINT_COLUMN, index,
		    "a module without a line \"-- Source: \" is given no row");
		return;
	}
	if (l->module.model == NULL || index->right->kind != SYNTAX_STRING ||
	    str_is(index->right->text, "id"))
		return;
	(void)find_column(l, l->module.model, index->right->text, index);
}
