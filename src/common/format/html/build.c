#include "html/build.h"

static html_mode_fn *const modes[MODES] = {
	[MODE_INITIAL] = html_initial,
	[MODE_BEFORE_HTML] = html_before_html,
	[MODE_BEFORE_HEAD] = html_before_head,
	[MODE_IN_HEAD] = html_in_head,
	[MODE_AFTER_HEAD] = html_after_head,
	[MODE_IN_BODY] = html_in_body,
	[MODE_TEXT] = html_in_text,
	[MODE_IN_TABLE] = html_in_table,
	[MODE_IN_TABLE_TEXT] = html_in_table_text,
	[MODE_IN_CAPTION] = html_in_caption,
	[MODE_IN_COLUMN_GROUP] = html_in_column_group,
	[MODE_IN_TABLE_BODY] = html_in_table_body,
	[MODE_IN_ROW] = html_in_row,
	[MODE_IN_CELL] = html_in_cell,
	[MODE_IN_TEMPLATE] = html_in_template,
	[MODE_AFTER_BODY] = html_after_body,
	[MODE_IN_FRAMESET] = html_in_frameset,
	[MODE_AFTER_FRAMESET] = html_after_frameset,
	[MODE_AFTER_AFTER_BODY] = html_after_after_body,
	[MODE_AFTER_AFTER_FRAMESET] = html_after_after_frameset,
};

/* Modes in which white space and other text go different ways. */
static const bool splits[MODES] = {
	[MODE_INITIAL] = true,
	[MODE_BEFORE_HTML] = true,
	[MODE_BEFORE_HEAD] = true,
	[MODE_IN_HEAD] = true,
	[MODE_AFTER_HEAD] = true,
	[MODE_IN_COLUMN_GROUP] = true,
	[MODE_AFTER_BODY] = true,
	[MODE_AFTER_AFTER_BODY] = true,
};

static size_t
leading_blanks(struct str text)
{
	size_t n = 0;

	while (n < text.n && html_is_space(text.p[n]))
		n++;
	return n;
}

bool
html_is_blank(struct str text)
{
	return leading_blanks(text) == text.n;
}

bool
html_is_blank_text(const struct html_token *t)
{
	return t->kind == TOKEN_TEXT && html_is_blank(t->text);
}

void
html_in_mode(struct html_builder *b, struct html_token *t)
{
	modes[b->mode](b, t);
}

void
html_retry(struct html_builder *b, enum html_mode mode)
{
	b->mode = mode;
	b->again = true;
}

static void
dispatch(struct html_builder *b, struct html_token *t)
{
	do {
		b->again = false;
		if (html_is_foreign(b, t))
			html_in_foreign(b, t);
		else
			html_in_mode(b, t);
	} while (b->again && b->why == NULL);
}

static void
take_text(struct html_builder *b, struct html_token *t)
{
	struct html_token blanks = *t;
	size_t n;

	if (b->skip_newline && t->text.p[0] == '\n')
		t->text = str_from(t->text, 1);
	n = leading_blanks(t->text);
	if (n != 0 && n != t->text.n && splits[b->mode]) {
		blanks.text = str_sub(t->text, 0, n);
		dispatch(b, &blanks);
		t->text = str_from(t->text, n);
	}
	if (t->text.n != 0)
		dispatch(b, t);
}

static void
take_token(struct html_builder *b, struct html_token *t)
{
	bool skips = b->skip_newline;

	if (t->kind == TOKEN_TEXT)
		take_text(b, t);
	else
		dispatch(b, t);
	if (skips)
		b->skip_newline = false;
}

/* The mode within an element of HTML; MODES: it makes none. */
static enum html_mode
mode_within(struct html_builder *b, size_t at)
{
	switch (b->open[at]->tag) {
	case TAG_TD:
	case TAG_TH:
		return MODE_IN_CELL;
	case TAG_TR:
		return MODE_IN_ROW;
	case TAG_TBODY:
	case TAG_THEAD:
	case TAG_TFOOT:
		return MODE_IN_TABLE_BODY;
	case TAG_CAPTION:
		return MODE_IN_CAPTION;
	case TAG_COLGROUP:
		return MODE_IN_COLUMN_GROUP;
	case TAG_TABLE:
		return MODE_IN_TABLE;
	case TAG_TEMPLATE:
		return b->template_mode[b->templates - 1];
	case TAG_HEAD:
		return MODE_IN_HEAD;
	case TAG_BODY:
		return MODE_IN_BODY;
	case TAG_FRAMESET:
		return MODE_IN_FRAMESET;
	default:
		return MODES;
	}
}

void
html_reset_mode(struct html_builder *b)
{
	for (size_t i = b->depth; i-- > 1; b->work++) {
		enum html_mode mode = MODES;

		if (b->open[i]->space == HTML_SPACE_HTML)
			mode = mode_within(b, i);
		if (mode != MODES) {
			b->mode = mode;
			return;
		}
	}
	b->mode = b->head == NULL ? MODE_BEFORE_HEAD : MODE_AFTER_HEAD;
}

void
html_insert_raw(struct html_builder *b, const struct html_token *t,
    enum html_lex_state state)
{
	(void)html_insert(b, t);
	html_lexer_enter(&b->lexer, state, t->name);
	b->original = b->mode;
	b->mode = MODE_TEXT;
}

/* The places of elements among their siblings, once nothing moves any more. */
static void
number_nodes(struct html_node *root)
{
	root->parent = NULL;
	for (struct html_node *n = root; n != NULL; n = html_next(n, root)) {
		if (n->kind == HTML_ELEMENT && n->parent != NULL)
			n->index = ++n->parent->elements;
	}
}

struct html_node *
html_build(struct html_builder *b, struct pool *pool, struct str page)
{
	struct html_token t;

	*b = (struct html_builder){ .pool = pool, .frameset_ok = true };
	b->table_text = (struct buf)BUF_IN(pool);
	html_lexer_init(&b->lexer, pool, page);
	do {
		struct html_node *node = html_current(b);

		html_lexer_next(&b->lexer,
		    node != NULL && node->space != HTML_SPACE_HTML, &t);
		take_token(b, &t);
		if (b->work + b->lexer.work > HTML_MAX_WORK)
			b->why = "the page takes too much work";
	} while (t.kind != TOKEN_EOF && b->why == NULL);
	if (b->why != NULL)
		return NULL;
	number_nodes(b->root);
	return b->root;
}
