/* SVG and MathML. Source: HTML standard, 13.2.6.5. */
#include "html/build.h"

static bool
is_math_text(const struct html_node *node)
{
	return node->space == HTML_SPACE_MATHML &&
	       (node->tag == TAG_MI || node->tag == TAG_MO ||
		   node->tag == TAG_MN || node->tag == TAG_MS ||
		   node->tag == TAG_MTEXT);
}

static bool
is_annotation(const struct html_node *node)
{
	return node->space == HTML_SPACE_MATHML &&
	       node->tag == TAG_ANNOTATION_XML;
}

static bool
is_svg_text(const struct html_node *node)
{
	return node->space == HTML_SPACE_SVG &&
	       (node->tag == TAG_FOREIGNOBJECT || node->tag == TAG_DESC ||
		   node->tag == TAG_TITLE);
}

/* An element of the others in which HTML goes on. */
static bool
is_integration_point(const struct html_node *node)
{
	const struct str *encoding;

	if (!is_annotation(node))
		return is_svg_text(node);
	encoding = html_attr(node, "encoding");
	return encoding != NULL &&
	       (str_eq_nocase(*encoding, STR("text/html")) ||
		   str_eq_nocase(*encoding, STR("application/xhtml+xml")));
}

bool
html_is_foreign(struct html_builder *b, const struct html_token *t)
{
	struct html_node *node = html_current(b);
	bool is_text = t->kind == TOKEN_TEXT || t->kind == TOKEN_NUL;

	if (node == NULL || node->space == HTML_SPACE_HTML ||
	    t->kind == TOKEN_EOF)
		return false;
	if (is_math_text(node) &&
	    (is_text || (t->kind == TOKEN_START && t->tag != TAG_MGLYPH &&
			    t->tag != TAG_MALIGNMARK)))
		return false;
	if (is_annotation(node) && html_is_start(t, TAG_SVG))
		return false;
	return !(node->flags & TAG_HAS_HTML) ||
	       (!is_text && t->kind != TOKEN_START);
}

static bool
has_font_attr(const struct html_token *t)
{
	for (size_t i = 0; i < t->attrs; i++) {
		if (str_is(t->attr[i].name, "color") ||
		    str_is(t->attr[i].name, "face") ||
		    str_is(t->attr[i].name, "size"))
			return true;
	}
	return false;
}

/* Tags of HTML that end everything foreign. */
static bool
is_breakout(const struct html_token *t)
{
	if (t->kind == TOKEN_END)
		return t->tag == TAG_BR || t->tag == TAG_P;
	return html_tag_flags(t->tag) & TAG_IS_BREAKOUT ||
	       (t->tag == TAG_FONT && has_font_attr(t));
}

static void
break_out(struct html_builder *b, struct html_token *t)
{
	struct html_node *node;

	while ((node = html_current(b))->space != HTML_SPACE_HTML &&
	       !is_math_text(node) && !(node->flags & TAG_HAS_HTML))
		html_pop(b);
	html_in_mode(b, t);
}

static void
adjust_attrs(struct html_node *node)
{
	for (size_t i = 0; i < node->attrs; i++) {
		struct html_attr *attr = &node->attr[i];

		if (node->space == HTML_SPACE_SVG)
			attr->name = html_svg_attr(attr->name);
		else
			attr->name = html_mathml_attr(attr->name);
		html_adjust_foreign(attr);
	}
	html_sort_attrs(node);
}

void
html_insert_foreign(struct html_builder *b, const struct html_token *t,
    enum html_space space)
{
	struct html_node *node = html_create(b, t, space);

	if (space == HTML_SPACE_SVG)
		node->name = html_svg_name(node->name);
	if (is_math_text(node) || is_annotation(node) || is_svg_text(node))
		node->flags = TAG_IS_SPECIAL | TAG_IS_SCOPE;
	if (is_integration_point(node))
		node->flags |= TAG_HAS_HTML;
	adjust_attrs(node);
	html_place(b, html_current(b), node);
	html_push(b, node);
	if (t->is_self_closing)
		html_pop(b);
}

static bool
has_name(const struct html_node *node, const struct html_token *t)
{
	return node->tag == t->tag &&
	       (t->tag != TAG_NONE || str_eq_nocase(node->name, t->name));
}

static void
take_end(struct html_builder *b, struct html_token *t)
{
	for (size_t i = b->depth; i-- > 1; b->work++) {
		if (b->open[i]->space == HTML_SPACE_HTML) {
			html_in_mode(b, t);
			return;
		}
		if (has_name(b->open[i], t)) {
			while (b->depth > i)
				html_pop(b);
			return;
		}
	}
}

void
html_in_foreign(struct html_builder *b, struct html_token *t)
{
	switch (t->kind) {
	case TOKEN_NUL:
		html_insert_text(b, STR("\xef\xbf\xbd"));
		break;
	case TOKEN_TEXT:
		html_insert_text(b, t->text);
		if (!html_is_blank(t->text))
			b->frameset_ok = false;
		break;
	case TOKEN_COMMENT:
		html_insert_comment(b, t, NULL);
		break;
	case TOKEN_START:
	case TOKEN_END:
		if (is_breakout(t))
			break_out(b, t);
		else if (t->kind == TOKEN_END)
			take_end(b, t);
		else
			html_insert_foreign(b, t, html_current(b)->space);
		break;
	case TOKEN_DOCTYPE:
	case TOKEN_EOF:
		break;
	}
}
