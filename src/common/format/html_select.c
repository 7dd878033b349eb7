/* Lists to choose from. Source: HTML standard, 13.2.6.4.16 and 17. */
#include "format/html_build.h"

static bool
is_current(const struct html_builder *b, enum html_tag tag)
{
	return html_is(html_current(b), tag);
}

/* Ends the list; whether there was one. */
static bool
end_select(struct html_builder *b)
{
	if (!html_in_scope(b, TAG_SELECT, SCOPE_SELECT))
		return false;
	html_pop_until(b, TAG_SELECT);
	html_reset_mode(b);
	return true;
}

static void
take_start(struct html_builder *b, struct html_token *t)
{
	switch (t->tag) {
	case TAG_HTML:
		html_in_body(b, t);
		break;
	case TAG_OPTION:
	case TAG_OPTGROUP:
		if (is_current(b, TAG_OPTION))
			html_pop(b);
		if (t->tag == TAG_OPTGROUP && is_current(b, TAG_OPTGROUP))
			html_pop(b);
		(void)html_insert(b, t);
		break;
	case TAG_SELECT:
		(void)end_select(b);
		break;
	case TAG_INPUT:
	case TAG_KEYGEN:
	case TAG_TEXTAREA:
		b->again = end_select(b);
		break;
	case TAG_SCRIPT:
	case TAG_TEMPLATE:
		html_in_head(b, t);
		break;
	default:
		break;
	}
}

static void
take_end(struct html_builder *b, struct html_token *t)
{
	switch (t->tag) {
	case TAG_OPTGROUP:
		if (is_current(b, TAG_OPTION) &&
		    html_is(b->open[b->depth - 2], TAG_OPTGROUP))
			html_pop(b);
		if (is_current(b, TAG_OPTGROUP))
			html_pop(b);
		break;
	case TAG_OPTION:
		if (is_current(b, TAG_OPTION))
			html_pop(b);
		break;
	case TAG_SELECT:
		(void)end_select(b);
		break;
	case TAG_TEMPLATE:
		html_in_head(b, t);
		break;
	default:
		break;
	}
}

void
html_in_select(struct html_builder *b, struct html_token *t)
{
	switch (t->kind) {
	case TOKEN_TEXT:
		html_insert_text(b, t->text);
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
	case TOKEN_NUL:
	case TOKEN_DOCTYPE:
		break;
	}
}

static bool
is_table_tag(enum html_tag tag)
{
	return tag == TAG_TABLE ||
	       (html_tag_flags(tag) & TAG_IS_THOROUGH && tag != TAG_COLGROUP);
}

void
html_in_select_in_table(struct html_builder *b, struct html_token *t)
{
	bool is_start = t->kind == TOKEN_START;

	if ((!is_start && t->kind != TOKEN_END) || !is_table_tag(t->tag)) {
		html_in_select(b, t);
	} else if (is_start || html_in_scope(b, t->tag, SCOPE_TABLE)) {
		html_pop_until(b, TAG_SELECT);
		html_reset_mode(b);
		b->again = true;
	}
}
