/*
 * import: rows from a file: one of our exports, or what another tool writes. A
 * row of import_table is all that the program knows of a format: `import`, its
 * completion, the manual and the reference read it.
 *
 *	if (import_new(&into, &im, err) == -1)
 *		return -1;
 *	status = import_open(im, "hosts.json", NULL, NULL, err);
 *	if (status == 0)
 *		status = import_read(im, err);
 *	import_free(im);
 *
 * All of it is part of the group (db_begin()) in which it is called, so that of
 * files with an error nothing is kept: an error names the file, the line and
 * the byte. Memory: one row, or one blob, at a time.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "db/carry.h"
#include "state/workspace.h"

struct import;
struct import_format;

#define IMPORT_MOST_FILES 256 /* all are open when the first is read */

/* Where rows go. All of it outlives the import. */
struct import_into {
	struct db *db;
	const struct workspace *ws;
	struct db_author *author;
	bool is_dry; /* files of images are not written */

	/* The registrable domain of a name; views it. */
	int (*domain_of)(void *ctx, struct str name, struct str *domain,
	    struct err *err);
	void *ctx;
};

/* What came of the rows of a table. */
struct import_count {
	const struct model *table;
	uint64_t added, changed, known;
	uint64_t out; /* of added: out of scope; of known: as well, so kept */
};

/* The same of all, and what is no row. */
struct import_total {
	uint64_t blobs;      /* that were not there */
	uint64_t no_blob;    /* images whose file is nowhere */
	uint64_t rules_kept; /* of another verb than those of the file */
	uint64_t unusable;   /* of a tool: names that are none, and the like */
	struct str example;  /* the first of them, and where it was */
};

int import_new(const struct import_into *into, struct import **out,
    struct err *err);

/*
 * Opens one, of which nothing is read yet. path "-": standard input; a folder:
 * all its files *.csv. format NULL: it is told by how the file begins. table:
 * of a CSV that does not say it; else NULL.
 */
int import_open(struct import *im, const char *path,
    const struct import_format *format, const struct model *table,
    struct err *err);

/*
 * Reads all that were opened; needs no other file than those of the workspace.
 * -1: also if a row names one that never came.
 */
int import_read(struct import *im, struct err *err);

/*
 * In place of files: what is read elsewhere, rows as an export has them, with
 * the ids that they have there, and files of images. name: of where, for
 * errors. The rest as of import_read().
 */
int import_begin_rows(struct import *im, const char *name, struct err *err);
int import_row(struct import *im, const struct row *row, struct err *err);
int import_blob(struct import *im, struct str id, struct str bytes,
    struct err *err);
int import_end_rows(struct import *im, struct err *err);

/* The row here of one of them. 1, 0: none, -1 */
int import_id(struct import *im, const struct model *model, int32_t there,
    int32_t *here, struct err *err);

/* The i-th table of which there were rows; NULL behind the last. */
const struct import_count *import_count_at(const struct import *im, size_t i);
const struct import_total *import_total(const struct import *im);

/* Files of images that were written are deleted again. */
void import_undo(struct import *im);
void import_free(struct import *im);

/* A table of an export. NULL: *err, of usage, with the closest. */
const struct model *import_table_by_name(struct str name, struct err *err);

/* Formats: "json, jsonl or nmap". NULL: *err, of usage, names them all. */
const struct import_format *import_by_name(struct str name, struct err *err);
void import_add_names(struct buf *out);
const char *import_name_at(size_t i); /* NULL behind the last */
const char *import_help_at(size_t i);

#endif
