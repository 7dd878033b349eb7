/*
 * edges: which rows are linked, as the model table says it: a column that
 * holds an id (field.references) is an edge from its row to that one, a row of
 * a link family, and of the family "link", one between the two that it names.
 */
#ifndef DB_EDGES_H
#define DB_EDGES_H

#include "db/db.h"

struct edge_end {
	const struct model *model;
	int32_t id;
	struct str value; /* p NULL: there is no such row */
};

struct edge {
	struct edge_end from, to;
	const char *relation; /* what from is to to: "resolves to"; of a link of
	                         ours what somebody has typed */
	struct row link; /* of a link family, or of ours; model NULL: of none */
};

struct db_edges;

/*
 * Between which rows. chosen(): whether rows of that family are, and which:
 * those of *filter, if it is set, that are in scope, if *flags has DB_IN_SCOPE.
 * A filter gives the same rows each time.
 */
struct edge_choice {
	bool (*chosen)(void *ctx, const struct model *model,
	    const struct filter **filter, unsigned *flags);
	void *ctx;
};

/*
 * The edges that a family's rows are or have, in the order of their ids; none
 * for one that names no other. choice NULL: all, also those with an end that is
 * not there; it is needed to the end. Sees one state inside db_begin_read().
 */
struct db_edges *db_edges_new(struct db *db, const struct model *model,
    const struct edge_choice *choice);
int db_edges_next(struct db_edges *edges, struct pool *pool, struct edge *edge,
    struct err *err); /* 1, 0: no more, -1; *edge lives in pool */
void db_edges_free(struct db_edges *edges);

#endif
