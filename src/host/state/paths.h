/*
 * paths: where the program keeps things. From HOME and XDG_*; a relative
 * XDG_* is ignored. Source: docs/files.md.
 */
#ifndef STATE_PATHS_H
#define STATE_PATHS_H

#include "base/err.h"

struct paths {
	const char *home;
	const char *config;      /* $XDG_CONFIG_HOME/sn0int.toml */
	const char *share;       /* $XDG_DATA_HOME/sn0int */
	const char *data;        /* share/data: a folder a workspace */
	const char *modules;     /* share/modules */
	const char *keyring;     /* share/keyring.json */
	const char *permissions; /* share/permissions.json */
	const char *history;     /* share/history */
	const char *cache;       /* $XDG_CACHE_HOME/sn0int */
	const char *runtime;     /* $XDG_RUNTIME_DIR; NULL: none */
};

/* Only the texts; nothing is looked at. -1: no home. */
int paths_init(struct paths *paths, struct pool *pool, struct err *err);

/* Makes a folder and its parents, 0700. There already: fine. */
int paths_make(const char *folder, struct err *err);

#endif
