/*
 * The one place where a filter becomes SQL. Names of tables and columns come
 * from the model table, all else is a parameter. What differs from what SQL
 * would do by itself:
 *
 * - a time that is only the beginning of one is compared with that much of the
 *   column, so "= 2020-01-01" is that day and "<= 2020-01-01" includes it;
 * - bytes are no text for SQLite: like and lower see them as one;
 * - tags are rows of their own: "tag = x" holds for a row that is in the list of
 *   those that have such a tag, which is made once and by an index.
 */
#include "base/mem.h"
#include "db/filter_parts.h"
#include "db/sql.h"

#define WHOLE_TIME 19 /* 2019-09-08 08:28:57 */
#define IN_A_ROW   64 /* SQLite's trees of expressions are 1000 deep at most */

static const char *const sql_op[FILTER_OPS] = {
	[FILTER_EQ] = "=",
	[FILTER_NE] = "<>",
	[FILTER_LT] = "<",
	[FILTER_GT] = ">",
	[FILTER_LE] = "<=",
	[FILTER_GE] = ">=",
	[FILTER_LIKE] = "LIKE",
	[FILTER_GLOB] = "GLOB",
	[FILTER_IS_NULL] = "NULL",
	[FILTER_IS_TRUE] = "TRUE",
	[FILTER_IS_FALSE] = "FALSE",
};

static const char *
column_of(const struct filter_operand *operand)
{
	if (operand->field == NULL)
		return "";
	return operand->field == &filter_field_tag ? "value"
	                                           : operand->field->name;
}

static void
add_operand(struct buf *out, const struct filter_operand *operand, bool as_text)
{
	const char *name = column_of(operand);
	const char *function = filter_functions[operand->function];
	bool is_cast = operand->field != NULL &&
	               operand->field->kind == FIELD_BYTES &&
	               (as_text || operand->function == FILTER_LOWER);

	if (function != NULL)
		buf_printf(out, "%s(", function);
	buf_printf(out, is_cast ? "CAST(%s AS TEXT)" : "%s", name);
	if (function != NULL)
		buf_add_char(out, ')');
}

void
sql_add_parameter(struct sql_text *to, const struct filter_value *value)
{
	to->value = pool_push(to->text.pool, to->value, to->n_value,
	    sizeof(*to->value));
	to->value[to->n_value++] = *value;
	buf_printf(&to->text, "?%zu", to->n_value);
}

/* Without substr() a column of times would make a number of "2020". */
static void
add_comparison(struct sql_text *to, const struct filter_operand *operand,
    enum filter_op op, const struct filter_value *value)
{
	bool is_part = operand->function == FILTER_PLAIN &&
	               operand->field->kind == FIELD_TIME &&
	               value->text.n < WHOLE_TIME;

	if (is_part)
		buf_printf(&to->text, "substr(%s, 1, %zu)",
		    operand->field->name, value->text.n);
	else
		add_operand(&to->text, operand, false);
	buf_printf(&to->text, " %s ", sql_op[op]);
	sql_add_parameter(to, value);
}

static bool
has_part(const struct filter_node *test)
{
	for (size_t i = 0; i < test->n_value; i++) {
		if (test->operand.field->kind == FIELD_TIME &&
		    test->value[i].text.n < WHOLE_TIME)
			return true;
	}
	return false;
}

static void
add_in(struct sql_text *to, const struct filter_node *test)
{
	add_operand(&to->text, &test->operand, false);
	buf_add(&to->text, STR(" IN ("));
	for (size_t i = 0; i < test->n_value; i++) {
		if (i != 0)
			buf_add(&to->text, STR(", "));
		sql_add_parameter(to, &test->value[i]);
	}
	buf_add_char(&to->text, ')');
}

/* Item i of what is joined by a word. */
typedef void add_item(struct sql_text *to, const void *list, size_t i);

/* Items from..n of a list in parentheses, of many some in each pair. */
static void
add_joined(struct sql_text *to, const char *word, add_item *add,
    const void *list, size_t from, size_t n)
{
	size_t step = 1;

	while ((n - from) / step > IN_A_ROW)
		step *= IN_A_ROW;
	buf_add_char(&to->text, '(');
	for (size_t i = from; i < n; i += step) {
		size_t end = n - i < step ? n : i + step;

		if (i != from)
			buf_printf(&to->text, " %s ", word);
		if (step == 1)
			add(to, list, i);
		else
			add_joined(to, word, add, list, i, end);
	}
	buf_add_char(&to->text, ')');
}

static void
add_equal(struct sql_text *to, const void *list, size_t i)
{
	const struct filter_node *test = list;

	add_comparison(to, &test->operand, FILTER_EQ, &test->value[i]);
}

static void
add_between(struct sql_text *to, const struct filter_node *test)
{
	buf_add_char(&to->text, '(');
	add_comparison(to, &test->operand, FILTER_GE, &test->value[0]);
	buf_add(&to->text, STR(" AND "));
	add_comparison(to, &test->operand, FILTER_LE, &test->value[1]);
	buf_add_char(&to->text, ')');
}

static void
add_test(struct sql_text *to, const struct filter_node *test)
{
	struct buf *out = &to->text;

	if (test->is_not && filter_ops[test->op].form != FILTER_STATE)
		buf_add(out, STR("NOT "));
	switch (test->op) {
	case FILTER_HOLDS:
		add_operand(out, &test->operand, false);
		buf_add(out, STR(" <> 0"));
		break;
	case FILTER_LIKE:
	case FILTER_GLOB:
		add_operand(out, &test->operand, true);
		buf_printf(out, " %s ", sql_op[test->op]);
		sql_add_parameter(to, test->value);
		break;
	case FILTER_IS_NULL:
	case FILTER_IS_TRUE:
	case FILTER_IS_FALSE:
		add_operand(out, &test->operand, false);
		buf_printf(out, " IS %s%s", test->is_not ? "NOT " : "",
		    sql_op[test->op]);
		break;
	case FILTER_IN:
		if (has_part(test))
			add_joined(to, "OR", add_equal, test, 0, test->n_value);
		else
			add_in(to, test);
		break;
	case FILTER_BETWEEN:
		add_between(to, test);
		break;
	default:
		add_comparison(to, &test->operand, test->op, test->value);
	}
}

/*
 * Of the tags of a row one has to do. "!=" and "not like" are the opposite of
 * "=" and "like", so they hold where none does.
 */
static void
add_tag_test(struct sql_text *to, const struct filter_node *test)
{
	bool is_none = test->is_not !=
	               (test->op == FILTER_NE || test->op == FILTER_IS_NULL);
	struct filter_node positive = *test;

	buf_printf(&to->text,
	    "id %sIN (SELECT row FROM tags WHERE family = '%s'",
	    is_none ? "NOT " : "", to->model->family);
	positive.is_not = false;
	if (test->op == FILTER_NE)
		positive.op = FILTER_EQ;
	if (test->op != FILTER_IS_NULL) {
		buf_add(&to->text, STR(" AND "));
		add_test(to, &positive);
	}
	buf_add_char(&to->text, ')');
}

static void
add_any_test(struct sql_text *to, const struct filter_node *test)
{
	if (test->operand.field == &filter_field_tag)
		add_tag_test(to, test);
	else
		add_test(to, test);
}

static void
add_node(struct sql_text *to, const void *list, size_t i)
{
	const struct filter_node *node = (const struct filter_node *)list + i;

	switch (node->kind) {
	case FILTER_CONST:
		buf_add(&to->text, node->is_true ? STR("1") : STR("0"));
		break;
	case FILTER_AND:
		add_joined(to, "AND", add_node, node->child, 0, node->n_child);
		break;
	case FILTER_OR:
		add_joined(to, "OR", add_node, node->child, 0, node->n_child);
		break;
	case FILTER_NOT:
		buf_add(&to->text, STR("NOT ("));
		add_node(to, node->child, 0);
		buf_add_char(&to->text, ')');
		break;
	case FILTER_TEST:
		add_any_test(to, node);
		break;
	}
}

void
sql_add_where(struct sql_text *to, const struct filter *filter, unsigned flags)
{
	bool has_node = filter != NULL && filter->where != NULL;

	to->model = filter != NULL ? filter->model : NULL;
	if (has_node || flags & DB_IN_SCOPE)
		buf_add(&to->text, STR(" WHERE "));
	if (has_node)
		add_node(to, filter->where, 0);
	if (has_node && flags & DB_IN_SCOPE)
		buf_add(&to->text, STR(" AND "));
	if (flags & DB_IN_SCOPE)
		buf_add(&to->text, STR("unscoped = 0"));
}

static void
add_order(struct sql_text *to, const struct filter *filter, unsigned flags)
{
	size_t n_key = filter != NULL ? filter->n_key : 0;

	if (n_key == 0 && flags & DB_BY_ID)
		buf_add(&to->text, STR(" ORDER BY id"));
	for (size_t i = 0; i < n_key; i++) {
		buf_add(&to->text, i == 0 ? STR(" ORDER BY ") : STR(", "));
		add_operand(&to->text, &filter->key[i].operand, false);
		if (filter->key[i].is_descending)
			buf_add(&to->text, STR(" DESC"));
	}
	if (filter != NULL && filter->has_limit)
		buf_printf(&to->text, " LIMIT %llu OFFSET %llu",
		    (unsigned long long)filter->limit,
		    (unsigned long long)filter->offset);
}

void
sql_add_select(struct sql_text *to, const struct model *model,
    const struct filter *filter, unsigned flags)
{
	assert(filter == NULL || filter->model == model);
	if (model_field_with(model, FIELD_SCOPE) == -1)
		flags &= ~(unsigned)DB_IN_SCOPE;
	buf_add(&to->text, STR("SELECT "));
	sql_add_columns(&to->text, model);
	buf_add(&to->text, STR(" FROM "));
	if (filter != NULL && filter->sql.p != NULL)
		sql_add_text(&to->text, model, filter->sql);
	else
		buf_add(&to->text, str_of(model->table));
	sql_add_where(to, filter, flags);
	add_order(to, filter, flags);
}

static int
bind(sqlite3_stmt *stmt, int i, const struct filter_value *value)
{
	switch (value->type) {
	case FILTER_INT:
		return sqlite3_bind_int64(stmt, i, value->i);
	case FILTER_REAL:
		return sqlite3_bind_double(stmt, i, value->d);
	case FILTER_BYTES:
		return sqlite3_bind_blob64(stmt, i,
		    value->text.n != 0 ? value->text.p : "", value->text.n,
		    SQLITE_TRANSIENT);
	case FILTER_TEXT:
		break;
	}
	return sqlite3_bind_text64(stmt, i, value->text.p, value->text.n,
	    SQLITE_TRANSIENT, SQLITE_UTF8);
}

int
sql_prepare_text(struct db *db, const struct sql_text *text,
    sqlite3_stmt **stmt, struct err *err)
{
	if (sql_prepare(db, buf_str(&text->text), stmt, err) == -1)
		return -1;
	for (size_t i = 0; i < text->n_value; i++) {
		if (bind(*stmt, (int)i + 1, &text->value[i]) == SQLITE_OK)
			continue;
		(void)sql_fail(db, err);
		(void)sqlite3_finalize(*stmt);
		*stmt = NULL;
		return -1;
	}
	return 0;
}
