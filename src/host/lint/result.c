/*
 * What run() returns: a text, which says why it failed, or nothing. Whatever
 * else it returns, the run has succeeded.
 */
#include "lint/inside.h"

static bool
is_nothing(const struct syntax_node *value)
{
	switch (value->kind) {
	case SYNTAX_TRUE:
	case SYNTAX_FALSE:
	case SYNTAX_INTEGER:
	case SYNTAX_FLOAT:
	case SYNTAX_TABLE:
		return true;
	default:
		return false;
	}
}

static bool
look_at(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;

	if (node->kind == SYNTAX_FUNCTION)
		return false; /* another one */
	if (node->kind != SYNTAX_RETURN || node->values.n == 0)
		return true;
	if (node->values.first->kind == SYNTAX_NIL && node->values.n > 1)
		lint_add_at(l, LINT_RETURN, node->values.first,
		    "of what run() returns the first value counts: a text "
		    "says why it failed, nil that it did not");
	else if (is_nothing(node->values.first))
		lint_add_at(l, LINT_RETURN, node->values.first,
		    "run() returns a text that says why it failed, or "
		    "nothing; this is passed over");
	return true;
}

static bool
find_run(struct syntax_node *node, void *ctx)
{
	struct syntax_node *body = NULL;

	if (node->kind == SYNTAX_FUNCTION_NAMED &&
	    syntax_is_global(node->left, "run"))
		body = node->right->body.first;
	for (; body != NULL; body = body->next)
		syntax_walk(body, look_at, ctx);
	return true;
}

void
lint_results(struct lint *l)
{
	syntax_walk(l->tree.main, find_run, l);
}
