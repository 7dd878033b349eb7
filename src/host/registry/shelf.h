/*
 * shelf: what a folder or a tar file has, by name: modules in the order of
 * author and name, the versions of each from the earliest to the latest.
 *
 * How files are named: AUTHOR/NAME/VERSION.lua, and AUTHOR/NAME/redirect, a
 * line with the id of the module that took its place. Other files are nobody's
 * business; a .lua file there whose path is not so is left out and told.
 */
#ifndef REGISTRY_SHELF_H
#define REGISTRY_SHELF_H

#include <stdint.h>

#include "registry/id.h"

#define SHELF_MAX_ITEMS    200000u
#define SHELF_MAX_REDIRECT 200 /* bytes of the file */

struct shelf_item {
	struct registry_id id;
	struct str version; /* p NULL: it is the redirect, which comes first */
	uint64_t size;      /* of the file */
	uint64_t at;        /* where it begins, in a tar */
	int64_t time;       /* of its last change */
};

struct shelf {
	struct pool *pool;
	struct shelf_item *item;
	size_t n;
	struct str *refused; /* paths, with the reason */
	size_t refusals;
};

/*
 * One more file, of which the item has size, place and time. -1: there are too many, or this is the second of that name.
 */
int shelf_add(struct shelf *shelf, struct str path,
    const struct shelf_item *item, struct err *err);

/* When all are there, before the rest. -1: a name is there twice. */
int shelf_sort(struct shelf *shelf, struct err *err);

/* A module: where its items begin, and how many it has; 0: there is none. */
size_t shelf_find(const struct shelf *shelf, const struct registry_id *id,
    size_t *first);

/* The same for the module whose items begin there. */
size_t shelf_count(const struct shelf *shelf, size_t first);

/* Which of n items (of one module) it recommends: the latest that is no
 * pre-release, else the latest; NULL: there are none but a redirect. */
const struct shelf_item *shelf_latest(const struct shelf_item *item, size_t n);
const struct shelf_item *shelf_version(const struct shelf_item *item, size_t n,
    struct str version);

/*
 * Where files lie. list: those of one module, or (only NULL) all; sorted. read:
 * one of them, whole and as it was listed, in pool.
 */
struct shelf_kind {
	int (*list)(void *at, const struct registry_id *only,
	    struct shelf *shelf, struct err *err);
	int (*read)(void *at, const struct shelf_item *item, struct pool *pool,
	    struct str *text, struct err *err);
	void (*close)(void *at);
};

extern const struct shelf_kind shelf_folder, shelf_tar;

/* Opened for good: what is renamed behind it does not matter. NULL: -1. */
void *shelf_folder_open(const char *path, struct err *err);
void *shelf_tar_open(const char *path, struct err *err);

#endif
