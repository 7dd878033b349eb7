/*
 * html_lexer: the tokens of a page. Source: HTML standard, 13.2.5. Internal to
 * html.
 */
#ifndef HTML_LEXER_H
#define HTML_LEXER_H

#include <stdint.h>

#include "html/tag.h"

enum html_token_kind {
	TOKEN_TEXT,
	TOKEN_NUL, /* one U+0000, which means something else everywhere */
	TOKEN_START,
	TOKEN_END,
	TOKEN_COMMENT,
	TOKEN_DOCTYPE,
	TOKEN_EOF,
};

struct html_token {
	enum html_token_kind kind;
	enum html_tag tag;      /* of TOKEN_START and TOKEN_END */
	struct str name;        /* in lower case */
	struct html_attr *attr; /* each name once; in the pool */
	unsigned attrs;
	bool is_self_closing;
	bool is_quirky;  /* of TOKEN_DOCTYPE: the page is in quirks mode */
	struct str text; /* of TOKEN_TEXT and TOKEN_COMMENT */
};

/* What text is inside the element whose start tag was the last token. */
enum html_lex_state {
	LEX_DATA,
	LEX_CDATA,
	LEX_RCDATA, /* character references, but no tags */
	LEX_RAW,
	LEX_SCRIPT,
};

struct html_lexer {
	struct pool *pool;
	char *p; /* the page; names of tags are made lower case in it */
	size_t n, at;
	enum html_lex_state state;
	size_t end; /* of the text, unless LEX_DATA */
	bool has_cdata;
	struct html_attr *attr;
	unsigned attrs;
	uint64_t work; /* comparisons of attributes so far */
};

/*
 * Copies the page into pool, without a byte order mark, its lines ended by LF.
 * Texts of tokens are views of the copy or live in pool.
 */
void html_lexer_init(struct html_lexer *l, struct pool *pool, struct str page);

/* has_cdata: "<![CDATA[" means something, as in SVG and MathML. */
void html_lexer_next(struct html_lexer *l, bool has_cdata,
    struct html_token *t);

/* What follows is the text of the element of that name. */
void html_lexer_enter(struct html_lexer *l, enum html_lex_state state,
    struct str name);

/* All of the rest is text. */
void html_lexer_enter_plaintext(struct html_lexer *l);

/* Of html_markup.c: "<!", "<?" and "</" that begin no tag; at is behind "<". */
void html_lexer_markup(struct html_lexer *l, struct html_token *t);

/* Of html_raw.c: where the text of an element ends. */
size_t html_raw_end(struct str page, size_t at, struct str name);
size_t html_script_end(struct str page, size_t at);

/* The text with U+FFFD for each NUL. */
struct str html_lexer_clean(struct html_lexer *l, struct str text);

static inline bool
html_is_space(int c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

static inline bool
html_is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

#endif
