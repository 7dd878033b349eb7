/*
 * split: a JSON object of lists that need not fit into memory, cut into the
 * items of the lists:
 *
 *	{"a": [1, {"b": 2}], "c": 3, "models": {"d": ["e"]}}
 *
 * gives 1 and {"b": 2} of "a", 3 of "c", and "e" of "d", which is inside. Each
 * comes as its text, which is for the JSON reader to judge; the rest is judged
 * here. Internal to import.
 */
#ifndef IMPORT_SPLIT_H
#define IMPORT_SPLIT_H

#include "import/reader.h"

#define SPLIT_MAX_NAME 64 /* bytes of the name of a list */

/* Where an item stood. */
struct split_item {
	struct str list; /* the member's name */
	bool is_inside;  /* in the object `inside` */
	bool is_alone;   /* the member itself, which is no list */
	struct str text;
};

enum split_state {
	SPLIT_START,      /* '{' of the whole */
	SPLIT_FIRST,      /* a name, or '}' */
	SPLIT_NAME,       /* a name, behind a comma */
	SPLIT_IN_NAME,    /* within one */
	SPLIT_COLON,      /* ':' */
	SPLIT_MEMBER,     /* what the name has */
	SPLIT_ITEM_FIRST, /* an item, or ']' */
	SPLIT_ITEM,       /* an item, behind a comma */
	SPLIT_IN_TEXT,    /* within an item: a string */
	SPLIT_IN_TREE,    /* a list or an object */
	SPLIT_IN_WORD,    /* a number, true, ... */
	SPLIT_ITEM_END,   /* ',' or ']' */
	SPLIT_MEMBER_END, /* ',' or '}' */
	SPLIT_END,        /* only blanks */
};

/* What a format does with them. */
struct split_kind {
	const char *inside; /* the member whose object is entered; NULL: none */
	size_t (*most)(const struct split_item *item); /* bytes of an item */
	int (*item)(struct import_reader *r, const struct split_item *item,
	    struct err *err);
};

/* The state of such a format: reader->state, zero when it begins. */
struct split {
	const struct split_kind *kind;
	enum split_state state;
	struct split_item now;
	char name[SPLIT_MAX_NAME];
	size_t name_n;
	struct buf text;
	unsigned open; /* brackets of a tree */
	bool is_quoted, is_escaped;
	uint64_t line, at;
};

/* The hooks of such a format (import/reader.h); its begin() calls the first. */
void split_begin(struct import_reader *r, const struct split_kind *kind);
int split_piece(struct import_reader *r, struct str bytes, struct err *err);
int split_end(struct import_reader *r, struct err *err);
void split_clear(struct import_reader *r);

#endif
