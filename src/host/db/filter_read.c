/*
 * The reader of filters: words to a tree, by recursive descent over the grammar
 * in filter.h.
 */
#include "base/mem.h"
#include "base/num.h"
#include "db/filter_scan.h"

static int
read_list(struct filter_scan *s, struct filter_node *test)
{
	struct filter_value *value = NULL;

	if (!scan_accept_char(s, '('))
		return scan_unexpected(s, "(");
	do {
		value =
		    pool_push(s->pool, value, test->n_value, sizeof(*value));
		if (scan_count(s) == -1 ||
		    scan_item(s, &test->operand, &value[test->n_value]) == -1)
			return -1;
		test->n_value++;
	} while (scan_accept_char(s, ','));
	test->value = value;
	return scan_accept_char(s, ')') ? 0 : scan_unexpected(s, ", or )");
}

static int
read_bounds(struct filter_scan *s, struct filter_node *test)
{
	struct filter_value *value = pool_array(s->pool, 2, sizeof(*value));

	if (scan_value(s, &test->operand, test->op, false, &value[0]) == -1)
		return -1;
	if (!scan_accept(s, "and"))
		return scan_unexpected(s, "and");
	if (scan_value(s, &test->operand, test->op, false, &value[1]) == -1)
		return -1;
	test->value = value;
	test->n_value = 2;
	return 0;
}

static int
read_one(struct filter_scan *s, struct filter_node *test, bool is_joined)
{
	struct filter_value *value = pool_zalloc(s->pool, sizeof(*value));

	if (filter_op_check(&test->operand, test->op, s->err) == -1 ||
	    scan_value(s, &test->operand, test->op, is_joined, value) == -1)
		return -1;
	test->value = value;
	test->n_value = 1;
	return 0;
}

static int
read_state(struct filter_scan *s, struct filter_node *test)
{
	test->is_not = scan_accept(s, "not");
	for (unsigned op = FILTER_IS_NULL; op <= FILTER_IS_FALSE; op++) {
		if (!scan_accept(s, filter_ops[op].word))
			continue;
		test->op = (enum filter_op)op;
		return filter_op_check(&test->operand, test->op, s->err);
	}
	return scan_unexpected(s,
	    test->is_not ? "null, true or false" : "not, null, true or false");
}

/* like, glob, in, between; 0 also if none of them is there. */
static int
read_word_op(struct filter_scan *s, struct filter_node *test, bool *is_there)
{
	static const enum filter_op ops[] = { FILTER_LIKE, FILTER_GLOB,
		FILTER_IN, FILTER_BETWEEN };

	*is_there = true;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (!scan_accept(s, filter_ops[ops[i]].word))
			continue;
		test->op = ops[i];
		if (test->op == FILTER_IN)
			return read_list(s, test);
		return test->op == FILTER_BETWEEN ? read_bounds(s, test)
		                                  : read_one(s, test, false);
	}
	*is_there = false;
	return 0;
}

/* What follows a column. */
static int
read_op(struct filter_scan *s, struct filter_node *test)
{
	bool is_joined, is_there;

	if (scan_accept_sign(s, &test->op, &is_joined))
		return read_one(s, test, is_joined);
	if (scan_accept(s, "is"))
		return read_state(s, test);
	test->is_not = scan_accept(s, "not");
	if (read_word_op(s, test, &is_there) == -1)
		return -1;
	if (is_there)
		return 0;
	if (test->is_not)
		return scan_unexpected(s, "like, glob, in or between");
	if (scan_fill(s) && s->rest.p[0] != ')' &&
	    !scan_ends_test(scan_name(s)))
		return scan_unexpected(s,
		    "an operator (= != < > like glob in between is)");
	test->op = FILTER_HOLDS;
	return filter_op_check(&test->operand, test->op, s->err);
}

/* true, false, 1, 0 as tests. */
static bool
accept_const(struct filter_scan *s, struct filter_node *out)
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
		if (!str_eq_nocase(scan_name(s), str_of(row[i].word)))
			continue;
		s->rest = str_from(s->rest, strlen(row[i].word));
		*out = (struct filter_node){ .kind = FILTER_CONST,
			.is_true = row[i].is_true };
		return true;
	}
	return false;
}

/* Nothing may come in front of "order by" but a condition. */
static int
check_missing(struct filter_scan *s)
{
	struct str name = scan_name(s);

	if (name.p != NULL && !str_eq_nocase(name, STR("order")) &&
	    !str_eq_nocase(name, STR("limit")))
		return 0;
	return err_set(s->err,
	    "a condition is expected, not %.*s (true: all rows)",
	    STR_ARG(scan_shown(s)));
}

/*
 * is_or: "a or b", each part of which is "a and b". Parts of the same kind
 * become parts of the whole. The depth bounds the recursion.
 */
static int read_parts(struct filter_scan *s, bool is_or,
    struct filter_node *out);

static int
read_group(struct filter_scan *s, struct filter_node *out)
{
	if (s->depth == FILTER_MAX_DEPTH)
		return err_set(s->err,
		    "a filter has parentheses in parentheses at most %d times",
		    FILTER_MAX_DEPTH);
	s->depth++;
	if (read_parts(s, true, out) == -1)
		return -1;
	s->depth--;
	return scan_accept_char(s, ')') ? 0
	                                : scan_unexpected(s, "and, or or )");
}

static int
read_test(struct filter_scan *s, struct filter_node *out)
{
	if (scan_count(s) == -1)
		return -1;
	if (scan_accept_char(s, '('))
		return read_group(s, out);
	if (accept_const(s, out))
		return 0;
	*out = (struct filter_node){ .kind = FILTER_TEST };
	if (scan_operand(s, &out->operand) == -1)
		return -1;
	return read_op(s, out);
}

static int
read_not(struct filter_scan *s, struct filter_node *out)
{
	struct filter_node *child;

	if (!scan_accept(s, "not"))
		return check_missing(s) == -1 && s->note == NULL
		           ? -1
		           : read_test(s, out);
	child = pool_zalloc(s->pool, sizeof(*child));
	*out = (struct filter_node){ .kind = FILTER_NOT,
		.child = child,
		.n_child = 1 };
	return read_test(s, child);
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
read_parts(struct filter_scan *s, bool is_or, struct filter_node *out)
{
	enum filter_kind kind = is_or ? FILTER_OR : FILTER_AND;
	struct filter_node *child = NULL, part;
	size_t n = 0;

	do {
		if ((is_or ? read_parts(s, false, &part)
			   : read_not(s, &part)) == -1)
			return -1;
		if (part.kind != kind)
			child = add_part(s->pool, child, &n, &part);
		for (size_t i = 0; part.kind == kind && i < part.n_child; i++)
			child = add_part(s->pool, child, &n, &part.child[i]);
	} while (scan_accept(s, is_or ? "or" : "and"));
	*out = n == 1 ? child[0]
	              : (struct filter_node){ .kind = kind,
				.child = child,
				.n_child = n };
	return 0;
}

static int
read_key(struct filter_scan *s, struct filter_key *key)
{
	struct str name = scan_name(s);
	int status;

	*key = (struct filter_key){ .is_descending = false };
	s->is_key = true;
	if (name.p == NULL && s->note != NULL)
		s->note(s->ctx, STR("random()"));
	if (str_eq_nocase(name, STR("random")) && scan_is_call(s, name))
		status = scan_call(s, FILTER_RANDOM, &key->operand);
	else
		status = scan_operand(s, &key->operand);
	if (key->operand.field == &filter_field_tag)
		return err_set(s->err,
		    "a row may have several tags, which are no order");
	if (status == -1 || scan_accept(s, "asc"))
		return status;
	key->is_descending = scan_accept(s, "desc");
	return 0;
}

static int
read_keys(struct filter_scan *s, struct filter *filter)
{
	struct filter_key *key = NULL;

	if (!scan_accept(s, "by"))
		return scan_unexpected(s, "by");
	do {
		key = pool_push(s->pool, key, filter->n_key, sizeof(*key));
		if (scan_count(s) == -1 ||
		    read_key(s, &key[filter->n_key]) == -1)
			return -1;
		filter->n_key++;
	} while (scan_accept_char(s, ','));
	filter->key = key;
	return 0;
}

static int
read_amount(struct filter_scan *s, uint64_t *out)
{
	struct str digits = scan_name(s);

	if (num_read_max(digits, INT64_MAX, out) == -1)
		return scan_unexpected(s, "a number of rows");
	s->rest = str_from(s->rest, digits.n);
	return 0;
}

static int
read_rest(struct filter_scan *s, struct filter *filter)
{
	if (scan_accept(s, "order") && read_keys(s, filter) == -1)
		return -1;
	if (scan_accept(s, "limit")) {
		filter->has_limit = true;
		if (read_amount(s, &filter->limit) == -1 ||
		    (scan_accept(s, "offset") &&
			read_amount(s, &filter->offset) == -1))
			return -1;
	}
	if (!scan_fill(s))
		return 0;
	return scan_unexpected(s, filter->has_limit ? "the end"
				  : filter->n_key != 0
				      ? "a comma, limit or the end"
				      : "and, or, order by, limit or the end");
}

/* where sql "...": one word, which db/ checks when it uses it. */
static int
read_sql(struct filter_scan *s, struct filter *filter)
{
	if (s->n != 3)
		return err_set(s->err,
		    "SQL is one word: where sql \"value like 'a%%' or id > 3\"");
	filter->sql = pool_copy(s->pool, s->word[2]);
	if (str_trim(filter->sql).n == 0)
		return err_set(s->err, "the SQL behind where sql is empty");
	return 0;
}

static int
read_filter(struct filter_scan *s, struct filter *filter)
{
	struct filter_node *where;

	if (str_eq_nocase(s->word[1], STR("sql")))
		return read_sql(s, filter);
	where = pool_zalloc(s->pool, sizeof(*where));
	filter->where = where;
	s->at = 1;
	if (read_parts(s, true, where) == -1)
		return -1;
	return read_rest(s, filter);
}

/* The words are the reference program's; what to do about it is not. */
static int
no_where(struct str word, struct err *err)
{
	if (str_eq_nocase(word, STR("order")) ||
	    str_eq_nocase(word, STR("limit")))
		(void)err_set(err, "for all rows: where true %.*s ...",
		    STR_ARG(word));
	else if (word.n > 5 && char_is_blank(word.p[5]) &&
		 str_eq_nocase(str_sub(word, 0, 5), STR("where")))
		(void)err_set(err, "where is a word of its own, without quotes "
				   "around it and what follows");
	else
		return err_set(err, "Filter must begin with WHERE");
	return err_wrap(err, "Filter must begin with WHERE");
}

int
filter_read(struct pool *pool, const struct model *model,
    const struct str *word, size_t n, const struct filter **out,
    struct err *err)
{
	struct filter_scan s = { .pool = pool,
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
		return no_where(word[0], err);
	if (n == 1)
		return err_set(err, "Filter is empty behind WHERE");
	filter = pool_zalloc(pool, sizeof(*filter));
	filter->model = model;
	if (read_filter(&s, filter) == -1)
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
	struct filter_scan s = { .pool = &pool,
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
	if (read_parts(&s, true, &where) == 0)
		(void)read_rest(&s, &filter);
}
