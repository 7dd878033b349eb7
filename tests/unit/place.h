/*
 * place: a folder of a test's own, gone with its pool.
 *
 *	autopool struct pool pool = POOL_NONE;
 *	const char *place = place_new(&pool);
 *	const char *path = place_path(&pool, place, "x.db");
 */
#ifndef TEST_PLACE_H
#define TEST_PLACE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

static inline void
place_write(const char *path, struct str bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	CHECK(fd != -1);
	CHECK_INT(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
}

/* Permissions of a file or folder; -1: it is not there. */
static inline int
place_mode(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

#endif
