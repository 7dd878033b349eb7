/*
 * suffix_list: which of two lists of public suffixes counts, the system's or the
 * one that update-lists has put into the cache: the newer, and of two of the same
 * age the system's. So does the child, for itself (sandbox/child/data.c).
 */
#ifndef STATE_SUFFIX_LIST_H
#define STATE_SUFFIX_LIST_H

#include <sys/stat.h>

#include "state/paths.h"

#define SUFFIX_LIST_NAME   "public_suffix_list.dat"
#define SUFFIX_LIST_SYSTEM "/usr/share/publicsuffix/" SUFFIX_LIST_NAME

/*
 * 1: *path, which may live in pool, and what it is; 0: there is neither; -1: one
 * cannot be looked at, and nobody knows how old it is.
 */
int suffix_list_find(const struct paths *paths, struct pool *pool,
    const char **path, struct stat *st, struct err *err);

#endif
