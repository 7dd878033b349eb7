/*
 * inside: an import that is under way. Internal to import.
 */
#ifndef IMPORT_INSIDE_H
#define IMPORT_INSIDE_H

#include "import/import.h"
#include "import/reader.h"

#define MOST_COUNTS 64 /* tables of an export, and a few more */

struct import_blob {
	char id[48];
	bool is_new; /* its file was not there */
};

struct import_file {
	const char *name;
	int fd; /* -1: it was read */
	const struct import_format *format;
	const struct model *table;
};

struct import {
	struct import_into into;
	struct import_to to;
	struct db_carry *carry;
	struct pool pool;

	struct import_file *file;
	size_t files;
	size_t at; /* the one that is being read; late rows keep it */
	struct import_reader *reader; /* NULL: the end */
	bool is_last;                 /* what is no row of a family, too */
	uint64_t late;                /* how many wait */
	uint64_t later;       /* of them families, that had to wait again */
	struct db_late place; /* of the one that is tried again */
	unsigned depth;       /* of rows that only stand above one */

	/* The last row that was named by its value: most often it comes again. */
	const struct model *named;
	char named_value[256];
	size_t named_n;
	int32_t named_id;

	struct blob_hold hold;
	struct import_blob *blob;
	size_t blobs;

	struct import_count count[MOST_COUNTS];
	size_t counts;
	struct import_total total;
};

/* import.c: adds where an error was. Returns -1. */
int import_at(const struct import *im, uint64_t file, uint64_t line,
    uint64_t at, struct err *err);

/* store.c: what readers call back. ctx: the import. */
int store_row(void *ctx, const struct model *table, const struct json *columns,
    bool tool, struct err *err);
int store_blob(void *ctx, struct str id, struct str bytes, struct err *err);

/* Tries all that waits, until nothing more comes of it. */
int store_end(struct import *im, struct err *err);

/* Each blob once, sorted. */
void store_sort_blobs(struct import *im);

#endif
