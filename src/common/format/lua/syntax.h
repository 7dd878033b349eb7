/*
 * syntax: a text of Lua 5.4 as a tree. Nothing of it is run. Source: Lua 5.4
 * manual, 3 and 9.
 *
 * What is accepted is what luaL_loadbuffer() accepts, except
 * - what only its generator of code refuses, which is accepted here: a function
 *   with over 255 registers, upvalues, or 32767 labels and jumps;
 * - texts beyond the limits below that are not Lua's own (bytes, nodes, height),
 *   which are refused here.
 *
 *	struct syntax tree;
 *	if (syntax_read(&pool, text, &tree, NULL, &err) == -1)
 *		...			"3:7: 'then' expected near 'x'"
 *	syntax_walk(tree.main, look_at_calls, ctx);
 */
#ifndef LUA_SYNTAX_H
#define LUA_SYNTAX_H

#include <stdint.h>

#include "base/err.h"

#define SYNTAX_MAX_BYTES  ((size_t)4 << 20)
#define SYNTAX_MAX_NODES  (1u << 18)
#define SYNTAX_MAX_HEIGHT 1000 /* f()()..., a + a...: so a walk may recurse */
#define SYNTAX_MAX_DEPTH  200  /* Lua's (LUAI_MAXCCALLS): this one is refused */
#define SYNTAX_MAX_LOCALS 200  /* Lua's (MAXVARS), at once in a function */

/*
 * Behind each kind: the members that it has, beside those that all have. A
 * pointer that a kind has not is NULL, a list empty.
 */
enum syntax_kind {
	/* expressions */
	SYNTAX_NIL,
	SYNTAX_FALSE,
	SYNTAX_TRUE,
	SYNTAX_INTEGER, /* integer */
	SYNTAX_FLOAT,   /* number */
	SYNTAX_STRING,  /* text: its bytes, escapes decoded */
	SYNTAX_DOTS,
	SYNTAX_NAME,   /* text; local, NULL: a global */
	SYNTAX_INDEX,  /* left [right]; a.b: right is a SYNTAX_STRING */
	SYNTAX_CALL,   /* left (list) */
	SYNTAX_METHOD, /* left : text (list) */
	SYNTAX_FUNCTION, /* list of SYNTAX_BINDING, self included; body; is_vararg */
	SYNTAX_TABLE,  /* list of SYNTAX_FIELD */
	SYNTAX_BINARY, /* left op right */
	SYNTAX_UNARY,  /* op left */
	SYNTAX_PAREN,  /* (left): one value of it */

	/* parts */
	SYNTAX_FIELD,   /* left, NULL: the next place; right: the value */
	SYNTAX_BINDING, /* text; local */
	SYNTAX_CLAUSE,  /* left, NULL: else; body */

	/* statements */
	SYNTAX_LOCAL,          /* list of SYNTAX_BINDING; values */
	SYNTAX_LOCAL_FUNCTION, /* list of one SYNTAX_BINDING; right */
	SYNTAX_FUNCTION_NAMED, /* left; right, whose list has self if is_method */
	SYNTAX_ASSIGN, /* list, of SYNTAX_NAME and SYNTAX_INDEX; values */
	SYNTAX_RUN,    /* left: a SYNTAX_CALL or SYNTAX_METHOD alone */
	SYNTAX_DO,     /* body */
	SYNTAX_WHILE,  /* left, body */
	SYNTAX_REPEAT, /* body, left */
	SYNTAX_IF,     /* list of SYNTAX_CLAUSE */
	SYNTAX_FOR,    /* list of one SYNTAX_BINDING; values: 2 or 3; body */
	SYNTAX_FOR_IN, /* list of SYNTAX_BINDING; values; body */
	SYNTAX_RETURN, /* values */
	SYNTAX_BREAK,
	SYNTAX_GOTO,  /* text */
	SYNTAX_LABEL, /* text */
	SYNTAX_KINDS
};

enum syntax_op {
	OP_NONE,
	OP_OR,
	OP_AND,
	OP_LT,
	OP_GT,
	OP_LE,
	OP_GE,
	OP_NE,
	OP_EQ,
	OP_BOR,
	OP_BXOR,
	OP_BAND,
	OP_SHL,
	OP_SHR,
	OP_CONCAT,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_IDIV,
	OP_MOD,
	OP_POW,
	OP_NOT, /* from here on of one operand */
	OP_LEN,
	OP_MINUS,
	OP_BNOT,
};

enum syntax_attrib { ATTRIB_NONE, ATTRIB_CONST, ATTRIB_CLOSE };

struct syntax_node;

/* Nodes that stand side by side, by their `next`. */
struct syntax_list {
	struct syntax_node *first, *last;
	unsigned n;
};

/* A variable that is not global: local, parameter, of a loop. */
struct syntax_local {
	struct str name;
	unsigned index; /* among all of the text, from 0 */
	unsigned line, column;
	enum syntax_attrib attrib;
	unsigned reads, writes; /* names of it, its declaration apart */
	bool is_parameter;
	bool is_captured; /* a function inside of its own names it */
	struct syntax_node *function; /* in which it is */

	/* of the parser */
	struct lex_word *word;
	struct syntax_local *shadowed;
};

struct syntax_node {
	enum syntax_kind kind;
	enum syntax_op op;
	unsigned id;           /* among all of the text, from 0 */
	unsigned line, column; /* where it begins; from 1, columns in bytes */
	struct str source;     /* all of it, as it is written */
	struct syntax_node *next; /* in the list in which it stands */
	struct syntax_node *left, *right;
	struct syntax_list list, values, body;
	struct syntax_local *local;
	unsigned short height; /* 1 without others below it */
	bool is_vararg;        /* of a function */
	bool is_method;        /* function a:b() */
	union {
		struct str text;
		int64_t integer;
		double number;
		unsigned
		    index; /* of a function: among all of the text, main is 0 */
	};
};

struct syntax_comment {
	struct str text; /* behind -- or between the brackets */
	unsigned line, column;
	bool is_long;  /* --[[ ]] */
	bool is_alone; /* nothing stands before it in its line */
};

struct syntax {
	struct syntax_node *main; /* SYNTAX_FUNCTION; its body is the text */
	struct syntax_comment *comment; /* in their order */
	unsigned comments;
	unsigned nodes, locals, functions; /* how many; functions with main */
};

struct syntax_place {
	unsigned line, column;
};

/*
 * Everything lives in pool or views text, which need not be UTF-8. -1: it is no
 * Lua, or beyond a limit: the error is "LINE:COLUMN: what", and *fault, unless
 * that is NULL, says where.
 */
int syntax_read(struct pool *pool, struct str text, struct syntax *out,
    struct syntax_place *fault, struct err *err);

/*
 * Calls each() for a node and all below it, a node before what is in it, in the
 * order of the text. false: not below this one.
 */
void syntax_walk(struct syntax_node *node,
    bool (*each)(struct syntax_node *node, void *ctx), void *ctx);

/* The i-th of a list, from 0; NULL: there are not so many. */
struct syntax_node *syntax_at(const struct syntax_list *list, unsigned i);

/* Is it the global of this name? */
bool syntax_is_global(const struct syntax_node *node, const char *name);

/* "..", "and" */
const char *syntax_op_text(enum syntax_op op);

#endif
