/*
 * place: a folder of a test's own, gone with its pool.
 *
 *	autopool struct pool pool = POOL_NONE;
 *	const char *place = place_new(&pool);
 *	const char *path = place_path(&pool, place, "x.db");
 */
#ifndef TEST_PLACE_H
#define TEST_PLACE_H

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/pool.h"

#include "check.h"

static inline int
place_drop(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static inline void
place_remove(void *folder)
{
	(void)nftw(folder, place_drop, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *
place_new(struct pool *pool)
{
	char *folder = pool_cstr(pool, STR("/tmp/check.XXXXXX"));

	CHECK(mkdtemp(folder) != NULL);
	pool_defer(pool, place_remove, folder);
	return folder;
}

static inline const char *
place_path(struct pool *pool, const char *place, const char *name)
{
	return pool_printf(pool, "%s/%s", place, name);
}

/* A file with these bytes, and no others. */
static inline void
place_put(const char *path, struct str bytes)
{
	FILE *f = fopen(path, "wb");

	CHECK(f != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
	if (f != NULL)
		(void)fclose(f);
}

#endif
