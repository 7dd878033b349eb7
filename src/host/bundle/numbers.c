#include "bundle/numbers.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

void
numbers_add(struct numbers *set, uint64_t item)
{
	if (set->n == set->room) {
		set->room = set->room != 0 ? 2 * set->room : 64;
		set->item =
		    mem_realloc(set->item, set->room * sizeof(*set->item));
	}
	set->item[set->n++] = item;
	set->is_sealed = false;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void
numbers_seal(struct numbers *set)
{
	size_t n = 0;

	if (set->is_sealed)
		return;
	if (set->n > 1)
		qsort(set->item, set->n, sizeof(*set->item), by_number);
	for (size_t i = 0; i < set->n; i++) {
		if (i == 0 || set->item[i] != set->item[i - 1])
			set->item[n++] = set->item[i];
	}
	set->n = n;
	set->is_sealed = true;
}

bool
numbers_has(const struct numbers *set, uint64_t item)
{
	assert(set->is_sealed || set->n == 0);
	return set->n != 0 && bsearch(&item, set->item, set->n,
				  sizeof(*set->item), by_number) != NULL;
}

void
numbers_clear(struct numbers *set)
{
	free(set->item);
	*set = (struct numbers)NUMBERS_NONE;
}
