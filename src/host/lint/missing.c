#include "base/closest.h"
#include "lint/inside.h"

static const char *
function_at(const void *list, size_t i)
{
	return ((const struct lint_function *)list)[i].name;
}

/* The outermost locals are what a reader would call the module's own. */
static bool
has_local(const struct syntax *tree, struct str name)
{
	const struct syntax_node *s = tree->main->body.first;

	for (; s != NULL; s = s->next) {
		if (s->kind != SYNTAX_LOCAL && s->kind != SYNTAX_LOCAL_FUNCTION)
			continue;
		for (const struct syntax_node *one = s->list.first; one != NULL;
		     one = one->next) {
			if (str_eq(one->text, name))
				return true;
		}
	}
	return false;
}

const char *
lint_missing(struct pool *pool, struct str code, struct str name)
{
	const char *instead = lint_instead(name), *closest;
	struct syntax tree;

	if (instead != NULL)
		return pool_printf(pool,
		    "modules have no part of Lua's library: %s", instead);
	if (syntax_read(pool, code, &tree, NULL, NULL) == 0 &&
	    has_local(&tree, name))
		return pool_printf(pool,
		    "%.*s is a local of the module, and here are its globals",
		    STR_ARG(name));
	closest = closest_name(name, function_at, lint_functions);
	return closest != NULL ? pool_printf(pool, "did you mean %s?", closest)
	                       : NULL;
}
