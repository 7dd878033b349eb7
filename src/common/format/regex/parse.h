/*
 * regex_parse: a pattern as a tree, and what those who read it share.
 */
#ifndef REGEX_PARSE_H
#define REGEX_PARSE_H

#include "regex/regex.h"
#include "regex/set.h"

enum node_kind {
	NODE_EMPTY,
	NODE_FLAGS, /* "(?i)": empty, and nothing that can be repeated */
	NODE_CHAR,
	NODE_SET,
	NODE_LOOK,
	NODE_GROUP,
	NODE_LIST, /* one after the other */
	NODE_ALTERNATIVES,
	NODE_REPEAT,
};

enum look {
	LOOK_START, /* of the text */
	LOOK_END,
	LOOK_LINE_START, /* lines end with \n */
	LOOK_LINE_END,
	LOOK_CRLF_START, /* lines end with \r\n, \r or \n */
	LOOK_CRLF_END,
	LOOK_WORD, /* \b */
	LOOK_NOT_WORD,
	LOOK_ASCII_WORD,
	LOOK_NOT_ASCII_WORD,
};

#define REPEAT_FOREVER UINT32_MAX

struct node {
	unsigned char kind;   /* enum node_kind */
	bool is_lazy;         /* NODE_REPEAT */
	bool may_be_empty;    /* can match nothing */
	bool is_always_empty; /* cannot match anything else */
	uint32_t depth;       /* nodes nested in it, as the crate counts */
	uint32_t value;    /* the character, enum look, number of the group */
	uint32_t min, max; /* NODE_REPEAT; max may be REPEAT_FOREVER */
	uint32_t n;        /* of child or range */
	uint32_t size;     /* NODE_CHAR, NODE_SET: by regex_cost.h */
	uint32_t set;      /* in the program, and 1 more; 0: not yet */
	union {
		struct node **child; /* NODE_LIST, NODE_ALTERNATIVES */
		struct node *body;   /* NODE_GROUP, NODE_REPEAT */
		struct range *range; /* NODE_SET: in order */
	};
};

enum {
	FLAG_FOLD = 1 << 0,    /* i */
	FLAG_LINES = 1 << 1,   /* m */
	FLAG_DOT_ALL = 1 << 2, /* s */
	FLAG_CRLF = 1 << 3,    /* R */
	FLAG_LAZY = 1 << 4,    /* U */
	FLAG_UNICODE = 1 << 5, /* u */
	FLAG_BLANKS = 1 << 6,  /* x: blanks and comments do not count */
};

/* A pattern while it is read. */
struct parser {
	struct str pattern;
	struct pool *pool; /* of everything that is made */
	struct err *err;
	size_t at;
	size_t width; /* of the character there; 0 at the end */
	uint32_t c;   /* the character; 0 at the end */
	unsigned flags;
	struct set_maker sets;
	size_t size; /* of what has been read, as a program: at least */

	struct node **stack; /* the parts of what is being read */
	size_t n, cap;

	uint32_t groups;
	struct str *name;
	size_t names;
};

/* The tree, in p->pool; NULL: not a pattern. p is zero but for pattern, pool
 * and err. */
struct node *parse_pattern(struct parser *p);

/* cursor.c: goes n bytes on. */
void cursor_skip(struct parser *p, size_t n);

/* Steps over the character; false: it was the last. */
bool cursor_next(struct parser *p);

/* Steps over blanks and comments, if x is on. */
void cursor_blanks(struct parser *p);

/* cursor_next and cursor_blanks; false: the end. */
bool cursor_next_token(struct parser *p);

/* The character behind this one, blanks not counted; 0: the end. */
uint32_t cursor_peek(const struct parser *p);

/* Sets the error, what and where; returns -1. */
int parse_fail(struct parser *p, const char *what);

/* Alternatives up to the end or a ")"; depth groups are open. NULL: failed. */
struct node *parse_alternatives(struct parser *p, unsigned depth);

/* regex_group.c: from "(" to behind ")"; puts what it is on the stack. */
int parse_group(struct parser *p, unsigned depth);

/* No name twice? */
int parse_check_names(struct parser *p);

/* regex_node.c: parts for the stack. -1, or NULL: too large, too deep. */
void node_push(struct parser *p, struct node *node);
int node_push_char(struct parser *p, uint32_t c);
int node_push_set(struct parser *p, const struct set *set, unsigned depth);
int node_push_look(struct parser *p, enum look look);
struct node *node_empty(struct parser *p, enum node_kind kind);

/* A group; number 0: one that is not counted, and only adds to the depth. */
struct node *node_group(struct parser *p, struct node *body, uint32_t number);

/* Repeats the part on top of the stack. */
int node_repeat(struct parser *p, uint32_t min, uint32_t max, bool is_lazy);

/* The parts on the stack from base on become one, which is not there. */
struct node *node_list(struct parser *p, enum node_kind kind, size_t base);

/* regex_factor.c: alternatives with what they begin with in common. */
struct node *node_factor(struct pool *pool, struct node *node);

/* A part of a pattern that is one character, a set of them or a place. */
struct atom {
	enum {
		ATOM_CHAR,
		ATOM_BYTE, /* \x80 to \xff where there is no Unicode */
		ATOM_SET,
		ATOM_LOOK,
	} kind;
	uint32_t value; /* the character, enum look */
	struct set set; /* in order */
};

/* regex_escape.c: from a backslash to behind the escape. */
int parse_escape(struct parser *p, struct atom *out);

/*
 * regex_class.c: from "[" to behind "]". *depth: as in struct node.
 */
int parse_class(struct parser *p, struct set *out, unsigned *depth);

/* Adds what equals a character of the set but for case, by the flags. */
void parse_fold(struct parser *p, struct set *set);

#define WHAT_NOT_UTF8   "matches bytes that are not UTF-8"
#define WHAT_NO_UNICODE "a character beyond ASCII where u is off"

#endif
