/*
 * format: what a workspace can be written as. A row of format_table is all that
 * the program knows of one: `export`, its completion, the manual and the
 * reference read it.
 *
 * To add one: a file in export/ with its hooks and its `const struct format
 * format_NAME`, and a line in export/table.c.
 */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

#include "db/edges.h"
#include "out/sink.h"
#include "state/workspace.h"

/* An export that is under way, as hooks see it. The counts are without the one
 * that the hook is called for, so that 0 says that it is the first. */
struct export
{
	struct sink *out;  /* failures stay in it: no hook has any */
	struct pool *pool; /* of this call */
	uint64_t tables;
	uint64_t rows; /* of this table */
	uint64_t edges, blobs;
};

/*
 * The hooks are called in the order in which they stand here: begin, for each
 * table its name and then its rows in the order of their ids, then all edges,
 * then all blobs, end. Rows and edges are of one moment. Everything that a hook
 * gets ends with the call. NULL: the format has none of that; but
 *
 *	edge NULL   a table each for families, links, events, rules and times to
 *	            live (export_tables)
 *	edge        rows are nodes: the families that are no links. Links, and
 *	            columns that hold an id, come as edges, and both their ends
 *	            were among the rows
 */
struct format {
	const char *name;
	const char *help; /* what is in it and for whom; lower case */
	enum sink_content content;
	void (*begin)(struct export *x);
	void (*table)(struct export *x, const struct model *table);
	void (*row)(struct export *x, const struct row *row);
	void (*edge)(struct export *x, const struct edge *edge);
	void (*blob)(struct export *x, struct str id, struct str bytes);
	void (*end)(struct export *x);
};

/* Ends with NULL. */
extern const struct format *const format_table[];

/*
 * The one of that name; NULL: *err, one of usage, names them all, and the
 * closest.
 */
const struct format *format_by_name(struct str name, struct err *err);

/* "json, json-blobs or dot" */
void format_add_names(struct buf *out);

/* The i-th table that an export has, NULL behind the last. */
const struct model *export_table(size_t i);

/*
 * Writes all that the database and, where the format has blobs, the folder of
 * the workspace hold. Warns of what the export is without: blobs that are not
 * there, edges to rows that are not. A failure of the sink is no failure here:
 * it ends early, and sink_end() says why. Memory: one row or blob at a time.
 */
int export_write(const struct format *format, struct db *db,
    const struct workspace *ws, struct sink *out, struct err *err);

#endif
