/* Nodes, and where they go. Source: HTML standard, 13.2.6.1. */
#include <stdlib.h>

#include "html/build.h"

static struct html_node *
new_node(struct html_builder *b, enum html_kind kind)
{
	struct html_node *node = pool_zalloc(b->pool, sizeof(*node));

	node->kind = kind;
	if (++b->nodes > HTML_MAX_NODES)
		b->why = "the page becomes too many nodes";
	return node;
}

/* By namespace and name. */
static int
compare_attrs(const void *a, const void *b)
{
	const struct html_attr *x = a, *y = b;

	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	return str_cmp(x->name, y->name);
}

void
html_sort_attrs(struct html_node *node)
{
	if (node->attrs > 1)
		qsort(node->attr, node->attrs, sizeof(*node->attr),
		    compare_attrs);
}

struct html_node *
html_create(struct html_builder *b, const struct html_token *t,
    enum html_space space)
{
	struct html_node *node = new_node(b, HTML_ELEMENT);

	node->space = space;
	node->tag = t->tag;
	node->name = t->tag != TAG_NONE ? html_tag_name(t->tag) : t->name;
	node->attr = t->attr;
	node->attrs = t->attrs;
	if (space == HTML_SPACE_HTML) {
		node->flags = (unsigned short)html_tag_flags(t->tag);
		html_sort_attrs(node);
		if (t->tag == TAG_TEMPLATE)
			node->content = new_node(b, HTML_ELEMENT);
	}
	return node;
}

struct html_node *
html_clone(struct html_builder *b, const struct html_node *from)
{
	struct html_node *node = new_node(b, HTML_ELEMENT);

	node->space = from->space;
	node->tag = from->tag;
	node->flags = from->flags;
	node->name = from->name;
	node->attr = from->attr;
	node->attrs = from->attrs;
	return node;
}

static void
link_before(struct html_node *parent, struct html_node *before,
    struct html_node *node)
{
	node->parent = parent;
	node->next = before;
	node->prev = before != NULL ? before->prev : parent->last;
	if (node->prev != NULL)
		node->prev->next = node;
	else
		parent->first = node;
	if (before != NULL)
		before->prev = node;
	else
		parent->last = node;
}

void
html_append(struct html_node *parent, struct html_node *node)
{
	link_before(parent, NULL, node);
}

void
html_unlink(struct html_node *node)
{
	struct html_node *parent = node->parent;

	if (parent == NULL)
		return;
	if (node->prev != NULL)
		node->prev->next = node->next;
	else
		parent->first = node->next;
	if (node->next != NULL)
		node->next->prev = node->prev;
	else
		parent->last = node->prev;
	node->parent = node->prev = node->next = NULL;
}

static struct html_node *
inside(struct html_node *node)
{
	return node->content != NULL ? node->content : node;
}

static bool
is_table_part(const struct html_node *node)
{
	return html_is(node, TAG_TABLE) || html_is(node, TAG_TBODY) ||
	       html_is(node, TAG_TFOOT) || html_is(node, TAG_THEAD) ||
	       html_is(node, TAG_TR);
}

/* 13.2.6.1, foster parenting: the parent, and what stands behind. */
static struct html_node *
foster_parent(struct html_builder *b, struct html_node **before)
{
	for (size_t i = b->depth; i-- > 1; b->work++) {
		struct html_node *node = b->open[i];

		if (html_is(node, TAG_TEMPLATE))
			return node->content;
		if (!html_is(node, TAG_TABLE))
			continue;
		if (node->parent == NULL)
			return inside(b->open[i - 1]);
		*before = node;
		return node->parent;
	}
	return b->open[0];
}

/* The parent for a node that is due in target, and what stands behind it. */
static struct html_node *
find_place(struct html_builder *b, struct html_node *target,
    struct html_node **before)
{
	*before = NULL;
	if (b->is_fostering && is_table_part(target))
		return foster_parent(b, before);
	return inside(target);
}

void
html_place(struct html_builder *b, struct html_node *target,
    struct html_node *node)
{
	struct html_node *before;
	struct html_node *parent = find_place(b, target, &before);

	link_before(parent, before, node);
}

struct html_node *
html_insert(struct html_builder *b, const struct html_token *t)
{
	struct html_node *node = html_create(b, t, HTML_SPACE_HTML);

	html_place(b, html_current(b), node);
	html_push(b, node);
	return node;
}

struct html_node *
html_insert_tag(struct html_builder *b, enum html_tag tag)
{
	struct html_token t = { .kind = TOKEN_START, .tag = tag };

	return html_insert(b, &t);
}

void
html_insert_void(struct html_builder *b, const struct html_token *t)
{
	(void)html_insert(b, t);
	html_pop(b);
}

/* A text that follows in the page is only made longer, others are copied. */
static void
append_text(struct html_builder *b, struct html_node *node, struct str text)
{
	size_t n = node->text.n + text.n;
	char *p;

	if (node->room == 0 && node->text.p + node->text.n == text.p) {
		node->text.n = n;
		return;
	}
	if (n > node->room) {
		p = pool_alloc(b->pool, 2 * n);
		memcpy(p, node->text.p, node->text.n);
		node->text.p = p;
		node->room = 2 * n;
	}
	p = (char *)node->text.p;
	memcpy(p + node->text.n, text.p, text.n);
	node->text.n = n;
}

void
html_insert_text(struct html_builder *b, struct str text)
{
	struct html_node *before, *parent, *last;

	if (text.n == 0)
		return;
	parent = find_place(b, html_current(b), &before);
	last = before != NULL ? before->prev : parent->last;
	if (last != NULL && last->kind == HTML_TEXT) {
		append_text(b, last, text);
		return;
	}
	last = new_node(b, HTML_TEXT);
	last->text = text;
	link_before(parent, before, last);
}

void
html_insert_comment(struct html_builder *b, const struct html_token *t,
    struct html_node *parent)
{
	struct html_node *node = new_node(b, HTML_COMMENT);

	node->text = t->text;
	if (parent != NULL)
		html_append(parent, node);
	else
		html_place(b, html_current(b), node);
}

void
html_merge_attrs(struct html_builder *b, struct html_node *node,
    const struct html_token *t)
{
	size_t had = node->attrs;

	for (size_t i = 0; i < t->attrs; i++) {
		if (had != 0 && bsearch(&t->attr[i], node->attr, had,
				    sizeof(*node->attr), compare_attrs) != NULL)
			continue;
		/* the lexer made it like this, and only this node has it */
		node->attr = pool_push(b->pool, node->attr, node->attrs,
		    sizeof(*node->attr));
		node->attr[node->attrs++] = t->attr[i];
	}
	if (node->attrs == had)
		return;
	/* as in the lexer: names are far apart in memory */
	b->work += 8 * (uint64_t)node->attrs;
	html_sort_attrs(node);
}
