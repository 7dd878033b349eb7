/*
 * data: the files that functions look things up in, mapped before the jail
 * closes (docs/jail.md, "Order of steps").
 */
#ifndef CHILD_DATA_H
#define CHILD_DATA_H

#include "base/err.h"

/* The files that were mapped before the jail closed; p == NULL: not there. */
enum child_data {
	DATA_SUFFIX_LIST, /* the public suffix list as text */
	DATA_COUNT,
};

#define DATA_MAX_BYTES ((size_t)64 << 20) /* of one file */

/*
 * A path in a folder of the XDG specification, in pool: $variable/name or
 * ~/in_home/name. Without HOME the home is the user's own. NULL: there is none.
 * Relative folders are ignored, as the specification says.
 */
const char *data_path(struct pool *pool, const char *variable,
    const char *in_home, const char *name);

/*
 * A file's bytes, for as long as the process lives. 1; 0: there is none; -1: it
 * cannot be looked at, is no file, or larger than `most`.
 */
int data_read(const char *path, size_t most, struct str *out, struct err *err);

/* Where the reference keeps what it downloads. NULL: there is no home. */
const char *data_cache_folder(struct pool *pool);

/* The same of at most DATA_MAX_BYTES. p == NULL: there is none, or -1. */
struct str data_map_path(const char *path);

/*
 * Maps what the bits of enum need ask for, for as long as the process lives. A
 * file that is not there, no file or too long leaves p == NULL.
 */
void data_map(struct str data[DATA_COUNT], unsigned needs);

#endif
