/*
 * lex: the tokens of a text of Lua, and its words: each name once, so that two
 * names are the same if their words are. Source: Lua 5.4 manual, 3.1.
 *
 * The first fault is kept, and from then on every token is TOKEN_END: nobody
 * has to look for faults but the one who asked for the tree.
 */
#ifndef LUA_LEX_H
#define LUA_LEX_H

#include "base/buf.h"
#include "lua/syntax.h"

enum token_kind {
	TOKEN_END,
	/* 1 to 255: the character */
	TOKEN_AND = 256,
	TOKEN_BREAK,
	TOKEN_DO,
	TOKEN_ELSE,
	TOKEN_ELSEIF,
	TOKEN_ENDS, /* "end" */
	TOKEN_FALSE,
	TOKEN_FOR,
	TOKEN_FUNCTION,
	TOKEN_GOTO,
	TOKEN_IF,
	TOKEN_IN,
	TOKEN_LOCAL,
	TOKEN_NIL,
	TOKEN_NOT,
	TOKEN_OR,
	TOKEN_REPEAT,
	TOKEN_RETURN,
	TOKEN_THEN,
	TOKEN_TRUE,
	TOKEN_UNTIL,
	TOKEN_WHILE,
	TOKEN_IDIV, /* from here on not words */
	TOKEN_CONCAT,
	TOKEN_DOTS,
	TOKEN_EQ,
	TOKEN_GE,
	TOKEN_LE,
	TOKEN_NE,
	TOKEN_SHL,
	TOKEN_SHR,
	TOKEN_COLONS,
	TOKEN_INTEGER,
	TOKEN_FLOAT,
	TOKEN_NAME,
	TOKEN_STRING,
};

struct label;
struct jump;

/* A name or a reserved word, and what it means where the parser is. */
struct lex_word {
	struct str text;
	int token;                  /* TOKEN_NAME: not reserved */
	struct syntax_local *local; /* the innermost; NULL: global */
	struct label *label;        /* the innermost */
	struct jump *jump;          /* goto's that wait for it, newest first */
	struct lex_word *child[4];  /* by the next two bits of the hash */
};

struct token {
	int kind;
	unsigned line, column;
	struct str source;
	union {
		struct lex_word *word; /* of a name or a reserved word */
		struct str text;       /* of a string */
		int64_t integer;
		double number;
	};
};

struct lex {
	struct pool *pool;
	struct str text;
	size_t at;
	unsigned line;
	size_t line_from;   /* where it begins */
	size_t last_end;    /* of the token before this one */
	struct token token; /* this one */
	struct token ahead; /* the next, if has_ahead */
	bool has_ahead;
	bool is_indented; /* only blanks so far in this line */
	struct lex_word *words;
	struct lex_word none; /* where a name is missing */
	struct syntax *out;   /* gets the comments */
	struct syntax_place fault;
	bool has_failed;
	struct err *err;
};

void lex_init(struct lex *lex, struct pool *pool, struct str text,
    struct syntax *out, struct err *err);

/* The word of a name; the same for the same name. */
struct lex_word *lex_word(struct lex *lex, struct str name);

void lex_next(struct lex *lex);
const struct token *lex_ahead(struct lex *lex);

/* The token as an error shows it: "near 'x'", "near <eof>". */
void lex_fail_near(struct lex *lex, const char *what);
void lex_fail(struct lex *lex, struct syntax_place place, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "'then'", "<name>" */
const char *lex_kind_text(int kind, char out[16]);

/* Parts of it: a number, a string in quotes or in long brackets. */
void lex_number(struct lex *lex, struct token *token);
void lex_quoted(struct lex *lex, struct token *token);

/*
 * At '[': the level of a long bracket, -1: it is none, -2: it begins like one
 * and is not. Moves nothing.
 */
int lex_bracket(const struct lex *lex);
/* Behind that: its bytes; what: "string", "comment". */
struct str lex_long(struct lex *lex, int level, const char *what);

/* Behind one of \n \r \n\r \r\n at lex->at. */
void lex_newline(struct lex *lex);

#endif
