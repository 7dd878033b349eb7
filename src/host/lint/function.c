/*
 * What modules can call, as tools/reference prints it from the sandbox itself:
 * the host has no part of it.
 */
#include "base/mem.h"
#include "lint/inside.h"

const struct lint_function lint_functions[] = {
#include "lint/function_table.h"
	{ NULL, NULL, NULL, NULL, false },
};

const struct lint_function *
function_by_name(struct str name)
{
	size_t low = 0, high = ARRAY_SIZE(lint_functions) - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(name, str_of(lint_functions[middle].name));

		if (order == 0)
			return &lint_functions[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

int
function_next_arg(struct str *rest, struct arg *out)
{
	struct str arg;

	if (rest->p == NULL)
		return 0;
	arg = str_trim(str_cut(rest, ','));
	out->name = str_cut(&arg, ':');
	out->type = arg;
	return 1;
}
