/* What stands before the body, and what follows its rules everywhere. */
#include "html/build.h"

/* End tags that open what has been left out, like other content. */
static bool
is_strange_end(const struct html_token *t)
{
	return t->kind == TOKEN_END && t->tag != TAG_HEAD &&
	       t->tag != TAG_BODY && t->tag != TAG_HTML && t->tag != TAG_BR;
}

void
html_initial(struct html_builder *b, struct html_token *t)
{
	if (html_is_blank_text(t) || t->kind == TOKEN_COMMENT)
		return;
	if (t->kind == TOKEN_DOCTYPE) {
		b->is_quirky = t->is_quirky;
		b->mode = MODE_BEFORE_HTML;
		return;
	}
	b->is_quirky = true;
	html_retry(b, MODE_BEFORE_HTML);
}

void
html_before_html(struct html_builder *b, struct html_token *t)
{
	struct html_token implied = { .kind = TOKEN_START, .tag = TAG_HTML };
	bool is_html = html_is_start(t, TAG_HTML);

	if (html_is_blank_text(t) || t->kind == TOKEN_COMMENT ||
	    t->kind == TOKEN_DOCTYPE || is_strange_end(t))
		return;
	b->root = html_create(b, is_html ? t : &implied, HTML_SPACE_HTML);
	html_push(b, b->root);
	b->mode = MODE_BEFORE_HEAD;
	b->again = !is_html;
}

void
html_before_head(struct html_builder *b, struct html_token *t)
{
	if (html_is_blank_text(t) || t->kind == TOKEN_DOCTYPE ||
	    is_strange_end(t))
		return;
	if (t->kind == TOKEN_COMMENT) {
		html_insert_comment(b, t, NULL);
	} else if (html_is_start(t, TAG_HTML)) {
		html_in_body(b, t);
	} else if (html_is_start(t, TAG_HEAD)) {
		b->head = html_insert(b, t);
		b->mode = MODE_IN_HEAD;
	} else {
		b->head = html_insert_tag(b, TAG_HEAD);
		html_retry(b, MODE_IN_HEAD);
	}
}

static void
start_template(struct html_builder *b, struct html_token *t)
{
	(void)html_insert(b, t);
	html_active_mark(b);
	b->frameset_ok = false;
	b->mode = MODE_IN_TEMPLATE;
	/* as deep as elements are, which are limited */
	b->template_mode = html_grow(b, b->template_mode, b->templates,
	    &b->template_room, sizeof(*b->template_mode));
	b->template_mode[b->templates++] = MODE_IN_TEMPLATE;
}

/* By its end tag or the end of the page; implied ends are in the popping. */
static void
end_template(struct html_builder *b)
{
	if (b->open_of[TAG_TEMPLATE] == 0)
		return;
	html_pop_until(b, TAG_TEMPLATE);
	html_active_clear(b);
	b->templates--;
	html_reset_mode(b);
}

/* The elements that belong into the head. False: it is none of them. */
static bool
start_in_head(struct html_builder *b, struct html_token *t)
{
	switch (t->tag) {
	case TAG_BASE:
	case TAG_BASEFONT:
	case TAG_BGSOUND:
	case TAG_LINK:
	case TAG_META:
		html_insert_void(b, t);
		return true;
	case TAG_TITLE:
		html_insert_raw(b, t, LEX_RCDATA);
		return true;
	case TAG_NOSCRIPT:
	case TAG_NOFRAMES:
	case TAG_STYLE:
		html_insert_raw(b, t, LEX_RAW);
		return true;
	case TAG_SCRIPT:
		html_insert_raw(b, t, LEX_SCRIPT);
		return true;
	case TAG_TEMPLATE:
		start_template(b, t);
		return true;
	default:
		return t->tag == TAG_HEAD;
	}
}

void
html_in_head(struct html_builder *b, struct html_token *t)
{
	if (html_is_blank_text(t)) {
		html_insert_text(b, t->text);
	} else if (t->kind == TOKEN_COMMENT) {
		html_insert_comment(b, t, NULL);
	} else if (html_is_start(t, TAG_HTML)) {
		html_in_body(b, t);
	} else if (t->kind == TOKEN_DOCTYPE ||
		   (t->kind == TOKEN_START && start_in_head(b, t))) {
		return;
	} else if (html_is_end(t, TAG_TEMPLATE)) {
		end_template(b);
	} else if (html_is_end(t, TAG_HEAD)) {
		html_pop(b);
		b->mode = MODE_AFTER_HEAD;
	} else if (!is_strange_end(t)) {
		html_pop(b);
		html_retry(b, MODE_AFTER_HEAD);
	}
}

/* What came too late for the head is put there nevertheless. */
static void
put_into_head(struct html_builder *b, struct html_token *t)
{
	html_push(b, b->head);
	html_in_head(b, t);
	if (b->head->is_open)
		html_open_remove(b, html_open_index(b, b->head));
}

void
html_after_head(struct html_builder *b, struct html_token *t)
{
	if (html_is_blank_text(t)) {
		html_insert_text(b, t->text);
	} else if (t->kind == TOKEN_COMMENT) {
		html_insert_comment(b, t, NULL);
	} else if (t->kind == TOKEN_DOCTYPE || html_is_start(t, TAG_HEAD) ||
		   html_is_end(t, TAG_HEAD)) {
		return;
	} else if (html_is_start(t, TAG_HTML)) {
		html_in_body(b, t);
	} else if (html_is_start(t, TAG_BODY)) {
		(void)html_insert(b, t);
		b->frameset_ok = false;
		b->mode = MODE_IN_BODY;
	} else if (html_is_start(t, TAG_FRAMESET)) {
		(void)html_insert(b, t);
		b->mode = MODE_IN_FRAMESET;
	} else if (t->kind == TOKEN_START &&
		   html_tag_flags(t->tag) & TAG_IS_IN_HEAD) {
		put_into_head(b, t);
	} else if (html_is_end(t, TAG_TEMPLATE)) {
		html_in_head(b, t);
	} else if (!is_strange_end(t)) {
		(void)html_insert_tag(b, TAG_BODY);
		html_retry(b, MODE_IN_BODY);
	}
}

void
html_in_text(struct html_builder *b, struct html_token *t)
{
	if (t->kind == TOKEN_TEXT) {
		html_insert_text(b, t->text);
		return;
	}
	html_pop(b);
	b->mode = b->original;
	b->again = t->kind == TOKEN_EOF;
}

/* The mode for the content of a template that begins with this tag. */
static enum html_mode
template_mode(enum html_tag tag)
{
	switch (tag) {
	case TAG_CAPTION:
	case TAG_COLGROUP:
	case TAG_TBODY:
	case TAG_TFOOT:
	case TAG_THEAD:
		return MODE_IN_TABLE;
	case TAG_COL:
		return MODE_IN_COLUMN_GROUP;
	case TAG_TR:
		return MODE_IN_TABLE_BODY;
	case TAG_TD:
	case TAG_TH:
		return MODE_IN_ROW;
	default:
		return MODE_IN_BODY;
	}
}

void
html_in_template(struct html_builder *b, struct html_token *t)
{
	if (t->kind == TOKEN_EOF) {
		b->again = b->open_of[TAG_TEMPLATE] != 0;
		end_template(b);
	} else if (t->kind == TOKEN_END) {
		if (t->tag == TAG_TEMPLATE)
			html_in_head(b, t);
	} else if (t->kind != TOKEN_START) {
		html_in_body(b, t);
	} else if (html_tag_flags(t->tag) & TAG_IS_IN_HEAD) {
		html_in_head(b, t);
	} else {
		b->template_mode[b->templates - 1] = template_mode(t->tag);
		html_retry(b, template_mode(t->tag));
	}
}
