/* Source: HTML standard, 13.2.6.4.7; a function for each kind of tag. */
#include "html/build.h"

static void
start_other(struct html_builder *b, struct html_token *t)
{
	html_active_reopen(b);
	(void)html_insert(b, t);
}

static bool
has_name(const struct html_node *node, const struct html_token *t)
{
	return node->space == HTML_SPACE_HTML && node->tag == t->tag &&
	       (t->tag != TAG_NONE || str_eq(node->name, t->name));
}

static void
end_other(struct html_builder *b, struct html_token *t)
{
	for (size_t i = b->depth; i-- > 0; b->work++) {
		if (has_name(b->open[i], t)) {
			html_imply_ends(b, t->tag);
			while (b->depth > i && b->depth > 1)
				html_pop(b);
			return;
		}
		if (b->open[i]->flags & TAG_IS_SPECIAL)
			return;
	}
}

/*
 * The only door to html_adopt: where that finds no formatting element, the
 * standard sends every caller, start tags too, to "any other end tag".
 */
static void
end_format(struct html_builder *b, struct html_token *t)
{
	if (!html_adopt(b, t->tag))
		end_other(b, t);
}

static void
start_format(struct html_builder *b, struct html_token *t)
{
	html_active_reopen(b);
	html_active_add(b, html_insert(b, t));
}

static void
start_a(struct html_builder *b, struct html_token *t)
{
	struct html_node *node = html_active_find(b, TAG_A);

	if (node != NULL) {
		end_format(b, t);
		html_active_remove(b, node);
		if (node->is_open)
			html_open_remove(b, html_open_index(b, node));
	}
	start_format(b, t);
}

static void
start_nobr(struct html_builder *b, struct html_token *t)
{
	html_active_reopen(b);
	if (html_in_scope(b, TAG_NOBR, SCOPE_DEFAULT))
		end_format(b, t);
	start_format(b, t);
}

static void
start_object(struct html_builder *b, struct html_token *t)
{
	start_other(b, t);
	html_active_mark(b);
	b->frameset_ok = false;
}

static void
end_object(struct html_builder *b, struct html_token *t)
{
	if (!html_in_scope(b, t->tag, SCOPE_DEFAULT))
		return;
	html_end_block(b, t);
	html_active_clear(b);
}

static void
start_table(struct html_builder *b, struct html_token *t)
{
	if (!b->is_quirky)
		html_close_p(b);
	(void)html_insert(b, t);
	b->frameset_ok = false;
	b->mode = MODE_IN_TABLE;
}

static void
start_void(struct html_builder *b, struct html_token *t)
{
	html_active_reopen(b);
	html_insert_void(b, t);
	b->frameset_ok = false;
}

static void
start_plain_void(struct html_builder *b, struct html_token *t)
{
	html_insert_void(b, t);
}

static void
end_br(struct html_builder *b, struct html_token *t)
{
	t->attrs = 0;
	start_void(b, t);
}

bool
html_is_hidden(const struct html_token *t)
{
	for (size_t i = 0; i < t->attrs; i++) {
		if (str_is(t->attr[i].name, "type"))
			return str_eq_nocase(t->attr[i].value, STR("hidden"));
	}
	return false;
}

static bool
in_select(struct html_builder *b)
{
	return html_in_scope(b, TAG_SELECT, SCOPE_DEFAULT);
}

static void
start_input(struct html_builder *b, struct html_token *t)
{
	bool was_ok = b->frameset_ok;

	if (in_select(b))
		html_pop_until(b, TAG_SELECT);
	start_void(b, t);
	if (html_is_hidden(t))
		b->frameset_ok = was_ok;
}

static void
start_hr(struct html_builder *b, struct html_token *t)
{
	html_close_p(b);
	if (in_select(b))
		html_imply_ends(b, TAG_NONE);
	html_insert_void(b, t);
	b->frameset_ok = false;
}

static void
start_image(struct html_builder *b, struct html_token *t)
{
	t->tag = TAG_IMG;
	start_void(b, t);
}

static void
start_textarea(struct html_builder *b, struct html_token *t)
{
	html_insert_raw(b, t, LEX_RCDATA);
	b->skip_newline = true;
	b->frameset_ok = false;
}

static void
start_xmp(struct html_builder *b, struct html_token *t)
{
	html_close_p(b);
	html_active_reopen(b);
	html_insert_raw(b, t, LEX_RAW);
	b->frameset_ok = false;
}

static void
start_iframe(struct html_builder *b, struct html_token *t)
{
	html_insert_raw(b, t, LEX_RAW);
	b->frameset_ok = false;
}

static void
start_raw(struct html_builder *b, struct html_token *t)
{
	html_insert_raw(b, t, LEX_RAW);
}

/* The second of two ends the first, and is none itself. */
static void
start_select(struct html_builder *b, struct html_token *t)
{
	if (in_select(b)) {
		html_pop_until(b, TAG_SELECT);
		return;
	}
	start_other(b, t);
	b->frameset_ok = false;
}

static void
start_option(struct html_builder *b, struct html_token *t)
{
	if (in_select(b))
		html_imply_ends(b,
		    t->tag == TAG_OPTION ? TAG_OPTGROUP : TAG_NONE);
	else if (html_is(html_current(b), TAG_OPTION))
		html_pop(b);
	start_other(b, t);
}

static void
start_ruby_part(struct html_builder *b, struct html_token *t)
{
	bool is_inner = t->tag == TAG_RP || t->tag == TAG_RT;

	if (html_in_scope(b, TAG_RUBY, SCOPE_DEFAULT))
		html_imply_ends(b, is_inner ? TAG_RTC : TAG_NONE);
	(void)html_insert(b, t);
}

static void
start_math(struct html_builder *b, struct html_token *t)
{
	html_active_reopen(b);
	html_insert_foreign(b, t, HTML_SPACE_MATHML);
}

static void
start_svg(struct html_builder *b, struct html_token *t)
{
	html_active_reopen(b);
	html_insert_foreign(b, t, HTML_SPACE_SVG);
}

static void
ignore(struct html_builder *b, struct html_token *t)
{
	(void)b, (void)t;
}

/* Those that their flags do not say. */
static html_mode_fn *const start[TAGS] = {
	[TAG_A] = start_a,
	[TAG_APPLET] = start_object,
	[TAG_AREA] = start_void,
	[TAG_BODY] = html_start_body,
	[TAG_BR] = start_void,
	[TAG_BUTTON] = html_start_button,
	[TAG_CAPTION] = ignore,
	[TAG_COL] = ignore,
	[TAG_COLGROUP] = ignore,
	[TAG_DD] = html_start_dd,
	[TAG_DT] = html_start_dd,
	[TAG_EMBED] = start_void,
	[TAG_FORM] = html_start_form,
	[TAG_FRAME] = ignore,
	[TAG_FRAMESET] = html_start_frameset,
	[TAG_HEAD] = ignore,
	[TAG_HR] = start_hr,
	[TAG_HTML] = html_start_html,
	[TAG_IFRAME] = start_iframe,
	[TAG_IMAGE] = start_image,
	[TAG_IMG] = start_void,
	[TAG_INPUT] = start_input,
	[TAG_KEYGEN] = start_void,
	[TAG_LI] = html_start_li,
	[TAG_LISTING] = html_start_pre,
	[TAG_MARQUEE] = start_object,
	[TAG_MATH] = start_math,
	[TAG_NOBR] = start_nobr,
	[TAG_NOEMBED] = start_raw,
	[TAG_NOSCRIPT] = start_raw,
	[TAG_OBJECT] = start_object,
	[TAG_OPTGROUP] = start_option,
	[TAG_OPTION] = start_option,
	[TAG_P] = html_start_block,
	[TAG_PARAM] = start_plain_void,
	[TAG_PLAINTEXT] = html_start_plaintext,
	[TAG_PRE] = html_start_pre,
	[TAG_RB] = start_ruby_part,
	[TAG_RP] = start_ruby_part,
	[TAG_RT] = start_ruby_part,
	[TAG_RTC] = start_ruby_part,
	[TAG_SELECT] = start_select,
	[TAG_SOURCE] = start_plain_void,
	[TAG_SVG] = start_svg,
	[TAG_TABLE] = start_table,
	[TAG_TBODY] = ignore,
	[TAG_TD] = ignore,
	[TAG_TEXTAREA] = start_textarea,
	[TAG_TFOOT] = ignore,
	[TAG_TH] = ignore,
	[TAG_THEAD] = ignore,
	[TAG_TR] = ignore,
	[TAG_TRACK] = start_plain_void,
	[TAG_WBR] = start_void,
	[TAG_XMP] = start_xmp,
};

static html_mode_fn *const end[TAGS] = {
	[TAG_APPLET] = end_object,
	[TAG_BODY] = html_end_body,
	[TAG_BR] = end_br,
	[TAG_BUTTON] = html_end_block,
	[TAG_DD] = html_end_item,
	[TAG_DT] = html_end_item,
	[TAG_FORM] = html_end_form,
	[TAG_HTML] = html_end_body,
	[TAG_LI] = html_end_item,
	[TAG_LISTING] = html_end_block,
	[TAG_MARQUEE] = end_object,
	[TAG_OBJECT] = end_object,
	[TAG_P] = html_end_p,
	[TAG_PRE] = html_end_block,
	[TAG_SELECT] = html_end_block,
	[TAG_TEMPLATE] = html_in_head,
};

static void
take_start(struct html_builder *b, struct html_token *t)
{
	unsigned flags = html_tag_flags(t->tag);

	if (start[t->tag] != NULL)
		start[t->tag](b, t);
	else if (flags & TAG_IS_IN_HEAD)
		html_in_head(b, t);
	else if (flags & TAG_IS_HEADING)
		html_start_heading(b, t);
	else if (flags & TAG_IS_BLOCK)
		html_start_block(b, t);
	else if (flags & TAG_IS_FORMAT)
		start_format(b, t);
	else
		start_other(b, t);
}

static void
take_end(struct html_builder *b, struct html_token *t)
{
	unsigned flags = html_tag_flags(t->tag);

	if (end[t->tag] != NULL)
		end[t->tag](b, t);
	else if (flags & TAG_IS_HEADING)
		html_end_heading(b, t);
	else if (flags & TAG_IS_BLOCK)
		html_end_block(b, t);
	else if (flags & TAG_IS_FORMAT)
		end_format(b, t);
	else
		end_other(b, t);
}

void
html_in_body(struct html_builder *b, struct html_token *t)
{
	switch (t->kind) {
	case TOKEN_TEXT:
		html_active_reopen(b);
		html_insert_text(b, t->text);
		if (!html_is_blank(t->text))
			b->frameset_ok = false;
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
		if (b->templates != 0)
			html_in_template(b, t);
		break;
	case TOKEN_NUL:
	case TOKEN_DOCTYPE:
		break;
	}
}
