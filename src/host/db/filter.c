/*
 * Filters as trees: their vocabulary and the program's own conditions. Words
 * become trees in filter_read.c, trees words in filter_print.c and SQL in
 * filter_sql.c.
 */
#include "db/filter.h"

#include <assert.h>

#include "base/mem.h"
#include "db/filter_parts.h"

const struct field filter_field_id = { "id", FIELD_I64, 0, NULL,
	"the number of the row" };

const struct field filter_field_tag = { "tag", FIELD_TEXT, FIELD_LOWER, NULL,
	"a word that somebody has put on the row" };

const struct filter_op_row filter_ops[FILTER_OPS] = {
	[FILTER_HOLDS] = { "", FILTER_ALONE },
	[FILTER_EQ] = { "=", FILTER_SIGN },
	[FILTER_NE] = { "!=", FILTER_SIGN },
	[FILTER_LT] = { "<", FILTER_SIGN },
	[FILTER_GT] = { ">", FILTER_SIGN },
	[FILTER_LE] = { "<=", FILTER_SIGN },
	[FILTER_GE] = { ">=", FILTER_SIGN },
	[FILTER_LIKE] = { "like", FILTER_WORD },
	[FILTER_GLOB] = { "glob", FILTER_WORD },
	[FILTER_IS_NULL] = { "null", FILTER_STATE },
	[FILTER_IS_TRUE] = { "true", FILTER_STATE },
	[FILTER_IS_FALSE] = { "false", FILTER_STATE },
	[FILTER_IN] = { "in", FILTER_LIST },
	[FILTER_BETWEEN] = { "between", FILTER_BOUNDS },
};

const char *const filter_functions[] = {
	[FILTER_PLAIN] = NULL,
	[FILTER_LENGTH] = "length",
	[FILTER_LOWER] = "lower",
	[FILTER_RANDOM] = "random",
};

/* Runs and their like are no families. */
bool
filter_has_tags(const struct model *model)
{
	const struct model *tag = model_by_family(STR("tag"));

	return model_by_table(str_of(model->table)) == model &&
	       model_may_carry(model, tag);
}

const struct field *
filter_field(const struct model *model, struct str name)
{
	if (str_is(name, filter_field_id.name))
		return &filter_field_id;
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (str_is(name, f->name))
			return f;
	}
	return str_is(name, filter_field_tag.name) && filter_has_tags(model)
	           ? &filter_field_tag
	           : NULL;
}

size_t
filter_quoted(struct str text)
{
	if (text.n < 2 || (text.p[0] != '\'' && text.p[0] != '"'))
		return STR_NPOS;
	for (size_t i = 1; i < text.n; i++) {
		if (text.p[i] != text.p[0])
			continue;
		if (i + 1 == text.n || text.p[i + 1] != text.p[0])
			return i + 1;
		i++;
	}
	return STR_NPOS;
}

bool
filter_closes(struct str text)
{
	size_t n_open = 0, n_close = 0;

	for (size_t i = 0; i < text.n; i++) {
		n_open += text.p[i] == '(';
		n_close += text.p[i] == ')';
	}
	return n_close > n_open;
}

bool
filter_is_query(struct str text)
{
	static const char *const begin[] = { "select", "with", "values" };

	if (text.n != 0 && text.p[0] == '(')
		text = str_from(text, 1);
	text = str_trim(text);
	for (size_t i = 0; i < ARRAY_SIZE(begin); i++) {
		size_t n = strlen(begin[i]);

		if (text.n > n &&
		    (char_is_blank(text.p[n]) || text.p[n] == '(') &&
		    str_eq_nocase(str_sub(text, 0, n), str_of(begin[i])))
			return true;
	}
	return false;
}

static const struct filter *
new_filter(struct pool *pool, const struct model *model,
    const struct filter_node *where)
{
	struct filter *filter = pool_zalloc(pool, sizeof(*filter));

	filter->model = model;
	filter->where = where;
	return filter;
}

/* A test on a column that exists; value NULL: none. */
static const struct filter *
new_test(struct pool *pool, const struct model *model, const char *column,
    enum filter_op op, const struct filter_value *value)
{
	struct filter_node *node = pool_zalloc(pool, sizeof(*node));

	node->kind = FILTER_TEST;
	node->operand.field = filter_field(model, str_of(column));
	assert(node->operand.field != NULL);
	node->op = op;
	node->value = value;
	node->n_value = value != NULL;
	return new_filter(pool, model, node);
}

const struct filter *
filter_id(struct pool *pool, const struct model *model, int64_t id)
{
	struct filter_value *value = pool_zalloc(pool, sizeof(*value));

	value->type = FILTER_INT;
	value->i = id;
	return new_test(pool, model, filter_field_id.name, FILTER_EQ, value);
}

const struct filter *
filter_compare(struct pool *pool, const struct model *model, const char *column,
    enum filter_op op, struct str text)
{
	struct filter_value *value = pool_zalloc(pool, sizeof(*value));

	value->type = FILTER_TEXT;
	value->text = pool_copy(pool, text);
	return new_test(pool, model, column, op, value);
}

const struct filter *
filter_equals(struct pool *pool, const struct model *model, const char *column,
    struct str value)
{
	return filter_compare(pool, model, column, FILTER_EQ, value);
}

const struct filter *
filter_is_set(struct pool *pool, const struct model *model, const char *column)
{
	const struct filter *filter =
	    new_test(pool, model, column, FILTER_IS_NULL, NULL);
	struct filter_node *node = pool_zalloc(pool, sizeof(*node));

	*node = *filter->where;
	node->is_not = true;
	return new_filter(pool, model, node);
}

/* The children of an AND, or the node itself. */
static void
add_parts(struct filter_node *to, size_t *n, const struct filter_node *node)
{
	if (node->kind != FILTER_AND) {
		to[(*n)++] = *node;
		return;
	}
	for (size_t i = 0; i < node->n_child; i++)
		to[(*n)++] = node->child[i];
}

static const struct filter_node *
and_node(struct pool *pool, const struct filter_node *a,
    const struct filter_node *b)
{
	struct filter_node *node, *child;

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	node = pool_zalloc(pool, sizeof(*node));
	child = pool_array(pool, a->n_child + b->n_child + 2, sizeof(*child));
	node->kind = FILTER_AND;
	node->child = child;
	add_parts(child, &node->n_child, a);
	add_parts(child, &node->n_child, b);
	return node;
}

const struct filter *
filter_and(struct pool *pool, const struct filter *a, const struct filter *b)
{
	struct filter *filter;

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	assert(a->model == b->model);
	assert(b->n_key == 0 && !b->has_limit && b->sql.p == NULL);
	filter = pool_zalloc(pool, sizeof(*filter));
	*filter = *a;
	filter->where = and_node(pool, a->where, b->where);
	return filter;
}

const struct filter *
filter_order(struct pool *pool, const struct filter *old,
    const struct model *model, const char *column, bool is_descending)
{
	struct filter *filter = pool_zalloc(pool, sizeof(*filter));
	size_t n = old != NULL ? old->n_key : 0;
	struct filter_key *key = pool_array(pool, n + 1, sizeof(*key));

	if (old != NULL)
		*filter = *old;
	for (size_t i = 0; i < n; i++)
		key[i] = old->key[i];
	key[n] = (struct filter_key){ .is_descending = is_descending };
	key[n].operand.field = filter_field(model, str_of(column));
	assert(key[n].operand.field != NULL);
	filter->model = model;
	filter->key = key;
	filter->n_key = n + 1;
	return filter;
}
