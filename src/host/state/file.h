/*
 * file: whole files, in and out.
 */
#ifndef STATE_FILE_H
#define STATE_FILE_H

#include "base/err.h"

/*
 * Reads a regular file of at most `most` bytes into pool. 1; 0: there is none;
 * -1.
 */
int file_read(struct pool *pool, const char *path, size_t most, struct str *out,
    struct err *err);

/*
 * Writes to a temporary file beside it (0600), syncs, renames: whoever looks
 * sees the old file or the new one, also after a crash at any moment.
 */
int file_write(const char *path, struct str bytes, struct err *err);

/*
 * The same, and the old file stays unless check() says 0 about the temporary
 * one.
 */
int file_replace(const char *path, struct str bytes,
    int (*check)(void *ctx, const char *temporary, struct err *err), void *ctx,
    struct err *err);

#endif
