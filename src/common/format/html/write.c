/* Source: HTML standard, 13.3. */
#include "html/tag.h"

static bool
is_void(const struct html_node *node)
{
	return node->flags & TAG_IS_VOID;
}

/* 13.3: text inside is written as it is */
static bool
is_raw(const struct html_node *node)
{
	return node->flags & TAG_IS_RAW;
}

static void
add_escaped(struct buf *out, struct str text, bool is_attr)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '&')
			buf_add(out, STR("&amp;"));
		else if (c == '"' && is_attr)
			buf_add(out, STR("&quot;"));
		else if (c == '<' && !is_attr)
			buf_add(out, STR("&lt;"));
		else if (c == '>' && !is_attr)
			buf_add(out, STR("&gt;"));
		else if (c == '\xc2' && i + 1 < text.n &&
			 text.p[i + 1] == '\xa0') {
			buf_add(out, STR("&nbsp;"));
			i++;
		} else {
			buf_add_char(out, c);
		}
	}
}

static void
add_attr_name(struct buf *out, const struct html_attr *attr)
{
	if (attr->space == HTML_SPACE_XLINK)
		buf_add(out, STR("xlink:"));
	else if (attr->space == HTML_SPACE_XML)
		buf_add(out, STR("xml:"));
	else if (attr->space == HTML_SPACE_XMLNS &&
		 !str_is(attr->name, "xmlns"))
		buf_add(out, STR("xmlns:"));
	buf_add(out, attr->name);
}

static void
add_start(struct buf *out, const struct html_node *node)
{
	buf_add_char(out, '<');
	buf_add(out, node->name);
	for (size_t i = 0; i < node->attrs; i++) {
		buf_add_char(out, ' ');
		add_attr_name(out, &node->attr[i]);
		buf_add(out, STR("=\""));
		add_escaped(out, node->attr[i].value, true);
		buf_add_char(out, '"');
	}
	buf_add_char(out, '>');
}

static void
add_node(struct buf *out, const struct html_node *node)
{
	switch (node->kind) {
	case HTML_ELEMENT:
		add_start(out, node);
		break;
	case HTML_TEXT:
		if (node->parent != NULL && is_raw(node->parent))
			buf_add(out, node->text);
		else
			add_escaped(out, node->text, false);
		break;
	case HTML_COMMENT:
		buf_add(out, STR("<!--"));
		buf_add(out, node->text);
		buf_add(out, STR("-->"));
		break;
	}
}

static void
add_end(struct buf *out, const struct html_node *node)
{
	if (node->kind != HTML_ELEMENT || is_void(node))
		return;
	buf_add(out, STR("</"));
	buf_add(out, node->name);
	buf_add_char(out, '>');
}

void
html_write(struct buf *out, const struct html_node *top)
{
	const struct html_node *node = top;

	add_node(out, node);
	for (;;) {
		if (node->first != NULL && !is_void(node)) {
			node = node->first;
		} else {
			add_end(out, node);
			while (node != top && node->next == NULL) {
				node = node->parent;
				add_end(out, node);
			}
			if (node == top)
				return;
			node = node->next;
		}
		add_node(out, node);
	}
}

void
html_add_text(struct buf *out, const struct html_node *top)
{
	for (const struct html_node *node = top; node != NULL;
	     node = html_next(node, top)) {
		if (node->kind == HTML_TEXT)
			buf_add(out, node->text);
	}
}
