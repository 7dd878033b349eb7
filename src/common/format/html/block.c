/* Tags of the body that open and close blocks. Source: 13.2.6.4.7. */
#include "html/build.h"

void
html_start_block(struct html_builder *b, struct html_token *t)
{
	html_close_p(b);
	(void)html_insert(b, t);
}

void
html_end_block(struct html_builder *b, struct html_token *t)
{
	if (!html_in_scope(b, t->tag, SCOPE_DEFAULT))
		return;
	html_imply_ends(b, TAG_NONE);
	html_pop_until(b, t->tag);
}

void
html_start_html(struct html_builder *b, struct html_token *t)
{
	if (b->open_of[TAG_TEMPLATE] == 0)
		html_merge_attrs(b, b->root, t);
}

static bool
has_body(const struct html_builder *b)
{
	return b->depth > 1 && html_is(b->open[1], TAG_BODY);
}

void
html_start_body(struct html_builder *b, struct html_token *t)
{
	if (!has_body(b) || b->open_of[TAG_TEMPLATE] != 0)
		return;
	b->frameset_ok = false;
	html_merge_attrs(b, b->open[1], t);
}

void
html_start_frameset(struct html_builder *b, struct html_token *t)
{
	if (!has_body(b) || !b->frameset_ok)
		return;
	html_unlink(b->open[1]);
	while (b->depth > 1)
		html_pop(b);
	(void)html_insert(b, t);
	b->mode = MODE_IN_FRAMESET;
}

void
html_end_body(struct html_builder *b, struct html_token *t)
{
	if (!html_in_scope(b, TAG_BODY, SCOPE_DEFAULT))
		return;
	b->mode = MODE_AFTER_BODY;
	b->again = t->tag == TAG_HTML;
}

void
html_start_heading(struct html_builder *b, struct html_token *t)
{
	html_close_p(b);
	if (html_current(b)->flags & TAG_IS_HEADING)
		html_pop(b);
	(void)html_insert(b, t);
}

static bool
has_heading_in_scope(struct html_builder *b)
{
	for (enum html_tag tag = TAG_H1; tag <= TAG_H6; tag++) {
		if (html_in_scope(b, tag, SCOPE_DEFAULT))
			return true;
	}
	return false;
}

void
html_end_heading(struct html_builder *b, struct html_token *t)
{
	bool found = false;

	(void)t;
	if (!has_heading_in_scope(b))
		return;
	html_imply_ends(b, TAG_NONE);
	while (!found) {
		found = html_current(b)->flags & TAG_IS_HEADING;
		html_pop(b);
	}
}

void
html_start_pre(struct html_builder *b, struct html_token *t)
{
	html_start_block(b, t);
	b->skip_newline = true;
	b->frameset_ok = false;
}

void
html_start_form(struct html_builder *b, struct html_token *t)
{
	bool in_template = b->open_of[TAG_TEMPLATE] != 0;
	struct html_node *node;

	if (b->form != NULL && !in_template)
		return;
	html_close_p(b);
	node = html_insert(b, t);
	if (!in_template)
		b->form = node;
}

void
html_end_form(struct html_builder *b, struct html_token *t)
{
	struct html_node *node = b->form;

	if (b->open_of[TAG_TEMPLATE] != 0) {
		html_end_block(b, t);
		return;
	}
	b->form = NULL;
	if (node == NULL || !html_node_in_scope(b, node))
		return;
	html_imply_ends(b, TAG_NONE);
	html_open_remove(b, html_open_index(b, node));
}

/* An item ends the one before it, unless something else is open there. */
static void
end_item_before(struct html_builder *b, enum html_tag tag, enum html_tag other)
{
	for (size_t i = b->depth; i-- > 0; b->work++) {
		struct html_node *node = b->open[i];

		if (html_is(node, tag) || html_is(node, other)) {
			html_imply_ends(b, node->tag);
			html_pop_until(b, node->tag);
			return;
		}
		if (node->flags & TAG_IS_SPECIAL &&
		    !html_is(node, TAG_ADDRESS) && !html_is(node, TAG_DIV) &&
		    !html_is(node, TAG_P))
			return;
	}
}

void
html_start_li(struct html_builder *b, struct html_token *t)
{
	b->frameset_ok = false;
	end_item_before(b, TAG_LI, TAG_LI);
	html_start_block(b, t);
}

void
html_start_dd(struct html_builder *b, struct html_token *t)
{
	b->frameset_ok = false;
	end_item_before(b, TAG_DD, TAG_DT);
	html_start_block(b, t);
}

void
html_end_item(struct html_builder *b, struct html_token *t)
{
	if (!html_in_scope(b, t->tag,
		t->tag == TAG_LI ? SCOPE_LIST : SCOPE_DEFAULT))
		return;
	html_imply_ends(b, t->tag);
	html_pop_until(b, t->tag);
}

void
html_start_plaintext(struct html_builder *b, struct html_token *t)
{
	html_start_block(b, t);
	html_lexer_enter_plaintext(&b->lexer);
}

void
html_start_button(struct html_builder *b, struct html_token *t)
{
	html_end_block(b, t);
	html_active_reopen(b);
	(void)html_insert(b, t);
	b->frameset_ok = false;
}

void
html_end_p(struct html_builder *b, struct html_token *t)
{
	if (!html_in_scope(b, TAG_P, SCOPE_BUTTON))
		(void)html_insert_tag(b, t->tag);
	html_close_p(b);
}
