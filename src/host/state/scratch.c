#include "state/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h> /* mkdtemp(3) */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "state/file.h"

#define TRIES  10 /* a sweep may come between making and holding */
#define PLACES 3

/* The first that can be used is. Returns how many there are. */
static size_t
places_of(const struct paths *paths, struct pool *pool,
    const char *place[PLACES])
{
	size_t n = 0;

	place[n++] = pool_printf(pool, "%s/dry-run", paths->cache);
	if (paths->runtime != NULL)
		place[n++] =
		    pool_printf(pool, "%s/sn0int-dry-run", paths->runtime);
	place[n++] =
	    pool_printf(pool, "/tmp/sn0int-dry-run-%lld", (long long)geteuid());
	return n;
}

/* Somebody else may have made what has our name. */
static int
check_own(const char *place, struct err *err)
{
	struct stat st;

	if (lstat(place, &st) == -1)
		return err_sys(err, "cannot look at %s", place);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0)
		return err_set(err, "%s is open to others", place);
	return 0;
}

static int
make_own(const char *place, struct err *err)
{
	if (mkdir(place, 0700) == -1 && errno != EEXIST)
		return err_sys(err, "cannot make the folder %s", place);
	if (check_own(place, err) == -1)
		return -1;
	return access(place, W_OK) == 0
	           ? 0
	           : err_sys(err, "cannot write to %s", place);
}

/* NULL: *err says why the last of them is none. */
static const char *
make_place(const struct paths *paths, struct pool *pool, struct err *err)
{
	const char *place[PLACES];
	size_t n = places_of(paths, pool, place);

	(void)paths_make(paths->cache, NULL);
	for (size_t i = 0; i < n; i++) {
		if (make_own(place[i], i == n - 1 ? err : NULL) == 0)
			return place[i];
	}
	return NULL;
}

/* A folder that is there is held: its descriptor; -1: it is not. */
static int
hold(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat ours, there;

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &ours) == 0 &&
	    lstat(folder, &there) == 0 && ours.st_ino == there.st_ino &&
	    ours.st_dev == there.st_dev)
		return fd;
	(void)close(fd);
	return -1;
}

int
scratch_make(struct scratch *scratch, const struct paths *paths,
    struct pool *pool, struct err *err)
{
	*scratch = (struct scratch){ .lock = -1, .ws.name = "dry-run" };
	scratch->place = make_place(paths, pool, err);
	if (scratch->place == NULL)
		return -1;
	for (int i = 0; i < TRIES && scratch->lock == -1; i++) {
		char *folder = pool_printf(pool, "%s/XXXXXX", scratch->place);

		if (mkdtemp(folder) == NULL)
			return err_sys(err, "cannot make a folder in %s",
			    scratch->place);
		scratch->lock = hold(folder);
		workspace_name_files(&scratch->ws, folder, pool);
	}
	if (scratch->lock == -1)
		return err_set(err, "cannot hold a folder in %s",
		    scratch->place);
	if (paths_make(scratch->ws.blobs, err) == 0)
		return 0;
	(void)scratch_remove(scratch, NULL); /* it is empty */
	return -1;
}

/* Not by rmdir(2), which a host that is locked lacks; lock/policy.c */
static void
remove_folder(const char *folder)
{
	(void)unlinkat(AT_FDCWD, folder, AT_REMOVEDIR);
}

static int
remove_all(const struct workspace *ws, struct err *err)
{
	autoerr struct err why = ERR_NONE;

	(void)workspace_empty(ws, &why);
	remove_folder(ws->blobs);
	remove_folder(ws->evidence);
	if (unlinkat(AT_FDCWD, ws->folder, AT_REMOVEDIR) == 0 ||
	    errno == ENOENT)
		return 0;
	if (why.n == 0)
		return err_sys(err, "cannot remove the folder");
	err_move(err, &why);
	return -1;
}

int
scratch_remove(struct scratch *scratch, struct err *err)
{
	int status;

	if (scratch->lock == -1)
		return 0;
	status = remove_all(&scratch->ws, err);
	(void)close(scratch->lock);
	scratch->lock = -1;
	return status;
}

static void
sweep_one(const char *folder, struct pool *pool)
{
	struct workspace ws = { .name = "dry-run" };
	int fd = hold(folder);

	if (fd == -1)
		return;
	workspace_name_files(&ws, folder, pool);
	(void)remove_all(&ws, NULL); /* whose it was has been told */
	(void)close(fd);
}

static void
sweep_place(const char *place, struct pool *pool)
{
	const char *entry;
	DIR *dir = check_own(place, NULL) == 0 ? opendir(place) : NULL;

	if (dir == NULL)
		return;
	while (file_next(dir, place, &entry, NULL) == 1)
		sweep_one(pool_printf(pool, "%s/%s", place, entry), pool);
	(void)closedir(dir);
}

void
scratch_sweep(const struct paths *paths)
{
	autopool struct pool pool = POOL_NONE;
	const char *place[PLACES];
	size_t n = places_of(paths, &pool, place);

	for (size_t i = 0; i < n; i++)
		sweep_place(place[i], &pool);
}

int
scratch_check_room(const struct scratch *scratch, uint64_t bytes,
    struct err *err)
{
	struct statvfs fs;
	uint64_t room;

	if (statvfs(scratch->ws.folder, &fs) == -1)
		return 0;
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room >= bytes)
		return 0;
	return err_set(err, "a copy takes %llu bytes, and %s has room for %llu",
	    (unsigned long long)bytes, scratch->place,
	    (unsigned long long)room);
}
