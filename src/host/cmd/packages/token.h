/*
 * token: D/auth, a line with what an account of the registry is known by.
 * Whoever has it can publish in that name, so it is 0600 here.
 */
#ifndef PACKAGES_TOKEN_H
#define PACKAGES_TOKEN_H

#include "base/err.h"
#include "state/paths.h"

#define TOKEN_LETTERS   32   /* of one that is made here */
#define TOKEN_MAX_BYTES 1024 /* of the file */

/*
 * 1; 0: there is none, nobody logged in; -1: it cannot be read, or has bytes
 * that are none of a token. In pool.
 */
int token_load(const struct paths *paths, struct pool *pool, struct str *out,
    struct err *err);
int token_keep(const struct paths *paths, struct str token, struct err *err);

/* A new one, of letters and digits. -1: the system has no random bytes. */
int token_make(char out[TOKEN_LETTERS], struct err *err);

#endif
