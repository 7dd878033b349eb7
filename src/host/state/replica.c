#include "state/replica.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/file.h"
#include "state/spool.h"

static int
check_is_free(const char *folder, struct err *err)
{
	struct stat st;

	if (lstat(folder, &st) == 0)
		return err_set(err, "%s is there already", folder);
	return errno == ENOENT ? 0 : err_sys(err, "cannot look at %s", folder);
}

/* The folder is ours alone, and of nobody who lives. */
static int
lock_folder(struct replica *replica, struct err *err)
{
	const char *path = replica->ws.folder;
	int fd;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_sys(err, "cannot make the folder %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return err_sys(err, "cannot open %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		(void)(errno == EWOULDBLOCK
			   ? err_set(err, "somebody else makes %s",
				 replica->folder)
			   : err_sys(err, "cannot lock %s", path));
		(void)close(fd);
		return -1;
	}
	replica->lock = fd;
	return 0;
}

/* What somebody has left who was killed. */
static int
empty_folder(const struct replica *replica, struct err *err)
{
	if (workspace_remove_files(&replica->ws, err) == -1)
		return err_wrap(err, "cannot empty %s", replica->ws.folder);
	return paths_make(replica->ws.blobs, err);
}

static void
name_folder(struct replica *replica, const char *folder, struct pool *pool)
{
	struct workspace *ws = &replica->ws;
	const char *parent = file_folder(pool, folder);
	size_t slash = str_rfind_char(str_of(folder), '/');
	const char *name = slash != STR_NPOS ? folder + slash + 1 : folder;

	replica->folder = pool_cstr(pool, str_of(folder));
	ws->name = pool_cstr(pool, str_of(name));
	workspace_name_files(ws,
	    pool_printf(pool, "%s.%s.sn0int.new", parent, name), pool);
}

int
replica_begin(struct replica *replica, const char *folder, struct pool *pool,
    struct err *err)
{
	replica->lock = -1;
	name_folder(replica, folder, pool);
	if (check_is_free(folder, err) == -1 || lock_folder(replica, err) == -1)
		return -1;
	return empty_folder(replica, err) == 0 ? 0
	                                       : replica_end(replica, -1, err);
}

struct copy {
	const struct replica *replica;
	const struct workspace *from;
};

static int
copy_blob(void *ctx, struct str name, uint64_t size, struct err *err)
{
	const struct copy *copy = ctx;
	autopool struct pool pool = POOL_NONE;
	struct str bytes;
	int status = workspace_blob_file(copy->from, name, &pool, &bytes, err);

	(void)size;
	if (status != 1)
		return status;
	return file_write(pool_printf(&pool, "%s/%.*s", copy->replica->ws.blobs,
			      STR_ARG(name)),
	    bytes, err);
}

int
replica_blobs(const struct replica *replica, const struct workspace *from,
    struct err *err)
{
	struct copy copy = { replica, from };

	return workspace_blobs(from, copy_blob, &copy, err);
}

/* However long it is; one that is written meanwhile may end in a part. */
static int
copy_long(const struct workspace *to, const struct workspace *from,
    const char *name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_printf(&pool, "%s/%s", from->evidence, name);
	struct spool file = { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW),
		from->evidence };
	int status;

	if (file.fd == -1)
		return err_sys(err, "cannot open %s", path);
	status = spool_become(&file,
	    pool_printf(&pool, "%s/%s", to->evidence, name), err);
	spool_close(&file);
	return status;
}

int
replica_archive(const struct workspace *to, const struct workspace *from,
    struct str uuid, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *name = pool_printf(&pool, "%.*s.warc.gz", STR_ARG(uuid));
	struct stat st;

	if (str_find_char(uuid, '/') != STR_NPOS ||
	    str_find_char(uuid, '\0') != STR_NPOS ||
	    lstat(pool_printf(&pool, "%s/%s", from->evidence, name), &st) ==
		-1 ||
	    !S_ISREG(st.st_mode) ||
	    lstat(pool_printf(&pool, "%s/%s", to->evidence, name), &st) == 0)
		return 0;
	if (paths_make(to->evidence, err) == -1 ||
	    copy_long(to, from, name, err) == -1)
		return -1;
	return 1;
}

int
replica_evidence(const struct replica *replica, const struct workspace *from,
    struct err *err)
{
	DIR *dir = opendir(from->evidence);
	const char *name;
	int status;

	if (dir == NULL)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot read %s", from->evidence);
	status = paths_make(replica->ws.evidence, err) == -1 ? -1 : 1;
	while (status == 1 &&
	       (status = file_next(dir, from->evidence, &name, err)) == 1) {
		if (copy_long(&replica->ws, from, name, err) == -1)
			status = -1;
	}
	(void)closedir(dir);
	return status;
}

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE                 0
#define renameat2(a, from, b, to, flags) renameat(a, from, b, to)
#endif

int
replica_rename(const char *from, const char *to, struct err *err)
{
	if (check_is_free(to, err) == -1)
		return -1;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == -1)
		return err_sys(err, "cannot rename %s to %s", from, to);
	return file_sync_folder(to, err);
}

int
replica_end(struct replica *replica, int status, struct err *err)
{
	if (status == 0 && fsync(replica->lock) == -1)
		status = err_sys(err, "cannot write %s", replica->ws.folder);
	if (status == 0)
		status =
		    replica_rename(replica->ws.folder, replica->folder, err);
	if (status == -1 && workspace_remove_files(&replica->ws, NULL) == 0)
		(void)rmdir(replica->ws.folder);
	(void)close(replica->lock);
	return status;
}
