#include "html/lexer.h"

#include "base/utf8.h"
#include "html/entity.h"

#define REPLACEMENT STR("\xef\xbf\xbd")

void
html_lexer_init(struct html_lexer *l, struct pool *pool, struct str page)
{
	size_t n = 0;

	if (str_starts(page, STR("\xef\xbb\xbf")))
		page = str_from(page, 3);
	*l = (struct html_lexer){ .pool = pool };
	l->p = pool_cstr(pool, page);
	l->n = page.n;
	if (str_find_char(page, '\r') == STR_NPOS)
		return;
	for (size_t i = 0; i < page.n; i++) {
		if (page.p[i] != '\r')
			l->p[n++] = page.p[i];
		else if (i + 1 == page.n || page.p[i + 1] != '\n')
			l->p[n++] = '\n';
	}
	l->n = n;
}

static int
peek_byte(const struct html_lexer *l, size_t ahead)
{
	return l->at + ahead < l->n ? (unsigned char)l->p[l->at + ahead] : -1;
}

static struct str
view_text(const struct html_lexer *l, size_t from, size_t to)
{
	return str_view(l->p + from, to - from);
}

struct str
html_lexer_clean(struct html_lexer *l, struct str text)
{
	struct buf out = BUF_IN(l->pool);
	size_t at;

	if (str_find_char(text, '\0') == STR_NPOS)
		return text;
	while ((at = str_find_char(text, '\0')) != STR_NPOS) {
		buf_add(&out, str_sub(text, 0, at));
		buf_add(&out, REPLACEMENT);
		text = str_from(text, at + 1);
	}
	buf_add(&out, text);
	return buf_str(&out);
}

/* The name from `from` to where the lexer is, in lower case. */
static struct str
take_name(struct html_lexer *l, size_t from)
{
	for (size_t i = from; i < l->at; i++) {
		if (l->p[i] >= 'A' && l->p[i] <= 'Z')
			l->p[i] = (char)(l->p[i] + 32);
	}
	return html_lexer_clean(l, view_text(l, from, l->at));
}

/* A value with references and NUL resolved. */
static struct str
take_value(struct html_lexer *l, size_t from)
{
	struct str text = html_lexer_clean(l, view_text(l, from, l->at));
	struct buf out = BUF_IN(l->pool);
	size_t at;

	if (str_find_char(text, '&') == STR_NPOS)
		return text;
	while ((at = str_find_char(text, '&')) != STR_NPOS) {
		char chars[HTML_ENTITY_MAX_BYTES];
		size_t n, used;

		buf_add(&out, str_sub(text, 0, at));
		text = str_from(text, at + 1);
		used = html_entity_read(text, true, chars, &n);
		buf_add(&out, used != 0 ? str_view(chars, n) : STR("&"));
		text = str_from(text, used);
	}
	buf_add(&out, text);
	return buf_str(&out);
}

static void
add_attr(struct html_lexer *l, struct str name, struct str value)
{
	/* names are far apart in memory */
	l->work += 8 * l->attrs;
	for (size_t i = 0; i < l->attrs; i++) {
		if (str_eq(l->attr[i].name, name))
			return;
	}
	l->attr = pool_push(l->pool, l->attr, l->attrs, sizeof(*l->attr));
	l->attr[l->attrs++] =
	    (struct html_attr){ .name = name, .value = value };
}

/* The end of a name in a tag, or of the page. */
static bool
is_name_end(int c)
{
	return c == '/' || c == '>' || c == -1 || html_is_space(c);
}

static void
skip_space(struct html_lexer *l)
{
	while (html_is_space(peek_byte(l, 0)))
		l->at++;
}

/* Behind "=". False: the page ends. */
static bool
lex_value(struct html_lexer *l, struct str *value)
{
	int quote;
	size_t from;

	skip_space(l);
	quote = peek_byte(l, 0);
	if (quote != '"' && quote != '\'') {
		from = l->at;
		while (peek_byte(l, 0) != -1 && peek_byte(l, 0) != '>' &&
		       !html_is_space(peek_byte(l, 0)))
			l->at++;
		*value = take_value(l, from);
		return peek_byte(l, 0) != -1;
	}
	from = ++l->at;
	while (peek_byte(l, 0) != -1 && peek_byte(l, 0) != quote)
		l->at++;
	*value = take_value(l, from);
	l->at++;
	return l->at <= l->n;
}

/* At the first byte of its name. False: the page ends. */
static bool
lex_attr(struct html_lexer *l)
{
	struct str name, value = STR("");
	size_t from = l->at;

	/* 13.2.5.32: a name may begin with "=" */
	do
		l->at++;
	while (peek_byte(l, 0) != '=' && !is_name_end(peek_byte(l, 0)));
	name = take_name(l, from);
	skip_space(l);
	if (peek_byte(l, 0) == '=') {
		l->at++;
		if (!lex_value(l, &value))
			return false;
	}
	add_attr(l, name, value);
	return true;
}

/*
 * Behind the name of a tag, to behind its ">". False: the page ends, or there
 * are so many attributes that the builder gives up.
 */
static bool
lex_attrs(struct html_lexer *l, struct html_token *t)
{
	l->attr = NULL;
	l->attrs = 0;
	for (;;) {
		skip_space(l);
		switch (peek_byte(l, 0)) {
		case -1:
			return false;
		case '>':
			l->at++;
			t->attr = l->attr;
			t->attrs = l->attrs;
			return true;
		case '/':
			l->at++;
			t->is_self_closing = peek_byte(l, 0) == '>';
			break;
		default:
			if (!lex_attr(l) || l->work > HTML_MAX_WORK)
				return false;
		}
	}
}

/* At the first letter of the name. A tag that the page ends in is dropped. */
static void
lex_tag(struct html_lexer *l, struct html_token *t)
{
	size_t from = l->at;

	while (!is_name_end(peek_byte(l, 0)))
		l->at++;
	t->name = take_name(l, from);
	t->tag = html_tag_by_name(t->name);
	if (!lex_attrs(l, t)) {
		t->kind = TOKEN_EOF;
		l->at = l->n;
	}
}

/* At a "<". False: it is text. */
static bool
lex_markup(struct html_lexer *l, struct html_token *t)
{
	int c = peek_byte(l, 1);

	if (html_is_letter(c)) {
		t->kind = TOKEN_START;
		l->at++;
		lex_tag(l, t);
		return true;
	}
	if (c == '/' && html_is_letter(peek_byte(l, 2))) {
		t->kind = TOKEN_END;
		l->at += 2;
		lex_tag(l, t);
		return true;
	}
	if (c != '!' && c != '?' && (c != '/' || peek_byte(l, 2) == -1))
		return false;
	t->kind = TOKEN_COMMENT;
	l->at++;
	html_lexer_markup(l, t);
	return true;
}

/* At an "&". False: it is text. */
static bool
lex_reference(struct html_lexer *l, struct html_token *t)
{
	char chars[HTML_ENTITY_MAX_BYTES];
	size_t n, used;

	used =
	    html_entity_read(view_text(l, l->at + 1, l->n), false, chars, &n);
	if (used == 0)
		return false;
	l->at += 1 + used;
	t->kind = TOKEN_TEXT;
	t->text = pool_copy(l->pool, str_view(chars, n));
	return true;
}

/* The text up to the next byte that may be something else. */
static void
lex_text(struct html_lexer *l, struct html_token *t)
{
	size_t from = l->at++;
	bool is_data = l->state == LEX_DATA;
	bool has_references = is_data || l->state == LEX_RCDATA;
	size_t end = is_data ? l->n : l->end;

	while (l->at < end && l->p[l->at] != '\0' &&
	       !(l->p[l->at] == '<' && is_data) &&
	       !(l->p[l->at] == '&' && has_references))
		l->at++;
	t->kind = TOKEN_TEXT;
	t->text = view_text(l, from, l->at);
}

static void
lex_nul(struct html_lexer *l, struct html_token *t)
{
	l->at++;
	t->kind = TOKEN_TEXT;
	t->text = REPLACEMENT;
	if (l->state == LEX_DATA || l->state == LEX_CDATA)
		t->kind = TOKEN_NUL;
}

/* Behind the text of an element or of a CDATA section. */
static void
leave(struct html_lexer *l)
{
	if (l->state == LEX_CDATA)
		l->at = l->end + 3 < l->n ? l->end + 3 : l->n;
	l->state = LEX_DATA;
}

/* Whether a token was there; at a CDATA section and "</>" there is none. */
static bool
lex(struct html_lexer *l, struct html_token *t)
{
	if (l->state != LEX_DATA && l->at >= l->end)
		leave(l);
	if (l->at >= l->n) {
		t->kind = TOKEN_EOF;
		return true;
	}
	if (l->p[l->at] == '\0') {
		lex_nul(l, t);
		return true;
	}
	if (l->p[l->at] == '&' &&
	    (l->state == LEX_DATA || l->state == LEX_RCDATA) &&
	    lex_reference(l, t))
		return true;
	if (l->p[l->at] == '<' && l->state == LEX_DATA && lex_markup(l, t))
		return t->kind != TOKEN_COMMENT || t->text.p != NULL;
	lex_text(l, t);
	return true;
}

void
html_lexer_next(struct html_lexer *l, bool has_cdata, struct html_token *t)
{
	l->has_cdata = has_cdata;
	do
		*t = (struct html_token){ .kind = TOKEN_EOF };
	while (!lex(l, t));
}

void
html_lexer_enter(struct html_lexer *l, enum html_lex_state state,
    struct str name)
{
	struct str page = str_view(l->p, l->n);

	l->state = state;
	l->end = state == LEX_SCRIPT ? html_script_end(page, l->at)
	                             : html_raw_end(page, l->at, name);
}

void
html_lexer_enter_plaintext(struct html_lexer *l)
{
	l->state = LEX_RAW;
	l->end = l->n;
}
