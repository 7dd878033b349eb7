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

/*
 * What is kept about a row beside its columns: since when it is there, as the
 * origins say, and what hangs on it. For who asks for one row after the other:
 * each statement is prepared once, and nothing grows with the answers.
 */
#define DB_TIME_SIZE 25 /* "2026-11-29T22:50:40.123Z", with the NUL */

/*
 * Each "" where nobody knows: nothing is kept, or was when the row came. Who
 * did it with this program is known by when the attempt began. A row that was
 * deleted and added again is one since then.
 */
struct db_times {
	char added[DB_TIME_SIZE];
	char changed[DB_TIME_SIZE]; /* last; of a row that never was, added */
};

struct db_about;

struct db_about *db_about_new(struct db *db);
void db_about_free(struct db_about *about);

int db_about_times(struct db_about *about, const struct model *model,
    int32_t id, struct db_times *out, struct err *err);

/*
 * The rows of a family that hangs on others by one end, tags or notes, that
 * hang on this one, in the order of their texts; there are none where none are
 * kept. The texts live in pool. The second ends what was open of that family.
 */
struct db_hung {
	int32_t id;
	struct str text;
};
int db_about_open(struct db_about *about, const struct model *hanging,
    const struct model *model, int32_t id, struct err *err);
int db_about_next(struct db_about *about, const struct model *hanging,
    struct pool *pool, struct db_hung *out, struct err *err); /* 1, 0, -1 */

/* The row of a family with a value: 1, 0, -1. It lives in pool. */
int db_about_value(struct db_about *about, const struct model *model,
    struct str value, struct pool *pool, struct row *row, struct err *err);

#endif
