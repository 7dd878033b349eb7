/*
 * tar: the files in a tar archive, from front to back. Of POSIX (ustar and pax)
 * and of GNU (long names, large numbers): what `tar cf`, `git archive` and
 * Python write. Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax
 * Header Block"; GNU tar manual, "Basic Tar Format".
 *
 * Refused, with the name: links, devices, pipes and whatever else is neither
 * a file nor a folder; absolute names, `..`, names without an end or with an
 * empty part; an archive that ends before its end. No file is unpacked, so there
 * is nothing that could be written elsewhere; what is refused is refused because
 * others would read it otherwise.
 */
#ifndef REGISTRY_TAR_H
#define REGISTRY_TAR_H

#include <stdint.h>

#include "base/err.h"

#define TAR_BLOCK       512
#define TAR_MAX_ENTRIES 1000000u
#define TAR_MAX_NAME    4096        /* bytes; longer is refused */
#define TAR_MAX_EXTRA   (64u << 10) /* of a pax header */

/* Where the archive lies. read: all n bytes from there on, or -1. */
struct tar_in {
	int (*read)(void *ctx, uint64_t at, char *p, size_t n, struct err *err);
	void *ctx;
	uint64_t size;
};

struct tar_file {
	struct str path;   /* without ./ in front; ends with the call */
	uint64_t at, size; /* of its bytes, which lie within the archive */
	int64_t time;
};

/* Calls each() for every file in it. -1: one did, or the archive is not right. */
int tar_walk(const struct tar_in *in,
    int (*each)(void *arg, const struct tar_file *file, struct err *err),
    void *arg, struct err *err);

#endif
