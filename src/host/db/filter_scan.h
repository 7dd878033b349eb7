/*
 * filter_scan: the words of a filter as its grammar (filter_read.c) asks for
 * them. Internal to db.
 *
 * A word is cut as it is read, since what it is depends on where it stands: in
 * front of an operator "id>2" is three tokens, behind one it is a value. `rest`
 * is what is left of the word at hand.
 *
 * Whatever is asked for when all words are used up is what may come next: it is
 * told to note(), so that completion knows no grammar of its own.
 */
#ifndef DB_FILTER_SCAN_H
#define DB_FILTER_SCAN_H

#include "db/filter_parts.h"

#define SCAN_SHOWN 80 /* bytes of a word in an error */

struct filter_scan {
	struct pool *pool;
	const struct model *model;
	const struct str *word;
	size_t n, at; /* word[at] comes behind rest */
	struct str rest;
	bool is_key;           /* of an order, which tags are not */
	bool is_phrase;        /* blanks end values in the word at hand */
	unsigned depth, nodes; /* FILTER_MAX_... */
	void (*note)(void *ctx, struct str word); /* NULL: nobody asks */
	void *ctx;
	struct err *err;
};

/* rest begins with a token; false: there are no words left. */
bool scan_fill(struct filter_scan *s);

/* The name that rest begins with, which stays there; n 0: none, p NULL: end. */
struct str scan_name(struct filter_scan *s);

/* Takes a name in any case, or a character, if it is there. */
bool scan_accept(struct filter_scan *s, const char *name);
bool scan_accept_char(struct filter_scan *s, char c);

/* "=" and its like. is_joined: in one word with what was in front of it. */
bool scan_accept_sign(struct filter_scan *s, enum filter_op *op,
    bool *is_joined);

/* Whether a word goes on behind a complete test: and, or, ), ... */
bool scan_ends_test(struct str word);

/* "... is expected, not 'union'", and that other things are SQL. Returns -1. */
int scan_unexpected(struct filter_scan *s, const char *expected);

/* The same behind the word that was wrong in another way. Returns -1. */
int scan_refuse(struct filter_scan *s, const char *why, struct str word);

/* The next token for errors: 'union', the end. */
struct str scan_shown(struct filter_scan *s);

/* One part more; -1: there are too many. */
int scan_count(struct filter_scan *s);

/* A column, or length or lower of one. filter_take.c */
int scan_operand(struct filter_scan *s, struct filter_operand *out);

/* Whether "(" stands behind the name that comes next; name(column). */
bool scan_is_call(const struct filter_scan *s, struct str name);
int scan_call(struct filter_scan *s, enum filter_function function,
    struct filter_operand *out);

/*
 * What stands behind an operator: one word, or what is left of one. is_joined:
 * it may be empty. scan_item(): in a list, up to a comma or ")".
 */
int scan_value(struct filter_scan *s, const struct filter_operand *operand,
    enum filter_op op, bool is_joined, struct filter_value *out);
int scan_item(struct filter_scan *s, const struct filter_operand *operand,
    struct filter_value *out);

#endif
