#include "xml/entity.h"

#include <stdlib.h>

int
xml_entities_add(struct xml_entities *all, struct pool *pool, struct str name,
    struct str value)
{
	size_t more = name.n + value.n;
	struct xml_entity *e;

	if (all->n == XML_MAX_ENTITIES ||
	    more > XML_MAX_ENTITY_BYTES - all->bytes)
		return -1;
	all->bytes += more;
	all->entity = pool_push(pool, all->entity, all->n, sizeof(*e));
	e = &all->entity[all->n++];
	e->name = pool_copy(pool, name);
	e->value = pool_copy(pool, value);
	e->depth = 1;
	return 0;
}

static int
compare_entities(const void *a, const void *b)
{
	const struct xml_entity *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

/* The name of a reference, behind its "&"; n == 0: it is none. */
static struct str
reference_name(struct str text)
{
	size_t n = 0;

	while (n < text.n && strchr("&;<>\"' \t\r\n", text.p[n]) == NULL)
		n++;
	return str_sub(text, 0, n < text.n && text.p[n] == ';' ? n : 0);
}

/* The deepest entity that text refers to; 0: none. */
static unsigned
deepest_in(const struct xml_entities *all, struct str text)
{
	unsigned depth = 0;
	size_t at;

	while ((at = str_find_char(text, '&')) != STR_NPOS) {
		struct xml_entity key, *found;

		text = str_from(text, at + 1);
		key.name = reference_name(text);
		found = bsearch(&key, all->entity, all->n, sizeof(key),
		    compare_entities);
		if (found != NULL && found->depth > depth)
			depth = found->depth;
	}
	return depth;
}

/* One more level of all of them; whether there was one. */
static bool
measure_entities(struct xml_entities *all)
{
	bool is_deeper = false;

	for (size_t i = 0; i < all->n; i++) {
		struct xml_entity *e = &all->entity[i];
		unsigned depth = deepest_in(all, e->value) + 1;

		if (depth > e->depth) {
			e->depth = depth;
			is_deeper = true;
		}
	}
	return is_deeper;
}

bool
xml_entities_too_deep(struct xml_entities *all, struct str text)
{
	if (all->n == 0)
		return false;
	qsort(all->entity, all->n, sizeof(*all->entity), compare_entities);
	for (unsigned i = 0; i <= XML_MAX_NESTED && measure_entities(all); i++)
		;
	return deepest_in(all, text) > XML_MAX_NESTED;
}
