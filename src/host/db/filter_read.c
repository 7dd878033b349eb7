/*
 * The reader of filters: words to a tree, by recursive descent over the
 * grammar in filter.h.
 *
 * A word is cut as it is read, since what it is depends on where it stands: in
 * front of an operator "id>2" is three tokens, behind one it is a value. `rest`
 * is what is left of the word at hand. Whatever the grammar looks for when all
 * words are used up is what may come next: filter_next() writes that down, so
 * that completion knows no grammar of its own.
 */
#include "base/closest.h"
#include "base/mem.h"
#include "base/num.h"
#include "db/filter.h"
#include "db/filter_parts.h"

#define MOST_SHOWN 80 /* bytes of a word in an error */

struct reader {
	struct pool *pool;
	const struct model *model;
	const struct str *word;
	size_t n, at; /* words[at] comes behind rest */
	struct str rest;
	bool is_phrase;        /* blanks end values in the word at hand */
	unsigned depth, nodes; /* FILTER_MAX_... */
	void (*note)(void *ctx, struct str word); /* NULL: nobody asks */
	void *ctx;
	struct err *err;
};

static const char hint[] =
    "a filter compares columns with values; anything else is SQL: where sql "
    "\"...\"";

static bool
is_name_char(char c)
{
	return char_lower(c) >= 'a' ? char_lower(c) <= 'z'
	                            : char_is_digit(c) || c == '_';
}

static bool
is_sign_char(char c)
{
	return c == '=' || c == '!' || c == '<' || c == '>';
}

/* "id > 3 and id < 5", but not "name=two words". */
static bool
is_phrase(struct str word)
{
	for (size_t i = 0; i < word.n && !is_sign_char(word.p[i]); i++) {
		if (char_is_blank(word.p[i]))
			return true;
	}
	return false;
}

/* rest begins with a token; false: there are no words left. */
static bool
fill(struct reader *r)
{
	for (;;) {
		while (r->rest.n != 0 && char_is_blank(r->rest.p[0]))
			r->rest = str_from(r->rest, 1);
		if (r->rest.n != 0)
			return true;
		if (r->at == r->n)
			return false;
		r->rest = str_trim(r->word[r->at++]);
		r->is_phrase = is_phrase(r->rest);
		/* nothing but a value can be empty */
		if (r->rest.n == 0)
			r->rest = STR("''");
	}
}

/* The next token for errors: a name, or what is left of the word. */
static struct str
shown(struct reader *r)
{
	size_t n = 0;

	if (!fill(r))
		return STR("the end");
	while (n < r->rest.n && is_name_char(r->rest.p[n]))
		n++;
	if (n == 0)
		n = r->rest.n;
	return str_of(pool_printf(r->pool, "'%.*s'",
	    STR_ARG(str_sub(r->rest, 0, n < MOST_SHOWN ? n : MOST_SHOWN))));
}

/* "... is expected, not 'union'". */
static int
unexpected(struct reader *r, const char *expected)
{
	(void)err_set(r->err, "%s", hint);
	return err_wrap(r->err, "%s is expected, not %.*s", expected,
	    STR_ARG(shown(r)));
}

static int
count(struct reader *r)
{
	if (++r->nodes > FILTER_MAX_NODES)
		return err_set(r->err, "a filter has at most %d parts",
		    FILTER_MAX_NODES);
	return 0;
}

/* The name that rest begins with, which stays there; n 0: none. */
static struct str
peek_name(struct reader *r)
{
	size_t n = 0;

	if (!fill(r))
		return STR_NONE;
	while (n < r->rest.n && is_name_char(r->rest.p[n]))
		n++;
	return str_sub(r->rest, 0, n);
}

static bool
accept_name(struct reader *r, const char *name)
{
	struct str word = peek_name(r);

	if (word.p == NULL && r->note != NULL)
		r->note(r->ctx, str_of(name));
	if (!str_eq_nocase(word, str_of(name)))
		return false;
	r->rest = str_from(r->rest, word.n);
	return true;
}

static bool
accept_char(struct reader *r, char c)
{
	if (!fill(r)) {
		if (r->note != NULL)
			r->note(r->ctx, str_view(&c, 1));
		return false;
	}
	if (r->rest.p[0] != c)
		return false;
	r->rest = str_from(r->rest, 1);
	return true;
}

static const struct {
	const char *sign;
	enum filter_op op;
} signs[] = {
	{ "==", FILTER_EQ },
	{ "!=", FILTER_NE },
	{ "<>", FILTER_NE },
	{ "<=", FILTER_LE },
	{ ">=", FILTER_GE },
	{ "=", FILTER_EQ },
	{ "<", FILTER_LT },
	{ ">", FILTER_GT },
};

/* is_joined: it stood in one word with what was in front of it. */
static bool
accept_sign(struct reader *r, enum filter_op *op, bool *is_joined)
{
	bool was_open = r->rest.n != 0;

	if (!fill(r)) {
		for (size_t i = FILTER_EQ; i <= FILTER_GE && r->note != NULL;
		     i++)
			r->note(r->ctx, str_of(filter_ops[i].word));
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (!str_starts(r->rest, str_of(signs[i].sign)))
			continue;
		r->rest = str_from(r->rest, strlen(signs[i].sign));
		*op = signs[i].op;
		*is_joined = was_open;
		return true;
	}
	return false;
}

static const char *
column_name(const void *list, size_t i)
{
	const struct model *model = list;

	return i == 0 ? filter_field_id.name : model->field[i - 1].name;
}

static int
unknown_column(struct reader *r, struct str name)
{
	struct buf columns = BUF_IN(r->pool);
	const char *closest = closest_name(name, column_name, r->model);

	for (size_t i = 0; column_name(r->model, i) != NULL; i++)
		buf_printf(&columns, "%s%s", i != 0 ? ", " : "",
		    column_name(r->model, i));
	name = str_sub(name, 0, MOST_SHOWN);
	(void)err_set(r->err, "%s has the columns %s", r->model->table,
	    buf_cstr(&columns));
	if (closest != NULL)
		return err_wrap(r->err,
		    "no such column: %.*s, did you mean %s?", STR_ARG(name),
		    closest);
	return err_wrap(r->err, "no such column: %.*s", STR_ARG(name));
}

static void
note_columns(struct reader *r)
{
	for (size_t i = 0; column_name(r->model, i) != NULL; i++)
		r->note(r->ctx, str_of(column_name(r->model, i)));
}

static int
read_name(struct reader *r, const struct field **field)
{
	struct str name = peek_name(r);

	if (name.n == 0) {
		if (name.p == NULL && r->note != NULL)
			note_columns(r);
		return unexpected(r, "a column");
	}
	*field = filter_field(r->model, name);
	if (*field == NULL)
		return unknown_column(r, name);
	r->rest = str_from(r->rest, name.n);
	return 0;
}

/* Behind a name: "(" makes it a function. */
static bool
is_call(const struct reader *r, struct str name)
{
	struct str rest = str_trim(str_from(r->rest, name.n));

	if (rest.n == 0 && r->at < r->n)
		rest = str_trim(r->word[r->at]);
	return rest.n != 0 && rest.p[0] == '(';
}

/* function: of the row of filter_functions. */
static int
read_call(struct reader *r, enum filter_function function,
    struct filter_operand *out)
{
	out->function = function;
	if (!accept_name(r, filter_functions[function]) || !accept_char(r, '('))
		return unexpected(r, "a function");
	if (function != FILTER_RANDOM &&
	    (read_name(r, &out->field) == -1 ||
		filter_function_check(out, r->err) == -1))
		return -1;
	return accept_char(r, ')') ? 0 : unexpected(r, ")");
}

/* A column, or length or lower of one. */
static int
read_operand(struct reader *r, struct filter_operand *out)
{
	static const enum filter_function functions[] = { FILTER_LENGTH,
		FILTER_LOWER };
	struct str name = peek_name(r);

	*out = (struct filter_operand){ .function = FILTER_PLAIN };
	if (name.p == NULL && r->note != NULL) {
		r->note(r->ctx, STR("length("));
		r->note(r->ctx, STR("lower("));
	}
	if (name.n == 0 || !is_call(r, name))
		return read_name(r, &out->field);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		if (str_eq_nocase(name, str_of(filter_functions[functions[i]])))
			return read_call(r, functions[i], out);
	}
	(void)err_set(r->err, "%s", hint);
	return err_wrap(r->err,
	    "length() and lower() are functions, not %.*s()",
	    STR_ARG(str_sub(name, 0, MOST_SHOWN)));
}

/*
 * The end of the value that rest begins with, in a word that is a value to its
 * end, or up to a blank. What closes parentheses that are open is none of it.
 */
static size_t
value_end(const struct reader *r)
{
	size_t n = r->rest.n, quoted = filter_quoted(r->rest), depth = r->depth;
	struct str behind = str_from(r->rest, quoted);

	/* 'x')) */
	while (quoted != STR_NPOS && behind.n != 0 && behind.p[0] == ')')
		behind = str_from(behind, 1);
	if (quoted != STR_NPOS &&
	    (behind.n == 0 || (r->is_phrase && char_is_blank(behind.p[0]))))
		return quoted;
	for (size_t i = 0; r->is_phrase && i < n; i++) {
		if (char_is_blank(r->rest.p[i]))
			n = i;
	}
	while (depth > 0 && n > 0 && r->rest.p[n - 1] == ')' &&
	       filter_closes(str_sub(r->rest, 0, n))) {
		n--;
		depth--;
	}
	return n;
}

static struct str
unquote(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 1; i + 1 < text.n; i++) {
		buf_add_char(&out, text.p[i]);
		if (text.p[i] == text.p[0])
			i++;
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

/* The value in a text that is one: what is in its quotes, or all of it. */
static int
take_value(struct reader *r, struct str text, struct str *value)
{
	size_t quoted = filter_quoted(text);

	if (quoted == text.n && text.n != 0) {
		*value = unquote(r->pool, text);
		return 0;
	}
	/* in one word, so it is a value; but nobody means that one */
	if ((quoted != STR_NPOS && char_is_blank(text.p[quoted])) ||
	    (text.n != 0 && text.p[0] == '(' && filter_is_query(text))) {
		(void)err_set(r->err, "%s", hint);
		return err_wrap(r->err,
		    "a value is one word, and in quotes from its beginning to "
		    "its end: %.*s",
		    STR_ARG(str_sub(text, 0, MOST_SHOWN)));
	}
	*value = text;
	return 0;
}

/* Whether a word goes on behind a complete test. */
static bool
ends_test(struct str word)
{
	static const char *const next[] = { "and", "or", "order", "limit" };

	for (size_t i = 0; i < ARRAY_SIZE(next); i++) {
		if (str_eq_nocase(word, str_of(next[i])))
			return true;
	}
	return str_starts(word, STR(")"));
}

/* Behind "value=" at the end of its word: is the next word a value? */
static bool
is_value_next(const struct reader *r)
{
	return r->at != r->n && !ends_test(r->word[r->at]);
}

static void
note_values(struct reader *r, const struct filter_operand *operand)
{
	if (operand->field->kind != FIELD_BOOL)
		return;
	r->note(r->ctx, STR("true"));
	r->note(r->ctx, STR("false"));
}

/* One word, or what is left of one. is_joined: it may be empty. */
static int
read_value(struct reader *r, const struct filter_operand *operand,
    enum filter_op op, bool is_joined, struct filter_value *out)
{
	struct str text = STR("");
	size_t end;

	if (r->is_phrase && r->rest.n != 0)
		(void)fill(r);
	if (r->rest.n == 0 && !(is_joined && !is_value_next(r))) {
		if (r->at == r->n) {
			if (r->note != NULL)
				note_values(r, operand);
			return unexpected(r, "a value");
		}
		r->rest = r->word[r->at++];
		r->is_phrase = false;
	}
	end = value_end(r);
	if (take_value(r, str_sub(r->rest, 0, end), &text) == -1)
		return -1;
	r->rest = str_from(r->rest, end);
	return filter_value_read(r->pool, r->model, operand, op, text, out,
	    r->err);
}

/* Up to a comma, or to what closes the list. */
static struct str
cut_item(struct reader *r)
{
	size_t quoted = filter_quoted(r->rest), n = 0, depth = 0;
	struct str item;

	for (; quoted == STR_NPOS && n < r->rest.n; n++) {
		char c = r->rest.p[n];

		if (depth == 0 && (c == ',' || c == ')'))
			break;
		depth += c == '(';
		depth -= c == ')';
	}
	item = str_trim(str_sub(r->rest, 0, quoted != STR_NPOS ? quoted : n));
	r->rest = str_from(r->rest, quoted != STR_NPOS ? quoted : n);
	return item;
}

static int
read_item(struct reader *r, const struct filter_operand *operand,
    struct filter_value *out)
{
	struct str item, value;

	if (!fill(r)) {
		if (r->note != NULL)
			note_values(r, operand);
		return unexpected(r, "a value");
	}
	item = cut_item(r);
	if (item.n == 0)
		return unexpected(r, "a value");
	if (filter_is_query(item)) {
		(void)err_set(r->err, "%s", hint);
		return err_wrap(r->err, "a list holds values, not %.*s",
		    STR_ARG(str_sub(item, 0, MOST_SHOWN)));
	}
	if (take_value(r, item, &value) == -1)
		return -1;
	return filter_value_read(r->pool, r->model, operand, FILTER_IN, value,
	    out, r->err);
}

static int
read_list(struct reader *r, struct filter_node *test)
{
	struct filter_value *value = NULL;

	if (!accept_char(r, '('))
		return unexpected(r, "(");
	do {
		value =
		    pool_push(r->pool, value, test->n_value, sizeof(*value));
		if (count(r) == -1 ||
		    read_item(r, &test->operand, &value[test->n_value]) == -1)
			return -1;
		test->n_value++;
	} while (accept_char(r, ','));
	test->value = value;
	return accept_char(r, ')') ? 0 : unexpected(r, ", or )");
}

static int
read_bounds(struct reader *r, struct filter_node *test)
{
	struct filter_value *value = pool_array(r->pool, 2, sizeof(*value));

	if (read_value(r, &test->operand, test->op, false, &value[0]) == -1)
		return -1;
	if (!accept_name(r, "and"))
		return unexpected(r, "and");
	if (read_value(r, &test->operand, test->op, false, &value[1]) == -1)
		return -1;
	test->value = value;
	test->n_value = 2;
	return 0;
}

static int
read_one(struct reader *r, struct filter_node *test, bool is_joined)
{
	struct filter_value *value = pool_zalloc(r->pool, sizeof(*value));

	if (filter_op_check(&test->operand, test->op, r->err) == -1 ||
	    read_value(r, &test->operand, test->op, is_joined, value) == -1)
		return -1;
	test->value = value;
	test->n_value = 1;
	return 0;
}

static int
read_state(struct reader *r, struct filter_node *test)
{
	test->is_not = accept_name(r, "not");
	for (unsigned op = FILTER_IS_NULL; op <= FILTER_IS_FALSE; op++) {
		if (!accept_name(r, filter_ops[op].word))
			continue;
		test->op = (enum filter_op)op;
		return filter_op_check(&test->operand, test->op, r->err);
	}
	return unexpected(r,
	    test->is_not ? "null, true or false" : "not, null, true or false");
}

/* like, glob, in, between; -1 also if none of them is there. */
static int
read_word_op(struct reader *r, struct filter_node *test, bool *is_there)
{
	static const enum filter_op ops[] = { FILTER_LIKE, FILTER_GLOB,
		FILTER_IN, FILTER_BETWEEN };

	*is_there = true;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (!accept_name(r, filter_ops[ops[i]].word))
			continue;
		test->op = ops[i];
		if (test->op == FILTER_IN)
			return read_list(r, test);
		return test->op == FILTER_BETWEEN ? read_bounds(r, test)
		                                  : read_one(r, test, false);
	}
	*is_there = false;
	return 0;
}

/* What follows a column. */
static int
read_op(struct reader *r, struct filter_node *test)
{
	bool is_joined, is_there;

	if (accept_sign(r, &test->op, &is_joined))
		return read_one(r, test, is_joined);
	if (accept_name(r, "is"))
		return read_state(r, test);
	test->is_not = accept_name(r, "not");
	if (read_word_op(r, test, &is_there) == -1)
		return -1;
	if (is_there)
		return 0;
	if (test->is_not)
		return unexpected(r, "like, glob, in or between");
	if (fill(r) && r->rest.p[0] != ')' && !ends_test(peek_name(r)))
		return unexpected(r, "an operator");
	test->op = FILTER_HOLDS;
	return filter_op_check(&test->operand, test->op, r->err);
}

/* true, false, 1, 0 as tests. */
static bool
accept_const(struct reader *r, struct filter_node *out)
{
	static const struct {
		const char *word;
		bool is_true;
	} row[] = {
		{ "true", true },
		{ "false", false },
		{ "1", true },
		{ "0", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (!str_eq_nocase(peek_name(r), str_of(row[i].word)))
			continue;
		r->rest = str_from(r->rest, strlen(row[i].word));
		*out = (struct filter_node){ .kind = FILTER_CONST,
			.is_true = row[i].is_true };
		return true;
	}
	return false;
}

/* Nothing may come in front of "order by" but a condition. */
static int
check_missing(struct reader *r)
{
	struct str name = peek_name(r);

	if (name.p != NULL && !str_eq_nocase(name, STR("order")) &&
	    !str_eq_nocase(name, STR("limit")))
		return 0;
	return err_set(r->err,
	    "a condition is expected, not %.*s (true: all rows)",
	    STR_ARG(shown(r)));
}

/*
 * is_or: "a or b", each part of which is "a and b". Parts of the same kind
 * become parts of the whole. The depth bounds the recursion.
 */
static int read_parts(struct reader *r, bool is_or, struct filter_node *out);

static int
read_group(struct reader *r, struct filter_node *out)
{
	if (r->depth == FILTER_MAX_DEPTH)
		return err_set(r->err,
		    "a filter has parentheses in parentheses at most %d times",
		    FILTER_MAX_DEPTH);
	r->depth++;
	if (read_parts(r, true, out) == -1)
		return -1;
	r->depth--;
	return accept_char(r, ')') ? 0 : unexpected(r, "and, or or )");
}

static int
read_test(struct reader *r, struct filter_node *out)
{
	if (count(r) == -1)
		return -1;
	if (accept_char(r, '('))
		return read_group(r, out);
	if (accept_const(r, out))
		return 0;
	*out = (struct filter_node){ .kind = FILTER_TEST };
	if (read_operand(r, &out->operand) == -1)
		return -1;
	return read_op(r, out);
}

static int
read_not(struct reader *r, struct filter_node *out)
{
	struct filter_node *child;

	if (!accept_name(r, "not"))
		return check_missing(r) == -1 && r->note == NULL
		           ? -1
		           : read_test(r, out);
	child = pool_zalloc(r->pool, sizeof(*child));
	*out = (struct filter_node){ .kind = FILTER_NOT,
		.child = child,
		.n_child = 1 };
	return read_test(r, child);
}

static struct filter_node *
add_part(struct pool *pool, struct filter_node *child, size_t *n,
    const struct filter_node *node)
{
	child = pool_push(pool, child, *n, sizeof(*child));
	child[(*n)++] = *node;
	return child;
}

static int
read_parts(struct reader *r, bool is_or, struct filter_node *out)
{
	enum filter_kind kind = is_or ? FILTER_OR : FILTER_AND;
	struct filter_node *child = NULL, part;
	size_t n = 0;

	do {
		if ((is_or ? read_parts(r, false, &part)
			   : read_not(r, &part)) == -1)
			return -1;
		if (part.kind != kind)
			child = add_part(r->pool, child, &n, &part);
		for (size_t i = 0; part.kind == kind && i < part.n_child; i++)
			child = add_part(r->pool, child, &n, &part.child[i]);
	} while (accept_name(r, is_or ? "or" : "and"));
	*out = n == 1 ? child[0]
	              : (struct filter_node){ .kind = kind,
				.child = child,
				.n_child = n };
	return 0;
}

static int
read_key(struct reader *r, struct filter_key *key)
{
	struct str name = peek_name(r);
	int status;

	*key = (struct filter_key){ .is_descending = false };
	if (name.p == NULL && r->note != NULL)
		r->note(r->ctx, STR("random()"));
	if (str_eq_nocase(name, STR("random")) && is_call(r, name))
		status = read_call(r, FILTER_RANDOM, &key->operand);
	else
		status = read_operand(r, &key->operand);
	if (status == -1 || accept_name(r, "asc"))
		return status;
	key->is_descending = accept_name(r, "desc");
	return 0;
}

static int
read_keys(struct reader *r, struct filter *filter)
{
	struct filter_key *key = NULL;

	if (!accept_name(r, "by"))
		return unexpected(r, "by");
	do {
		key = pool_push(r->pool, key, filter->n_key, sizeof(*key));
		if (count(r) == -1 || read_key(r, &key[filter->n_key]) == -1)
			return -1;
		filter->n_key++;
	} while (accept_char(r, ','));
	filter->key = key;
	return 0;
}

static int
read_amount(struct reader *r, uint64_t *out)
{
	struct str digits = peek_name(r);

	if (num_read_max(digits, INT64_MAX, out) == -1)
		return unexpected(r, "a number of rows");
	r->rest = str_from(r->rest, digits.n);
	return 0;
}

static int
read_rest(struct reader *r, struct filter *filter)
{
	if (accept_name(r, "order") && read_keys(r, filter) == -1)
		return -1;
	if (accept_name(r, "limit")) {
		filter->has_limit = true;
		if (read_amount(r, &filter->limit) == -1 ||
		    (accept_name(r, "offset") &&
			read_amount(r, &filter->offset) == -1))
			return -1;
	}
	if (!fill(r))
		return 0;
	return unexpected(r, filter->has_limit ? "the end"
			     : filter->n_key != 0
				 ? "a comma, limit or the end"
				 : "and, or, order by, limit or the end");
}

/* where sql "...": one word, which db/ checks when it uses it. */
static int
read_sql(struct reader *r, struct filter *filter)
{
	if (r->n != 3)
		return err_set(r->err,
		    "SQL is one word: where sql \"value like 'a%%' or id > 3\"");
	filter->sql = pool_copy(r->pool, r->word[2]);
	if (str_trim(filter->sql).n == 0)
		return err_set(r->err, "the SQL behind where sql is empty");
	return 0;
}

static int
read_filter(struct reader *r, struct filter *filter)
{
	struct filter_node *where;

	if (str_eq_nocase(r->word[1], STR("sql")))
		return read_sql(r, filter);
	where = pool_zalloc(r->pool, sizeof(*where));
	filter->where = where;
	r->at = 1;
	if (read_parts(r, true, where) == -1)
		return -1;
	return read_rest(r, filter);
}

int
filter_read(struct pool *pool, const struct model *model,
    const struct str *word, size_t n, const struct filter **out,
    struct err *err)
{
	struct reader r = { .pool = pool,
		.model = model,
		.word = word,
		.n = n,
		.err = err };
	struct filter *filter;

	if (n == 0) {
		*out = NULL;
		return 0;
	}
	if (!str_eq_nocase(word[0], STR("where")))
		return err_set(err, "Filter must begin with WHERE");
	if (n == 1)
		return err_set(err, "Filter is empty behind WHERE");
	filter = pool_zalloc(pool, sizeof(*filter));
	filter->model = model;
	if (read_filter(&r, filter) == -1)
		return -1;
	*out = filter;
	return 0;
}

void
filter_next(const struct model *model, const struct str *word, size_t n,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autopool struct pool pool = POOL_NONE;
	struct filter filter = { .model = model };
	struct filter_node where;
	struct reader r = { .pool = &pool,
		.model = model,
		.word = word,
		.n = n,
		.at = 1,
		.note = add,
		.ctx = ctx };

	if (n == 0) {
		add(ctx, STR("where"));
		return;
	}
	if (!str_eq_nocase(word[0], STR("where")))
		return;
	if (n == 1)
		add(ctx, STR("sql"));
	if (n > 1 && str_eq_nocase(word[1], STR("sql")))
		return;
	if (read_parts(&r, true, &where) == 0)
		(void)read_rest(&r, &filter);
}
