/*
 * vars: which variable a name means, and where a goto goes. Source: Lua 5.4
 * manual, 3.3.4 and 3.5. Everything is found through the words: a look-up costs
 * the same however many variables there are.
 */
#ifndef LUA_VARS_H
#define LUA_VARS_H

#include "lua/lex.h"

/* One block of statements. */
struct block {
	struct block *outer; /* in the same function */
	unsigned level;      /* among all that are open */
	unsigned active;     /* locals of the function when it began */
	unsigned hidden;
	size_t first_label;
};

/* A function that is being read. */
struct body {
	struct body *outer;
	struct syntax_node *node;
	struct block *block; /* the innermost */
	struct syntax_local
	    *local[SYNTAX_MAX_LOCALS]; /* in sight, then declared */
	unsigned active, declared, hidden;
	unsigned loops; /* around here */
};

struct vars {
	struct lex *lex;
	struct body *body;
	unsigned locals;      /* made so far */
	struct label **label; /* in sight, the newest last */
	size_t labels, label_room;
	struct jump **jump; /* without a label so far, the newest last */
	size_t jumps, jump_room;
};

void vars_function(struct vars *vars, struct body *body,
    struct syntax_node *node);
void vars_function_end(struct vars *vars);

void vars_block(struct vars *vars, struct block *block);
void vars_block_end(struct vars *vars);

/* A variable that is in sight only after vars_activate(). */
struct syntax_local *vars_declare(struct vars *vars, struct lex_word *word,
    struct syntax_place place);
void vars_activate(struct vars *vars);

/* Room that Lua takes for itself in a loop, until the block ends. */
void vars_hide(struct vars *vars, unsigned n);

/* A name that is read or written; NULL: a global. */
struct syntax_local *vars_find(struct vars *vars, struct lex_word *word);

void vars_goto(struct vars *vars, struct lex_word *word,
    struct syntax_place place);

/* is_last: only labels and semicolons stand behind it in its block. */
void vars_label(struct vars *vars, struct lex_word *word,
    struct syntax_place place, bool is_last);

#endif
