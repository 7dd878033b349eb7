#include "format/html.h"

#include <stdlib.h>

#include <gumbo.h>

#include "base/mem.h"
#include "format/html_depth.h"

struct html {
	struct pool *pool;
	struct str text; /* as given, for the names of tags */
};

static void *
allocate(void *pool, size_t n)
{
	return pool_alloc(pool, n);
}

/* All of it ends with the pool; gumbo's own clean-up recurses. */
static void
release(void *pool, void *p)
{
	(void)pool, (void)p;
}

static GumboOutput *
parse(struct pool *pool, struct str text)
{
	GumboOptions options = kGumboDefaultOptions;

	options.allocator = allocate;
	options.deallocator = release;
	options.userdata = pool;
	options.max_errors = 0;
	return gumbo_parse_with_options(&options, text.n != 0 ? text.p : "",
	    text.n);
}

static const GumboVector *
children_of(const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_DOCUMENT:
		return &node->v.document.children;
	case GUMBO_NODE_ELEMENT:
		return &node->v.element.children;
	default:
		return NULL;
	}
}

/* The next node of gumbo's tree in document order. */
static const GumboNode *
next_parsed(const GumboNode *node, const GumboNode *top)
{
	const GumboVector *children = children_of(node);

	if (children != NULL && children->length != 0)
		return children->data[0];
	while (node != top) {
		const GumboVector *siblings = children_of(node->parent);

		if (node->index_within_parent + 1 < siblings->length)
			return siblings->data[node->index_within_parent + 1];
		node = node->parent;
	}
	return NULL;
}

static bool
is_at(struct str text, size_t at, const char *name)
{
	struct str want = str_of(name);
	char after;

	if (!str_eq_nocase(str_sub(text, at, want.n), want))
		return false;
	after = at + want.n < text.n ? text.p[at + want.n] : '>';
	return strchr(" \t\r\n\f/>", after) != NULL;
}

static size_t
find_end_tag(struct str text, size_t at)
{
	while (at < text.n && !is_at(text, at, "</noscript"))
		at++;
	return at;
}

/*
 * gumbo knows no scripting: it parses what is in noscript. noframes has the
 * same length and is raw text wherever it stands, so the document is read once
 * more with these tags renamed. p NULL: there is no noscript.
 */
static struct str
rename_noscript(struct html *html, const GumboNode *root)
{
	char *copy = NULL;
	size_t done = 0;

	for (const GumboNode *n = root; n != NULL; n = next_parsed(n, root)) {
		size_t at, end;

		if (n->type != GUMBO_NODE_ELEMENT ||
		    n->v.element.tag != GUMBO_TAG_NOSCRIPT)
			continue;
		at = n->v.element.start_pos.offset;
		if (at < done || !is_at(html->text, at, "<noscript"))
			continue;
		if (copy == NULL)
			copy = pool_cstr(html->pool, html->text);
		memcpy(copy + at + 1, "noframes", 8);
		end = find_end_tag(html->text, at);
		if (end < html->text.n)
			memcpy(copy + end + 2, "noframes", 8);
		done = end;
	}
	return copy != NULL ? str_view(copy, html->text.n) : STR_NONE;
}

static struct str
lower_name(struct pool *pool, const char *p, size_t n)
{
	char *out = pool_cstr(pool, str_view(p, n));

	for (size_t i = 0; i < n; i++) {
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + 32);
	}
	return str_view(out, n);
}

static struct str
element_name(struct html *html, const GumboElement *e)
{
	GumboStringPiece original = e->original_tag;
	const char *svg;

	if (e->tag == GUMBO_TAG_NOFRAMES &&
	    is_at(html->text, e->start_pos.offset, "<noscript"))
		return STR("noscript");
	gumbo_tag_from_original_text(&original);
	if (e->tag_namespace == GUMBO_NAMESPACE_SVG && original.data != NULL) {
		svg = gumbo_normalize_svg_tagname(&original);
		if (svg != NULL)
			return str_of(svg);
	}
	if (e->tag != GUMBO_TAG_UNKNOWN)
		return str_of(gumbo_normalized_tagname(e->tag));
	return lower_name(html->pool, original.data, original.length);
}

/* In the order of their URLs: none, 1998/Math..., 1999/xhtml, 1999/xlink ... */
static const enum html_space attr_space[] = {
	[GUMBO_ATTR_NAMESPACE_NONE] = HTML_SPACE_NONE,
	[GUMBO_ATTR_NAMESPACE_XLINK] = HTML_SPACE_XLINK,
	[GUMBO_ATTR_NAMESPACE_XML] = HTML_SPACE_XML,
	[GUMBO_ATTR_NAMESPACE_XMLNS] = HTML_SPACE_XMLNS,
};

static int
compare_attrs(const void *a, const void *b)
{
	const struct html_attr *x = a, *y = b;

	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static void
take_attrs(struct html *html, const GumboElement *e, struct html_node *node)
{
	node->attrs = e->attributes.length;
	node->attr = pool_array(html->pool, node->attrs, sizeof(*node->attr));
	for (size_t i = 0; i < node->attrs; i++) {
		const GumboAttribute *from = e->attributes.data[i];
		struct html_attr *to = &node->attr[i];

		to->space = attr_space[from->attr_namespace];
		to->name = str_of(from->name);
		to->value = str_of(from->value);
		/* gumbo keeps the prefix of "xlink:href" as it was written */
		if (to->space != HTML_SPACE_NONE) {
			struct str local = to->name;

			(void)str_cut(&local, ':');
			if (local.p != NULL)
				to->name = local;
		}
	}
	if (node->attrs > 1)
		qsort(node->attr, node->attrs, sizeof(*node->attr),
		    compare_attrs);
}

static void
append(struct html_node *parent, struct html_node *node)
{
	node->parent = parent;
	node->prev = parent->last;
	if (parent->last != NULL)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	if (node->kind == HTML_ELEMENT)
		node->index = ++parent->elements;
}

/* Our node for one of gumbo's; NULL: it has no place in our tree. */
static struct html_node *
convert(struct html *html, const GumboNode *from)
{
	struct html_node *node = pool_zalloc(html->pool, sizeof(*node));

	switch (from->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		node->kind = HTML_TEXT;
		node->text = str_of(from->v.text.text);
		return node;
	case GUMBO_NODE_COMMENT:
		node->kind = HTML_COMMENT;
		node->text = str_of(from->v.text.text);
		return node;
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_TEMPLATE:
		break;
	default:
		return NULL;
	}
	node->kind = HTML_ELEMENT;
	node->space = from->v.element.tag_namespace == GUMBO_NAMESPACE_SVG
	                  ? HTML_SPACE_SVG
	              : from->v.element.tag_namespace == GUMBO_NAMESPACE_MATHML
	                  ? HTML_SPACE_MATHML
	                  : HTML_SPACE_HTML;
	node->name = element_name(html, &from->v.element);
	take_attrs(html, &from->v.element, node);
	return node;
}

/* The whole tree; its places are found by walking both side by side. */
static struct html_node *
convert_tree(struct html *html, const GumboNode *from)
{
	const GumboNode *at = from;
	struct html_node *root = convert(html, from), *node = root;

	for (;;) {
		const GumboVector *children = children_of(at);
		struct html_node *made;

		if (children != NULL && children->length != 0) {
			at = children->data[0];
		} else {
			while (
			    at != from && at->index_within_parent + 1 >=
					      children_of(at->parent)->length) {
				at = at->parent;
				node = node->parent;
			}
			if (at == from)
				return root;
			at = children_of(at->parent)
			         ->data[at->index_within_parent + 1];
			node = node->parent;
		}
		made = convert(html, at);
		append(node, made);
		node = made;
	}
}

int
html_read(struct pool *pool, struct str text, struct html_node **root,
    struct err *err)
{
	struct html html = { .pool = pool };
	GumboOutput *output;
	struct str renamed;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	if (text.n > HTML_MAX_BYTES)
		return err_set(err, "the document has more than %zu bytes",
		    HTML_MAX_BYTES);
	if (html_check_depth(text, err) == -1)
		return -1;
	html.text = text.n != 0 ? pool_copy(pool, text) : STR("");
	output = parse(pool, html.text);
	renamed = rename_noscript(&html, output->root);
	if (renamed.p != NULL)
		output = parse(pool, renamed);
	*root = convert_tree(&html, output->root);
	return 0;
}

struct html_node *
html_next(const struct html_node *node, const struct html_node *top)
{
	if (node->first != NULL)
		return node->first;
	while (node != top) {
		if (node->next != NULL)
			return node->next;
		node = node->parent;
	}
	return NULL;
}

const struct str *
html_attr(const struct html_node *node, const char *name)
{
	for (size_t i = 0; i < node->attrs; i++) {
		if (node->attr[i].space == HTML_SPACE_NONE &&
		    str_is(node->attr[i].name, name))
			return &node->attr[i].value;
	}
	return NULL;
}
