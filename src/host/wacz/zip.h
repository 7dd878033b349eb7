/*
 * zip: the one way in which a bundle is a zip (APPNOTE.TXT 6.3.10), and nothing
 * else is one here: members follow each other without gaps, stored, with one
 * fixed time, no flags, no extra field but that of sizes and places that need
 * 64 bits, then the directory in the same order, no comment. So whatever stands
 * between the members follows from their names, sizes and sums, and the reader
 * compares it, byte for byte, with what the writer would have written.
 *
 * Names: "folder/name.ext" or "name.ext", of A-Z a-z 0-9 . _ -, the last part
 * with a dot inside, no part that begins with one. Each once.
 * Source: docs/evidence.md, "Bundles".
 */
#ifndef WACZ_ZIP_H
#define WACZ_ZIP_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypt/digest.h"

#define ZIP_MAX_NAME    200
#define ZIP_MAX_MEMBERS 65000       /* a run each */
#define ZIP_MAX_32      0xfffffffeu /* what is larger has 64 bits */
#define ZIP_SUM         65          /* 64 digits and a NUL */

struct zip_member {
	char name[ZIP_MAX_NAME + 1];
	uint64_t size, at; /* `at`: of its header */
	uint32_t crc;
	uint64_t data_at;
	char sha256[ZIP_SUM];

	/* What the reader found: its bytes are not what the header says. */
	bool is_other;
};

/* -1: *err says what is wrong with it. */
int zip_check_name(struct str name, struct err *err);

/*
 * What stands in front of a member and behind the last, as layout.c makes it.
 * most: ZIP_MAX_32, but for tests.
 */
void zip_add_header(struct buf *out, const struct zip_member *m, uint64_t most);
void zip_add_entry(struct buf *out, const struct zip_member *m, uint64_t most);
void zip_add_end(struct buf *out, uint64_t members, uint64_t at, uint64_t size,
    uint64_t most);

/*
 * The writer. fd is a regular file, empty, at its beginning, and stays the
 * caller's. Nothing is kept of a member but its row.
 *
 *	struct zip_writer zip = ZIP_WRITER(fd, &pool);
 *	if (zip_begin(&zip, "archive/a.warc.gz", err) == -1 ||
 *	    zip_add(&zip, bytes, err) == -1 || zip_end(&zip, err) == -1 ||
 *	    zip_finish(&zip, err) == -1)
 *		return -1;
 */
struct zip_writer {
	int fd;
	struct pool *pool;
	uint64_t most;
	uint64_t at;
	struct zip_member *member; /* in order */
	size_t n;
	struct pool one; /* of the member that is open */
	struct digest *digest;
	struct buf waiting;
};

#define ZIP_WRITER(descriptor, a_pool)                                         \
	{                                                                      \
		.fd = (descriptor), .pool = (a_pool), .most = ZIP_MAX_32       \
	}

/* zip_finish() finds a name that is there twice. */
int zip_begin(struct zip_writer *zip, const char *name, struct err *err);
int zip_add(struct zip_writer *zip, struct str bytes, struct err *err);
int zip_end(struct zip_writer *zip, struct err *err);
int zip_finish(struct zip_writer *zip, struct err *err);
void zip_writer_clear(struct zip_writer *zip); /* in any case, at the end */

/*
 * The reader, of foreign bytes: no I/O but read_at(), which gives n bytes from
 * `at`, all of them within size, or -1. Memory: a row a member.
 *
 *	while ((status = zip_next(zip, &m, err)) == 1)
 *		while ((status = zip_read(zip, p, n, err)) > 0)
 *			...
 *	if (status == 0)
 *		status = zip_check_end(zip, err);
 *
 * Bytes of a member that nobody has read are read by the next zip_next(). An
 * error of any of them is about "the zip itself", and nothing more can be read.
 */
struct zip_source {
	int (*read_at)(void *ctx, uint64_t at, char *p, size_t n,
	    struct err *err);
	void *ctx;
	uint64_t size;
};

struct zip_reader {
	struct zip_source from;
	struct pool *pool;
	uint64_t most;
	uint64_t at;
	struct zip_member *member;
	size_t n;
	uint64_t left; /* of the last one's data */
	uint32_t crc;
	bool is_open, is_over; /* a member's data; the directory has come */
	bool has_failed; /* read_at() has, so nobody knows what is there */
	struct pool one;
	struct digest *digest;
	char *piece; /* for what nobody has read */
};

#define ZIP_READER(a_source, a_pool)                                           \
	{                                                                      \
		.from = (a_source), .pool = (a_pool), .most = ZIP_MAX_32       \
	}

/*
 * 1: *m is the next, which may move with the next call; 0: the directory comes.
 * When it is called again, or has returned 0, all but name, size and place of
 * the one before is known: sha256, and is_other.
 */
int zip_next(struct zip_reader *zip, struct zip_member **m, struct err *err);
ssize_t zip_read(struct zip_reader *zip, char *p, size_t n, struct err *err);
int zip_check_end(struct zip_reader *zip, struct err *err);
void zip_reader_clear(struct zip_reader *zip);

/* That no name stands there twice; -1: *err has it. */
int zip_check_once(const struct zip_member *member, size_t n, struct err *err);

/* By their names, in pool. */
const struct zip_member **zip_sort(struct pool *pool,
    const struct zip_member *member, size_t n);

/* The one of that name, among what is sorted; NULL: none. */
const struct zip_member *zip_find(const struct zip_member *const *sorted,
    size_t n, struct str name);

#endif
