/*
 * store: the modules that were installed from a registry. Below modules/ lies
 * what the peer would have, AUTHOR/NAME.lua, and nothing else; where each came
 * from stands in D/packages.json (pkg/package.h, docs/files.md, "Packages").
 *
 *	struct store *s = store_new(share, modules);
 *	store_install(s, &text, STORE_ANY, err);      ...as many as there are...
 *	store_fold(s, err);
 *	store_free(s);
 *
 * Several processes may do that at once: each change is made under a lock. What
 * is killed at any moment leaves each module as it was or as it was to be, and
 * a row that belongs to it.
 */
#ifndef PKG_STORE_H
#define PKG_STORE_H

#include "pkg/package.h"

struct store;

/* Copies of both; nothing is looked at. */
struct store *store_new(const char *share, const char *modules);
void store_free(struct store *store); /* does not fold; NULL: nothing */

/* What is to be installed; author and name have the form of registry/id.h. */
struct store_text {
	struct str author, name, version, registry, code;
};

/* What somebody has looked at: the SHA-256, or one of these. */
#define STORE_ANY  STR("any")
#define STORE_NONE STR("none")

/*
 * The new text takes the place of the old one, if that is still `before` (or
 * somebody has put the new one there meanwhile); -1: the old one is there, or *err says that the new one is and may not survive a
 * crash. A folder or file that is a link, or a folder with a .git, is somebody's
 * own and refused.
 */
int store_install(struct store *store, const struct store_text *text,
    struct str before, struct err *err);

/*
 * The file goes, then the folder of the author if it is empty, and the row.
 * 1; 0: there was no such file; -1.
 */
int store_remove(struct store *store, struct str author, struct str name,
    struct str before, struct err *err);

/* What was changed is in packages.json, and the log is gone. */
int store_fold(struct store *store, struct err *err);

/* All rows as they are now, of the log, too; lives in pool. Nothing is written. */
int store_packages(struct store *store, struct pool *pool,
    struct packages *rows, struct err *err);

/* Its file, and what is in it: 64 digits, in pool. 1; 0: no such file; -1. */
const char *store_path(const struct store *store, struct pool *pool,
    struct str author, struct str name);
int store_look(const struct store *store, struct pool *pool, struct str author,
    struct str name, struct str *code, struct str *sha256, struct err *err);

/* Why nothing may be written there (see store_install()); 0: it may. */
int store_check_place(const struct store *store, struct str author,
    struct str name, struct err *err);

/* 64 digits, in pool. */
struct str store_sha256(struct pool *pool, struct str code);

#endif
