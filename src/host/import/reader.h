/*
 * reader: how a format of files is read. Internal to import.
 *
 * A reader gets the bytes of a file in pieces, or, if the format is one of
 * lines, line by line, and calls back with rows and files of images. It does no
 * I/O, knows no database, and keeps no more than one row.
 *
 * To add a format: a file in import/ with its hooks and its `const struct
 * import_format import_NAME`, its name in the room's row in
 * src/host/meson.build, and two in table.c: in the declaration and in the
 * table. Then tools/reference, a fixture in tests/data/import with a case in
 * tests/host/imports.py, and a corpus in fuzz/corpus.
 */
#ifndef IMPORT_READER_H
#define IMPORT_READER_H

#include "base/buf.h"
#include "base/err.h"
#include "model/model.h"
#include "value/json.h"

#define IMPORT_MAX_ROW  ((size_t)64 << 20) /* the text of one of our rows */
#define IMPORT_MAX_LINE ((size_t)16 << 20) /* of another tool */
#define IMPORT_MAX_BLOB                                                        \
	((size_t)384 << 20) /* 256 MiB in base64, and what is around */
#define IMPORT_MAX_VALUES  (1u << 20) /* of JSON in a row or a line */
#define IMPORT_HEAD        4096       /* bytes by which a format is told */
#define IMPORT_MAX_COLUMNS 256        /* of a CSV; csv-all has 80 */

/*
 * What a reader calls back. A row is a map of its columns by name, as an export
 * has them. A column that is the id of another row is a number, the id that
 * this has in the file, or a text, its value: it is looked for, and made if it
 * is not there. Ids that follow from the row (a name's domain, a port's
 * address) may be missing, and so may the row's own.
 *
 * tool: rows are another program's, whose names may be none: what cannot be
 * used is counted, not an error.
 */
struct import_to {
	void *ctx;
	int (*row)(void *ctx, const struct model *table,
	    const struct json *columns, bool tool, struct err *err);
	int (*blob)(void *ctx, struct str id, struct str bytes,
	    struct err *err); /* id p NULL: it says none */
};

struct import_reader {
	const struct import_format *format;
	const struct import_to *to;
	const struct model *table; /* of a CSV; NULL: unknown */
	struct pool *pool;         /* of one line, or one item */
	uint64_t line, at; /* where what is being read begins: from 1, from 0 */
	void *state;       /* `size` zero bytes */
};

struct import_format {
	const char *name;
	const char *help; /* whose it is, and what becomes rows */

	/*
	 * By the first bytes, without blanks before them; of JSON without those
	 * between its tokens. NULL: never.
	 */
	bool (*knows)(struct str head);

	/* One or the other. The line is without its end, and never empty. */
	int (*line)(struct import_reader *r, struct str line, struct err *err);
	size_t (*most)(
	    struct str line); /* bytes of it; NULL: IMPORT_MAX_LINE */

	size_t size; /* of the state; begin and clear may be NULL */
	int (*begin)(struct import_reader *r, struct err *err);
	int (
	    *piece)(struct import_reader *r, struct str bytes, struct err *err);
	int (*end)(struct import_reader *r, struct err *err);
	void (*clear)(struct import_reader *r);
};

/* Ends with NULL. */
extern const struct import_format *const import_table[];

/*
 * Reads one file: begin, pieces of any sizes, end; clear in any case. Where an
 * error was, the line and the byte in reader say.
 */
struct import_feed {
	struct import_reader reader;
	struct pool pool;
	struct buf rest; /* the beginning of a line, or of a file */
	bool has_begun;
	uint64_t line, at; /* of what comes next */
};

void import_feed_init(struct import_feed *feed,
    const struct import_format *format, const struct model *table,
    const struct import_to *to);
int import_feed(struct import_feed *feed, struct str bytes, struct err *err);
int import_feed_end(struct import_feed *feed, struct err *err);
void import_feed_clear(struct import_feed *feed);

/* The format of a file that begins so; NULL: none knows it. */
const struct import_format *import_by_head(struct str head);

/* A line that is a JSON map; -1: it is none. */
int import_map(struct import_reader *r, struct str line, struct json *map,
    struct err *err);

/* found.c: what tools find, as rows. Texts are trimmed; an empty one is none. */
int found_name(struct import_reader *r, struct str name, struct err *err);
int found_ip(struct import_reader *r, struct str ip, struct err *err);
int found_resolves(struct import_reader *r, struct str name, struct str ip,
    struct err *err);
int found_host(struct import_reader *r, struct str host, struct err *err);
int found_url(struct import_reader *r, struct str url, struct err *err);
int found_email(struct import_reader *r, struct str email, struct err *err);
int found_value(struct import_reader *r, const char *family, struct str value,
    struct err *err);

bool found_is_ip(struct str text);

/* Any row: columns are set one by one, and null where nothing is known. */
struct found {
	struct import_reader *r;
	const struct model *model;
	struct json columns;
};
void found_begin(struct found *f, struct import_reader *r, const char *family);
void found_text(struct found *f, const char *column, struct str text);
void found_set(struct found *f, const char *column, struct json value);
int found_end(struct found *f, struct err *err);

/* A member that is a text, or missing, or null; -1: anything else. */
int found_member(const struct json *map, const char *name, struct str *out,
    struct err *err);

#endif
