/*
 * home: where a user's own files are. The host and a child under a foreign
 * parent look for the same ones. Source: XDG Base Directory Specification.
 */
#ifndef BASE_HOME_H
#define BASE_HOME_H

#include "base/err.h"

/* HOME if it is absolute, else as the user has it; NULL: there is none. */
const char *home_folder(struct pool *pool);

/*
 * What a variable says (XDG_CONFIG_HOME), else HOME/in_home; a relative path
 * counts as none. home: of home_folder(); NULL: it is asked for if need be.
 * NULL: there is none.
 */
const char *home_xdg(struct pool *pool, const char *variable, const char *home,
    const char *in_home);

/* XDG_RUNTIME_DIR, which has no place of its own; NULL: there is none. */
const char *home_runtime(struct pool *pool);

/*
 * Of a path where there was no file: 0; -1 if it is a link to nothing, which is
 * a file that cannot be read, not none.
 */
int home_check_none(const char *path, struct err *err);

#endif
