/*
 * read: files of WARC records, ours and those of others, from front to back and
 * by offset. WARC 1.0 and 1.1; plain, a gzip member a record, or all in one.
 * Source: ISO 28500:2017; RFC 1952.
 *
 *	struct warc_reader *in = warc_read_file(pool, path, err);
 *	struct warc_entry e;
 *	int status;
 *
 *	while ((status = warc_next(in, &e, err)) == 1)
 *		while ((n = warc_block(in, piece, sizeof(piece), err)) > 0)
 *			...
 *
 * Memory does not grow with the file or its records. Errors name the offset.
 * A file that just ends too early, as after a crash, is told apart from one
 * that is wrong: warc_is_cut().
 */
#ifndef WARC_READ_H
#define WARC_READ_H

#include <stdint.h>
#include <sys/types.h>

#include "warc/warc.h"

#define WARC_MAX_HEAD   ((size_t)64 << 10) /* bytes of the fields of a record */
#define WARC_MAX_FIELDS 1000
#define WARC_NO_PLACE   UINT64_MAX

struct warc_reader;

/* The reader lives in pool, and closes its file when that ends. */
struct warc_reader *warc_read_file(struct pool *pool, const char *path,
    struct err *err);

/* Of a descriptor, which stays the caller's, what there is from 0 on. */
struct warc_reader *warc_read_fd(struct pool *pool, int fd);

/* The same of n bytes from `from` on: a file in a file. Offsets are within. */
struct warc_reader *warc_read_part(struct pool *pool, int fd, uint64_t from,
    uint64_t n);

/* The bytes have to live as long. */
struct warc_reader *warc_read_bytes(struct pool *pool, struct str bytes);

struct warc_named {
	struct str name,
	    value; /* without blanks around; folded lines are one */
};

/*
 * A record, up to its block. Everything is valid until the next call of
 * warc_next() or warc_seek(). Texts are any bytes; p == NULL: it is not there.
 */
struct warc_entry {
	/*
	 * Where warc_seek() finds it. WARC_NO_PLACE: behind another one in the
	 * same member of gzip.
	 */
	uint64_t at;
	struct str version;              /* "1.1" */
	struct str type;                 /* as it is written */
	enum warc_type kind;             /* WARC_TYPES: another */
	struct str id, target_uri, date; /* the first two without <> */
	struct str content_type;
	uint64_t length;                /* bytes of the block */
	const struct warc_named *field; /* all, in order */
	size_t n;
};

/* The value of the i-th field of that name, in any case; p == NULL: none. */
struct str warc_field_value(const struct warc_entry *entry, const char *name,
    size_t i);

/*
 * The next record; what was not read of the one before is passed over. 1; 0:
 * that was all; -1.
 */
int warc_next(struct warc_reader *in, struct warc_entry *entry,
    struct err *err);

/* Goes on with the record at an offset, also after -1. */
void warc_seek(struct warc_reader *in, uint64_t at);

/*
 * The next bytes of the block, at most n. 0: that was all, and the record is
 * whole. -1: it is not; what was given out was the beginning.
 */
ssize_t warc_block(struct warc_reader *in, char *p, size_t n, struct err *err);

enum warc_sum {
	WARC_SUM_NONE, /* no digest is there, or none that says something */
	WARC_SUM_RIGHT,
	WARC_SUM_WRONG,
	WARC_SUM_UNKNOWN, /* of a kind that is not known here */
};

/*
 * Reads the rest of the block and compares what the record says of it. Digests
 * are of MD5, SHA-1, SHA-256 or SHA-512, in hexadecimal or base32. That of a
 * payload says nothing in a revisit (it is elsewhere) and where chunks are in
 * the block, for some count them in. 0; -1: as warc_block().
 */
int warc_finish(struct warc_reader *in, enum warc_sum *block,
    enum warc_sum *payload, struct err *err);

/*
 * The last -1 was for the end of the file: up to where that record begins, the
 * file is right. Zeros up to the end count as nothing.
 */
bool warc_is_cut(const struct warc_reader *in);

/* Some -1 was for the file, which could not be read: nobody knows what is there. */
bool warc_has_failed(const struct warc_reader *in);

/* Where the record begins that the last call was about. */
uint64_t warc_at(const struct warc_reader *in);

#endif
