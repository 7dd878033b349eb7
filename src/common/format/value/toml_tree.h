/*
 * toml_tree: the tables of a TOML text and who may still add to them. Internal
 * to toml.
 *
 * How a name was made says what may follow: a [header] names each table once,
 * a dotted key adds only to tables that dotted keys or nobody defined, and what
 * was written as a value is complete. Source: TOML 1.0, "Keys", "Table",
 * "Inline Table", "Array of Tables".
 */
#ifndef VALUE_TOML_TREE_H
#define VALUE_TOML_TREE_H

#include "value/json.h"

enum toml_made {
	TOML_PASSED,  /* a header named something below it */
	TOML_HEADER,  /* [name], or one of [[name]] */
	TOML_DOTTED,  /* name.key = value */
	TOML_TABLES,  /* all of [[name]]: items without names */
	TOML_WRITTEN, /* a value */
};

struct toml_node {
	struct str name;
	enum toml_made made;
	struct json value; /* of TOML_WRITTEN */
	struct toml_node *parent, *next, *first, *last;
};

/* Finds names below any of its nodes; everything lives in pool. */
struct toml_tree {
	struct pool *pool;
	struct toml_node **slot; /* a power of two, at most half of them used */
	size_t slots, used;
};

/* A table that stands for itself: the text, or one that is inline. */
struct toml_node *toml_root(struct toml_tree *tree);

/*
 * The table below at that a part of a key (made: TOML_DOTTED) or of a header
 * (TOML_PASSED) leads to, if need be a new one. -1: it takes no more.
 */
int toml_enter(struct toml_tree *tree, struct toml_node *at, struct str name,
    enum toml_made made, struct toml_node **out);

/* Each: NULL where the name is taken. */
struct toml_node *toml_table(struct toml_tree *tree, struct toml_node *parent,
    struct str name); /* [name] */
struct toml_node *toml_tables(struct toml_tree *tree, struct toml_node *parent,
    struct str name); /* [[name]]: the new item */
struct toml_node *toml_value(struct toml_tree *tree, struct toml_node *table,
    struct str name); /* name = ...; the caller fills in .value */

/* What came together below root. */
struct json toml_json(struct pool *pool, const struct toml_node *root);

#endif
