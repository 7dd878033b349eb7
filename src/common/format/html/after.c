/* What stands behind the body, and framesets. */
#include "html/build.h"

void
html_after_body(struct html_builder *b, struct html_token *t)
{
	if (html_is_blank_text(t) || html_is_start(t, TAG_HTML))
		html_in_body(b, t);
	else if (t->kind == TOKEN_COMMENT)
		html_insert_comment(b, t, b->root);
	else if (html_is_end(t, TAG_HTML))
		b->mode = MODE_AFTER_AFTER_BODY;
	else if (t->kind == TOKEN_EOF)
		html_in_body(b, t);
	else if (t->kind != TOKEN_DOCTYPE)
		html_retry(b, MODE_IN_BODY);
}

/* A comment there belongs to the document, not to its element. */
void
html_after_after_body(struct html_builder *b, struct html_token *t)
{
	if (html_is_blank_text(t) || html_is_start(t, TAG_HTML) ||
	    t->kind == TOKEN_EOF)
		html_in_body(b, t);
	else if (t->kind != TOKEN_DOCTYPE && t->kind != TOKEN_COMMENT)
		html_retry(b, MODE_IN_BODY);
}

/* Of a text only the white space. */
static void
insert_blanks(struct html_builder *b, struct str text)
{
	struct buf out = BUF_IN(b->pool);

	for (size_t i = 0; i < text.n; i++) {
		if (html_is_space(text.p[i]))
			buf_add_char(&out, text.p[i]);
	}
	html_insert_text(b, buf_str(&out));
}

/* What is the same in a frameset and behind it. False: none of it. */
static bool
take_common(struct html_builder *b, struct html_token *t)
{
	if (t->kind == TOKEN_TEXT)
		insert_blanks(b, t->text);
	else if (t->kind == TOKEN_COMMENT)
		html_insert_comment(b, t, NULL);
	else if (html_is_start(t, TAG_HTML))
		html_in_body(b, t);
	else if (html_is_start(t, TAG_NOFRAMES))
		html_in_head(b, t);
	else
		return false;
	return true;
}

static void
end_frameset(struct html_builder *b)
{
	if (b->depth == 1)
		return;
	html_pop(b);
	if (!html_is(html_current(b), TAG_FRAMESET))
		b->mode = MODE_AFTER_FRAMESET;
}

void
html_in_frameset(struct html_builder *b, struct html_token *t)
{
	if (take_common(b, t))
		return;
	if (html_is_start(t, TAG_FRAMESET))
		(void)html_insert(b, t);
	else if (html_is_start(t, TAG_FRAME))
		html_insert_void(b, t);
	else if (html_is_end(t, TAG_FRAMESET))
		end_frameset(b);
}

void
html_after_frameset(struct html_builder *b, struct html_token *t)
{
	if (!take_common(b, t) && html_is_end(t, TAG_HTML))
		b->mode = MODE_AFTER_AFTER_FRAMESET;
}

void
html_after_after_frameset(struct html_builder *b, struct html_token *t)
{
	if (t->kind != TOKEN_COMMENT)
		(void)take_common(b, t);
}
