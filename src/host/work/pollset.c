#include "work/pollset.h"

#include <stdlib.h>

#include "base/mem.h"

struct pollfd *
pollset_room(struct pollset *set, size_t n)
{
	if (set->cap - set->n < n) {
		set->cap = 2 * set->cap + n;
		set->p = mem_grow(set->p, set->cap, sizeof(*set->p));
	}
	return set->p + set->n;
}

size_t
pollset_add(struct pollset *set, int fd, short events)
{
	*pollset_room(set, 1) = (struct pollfd){ .fd = fd, .events = events };
	return set->n++;
}

void
pollset_clear(struct pollset *set)
{
	free(set->p);
}
