#include "child/child.h"

#include "crypt/blob.h"

struct str
child_blob_add(struct child *child, struct str bytes)
{
	struct str id = blob_id(&child->pool, bytes);
	struct child_blob *b;

	for (b = child->blob; b != NULL; b = b->next) {
		if (str_eq(b->id, id))
			return b->id;
	}
	b = pool_alloc(&child->pool, sizeof(*b));
	b->next = child->blob;
	b->id = id;
	b->bytes = pool_copy(&child->pool, bytes);
	child->blob = b;
	return b->id;
}

struct str
child_cut(const struct child *child, struct pool *pool, struct str text)
{
	return limits_cut(pool, text, child->limits.of[LIMIT_LOG_LINE]);
}

void
child_add_place(const struct child *child, const struct child_place *at,
    struct buf *out)
{
	if (at->is_typed) {
		buf_add(out, STR(CHILD_TYPED));
	} else {
		buf_add(out, child->start.module.name);
		buf_add(out, STR(".lua"));
	}
	if (at->line != 0)
		buf_printf(out, ":%d", at->line);
	if (at->fn != NULL)
		buf_printf(out, ": %s", at->fn);
}
