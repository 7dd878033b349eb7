/*
 * parser: what expressions and statements have in common. After a fault every
 * token is TOKEN_END, so all loops end, and what is returned is a node still.
 */
#ifndef LUA_PARSER_H
#define LUA_PARSER_H

#include "lua/lex.h"
#include "lua/vars.h"

struct parser {
	struct lex lex;
	struct vars vars;
	struct syntax *out;
	unsigned depth;
};

static inline bool
parser_is(const struct parser *in, int kind)
{
	return in->lex.token.kind == kind;
}

/* The token, if it is of this kind, is behind us then. */
bool parser_take(struct parser *in, int kind);
void parser_expect(struct parser *in, int kind);

/* What ends something that began there. */
void parser_expect_end(struct parser *in, int kind, int begin,
    struct syntax_place from);

struct lex_word *parser_name(struct parser *in);
struct syntax_place parser_place(const struct parser *in);

/* One level deeper, as Lua counts them. */
void parser_enter(struct parser *in);
void parser_leave(struct parser *in);

/* A node that begins at the token, and one that begins where another does. */
struct syntax_node *parser_node(struct parser *in, enum syntax_kind kind);
struct syntax_node *parser_around(struct parser *in, enum syntax_kind kind,
    struct syntax_node *first);

/* Its parts are there, and the last token of it is behind us. */
struct syntax_node *parser_done(struct parser *in, struct syntax_node *node);

void parser_add(struct syntax_list *list, struct syntax_node *node);

struct syntax_node *parser_expression(struct parser *in);
void parser_expressions(struct parser *in, struct syntax_list *list);
struct syntax_node *parser_suffixed(struct parser *in);
struct syntax_node *parser_binding(struct parser *in, struct lex_word *word,
    struct syntax_place place);

struct syntax_node *parser_variable(struct parser *in);
struct syntax_node *parser_key(struct parser *in); /* a.NAME, as a string */

/* From the parameters to "end"; node: a SYNTAX_FUNCTION. */
struct syntax_node *parser_function(struct parser *in, struct syntax_node *node,
    bool is_method);

/* Statements up to what ends a block. */
void parser_block(struct parser *in, struct syntax_list *list);

#endif
