/*
 * Filters as trees: their vocabulary, the program's own conditions, and the
 * way back to words. What reads words is filter_read.c, what makes SQL of a
 * tree filter_sql.c.
 */
#include "db/filter.h"

#include <assert.h>

#include "base/mem.h"
#include "db/filter_parts.h"

const struct field filter_field_id = { "id", FIELD_I64, 0, NULL,
	"the number of the row" };

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

const struct field *
filter_field(const struct model *model, struct str name)
{
	if (str_is(name, filter_field_id.name))
		return &filter_field_id;
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (str_is(name, f->name))
			return f;
	}
	return NULL;
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
both(struct pool *pool, const struct filter_node *a,
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
	filter->where = both(pool, a->where, b->where);
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

/* The words of a filter as they are made. */
struct printer {
	struct pool *pool;
	struct str *word;
	size_t n;
};

static void
add_word(struct printer *to, struct str word)
{
	to->word = pool_push(to->pool, to->word, to->n, sizeof(*to->word));
	to->word[to->n++] = word;
}

static void
add(struct printer *to, const char *word)
{
	add_word(to, str_of(word));
}

static void
add_operand(struct printer *to, const struct filter_operand *operand)
{
	const char *function = filter_functions[operand->function];
	const char *name = operand->field != NULL ? operand->field->name : "";

	if (function == NULL)
		add(to, name);
	else
		add(to, pool_printf(to->pool, "%s(%s)", function, name));
}

static struct str
quote(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	buf_add_char(&out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_add_char(&out, '\'');
		buf_add_char(&out, text.p[i]);
	}
	buf_add_char(&out, '\'');
	return buf_str(&out);
}

/* Whether a word that is a value reads as another one, or as none. */
static bool
needs_quotes(struct str text)
{
	return text.n == 0 || text.p[0] == '\'' || text.p[0] == '"' ||
	       text.p[text.n - 1] == ')' || filter_is_query(text);
}

/* The same between commas and parentheses. */
static bool
needs_quotes_in_list(struct str text)
{
	return needs_quotes(text) || char_is_blank(text.p[0]) ||
	       char_is_blank(text.p[text.n - 1]) ||
	       str_find_char(text, ',') != STR_NPOS ||
	       str_find_char(text, '(') != STR_NPOS ||
	       str_find_char(text, ')') != STR_NPOS;
}

static void
add_value(struct printer *to, const struct filter_node *test, size_t i)
{
	struct str text =
	    filter_value_text(to->pool, &test->operand, &test->value[i]);

	add_word(to, needs_quotes(text) ? quote(to->pool, text) : text);
}

/* "(a,b)": one word. */
static void
add_list(struct printer *to, const struct filter_node *test)
{
	struct buf out = BUF_IN(to->pool);

	for (size_t i = 0; i < test->n_value; i++) {
		struct str text = filter_value_text(to->pool, &test->operand,
		    &test->value[i]);

		buf_add_char(&out, i == 0 ? '(' : ',');
		buf_add(&out,
		    needs_quotes_in_list(text) ? quote(to->pool, text) : text);
	}
	buf_add_char(&out, ')');
	add_word(to, buf_str(&out));
}

static void
add_test(struct printer *to, const struct filter_node *test)
{
	const struct filter_op_row *op = &filter_ops[test->op];

	add_operand(to, &test->operand);
	if (op->form == FILTER_ALONE)
		return;
	if (op->form == FILTER_STATE)
		add(to, "is");
	if (test->is_not)
		add(to, "not");
	add(to, op->word);
	if (op->form == FILTER_LIST) {
		add_list(to, test);
		return;
	}
	for (size_t i = 0; i < test->n_value; i++) {
		if (i != 0)
			add(to, "and");
		add_value(to, test, i);
	}
}

/* is_tight: what is around it holds tighter than and, or, not. */
static void
add_node(struct printer *to, const struct filter_node *node, bool is_tight)
{
	bool is_and = node->kind == FILTER_AND;

	if (node->kind == FILTER_TEST) {
		add_test(to, node);
		return;
	}
	if (node->kind == FILTER_CONST) {
		add(to, node->is_true ? "true" : "false");
		return;
	}
	if (is_tight)
		add(to, "(");
	if (node->kind == FILTER_NOT)
		add(to, "not");
	for (size_t i = 0; i < node->n_child; i++) {
		if (i != 0)
			add(to, is_and ? "and" : "or");
		add_node(to, &node->child[i],
		    node->kind == FILTER_NOT ||
			(is_and && node->child[i].kind == FILTER_OR));
	}
	if (is_tight)
		add(to, ")");
}

static void
add_amount(struct printer *to, const char *word, uint64_t n)
{
	add(to, word);
	add(to, pool_printf(to->pool, "%llu", (unsigned long long)n));
}

static void
add_order(struct printer *to, const struct filter *filter)
{
	for (size_t i = 0; i < filter->n_key; i++) {
		if (i == 0)
			add(to, "order");
		add(to, i == 0 ? "by" : ",");
		add_operand(to, &filter->key[i].operand);
		if (filter->key[i].is_descending)
			add(to, "desc");
	}
	if (filter->has_limit)
		add_amount(to, "limit", filter->limit);
	if (filter->has_limit && filter->offset != 0)
		add_amount(to, "offset", filter->offset);
}

size_t
filter_words(struct pool *pool, const struct filter *filter, struct str **word)
{
	struct printer to = { .pool = pool };

	add(&to, "where");
	if (filter != NULL && filter->sql.p != NULL) {
		add(&to, "sql");
		add_word(&to, filter->sql);
	} else {
		if (filter == NULL || filter->where == NULL)
			add(&to, "true");
		else
			add_node(&to, filter->where, false);
		if (filter != NULL)
			add_order(&to, filter);
	}
	*word = to.word;
	return to.n;
}
