/* The stack of open elements. Source: HTML standard, 13.2.4.2. */
#include "html/build.h"

struct html_node *
html_current(const struct html_builder *b)
{
	return b->depth != 0 ? b->open[b->depth - 1] : NULL;
}

bool
html_is(const struct html_node *node, enum html_tag tag)
{
	return node != NULL && node->tag == tag &&
	       node->space == HTML_SPACE_HTML;
}

bool
html_is_start(const struct html_token *t, enum html_tag tag)
{
	return t->kind == TOKEN_START && t->tag == tag;
}

bool
html_is_end(const struct html_token *t, enum html_tag tag)
{
	return t->kind == TOKEN_END && t->tag == tag;
}

static void
count_open(struct html_builder *b, struct html_node *node, bool is_open)
{
	node->is_open = is_open;
	if (node->space == HTML_SPACE_HTML)
		b->open_of[node->tag] += is_open ? 1 : -1u;
}

void *
html_grow(struct html_builder *b, void *list, size_t n, size_t *room,
    size_t size)
{
	if (n < *room)
		return list;
	*room = n != 0 ? 2 * n : 64;
	return pool_grow(b->pool, list, n * size, *room * size);
}

void
html_open_insert(struct html_builder *b, size_t at, struct html_node *node)
{
	b->open =
	    html_grow(b, b->open, b->depth, &b->open_room, sizeof(*b->open));
	memmove(&b->open[at + 1], &b->open[at],
	    (b->depth - at) * sizeof(*b->open));
	b->open[at] = node;
	b->work += b->depth - at;
	if (++b->depth > HTML_MAX_DEPTH)
		b->why = "too many elements are open at once";
	count_open(b, node, true);
}

void
html_open_remove(struct html_builder *b, size_t at)
{
	count_open(b, b->open[at], false);
	b->depth--;
	memmove(&b->open[at], &b->open[at + 1],
	    (b->depth - at) * sizeof(*b->open));
	b->work += b->depth - at;
}

void
html_push(struct html_builder *b, struct html_node *node)
{
	html_open_insert(b, b->depth, node);
}

void
html_pop(struct html_builder *b)
{
	html_open_remove(b, b->depth - 1);
}

void
html_pop_until(struct html_builder *b, enum html_tag tag)
{
	bool found = false;

	while (!found && b->depth > 1) {
		found = html_is(html_current(b), tag);
		html_pop(b);
	}
}

size_t
html_open_index(struct html_builder *b, const struct html_node *node)
{
	size_t at = b->depth;

	do
		at--;
	while (b->open[at] != node);
	b->work += b->depth - at;
	return at;
}

static bool
ends_scope(const struct html_node *node, enum html_scope scope)
{
	switch (scope) {
	case SCOPE_LIST:
		if (html_is(node, TAG_OL) || html_is(node, TAG_UL))
			return true;
		break;
	case SCOPE_BUTTON:
		if (html_is(node, TAG_BUTTON))
			return true;
		break;
	case SCOPE_TABLE:
		return html_is(node, TAG_HTML) || html_is(node, TAG_TABLE) ||
		       html_is(node, TAG_TEMPLATE);
	case SCOPE_DEFAULT:
		break;
	}
	return node->flags & TAG_IS_SCOPE;
}

bool
html_in_scope(struct html_builder *b, enum html_tag tag, enum html_scope scope)
{
	if (b->open_of[tag] == 0)
		return false;
	for (size_t i = b->depth; i-- > 0; b->work++) {
		if (html_is(b->open[i], tag))
			return true;
		if (ends_scope(b->open[i], scope))
			return false;
	}
	return false;
}

bool
html_node_in_scope(struct html_builder *b, const struct html_node *node)
{
	for (size_t i = b->depth; i-- > 0; b->work++) {
		if (b->open[i] == node)
			return true;
		if (ends_scope(b->open[i], SCOPE_DEFAULT))
			return false;
	}
	return false;
}

void
html_imply_ends(struct html_builder *b, enum html_tag except)
{
	for (;;) {
		struct html_node *node = html_current(b);

		if (node == NULL || node->space != HTML_SPACE_HTML ||
		    !(node->flags & TAG_IS_IMPLIED) ||
		    (except != TAG_NONE && node->tag == except))
			return;
		html_pop(b);
	}
}

void
html_close_p(struct html_builder *b)
{
	if (!html_in_scope(b, TAG_P, SCOPE_BUTTON))
		return;
	html_imply_ends(b, TAG_P);
	html_pop_until(b, TAG_P);
}
