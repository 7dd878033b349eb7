/*
 * flow: what a variable may hold, as far as hosts go: where it came from, as
 * bits, and texts, tables and functions that stand in the text of the module.
 * Sets only grow, so the pass over the module ends.
 *
 * A text is a row of pieces, literal or a hole (what came from elsewhere):
 * 'https://' .. arg['value'] .. '/x' is "https://", a hole from the row, "/".
 * What stands behind a whole "scheme://host/" is left out: it moves no host.
 */
#ifndef REACH_FLOW_H
#define REACH_FLOW_H

#include "lua/syntax.h"
#include "reach/reach.h"

#define FLOW_MAX_ATOMS  256  /* in a set; more texts: any */
#define FLOW_MAX_PIECES 8    /* of a text; more: any */
#define FLOW_MAX_AGE    4    /* texts made of made texts; more: any */
#define FLOW_MAX_FIELDS 64   /* of a table, by name; more: by any name */
#define FLOW_MAX_DEPTH  100  /* of tables in tables; more: everything */
#define FLOW_MAX_MADE   4096 /* texts that are made; more: any */

/* Bits. From FROM_NAMED on: options and keys by name, reach.named. */
#define FROM_TARGET    ((uint64_t)1 << 0) /* of the row */
#define FROM_ROW       ((uint64_t)1 << 1) /* the row itself, a table */
#define FROM_ANY       ((uint64_t)1 << 2) /* why: flow.why */
#define FROM_PLAIN     ((uint64_t)1 << 3) /* a number, a hash: no host as it is */
#define FROM_REQUEST   ((uint64_t)1 << 4) /* what http_request() gives */
#define FROM_MANY      ((uint64_t)1 << 5) /* too many texts, which are left out */
#define FROM_NAMED     6
#define FLOW_MAX_NAMED (64 - FROM_NAMED)

/* Why something is any host. */
struct why {
	const struct syntax_node *at;
	const char *what;
	struct str name; /* behind it in the words; may be empty */
};

enum atom_kind { ATOM_TEXT, ATOM_TABLE, ATOM_FUNCTION };

struct piece {
	struct str text;
	uint64_t hole; /* 0: literal */
};

struct object;

/* One for each that is equal: equal atoms are the same pointer. */
struct atom {
	enum atom_kind kind;
	unsigned id;  /* sets are sorted by it */
	unsigned age; /* of a text: how often made of others */
	unsigned n;   /* of its pieces */
	struct piece *piece;
	const struct why *why;   /* of a hole FROM_ANY */
	bool looked, names_host; /* of a literal, once asked for */
	struct object *object;
	struct syntax_node *function;
	struct atom *next; /* of the same hash */
};

struct flow {
	uint64_t from;
	const struct why *why; /* the first, if FROM_ANY */
	struct atom *const *atom;
	unsigned n;
};

#define FLOW_NONE                                                              \
	(struct flow)                                                          \
	{                                                                      \
		0, NULL, NULL, 0                                               \
	}

struct entry {
	struct str name;
	struct flow flow;
};

/* A table that the text makes: one for each place where it makes one. */
struct object {
	struct atom atom;
	struct entry *field;
	unsigned fields;
	struct flow item;  /* by number */
	struct flow other; /* by a name that is not known */
	unsigned visit;    /* the last one that came by */
};

struct reach;

/* More for a set that is kept; notes in reach.changed if that is news. */
void flow_add(struct reach *in, struct flow *to, struct flow more);
struct flow flow_union(struct reach *in, struct flow a, struct flow b);

struct flow flow_from(uint64_t from);
struct flow flow_any(struct reach *in, const struct syntax_node *at,
    const char *what, struct str name);
struct flow flow_text(struct reach *in, struct str text);
struct flow flow_atom(struct reach *in, struct atom *atom);

/* The bit of an option or a key; FROM_ANY where there are too many. */
uint64_t flow_named(struct reach *in, enum reach_from from, struct str name);

/* All that can come of them side by side. */
struct flow flow_concat(struct reach *in, const struct flow *part, unsigned n,
    const struct syntax_node *at);

/* What can be cut out of it, tables opened. */
struct flow flow_parts(struct reach *in, struct flow flow);

/* The text, if it is one literal piece; p NULL: it is none. */
struct str flow_literal(const struct atom *atom);

/* Is it nothing but literal texts, at least one? */
bool flow_is_literal(struct flow flow);

/* false: the visit that is going on has been there. */
bool object_visit(struct reach *in, struct object *object);

struct flow object_read(struct reach *in, struct object *object,
    struct flow key);
void object_write(struct reach *in, struct object *object, struct flow key,
    struct flow value);
struct flow *object_field(struct object *object, const char *name);
struct flow object_all(struct reach *in, struct object *object);

#endif
