/*
 * A filter as words that read as the same filter again. Parentheses stand only
 * where they mean something, and quotes only where a value would be read as
 * another one, or as none.
 */
#include "db/filter_parts.h"

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
