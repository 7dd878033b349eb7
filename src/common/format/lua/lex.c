#include "lua/lex.h"

#include <stdio.h>

#include "base/mem.h"

static const struct {
	const char *text;
	int kind;
} spelt[] = {
	{ "and", TOKEN_AND },
	{ "break", TOKEN_BREAK },
	{ "do", TOKEN_DO },
	{ "else", TOKEN_ELSE },
	{ "elseif", TOKEN_ELSEIF },
	{ "end", TOKEN_ENDS },
	{ "false", TOKEN_FALSE },
	{ "for", TOKEN_FOR },
	{ "function", TOKEN_FUNCTION },
	{ "goto", TOKEN_GOTO },
	{ "if", TOKEN_IF },
	{ "in", TOKEN_IN },
	{ "local", TOKEN_LOCAL },
	{ "nil", TOKEN_NIL },
	{ "not", TOKEN_NOT },
	{ "or", TOKEN_OR },
	{ "repeat", TOKEN_REPEAT },
	{ "return", TOKEN_RETURN },
	{ "then", TOKEN_THEN },
	{ "true", TOKEN_TRUE },
	{ "until", TOKEN_UNTIL },
	{ "while", TOKEN_WHILE },
	/* the longer ones first */
	{ "...", TOKEN_DOTS },
	{ "..", TOKEN_CONCAT },
	{ "//", TOKEN_IDIV },
	{ "==", TOKEN_EQ },
	{ ">=", TOKEN_GE },
	{ "<=", TOKEN_LE },
	{ "~=", TOKEN_NE },
	{ "<<", TOKEN_SHL },
	{ ">>", TOKEN_SHR },
	{ "::", TOKEN_COLONS },
};

const char *
lex_kind_text(int kind, char out[16])
{
	const char *text = NULL;

	if (kind == TOKEN_NAME)
		return "<name>";
	for (size_t i = 0; i < ARRAY_SIZE(spelt) && text == NULL; i++)
		text = spelt[i].kind == kind ? spelt[i].text : NULL;
	if (text != NULL)
		(void)snprintf(out, 16, "'%s'", text);
	else
		(void)snprintf(out, 16, "'%c'", kind);
	return out;
}

void
lex_fail(struct lex *lex, struct syntax_place place, const char *fmt, ...)
{
	struct buf text = BUF_IN(lex->pool);
	va_list args;

	if (lex->has_failed)
		return;
	buf_printf(&text, "%u:%u: ", place.line, place.column);
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	(void)err_set_str(lex->err, buf_str(&text));
	lex->fault = place;
	lex->has_failed = true;
	lex->token.kind = TOKEN_END;
	lex->ahead.kind = TOKEN_END;
	lex->at = lex->text.n;
}

static struct syntax_place
place_here(const struct lex *lex)
{
	return (struct syntax_place){ lex->line,
		(unsigned)(lex->at - lex->line_from) + 1 };
}

#define SHOWN 40 /* bytes of a token in an error */

void
lex_fail_near(struct lex *lex, const char *what)
{
	const struct token *token = &lex->token;
	struct syntax_place place = { token->line, token->column };

	if (token->kind == TOKEN_END)
		lex_fail(lex, place, "%s near <eof>", what);
	else
		lex_fail(lex, place, "%s near '%.*s'", what,
		    STR_ARG(str_sub(token->source, 0, SHOWN)));
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* FNV-1a; all 64 bits choose the way, so that no two names get in each other's */
static uint64_t
hash_of(struct str name)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 1099511628211u;
	return h;
}

struct lex_word *
lex_word(struct lex *lex, struct str name)
{
	struct lex_word **at = &lex->words;

	for (uint64_t h = hash_of(name); *at != NULL; h <<= 2) {
		if (str_eq((*at)->text, name))
			return *at;
		at = &(*at)->child[h >> 62];
	}
	*at = pool_zalloc(lex->pool, sizeof(**at));
	(*at)->text = name;
	(*at)->token = TOKEN_NAME;
	return *at;
}

void
lex_init(struct lex *lex, struct pool *pool, struct str text,
    struct syntax *out, struct err *err)
{
	*lex = (struct lex){ .pool = pool,
		.text = text,
		.line = 1,
		.is_indented = true,
		.out = out,
		.err = err };
	for (size_t i = 0; i < ARRAY_SIZE(spelt); i++) {
		if (is_name_start(spelt[i].text[0]))
			lex_word(lex, str_of(spelt[i].text))->token =
			    spelt[i].kind;
	}
}

static int
byte_at(const struct lex *lex, size_t i)
{
	return i < lex->text.n ? (unsigned char)lex->text.p[i] : -1;
}

void
lex_newline(struct lex *lex)
{
	int first = byte_at(lex, lex->at++), second = byte_at(lex, lex->at);

	if ((second == '\n' || second == '\r') && second != first)
		lex->at++;
	lex->line++;
	lex->line_from = lex->at;
	lex->is_indented = true;
}

int
lex_bracket(const struct lex *lex)
{
	size_t i = lex->at + 1;
	int level;

	while (byte_at(lex, i) == '=')
		i++;
	level = (int)(i - lex->at - 1);
	if (byte_at(lex, i) == '[')
		return level;
	return level == 0 ? -1 : -2;
}

/* Is there a closing bracket of this level at i? */
static bool
closes_at(const struct lex *lex, size_t i, int level)
{
	for (int n = 0; n < level; n++) {
		if (byte_at(lex, ++i) != '=')
			return false;
	}
	return byte_at(lex, i + 1) == ']';
}

struct str
lex_long(struct lex *lex, int level, const char *what)
{
	struct syntax_place from = place_here(lex);
	struct buf out = BUF_IN(lex->pool);

	lex->at += (size_t)level + 2;
	if (byte_at(lex, lex->at) == '\n' || byte_at(lex, lex->at) == '\r')
		lex_newline(lex);
	while (lex->at < lex->text.n) {
		char c = lex->text.p[lex->at];

		if (c == ']' && closes_at(lex, lex->at, level)) {
			lex->at += (size_t)level + 2;
			lex->is_indented = false;
			return buf_str(&out);
		}
		if (c == '\n' || c == '\r')
			lex_newline(lex);
		else
			lex->at++;
		buf_add_char(&out, c == '\r' ? '\n' : c);
	}
	lex_fail(lex, from, "unfinished long %s near <eof>", what);
	return STR_NONE;
}

static struct str
rest_of_line(struct lex *lex)
{
	size_t from = lex->at;

	while (lex->at < lex->text.n && lex->text.p[lex->at] != '\n' &&
	       lex->text.p[lex->at] != '\r')
		lex->at++;
	return str_sub(lex->text, from, lex->at - from);
}

static void
skip_comment(struct lex *lex)
{
	struct syntax *out = lex->out;
	struct syntax_place place = place_here(lex);
	struct syntax_comment comment = { .line = place.line,
		.column = place.column,
		.is_alone = lex->is_indented };
	int level;

	lex->at += 2;
	level = byte_at(lex, lex->at) == '[' ? lex_bracket(lex) : -1;
	comment.is_long = level >= 0;
	comment.text =
	    level >= 0 ? lex_long(lex, level, "comment") : rest_of_line(lex);
	out->comment = pool_push(lex->pool, out->comment, out->comments,
	    sizeof(*out->comment));
	out->comment[out->comments++] = comment;
}

/* Blanks, ends of lines, comments. */
static void
skip_space(struct lex *lex)
{
	for (;;) {
		int c = byte_at(lex, lex->at);

		if (c == '\n' || c == '\r')
			lex_newline(lex);
		else if (c == ' ' || c == '\t' || c == '\v' || c == '\f')
			lex->at++;
		else if (c == '-' && byte_at(lex, lex->at + 1) == '-')
			skip_comment(lex);
		else
			return;
	}
}

static void
take_name(struct lex *lex, struct token *token)
{
	size_t from = lex->at;

	while (
	    lex->at < lex->text.n && (is_name_start(lex->text.p[lex->at]) ||
					 char_is_digit(lex->text.p[lex->at])))
		lex->at++;
	token->word = lex_word(lex, str_sub(lex->text, from, lex->at - from));
	token->kind = token->word->token;
}

static void
take_sign(struct lex *lex, struct token *token)
{
	struct str rest = str_from(lex->text, lex->at);

	for (size_t i = 0; i < ARRAY_SIZE(spelt); i++) {
		if (str_starts(rest, str_of(spelt[i].text))) {
			token->kind = spelt[i].kind;
			lex->at += strlen(spelt[i].text);
			return;
		}
	}
	token->kind = (unsigned char)rest.p[0];
	lex->at++;
	if (token->kind == 0) /* which is TOKEN_END elsewhere */
		lex_fail(lex,
		    (struct syntax_place){ token->line, token->column },
		    "unexpected symbol near '<\\0>'");
}

static void
take_bracket(struct lex *lex, struct token *token)
{
	int level = lex_bracket(lex);

	if (level == -2) {
		lex_fail(lex, place_here(lex),
		    "invalid long string delimiter near '%.*s'",
		    STR_ARG(str_sub(lex->text, lex->at, SHOWN)));
	} else if (level == -1) {
		take_sign(lex, token);
	} else {
		token->kind = TOKEN_STRING;
		token->text = lex_long(lex, level, "string");
	}
}

static void
take_token(struct lex *lex, struct token *token)
{
	int c = byte_at(lex, lex->at), second = byte_at(lex, lex->at + 1);

	if (c == -1)
		token->kind = TOKEN_END;
	else if (is_name_start((char)c))
		take_name(lex, token);
	else if (char_is_digit((char)c) ||
		 (c == '.' && second >= '0' && second <= '9'))
		lex_number(lex, token);
	else if (c == '"' || c == '\'')
		lex_quoted(lex, token);
	else if (c == '[')
		take_bracket(lex, token);
	else
		take_sign(lex, token);
}

static void
scan_token(struct lex *lex, struct token *token)
{
	struct syntax_place place;
	size_t from;

	skip_space(lex);
	place = place_here(lex);
	from = lex->at;
	*token = (struct token){ .line = place.line, .column = place.column };
	take_token(lex, token);
	token->source = str_sub(lex->text, from, lex->at - from);
	lex->is_indented = false;
	if (lex->has_failed)
		token->kind = TOKEN_END;
}

void
lex_next(struct lex *lex)
{
	if (lex->token.source.p != NULL)
		lex->last_end = (size_t)(lex->token.source.p - lex->text.p) +
		                lex->token.source.n;
	if (lex->has_ahead)
		lex->token = lex->ahead;
	else
		scan_token(lex, &lex->token);
	lex->has_ahead = false;
}

const struct token *
lex_ahead(struct lex *lex)
{
	if (!lex->has_ahead)
		scan_token(lex, &lex->ahead);
	lex->has_ahead = true;
	return &lex->ahead;
}
