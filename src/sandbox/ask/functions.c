#include "ask/functions.h"

#include <stdlib.h>

#include "ipc/needs.h"
#include "plugin/plugins.h"
#include "stdlib/rooms.h"

static void
add_room(struct functions *all, const struct stdlib_fn *fn)
{
	for (; fn->name != NULL && all->n < FUNCTIONS_MOST; fn++)
		all->fn[all->n++] = fn;
}

static int
compare_functions(const void *a, const void *b)
{
	const struct stdlib_fn *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

void
functions_collect(struct functions *all)
{
	static struct plugins plugins;

	plugins_load(&plugins, NEED_ALL);
	all->n = 0;
	for (size_t i = 0; stdlib_rooms[i] != NULL; i++)
		add_room(all, stdlib_rooms[i]);
	for (size_t i = 0; plugins.loaded[i] != NULL; i++) {
		for (size_t k = 0; plugins.loaded[i]->rooms[k] != NULL; k++)
			add_room(all, plugins.loaded[i]->rooms[k]);
	}
	qsort(all->fn, all->n, sizeof(all->fn[0]), compare_functions);
}
