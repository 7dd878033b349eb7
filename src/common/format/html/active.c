/* Active formatting elements. Source: HTML standard, 13.2.4.3, 13.2.6.4.7. */
#include "html/build.h"

#define NOWHERE ((size_t)-1)

/* The place of a node, NOWHERE if it is not in the list. */
static size_t
index_of(struct html_builder *b, const struct html_node *node)
{
	for (size_t i = b->actives; i-- > 0; b->work++) {
		if (b->active[i] == node)
			return i;
	}
	return NOWHERE;
}

static void
remove_at(struct html_builder *b, size_t at)
{
	b->actives--;
	memmove(&b->active[at], &b->active[at + 1],
	    (b->actives - at) * sizeof(*b->active));
	b->work += b->actives - at;
}

static void
insert_at(struct html_builder *b, size_t at, struct html_node *node)
{
	b->active = html_grow(b, b->active, b->actives, &b->active_room,
	    sizeof(*b->active));
	memmove(&b->active[at + 1], &b->active[at],
	    (b->actives - at) * sizeof(*b->active));
	b->active[at] = node;
	b->work += b->actives++ - at;
}

static bool
are_equal(const struct html_node *x, const struct html_node *y)
{
	if (x->tag != y->tag || x->attrs != y->attrs)
		return false;
	for (size_t i = 0; i < x->attrs; i++) {
		if (!str_eq(x->attr[i].name, y->attr[i].name) ||
		    !str_eq(x->attr[i].value, y->attr[i].value))
			return false;
	}
	return true;
}

void
html_active_add(struct html_builder *b, struct html_node *node)
{
	size_t equal = 0, first = 0;

	for (size_t i = b->actives; i-- > 0 && b->active[i] != NULL;) {
		b->work += 1 + node->attrs;
		if (are_equal(b->active[i], node)) {
			equal++;
			first = i;
		}
	}
	/* the "Noah's Ark clause": at most three of a kind */
	if (equal >= 3)
		remove_at(b, first);
	insert_at(b, b->actives, node);
}

void
html_active_mark(struct html_builder *b)
{
	insert_at(b, b->actives, NULL);
}

void
html_active_clear(struct html_builder *b)
{
	while (b->actives != 0 && b->active[--b->actives] != NULL)
		;
}

void
html_active_reopen(struct html_builder *b)
{
	size_t at = b->actives;

	while (
	    at != 0 && b->active[at - 1] != NULL && !b->active[at - 1]->is_open)
		at--;
	for (; at < b->actives && b->why == NULL; at++) {
		struct html_node *node = html_clone(b, b->active[at]);

		html_place(b, html_current(b), node);
		html_push(b, node);
		b->active[at] = node;
	}
}

struct html_node *
html_active_find(struct html_builder *b, enum html_tag tag)
{
	for (size_t i = b->actives; i-- > 0; b->work++) {
		if (b->active[i] == NULL)
			return NULL;
		if (b->active[i]->tag == tag)
			return b->active[i];
	}
	return NULL;
}

void
html_active_remove(struct html_builder *b, const struct html_node *node)
{
	size_t at = index_of(b, node);

	if (at != NOWHERE)
		remove_at(b, at);
}

/* The outermost special element within the one at that place; NULL: none. */
static struct html_node *
furthest_block(struct html_builder *b, size_t at)
{
	for (size_t i = at + 1; i < b->depth; i++, b->work++) {
		if (b->open[i]->flags & TAG_IS_SPECIAL)
			return b->open[i];
	}
	return NULL;
}

/*
 * Step 13: the formatting elements between a formatting element and the block
 * in it are cloned around the block. Returns the outermost of them; *bookmark
 * is where the clone of the formatting element goes in the list.
 */
static struct html_node *
clone_between(struct html_builder *b, const struct html_node *formatting,
    struct html_node *block, size_t *bookmark)
{
	size_t at = html_open_index(b, block);
	struct html_node *last = block;

	for (unsigned i = 1; b->open[--at] != formatting; i++) {
		size_t place = index_of(b, b->open[at]);
		struct html_node *node;

		if (i > 3 && place != NOWHERE) {
			remove_at(b, place);
			*bookmark -= place < *bookmark;
			place = NOWHERE;
		}
		if (place == NOWHERE) {
			html_open_remove(b, at);
			continue;
		}
		node = html_clone(b, b->open[at]);
		b->open[at]->is_open = false;
		node->is_open = true;
		b->open[at] = b->active[place] = node;
		if (last == block)
			*bookmark = place + 1;
		html_unlink(last);
		html_append(node, last);
		last = node;
	}
	return last;
}

static void
move_children(struct html_builder *b, struct html_node *from,
    struct html_node *to)
{
	for (struct html_node *node = from->first; node != NULL;
	     node = node->next, b->work++)
		node->parent = to;
	to->first = from->first;
	to->last = from->last;
	from->first = from->last = NULL;
}

/* Steps 11 to 19. */
static void
adopt_block(struct html_builder *b, struct html_node *formatting,
    struct html_node *block)
{
	struct html_node *ancestor =
	    b->open[html_open_index(b, formatting) - 1];
	size_t bookmark = index_of(b, formatting), at;
	struct html_node *last, *clone;

	last = clone_between(b, formatting, block, &bookmark);
	html_unlink(last);
	html_place(b, ancestor, last);
	clone = html_clone(b, formatting);
	move_children(b, block, clone);
	html_append(block, clone);
	at = index_of(b, formatting);
	remove_at(b, at);
	insert_at(b, bookmark - (at < bookmark), clone);
	html_open_remove(b, html_open_index(b, formatting));
	html_open_insert(b, html_open_index(b, block) + 1, clone);
}

bool
html_adopt(struct html_builder *b, enum html_tag tag)
{
	struct html_node *formatting, *block;

	if (html_is(html_current(b), tag) &&
	    index_of(b, html_current(b)) == NOWHERE) {
		html_pop(b);
		return true;
	}
	for (unsigned i = 0; i < 8; i++) {
		formatting = html_active_find(b, tag);
		if (formatting == NULL)
			return false;
		if (!formatting->is_open) {
			html_active_remove(b, formatting);
			return true;
		}
		if (!html_node_in_scope(b, formatting))
			return true;
		block = furthest_block(b, html_open_index(b, formatting));
		if (block == NULL) {
			while (formatting->is_open)
				html_pop(b);
			html_active_remove(b, formatting);
			return true;
		}
		adopt_block(b, formatting, block);
	}
	return true;
}
