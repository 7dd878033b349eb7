/*
 * workspace: a folder with a database and blobs. Source: docs/files.md.
 */
#ifndef STATE_WORKSPACE_H
#define STATE_WORKSPACE_H

#include <stdint.h>

#include "state/paths.h"

#define WORKSPACE_MAX_NAME 128

struct workspace {
	const char *name;
	const char *folder;   /* paths->data/name */
	const char *db;       /* folder/db.sqlite */
	const char *blobs;    /* folder/blobs */
	const char *evidence; /* folder/evidence; not there: nothing was kept */
	const char *base; /* blobs of another that are read, too; NULL: none */
};

/* Letters, digits, and inside also . _ -; -1: says which rule is broken. */
int workspace_check_name(struct str name, struct err *err);

/* The paths alone: nothing is looked at or made. */
void workspace_at(struct workspace *ws, const struct paths *paths,
    const char *name, struct pool *pool);

/* -1: a file stands there, which somebody named as a workspace. */
int workspace_check_folder(const struct workspace *ws, struct err *err);

/* Moves an older layout, makes the folders (0700). */
int workspace_open(struct workspace *ws, const struct paths *paths,
    const char *name, struct pool *pool, struct err *err);

/* Names, sorted by bytes. */
int workspace_list(const struct paths *paths, struct pool *pool,
    struct str **name, size_t *n, struct err *err);

/* Where releases before 0.19 kept it counts. 1, 0, -1: nobody knows. */
int workspace_exists(const struct paths *paths, const char *name,
    struct err *err);

int workspace_delete(const struct paths *paths, const char *name,
    struct err *err);

/* What lies in folder, which is taken as it is; strings in pool, no base. */
void workspace_name_files(struct workspace *ws, const char *folder,
    struct pool *pool);

/* All files; the folders stay. */
int workspace_empty(const struct workspace *ws, struct err *err);

/* Its database and its blobs; the folder stays, and is empty. */
int workspace_remove_files(const struct workspace *ws, struct err *err);

/* Database file and blobs, in bytes. */
int workspace_usage(const struct paths *paths, const char *name,
    uint64_t *bytes, struct err *err);

/*
 * Until an image refers to it, a blob looks like one that nobody needs. Whoever
 * stores one holds the folder from then on until the image is there, or the
 * process ends; whoever deletes does so only while nobody holds it (flock(2) of
 * the folder, so that all processes of this program agree).
 */
struct blob_hold {
	int fd; /* -1: none */
};

#define BLOB_HOLD_NONE                                                         \
	{                                                                      \
		-1                                                             \
	}
void blob_hold_drop(struct blob_hold *hold);

/* Nothing is deleted from now on; waits for who deletes. */
int workspace_blobs_hold(const struct workspace *ws, struct blob_hold *hold,
    struct err *err);

/* To delete; does not wait. 1; 0: somebody stores; -1. */
int workspace_blobs_lock(const struct workspace *ws, struct blob_hold *lock,
    struct err *err);

/*
 * A blob by its id (crypt/blob.h), which is checked to be one before it
 * becomes a path. _store writes unless it is there with the same bytes; *hold
 * is held then, and dropped by the caller.
 */
int workspace_blob_store(const struct workspace *ws, struct blob_hold *hold,
    struct str bytes, struct pool *pool, struct str *id, struct err *err);
int workspace_blob_load(const struct workspace *ws, struct str id,
    struct pool *pool, struct str *bytes, struct err *err); /* 1, 0: none, -1 */
/* Where it is or would be, in pool; NULL: *err, it is no id. */
const char *workspace_blob_path(const struct workspace *ws, struct pool *pool,
    struct str id, struct err *err);
int workspace_has_blob(const struct workspace *ws, struct str id,
    struct err *err); /* 1, 0, -1: nobody knows */

/*
 * Each file in the blob folder, sorted by name; stops when each() returns -1.
 */
int workspace_blobs(const struct workspace *ws,
    int (*each)(void *ctx, struct str name, uint64_t size, struct err *err),
    void *ctx, struct err *err);

/* Such a file, by the name that each() got, whatever it is. */
int workspace_blob_file(const struct workspace *ws, struct str name,
    struct pool *pool, struct str *bytes, struct err *err); /* 1, 0: gone, -1 */
int workspace_blob_delete(const struct workspace *ws, struct str name,
    struct err *err);

#endif
