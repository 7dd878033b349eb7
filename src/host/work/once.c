#include "work/once.h"

bool
once_add(struct once *once, struct str text)
{
	if (str_is_among(text, once->text, once->n))
		return false;
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
