/*
 * What functions give: keys that their answer does not have, and answers that
 * are used before anything looks whether there is one.
 */
#include "lint/inside.h"

#include "base/mem.h"

/* Where the answer of a function is a table with fixed keys. */
static const struct {
	const char *function;
	bool is_list; /* of such tables */
	const char *key[8];
} answers[] = {
	{ "http_send", false,
	    { "status", "headers", "ipaddr", "text", "binary", "blob" } },
	{ "http_fetch", false,
	    { "status", "headers", "ipaddr", "text", "binary", "blob" } },
	{ "html_select", false, { "attrs", "text", "html" } },
	{ "html_select_list", true, { "attrs", "text", "html" } },
	{ "dns", false, { "answers", "error" } },
	{ "keyring", true, { "namespace", "access_key", "secret_key" } },
	{ "url_parse", false,
	    { "scheme", "host", "port", "path", "query", "params",
		"fragment" } },
	{ "x509_parse_pem", false,
	    { "valid_names", "valid_emails", "valid_ipaddrs" } },
};

/* A name of the sandbox that the text does not define itself; else NULL. */
static const struct syntax_node *
function_called(struct lint *l, const struct syntax_node *node)
{
	struct name *global;

	while (node != NULL && node->kind == SYNTAX_PAREN)
		node = node->left;
	if (node == NULL || node->kind != SYNTAX_CALL ||
	    node->left->kind != SYNTAX_NAME || node->left->local != NULL)
		return NULL;
	global = names_find(l, &l->globals, node->left->text, false);
	return global == NULL || global->written == NULL ? node->left : NULL;
}

/* local x = f(...), and x is never assigned to: the call, else NULL. */
static const struct syntax_node *
value_of(struct lint *l, const struct syntax_node *node)
{
	while (node->kind == SYNTAX_PAREN)
		node = node->left;
	if (node->kind == SYNTAX_NAME && node->local != NULL &&
	    node->local->index < l->tree.locals)
		return l->value[node->local->index];
	return node->kind == SYNTAX_CALL ? node : NULL;
}

/* Notes what each local is that is given a value once. */
static bool
note_value(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;
	const struct syntax_node *one = node->list.first;
	const struct syntax_node *value = node->values.first;

	if (node->kind != SYNTAX_LOCAL)
		return true;
	for (; one != NULL && value != NULL; one = one->next) {
		if (one->local != NULL && one->local->writes == 0)
			l->value[one->local->index] = value;
		value = value->next;
	}
	return true;
}

static const char *
key_at(const void *list, size_t i)
{
	return i < ARRAY_SIZE(answers[0].key) ? ((const char *const *)list)[i]
	                                      : NULL;
}

static void
check_key(struct lint *l, const struct syntax_node *index,
    const struct syntax_node *function, bool is_element)
{
	struct str key = index->right->text;

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (!str_is(function->text, answers[i].function) ||
		    answers[i].is_list != is_element)
			continue;
		for (size_t k = 0; key_at(answers[i].key, k) != NULL; k++) {
			if (str_is(key, answers[i].key[k]))
				return;
		}
		lint_add_at(l, LINT_ANSWER, index,
		    "what %s() gives has no %s%s", answers[i].function,
		    lint_quote(l, key),
		    lint_hint(l, key, key_at, answers[i].key));
	}
}

/* x['key'] and x[1]['key'] of what a function gave. */
static void
check_index(struct lint *l, const struct syntax_node *index)
{
	const struct syntax_node *from = index->left, *value, *function;
	bool is_element =
	    from->kind == SYNTAX_INDEX && from->right->kind != SYNTAX_STRING;

	if (index->right->kind != SYNTAX_STRING ||
	    names_find(l, &l->fields, index->right->text, false) != NULL)
		return;
	value = value_of(l, is_element ? from->left : from);
	/* local first = list[1] */
	if (value != NULL && value->kind == SYNTAX_INDEX && !is_element &&
	    value->right->kind != SYNTAX_STRING) {
		is_element = true;
		value = value_of(l, value->left);
	}
	function = function_called(l, value);
	if (function != NULL)
		check_key(l, index, function, is_element);
}

static bool
is_name_of(const struct syntax_node *node, const struct syntax_local *local)
{
	return node != NULL && node->kind == SYNTAX_NAME &&
	       node->local == local;
}

/* What a statement does with an answer. */
struct use {
	struct lint *l;
	const struct syntax_local *local;
	const struct syntax_node *index; /* the first x['key'], x:method() */
	const struct syntax_node *field; /* the first { key=x } */
	bool is_named, looks_at_error, is_tested;
};

static void
test(struct use *use, const struct syntax_node *node)
{
	if (node != NULL && node->kind == SYNTAX_PAREN)
		test(use, node->left);
	else if (is_name_of(node, use->local))
		use->is_tested = true;
}

static bool
look_at_use(struct syntax_node *node, void *ctx)
{
	struct use *use = ctx;

	if (++use->l->followed > LINT_MOST_FOLLOWED)
		return false;
	switch (node->kind) {
	case SYNTAX_NAME:
		use->is_named = use->is_named || node->local == use->local;
		if (syntax_is_global(node, "last_err"))
			use->looks_at_error = true;
		break;
	case SYNTAX_CLAUSE:
	case SYNTAX_WHILE:
	case SYNTAX_REPEAT:
	case SYNTAX_UNARY:
		test(use, node->op == OP_LEN ? NULL : node->left);
		break;
	case SYNTAX_BINARY:
		test(use, node->left);
		test(use, node->right);
		break;
	case SYNTAX_INDEX:
	case SYNTAX_METHOD:
		if (use->index == NULL && is_name_of(node->left, use->local))
			use->index = node;
		break;
	case SYNTAX_FIELD:
		if (use->field == NULL && is_name_of(node->right, use->local))
			use->field = node;
		break;
	default:
		break;
	}
	return true;
}

/* That is said once. */
static bool
is_too_much(struct lint *l, const struct syntax_node *statement)
{
	if (l->followed <= LINT_MOST_FOLLOWED)
		return false;
	if (!l->has_left_off)
		lint_add_at(l, LINT_LAST_ERR, statement,
		    "too much stands behind the answers of functions: from "
		    "here on how they are used is not looked at");
	l->has_left_off = true;
	return true;
}

/*
 * Up to the first statement that names x: whether an error or x itself was
 * looked at before x is used. What is behind it is not judged.
 */
static void
follow(struct lint *l, const struct syntax_node *statement,
    const struct syntax_local *local, const struct syntax_node *function)
{
	struct use use = { .l = l, .local = local };
	bool is_id = str_is(function->text, "db_add") ||
	             str_is(function->text, "db_select");

	for (struct syntax_node *s = statement->next;
	     s != NULL && !use.is_named && !use.is_tested; s = s->next) {
		if (!is_id && use.looks_at_error)
			return;
		syntax_walk(s, look_at_use, &use);
	}
	if (use.is_tested || is_too_much(l, statement))
		return;
	if (is_id && use.field != NULL)
		lint_add_at(l, LINT_SCOPE, use.field,
		    "%s is nil where %s: look at it first",
		    lint_quote(l, local->name),
		    str_is(function->text, "db_add")
			? "the row is out of scope"
			: "there is no such row in scope");
	/* where nothing in the text looks, that is said once */
	if (!is_id && l->looks_at_errors && !use.looks_at_error &&
	    use.index != NULL && lint_may_fail(function->text))
		lint_add_at(l, LINT_LAST_ERR, use.index,
		    "%s is nil where %.*s() failed, and nothing looks at "
		    "last_err() before it is used",
		    lint_quote(l, local->name), STR_ARG(function->text));
}

static void
check_local(struct lint *l, const struct syntax_node *statement)
{
	const struct syntax_node *function;

	if (statement->list.n != 1 || statement->values.n != 1 ||
	    statement->list.first->local == NULL)
		return;
	function = function_called(l, statement->values.first);
	if (function != NULL && !l->has_left_off)
		follow(l, statement, statement->list.first->local, function);
}

/* f(...)['key']: nothing can look whether it failed. */
static void
check_at_once(struct lint *l, const struct syntax_node *index)
{
	const struct syntax_node *function = function_called(l, index->left);

	if (function != NULL && lint_may_fail(function->text))
		lint_add_at(l, LINT_LAST_ERR, index,
		    "%.*s() gives nil where it fails: keep what it gives, and "
		    "look at last_err() before it is used",
		    STR_ARG(function->text));
}

/* "if last_err then" */
static void
check_test(struct lint *l, const struct syntax_node *node)
{
	if (node == NULL)
		return;
	if (syntax_is_global(node, "last_err"))
		lint_add_at(l, LINT_LAST_ERR, node,
		    "last_err without () is the function, which is always "
		    "there");
	if (node->kind == SYNTAX_BINARY || node->kind == SYNTAX_UNARY ||
	    node->kind == SYNTAX_PAREN) {
		check_test(l, node->left);
		check_test(l, node->right);
	}
}

static bool
look_at(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;

	switch (node->kind) {
	case SYNTAX_INDEX:
		check_index(l, node);
		/* fall through */
	case SYNTAX_METHOD:
		if (l->looks_at_errors)
			check_at_once(l, node);
		break;
	case SYNTAX_LOCAL:
		check_local(l, node);
		break;
	case SYNTAX_CLAUSE:
	case SYNTAX_WHILE:
	case SYNTAX_REPEAT:
		check_test(l, node->left);
		break;
	default:
		break;
	}
	return true;
}

void
lint_answers(struct lint *l)
{
	if (l->has_env)
		return;
	l->value = pool_zalloc(l->pool, l->tree.locals * sizeof(*l->value) + 1);
	syntax_walk(l->tree.main, note_value, l);
	syntax_walk(l->tree.main, look_at, l);
}
