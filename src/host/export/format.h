/*
 * format: what a workspace can be written as. A row of format_table is all that
 * the program knows of one: `export`, its completion, the manual and the
 * reference read it.
 *
 * To add one: a file in export/ with its hooks and its `const struct format
 * format_NAME`, and two names in export/table.c: in the declaration and in the
 * table. docs/tour.md, "To add something", says what else.
 */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

#include "db/edges.h"
#include "out/sink.h"
#include "state/workspace.h"

/*
 * An export that is under way, as hooks see it. The counts are without the one
 * that the hook is called for, so that 0 says that it is the first.
 */
struct exporter {
	struct sink *out;  /* failures stay in it: no hook has any */
	struct pool *pool; /* of this call */

	/* For formats that are more than their rows. */
	struct pool *whole;  /* to the end */
	void *own;           /* what begin() has made there */
	const char *name;    /* of the workspace */
	struct str identity; /* tells it from all others, as far as can be */

	uint64_t tables;
	uint64_t rows, all_rows; /* of this table; of all that were written */
	uint64_t edges, blobs;

	/* What about.h asks. */
	struct db *db;
	struct db_about *about;
	const struct edge_choice *choice; /* NULL: all */
	bool has_failed;                  /* *err says why */
	struct err *err;
};

/*
 * The hooks are called in the order in which they stand here: begin, for each
 * table its name and then its rows in the order of their ids, then all edges,
 * then all blobs, end. Rows and edges are of one moment. Everything that a hook
 * gets ends with the call. NULL: the format has none of that; but
 *
 *	edge NULL   a table each for families, links, events, rules and times to
 *	            live (export_table())
 *	edge        rows are nodes: the families that are no links. Links, and
 *	            columns that hold an id, come as edges, and both their ends
 *	            were among the rows
 */
struct format {
	const char *name;
	/* What is in it, for whom; with an ending also "-o FOLDER". */
	const char *help;
	enum sink_content content;

	/*
	 * Of a format with a file for each table: what the name of one has
	 * behind "domains". `table` is the first that writes into each, and
	 * there is no begin, edge, blob or end. NULL: all is one file.
	 */
	const char *ending;

	bool holds_records; /* runs to origins, if they are chosen */

	/*
	 * Of a format with edges, for the reference: where tags and notes
	 * stand, and since when a row is there; NULL: it has no place for that.
	 */
	const char *tags, *notes, *times;

	void (*begin)(struct exporter *x);
	void (*table)(struct exporter *x, const struct model *table);
	void (*row)(struct exporter *x, const struct row *row); /* always */
	void (*edge)(struct exporter *x, const struct edge *edge);
	void (*blob)(struct exporter *x, struct str id, struct str bytes);
	void (*end)(struct exporter *x);
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

/* The same of who did it: runs, attempts, exchanges, changes. */
const struct model *export_record(size_t i);

/* A row that others are linked to: of a family, and none of the links. */
bool export_is_node(const struct model *table);

/*
 * What of a workspace. With families only their rows, and links between them;
 * else all. A filter of a family may be NULL, and gives the same rows each
 * time. What has no scope is in it.
 */
struct export_choice {
	bool in_scope;
	bool has_records; /* who did it, too, of a format that holds it */
	struct {
		const struct model *model;
		const struct filter *filter;
	} * family;
	size_t n; /* 0: all families, and what is none */
};

/*
 * Writes all that the database and, where the format has blobs, the folder of
 * the workspace hold, or what is chosen of it (NULL: all): of files then those
 * of the images among the rows. path as of sink_open(); of a format with an ending a
 * folder, which is made (0700): none of its files gets its name before all are
 * written. Warns of what the export is without: blobs that are not there, edges
 * to rows that are not. Memory: one row or blob at a time. -1: also where it
 * could not be written, with the cause.
 */
int export_write(const struct format *format, struct db *db,
    const struct workspace *ws, const struct export_choice *choice,
    const char *path, struct err *err);

/*
 * The rows alone, in the same order, within a group of reads of the caller's:
 * each() gets them one by one, -1 from it ends the walk.
 */
int export_each_row(struct db *db, const struct export_choice *choice,
    int (*each)(void *ctx, const struct row *row, struct err *err), void *ctx,
    struct err *err);

#endif
