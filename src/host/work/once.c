#include "work/once.h"

bool
once_add(struct once *once, struct str text)
{
	for (size_t i = 0; i < once->n; i++) {
		if (str_eq(once->text[i], text))
			return false;
	}
	if (once->n < ONCE_MAX && text.n <= ONCE_MAX_BYTES)
		once->text[once->n++] = pool_copy(&once->pool, text);
	return true;
}

void
once_clear(struct once *once)
{
	pool_clear(&once->pool);
	once->n = 0;
}
