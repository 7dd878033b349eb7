/* Tables. Source: HTML standard, 13.2.6.4.9 to 13.2.6.4.15. */
#include "html/build.h"

/* Pops until one of these, or a template or html, is the current element. */
static void
clear_to(struct html_builder *b, enum html_tag a, enum html_tag c,
    enum html_tag d)
{
	for (;;) {
		struct html_node *node = html_current(b);

		if (html_is(node, a) || html_is(node, c) || html_is(node, d) ||
		    html_is(node, TAG_TEMPLATE) || html_is(node, TAG_HTML))
			return;
		html_pop(b);
	}
}

static void
clear_to_table(struct html_builder *b)
{
	clear_to(b, TAG_TABLE, TAG_TABLE, TAG_TABLE);
}

static void
clear_to_body(struct html_builder *b)
{
	clear_to(b, TAG_TBODY, TAG_TFOOT, TAG_THEAD);
}

static void
clear_to_row(struct html_builder *b)
{
	clear_to(b, TAG_TR, TAG_TR, TAG_TR);
}

/* caption col colgroup tbody td tfoot th thead tr */
static bool
is_part(enum html_tag tag)
{
	return tag == TAG_COL || html_tag_flags(tag) & TAG_IS_THOROUGH;
}

static bool
is_cell(enum html_tag tag)
{
	return tag == TAG_TD || tag == TAG_TH;
}

static bool
is_body(enum html_tag tag)
{
	return tag == TAG_TBODY || tag == TAG_TFOOT || tag == TAG_THEAD;
}

static bool
has_body_in_scope(struct html_builder *b)
{
	return html_in_scope(b, TAG_TBODY, SCOPE_TABLE) ||
	       html_in_scope(b, TAG_THEAD, SCOPE_TABLE) ||
	       html_in_scope(b, TAG_TFOOT, SCOPE_TABLE);
}

/* What a table cannot hold goes before it, by the rules of the body. */
static void
foster(struct html_builder *b, struct html_token *t)
{
	b->is_fostering = true;
	html_in_body(b, t);
	b->is_fostering = false;
}

static void
end_table(struct html_builder *b)
{
	if (!html_in_scope(b, TAG_TABLE, SCOPE_TABLE))
		return;
	html_pop_until(b, TAG_TABLE);
	html_reset_mode(b);
}

static void
start_form(struct html_builder *b, struct html_token *t)
{
	if (b->open_of[TAG_TEMPLATE] != 0 || b->form != NULL)
		return;
	b->form = html_insert(b, t);
	html_pop(b);
}

/* Opens a part and goes on within. */
static void
enter_mode(struct html_builder *b, const struct html_token *t,
    enum html_mode mode)
{
	(void)html_insert(b, t);
	b->mode = mode;
}

/* Opens a part that has been left out, and takes the token in it. */
static void
enter_implied(struct html_builder *b, enum html_tag tag, enum html_mode mode)
{
	(void)html_insert_tag(b, tag);
	html_retry(b, mode);
}

static void
start_part(struct html_builder *b, struct html_token *t)
{
	clear_to_table(b);
	switch (t->tag) {
	case TAG_CAPTION:
		html_active_mark(b);
		enter_mode(b, t, MODE_IN_CAPTION);
		break;
	case TAG_COLGROUP:
		enter_mode(b, t, MODE_IN_COLUMN_GROUP);
		break;
	case TAG_COL:
		enter_implied(b, TAG_COLGROUP, MODE_IN_COLUMN_GROUP);
		break;
	case TAG_TBODY:
	case TAG_TFOOT:
	case TAG_THEAD:
		enter_mode(b, t, MODE_IN_TABLE_BODY);
		break;
	default:
		enter_implied(b, TAG_TBODY, MODE_IN_TABLE_BODY);
	}
}

static void
take_start(struct html_builder *b, struct html_token *t)
{
	if (is_part(t->tag)) {
		start_part(b, t);
	} else if (t->tag == TAG_TABLE) {
		b->again = html_in_scope(b, TAG_TABLE, SCOPE_TABLE);
		end_table(b);
	} else if (t->tag == TAG_STYLE || t->tag == TAG_SCRIPT ||
		   t->tag == TAG_TEMPLATE) {
		html_in_head(b, t);
	} else if (t->tag == TAG_INPUT && html_is_hidden(t)) {
		html_insert_void(b, t);
	} else if (t->tag == TAG_FORM) {
		start_form(b, t);
	} else {
		foster(b, t);
	}
}

static void
take_end(struct html_builder *b, struct html_token *t)
{
	if (t->tag == TAG_TABLE)
		end_table(b);
	else if (t->tag == TAG_TEMPLATE)
		html_in_head(b, t);
	else if (!is_part(t->tag) && t->tag != TAG_BODY && t->tag != TAG_HTML)
		foster(b, t);
}

static bool
takes_table_text(const struct html_node *node)
{
	return html_is(node, TAG_TABLE) || html_is(node, TAG_TR) ||
	       html_is(node, TAG_TEMPLATE) ||
	       (node->space == HTML_SPACE_HTML && is_body(node->tag));
}

void
html_in_table(struct html_builder *b, struct html_token *t)
{
	switch (t->kind) {
	case TOKEN_TEXT:
	case TOKEN_NUL:
		if (takes_table_text(html_current(b))) {
			b->table_text.n = 0;
			b->original = b->mode;
			html_retry(b, MODE_IN_TABLE_TEXT);
		} else {
			foster(b, t);
		}
		break;
	case TOKEN_COMMENT:
		html_insert_comment(b, t, NULL);
		break;
	case TOKEN_START:
		take_start(b, t);
		break;
	case TOKEN_END:
		take_end(b, t);
		break;
	case TOKEN_EOF:
		html_in_body(b, t);
		break;
	case TOKEN_DOCTYPE:
		break;
	}
}

void
html_in_table_text(struct html_builder *b, struct html_token *t)
{
	struct html_token all = { .kind = TOKEN_TEXT };

	if (t->kind == TOKEN_TEXT)
		buf_add(&b->table_text, t->text);
	if (t->kind == TOKEN_TEXT || t->kind == TOKEN_NUL)
		return;
	if (b->table_text.n != 0)
		all.text = pool_copy(b->pool, buf_str(&b->table_text));
	if (!html_is_blank(all.text))
		foster(b, &all);
	else
		html_insert_text(b, all.text);
	html_retry(b, b->original);
}

static void
end_caption(struct html_builder *b, bool again)
{
	if (!html_in_scope(b, TAG_CAPTION, SCOPE_TABLE))
		return;
	html_imply_ends(b, TAG_NONE);
	html_pop_until(b, TAG_CAPTION);
	html_active_clear(b);
	b->mode = MODE_IN_TABLE;
	b->again = again;
}

void
html_in_caption(struct html_builder *b, struct html_token *t)
{
	if (html_is_end(t, TAG_CAPTION))
		end_caption(b, false);
	else if ((t->kind == TOKEN_START && is_part(t->tag)) ||
		 html_is_end(t, TAG_TABLE))
		end_caption(b, true);
	else if (t->kind != TOKEN_END ||
		 (!is_part(t->tag) && t->tag != TAG_BODY && t->tag != TAG_HTML))
		html_in_body(b, t);
}

void
html_in_column_group(struct html_builder *b, struct html_token *t)
{
	bool is_group = html_is(html_current(b), TAG_COLGROUP);

	if (html_is_blank_text(t)) {
		html_insert_text(b, t->text);
	} else if (t->kind == TOKEN_COMMENT) {
		html_insert_comment(b, t, NULL);
	} else if (t->kind == TOKEN_DOCTYPE || html_is_end(t, TAG_COL)) {
		return;
	} else if (html_is_start(t, TAG_HTML) || t->kind == TOKEN_EOF) {
		html_in_body(b, t);
	} else if (html_is_start(t, TAG_COL)) {
		html_insert_void(b, t);
	} else if (html_is_start(t, TAG_TEMPLATE) ||
		   html_is_end(t, TAG_TEMPLATE)) {
		html_in_head(b, t);
	} else if (is_group) {
		html_pop(b);
		b->mode = MODE_IN_TABLE;
		b->again = !html_is_end(t, TAG_COLGROUP);
	}
}

static void
end_body(struct html_builder *b, bool again)
{
	clear_to_body(b);
	html_pop(b);
	b->mode = MODE_IN_TABLE;
	b->again = again;
}

void
html_in_table_body(struct html_builder *b, struct html_token *t)
{
	bool is_start = t->kind == TOKEN_START;

	if (is_start && t->tag == TAG_TR) {
		clear_to_body(b);
		enter_mode(b, t, MODE_IN_ROW);
	} else if (is_start && is_cell(t->tag)) {
		clear_to_body(b);
		enter_implied(b, TAG_TR, MODE_IN_ROW);
	} else if (t->kind == TOKEN_END && is_body(t->tag)) {
		if (html_in_scope(b, t->tag, SCOPE_TABLE))
			end_body(b, false);
	} else if ((is_start && is_part(t->tag)) || html_is_end(t, TAG_TABLE)) {
		if (has_body_in_scope(b))
			end_body(b, true);
	} else {
		html_in_table(b, t);
	}
}

static void
end_row(struct html_builder *b, bool again)
{
	if (!html_in_scope(b, TAG_TR, SCOPE_TABLE))
		return;
	clear_to_row(b);
	html_pop(b);
	b->mode = MODE_IN_TABLE_BODY;
	b->again = again;
}

void
html_in_row(struct html_builder *b, struct html_token *t)
{
	bool is_start = t->kind == TOKEN_START;

	if (is_start && is_cell(t->tag)) {
		clear_to_row(b);
		enter_mode(b, t, MODE_IN_CELL);
		html_active_mark(b);
	} else if (html_is_end(t, TAG_TR)) {
		end_row(b, false);
	} else if ((is_start && is_part(t->tag)) || html_is_end(t, TAG_TABLE)) {
		end_row(b, true);
	} else if (t->kind == TOKEN_END && is_body(t->tag)) {
		if (html_in_scope(b, t->tag, SCOPE_TABLE))
			end_row(b, true);
	} else {
		html_in_table(b, t);
	}
}

/* Ends the cell that is open, whichever it is. */
static void
close_cell(struct html_builder *b)
{
	bool is_td = html_in_scope(b, TAG_TD, SCOPE_TABLE);

	html_imply_ends(b, TAG_NONE);
	html_pop_until(b, is_td ? TAG_TD : TAG_TH);
	html_active_clear(b);
	html_retry(b, MODE_IN_ROW);
}

static void
end_cell(struct html_builder *b, enum html_tag tag)
{
	if (!html_in_scope(b, tag, SCOPE_TABLE))
		return;
	html_imply_ends(b, TAG_NONE);
	html_pop_until(b, tag);
	html_active_clear(b);
	b->mode = MODE_IN_ROW;
}

void
html_in_cell(struct html_builder *b, struct html_token *t)
{
	if (t->kind == TOKEN_END && is_cell(t->tag)) {
		end_cell(b, t->tag);
	} else if (t->kind == TOKEN_START && is_part(t->tag)) {
		close_cell(b);
	} else if (t->kind == TOKEN_END &&
		   (t->tag == TAG_TABLE || t->tag == TAG_TR ||
		       is_body(t->tag))) {
		if (html_in_scope(b, t->tag, SCOPE_TABLE))
			close_cell(b);
	} else if (t->kind != TOKEN_END ||
		   (!is_part(t->tag) && t->tag != TAG_BODY &&
		       t->tag != TAG_HTML)) {
		html_in_body(b, t);
	}
}
