/*
 * package: where an installed module came from, as D/packages.json and the log
 * beside it have it. No I/O. Source: docs/files.md, "Packages".
 */
#ifndef PKG_PACKAGE_H
#define PKG_PACKAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define PACKAGES_MAX_BYTES ((size_t)64 << 20) /* of either file */

struct package {
	struct str id;       /* author/name */
	struct str registry; /* its URL */
	struct str version;
	struct str sha256;  /* of the text, 64 hexadecimal digits */
	uint64_t installed; /* seconds since 1970 */
	bool is_removal;    /* in the log: the file goes, the rest is empty */
	uint64_t number;    /* of two with one id the later counts */
};

/* Grows by packages_add(); lives in pool. */
struct packages {
	struct package *package;
	size_t n;
	struct pool *pool;
};

void packages_add(struct packages *rows, const struct package *row);

/* Sorts by id; of an id the last that was added stays, and no removal. */
void packages_settle(struct packages *rows);

/* Of settled rows. NULL: none. */
const struct package *packages_find(const struct packages *rows, struct str id);

/* All of packages.json. Writing is of settled rows. */
int packages_read(struct packages *rows, struct str text, struct err *err);
void packages_write(struct buf *out, const struct packages *rows);

/*
 * A line of the log. What stands behind the last newline was being written when
 * the machine or the program stopped, and is none.
 */
int packages_log_read(struct packages *rows, struct str text, struct err *err);
void packages_log_write(struct buf *out, const struct package *row);

/* How many bytes of a log are whole lines. */
size_t packages_log_whole(struct str text);

#endif
