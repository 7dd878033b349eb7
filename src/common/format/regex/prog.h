/*
 * regex_prog: what a pattern is compiled to, and what is known about it.
 *
 * A program walks characters. It is carried out by threads, in order of
 * preference: OP_SPLIT goes on at x and, if that fails, at y.
 */
#ifndef REGEX_PROG_H
#define REGEX_PROG_H

#include "regex/parse.h"

enum op {
	OP_CHAR,  /* the character x */
	OP_SET,   /* one of set x */
	OP_LOOP,  /* any number of set x; mode says how many come first */
	OP_SPLIT, /* x, then y */
	OP_JUMP,  /* to x */
	OP_SAVE,  /* the place into slot x: 2 * group, and 1 more for its end */
	OP_LOOK,  /* enum look x holds here */
	OP_MATCH,
};

enum loop_mode {
	LOOP_GREEDY, /* the most, then one less, ... */
	LOOP_LAZY,   /* none, then one more, ... */
	LOOP_ALL,    /* the most: with less the rest could not match */
};

/* Of a split: that way begins with a character, so a look at the text tells. */
enum {
	SPLIT_PEEK_X = 1 << 0,
	SPLIT_PEEK_Y = 1 << 1,
};

struct insn {
	uint8_t op;   /* enum op */
	uint8_t mode; /* OP_LOOP: enum loop_mode; OP_SPLIT: the flags above */
	uint32_t x, y;
	/*
	 * Where several ways meet: which row of notes says that it has been
	 * here at a place of the text. From 1; 0: there is only one way here.
	 */
	uint32_t row;
};

/* The characters of a set: a bit for ASCII, the rest as ranges in order. */
struct charset {
	uint32_t ascii[4];
	const struct range *range;
	uint32_t n;
};

struct regex {
	struct pool pool;
	struct insn *insn; /* starts at 0 */
	uint32_t n;
	struct charset *set;
	uint32_t sets;
	struct charset word; /* if a LOOK_WORD is there */
	uint32_t groups;     /* with number 0 */

	/* what running it takes */
	uint32_t rows;
	uint32_t threads; /* that can be at one place of the text */

	/* where a match can start */
	bool is_anchored;  /* only at the start of the text */
	bool has_first;    /* only with a byte of `first` */
	struct str prefix; /* n != 0: only with these bytes */
	int needed;        /* a byte that every match has, or -1 */
	int stop;          /* not -1: a match is some of `lead`, then this */
	struct charset lead;
	uint8_t first[256]; /* not 0: yes */
};

bool charset_has_beyond_ascii(const struct charset *set, uint32_t c);

static inline bool
charset_has(const struct charset *set, uint32_t c)
{
	if (c < 0x80)
		return set->ascii[c / 32] >> c % 32 & 1;
	return charset_has_beyond_ascii(set, c);
}

/*
 * regex_compile.c: the program of a tree, in re->pool. -1: too large.
 */
int regex_compile(struct regex *re, struct node *node, struct err *err);

/* A set from ranges in order, which are copied. */
struct charset charset_of(struct pool *pool, const struct range *range,
    size_t n);

/*
 * regex_hint.c: fills in the rest of re and the modes of loops. What it needs
 * meanwhile is in pool.
 */
void regex_hint(struct regex *re, const struct node *node, struct pool *pool);

#endif
