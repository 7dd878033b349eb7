/*
 * functions: the rows of all functions for modules, those of the plugins
 * included.
 */
#ifndef ASK_FUNCTIONS_H
#define ASK_FUNCTIONS_H

#include "stdlib/call.h"

#define FUNCTIONS_MOST 256

struct functions {
	const struct stdlib_fn *fn[FUNCTIONS_MOST];
	size_t n;
};

/* By name. Loads every plugin. */
void functions_collect(struct functions *all);

#endif
