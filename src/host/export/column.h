/*
 * column: the columns of several tables side by side, for formats that name
 * them all before the first row.
 */
#ifndef EXPORT_COLUMN_H
#define EXPORT_COLUMN_H

#include "model/model.h"

#define COLUMN_MAX 256

struct column {
	const char *name;
	enum field_kind kind; /* FIELD_TEXT where tables disagree */
};

enum column_of {
	COLUMN_OF_ALL,   /* of every table that an export has */
	COLUMN_OF_NODES, /* what a node tells: column_is_told() */
	COLUMN_OF_EDGES, /* what a link between two families tells */
};

/* Each name once, in the order in which they come first; how many. */
size_t column_list(struct column column[COLUMN_MAX], enum column_of which);

/*
 * Nodes and edges tell neither ids of others, which are edges, and whose they
 * are, nor their value, which is the label, nor bytes. i: of the field.
 */
bool column_is_told(const struct model *model, size_t i);

/* "string", or, in the words of GEXF and GraphML, what a number is. */
const char *column_type(enum field_kind kind, const char *integer);

#endif
