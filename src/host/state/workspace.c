#include "state/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypt/blob.h"
#include "state/file.h"

#define MAX_BLOB_BYTES ((size_t)1 << 30)

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

int
workspace_check_name(struct str name, struct err *err)
{
	if (name.n == 0)
		return err_set(err, "Workspace can't be empty");
	if (name.n > WORKSPACE_MAX_NAME)
		return err_set(err,
		    "Workspace has a name of more than %d characters",
		    WORKSPACE_MAX_NAME);
	for (size_t i = 0; i < name.n; i++) {
		bool is_end = i == 0 || i == name.n - 1;

		if (!is_alnum(name.p[i]) &&
		    (is_end || name.p[i] == '\0' ||
			strchr("._-", name.p[i]) == NULL))
			return err_set(err,
			    "Workspace contains invalid characters");
	}
	return 0;
}

void
workspace_name_files(struct workspace *ws, const char *folder,
    struct pool *pool)
{
	ws->folder = folder;
	ws->db = pool_printf(pool, "%s/db.sqlite", folder);
	ws->blobs = pool_printf(pool, "%s/blobs", folder);
	ws->evidence = pool_printf(pool, "%s/evidence", folder);
	ws->base = NULL;
}

void
workspace_at(struct workspace *ws, const struct paths *paths, const char *name,
    struct pool *pool)
{
	ws->name = pool_cstr(pool, str_of(name));
	workspace_name_files(ws, pool_printf(pool, "%s/%s", paths->data, name),
	    pool);
}

/*
 * Looked for before it is moved: between two file systems rename(2) says EXDEV
 * of what is not there, too.
 */
static int
move(const char *from, const char *to, struct err *err)
{
	struct stat st;
	int status = file_stat(AT_FDCWD, from, &st, err);

	if (status != 1)
		return status;
	if (rename(from, to) == 0 || errno == ENOENT)
		return 0;
	if (errno == EXDEV)
		return err_set(err,
		    "cannot move %s to %s, which is on another file system; "
		    "move it there with mv",
		    from, to);
	return err_sys(err, "cannot move %s to %s", from, to);
}

int
workspace_check_folder(const struct workspace *ws, struct err *err)
{
	struct stat st;

	if (stat(ws->folder, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(err,
		    "%s is a file: a workspace is a folder with a db.sqlite",
		    ws->folder);
	return 0;
}

/* Releases before 0.19 kept share/NAME.db and share/blobs/NAME. */
static int
move_older_layout(const struct workspace *ws, const struct paths *paths,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *db = pool_printf(&pool, "%s/%s.db", paths->share, ws->name);
	const char *blobs =
	    pool_printf(&pool, "%s/blobs/%s", paths->share, ws->name);
	struct stat st;
	int status = file_stat(AT_FDCWD, ws->db, &st, err);

	if (status != 0)
		return status == 1 ? 0 : -1;
	if (move(blobs, ws->blobs, err) == -1 || move(db, ws->db, err) == -1)
		return -1;
	(void)rmdir(pool_printf(&pool, "%s/blobs", paths->share));
	return 0;
}

int
workspace_exists(const struct paths *paths, const char *name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct workspace ws;
	struct stat st;
	int status;

	workspace_at(&ws, paths, name, &pool);
	status = file_stat(AT_FDCWD, ws.folder, &st, err);
	if (status != 0)
		return status;
	return file_stat(AT_FDCWD,
	    pool_printf(&pool, "%s/%s.db", paths->share, name), &st, err);
}

int
workspace_open(struct workspace *ws, const struct paths *paths,
    const char *name, struct pool *pool, struct err *err)
{
	workspace_at(ws, paths, name, pool);
	if (workspace_check_folder(ws, err) == -1 ||
	    paths_make(ws->folder, err) == -1 ||
	    move_older_layout(ws, paths, err) == -1 ||
	    paths_make(ws->blobs, err) == -1)
		return -1;
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* 1, 0; -1: nobody knows. */
static int
is_folder(DIR *dir, const char *name, struct err *err)
{
	struct stat st;
	int status = file_stat(dirfd(dir), name, &st, err);

	return status == 1 ? S_ISDIR(st.st_mode) : status;
}

static void
add_name(struct pool *pool, struct str **name, size_t *n, const char *entry)
{
	*name = pool_push(pool, *name, *n, sizeof(**name));
	(*name)[(*n)++] = pool_copy(pool, str_of(entry));
}

int
workspace_list(const struct paths *paths, struct pool *pool, struct str **name,
    size_t *n, struct err *err)
{
	DIR *dir = opendir(paths->data);
	const char *entry;
	int status;

	*name = NULL;
	*n = 0;
	if (dir == NULL)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot read %s", paths->data);
	while ((status = file_next(dir, paths->data, &entry, err)) == 1) {
		if (workspace_check_name(str_of(entry), NULL) == -1)
			continue;
		status = is_folder(dir, entry, err);
		if (status == -1)
			break;
		if (status == 1)
			add_name(pool, name, n, entry);
	}
	(void)closedir(dir);
	if (*n != 0)
		qsort(*name, *n, sizeof(**name), compare_names);
	return status;
}

/* Not the folders in it. */
static int
remove_files(const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	const char *entry;
	int status;

	if (dir == NULL)
		return errno == ENOENT ? 0
		                       : err_sys(err, "cannot read %s", path);
	while ((status = file_next(dir, path, &entry, err)) == 1) {
		if (is_folder(dir, entry, NULL) == 1 ||
		    unlinkat(dirfd(dir), entry, 0) == 0)
			continue;
		status = err_sys(err, "cannot delete %s/%s", path, entry);
		break;
	}
	(void)closedir(dir);
	return status;
}

/* Files of a folder, then the folder; a workspace has no deeper ones. */
static int
remove_folder(const char *path, struct err *err)
{
	if (remove_files(path, err) == -1)
		return -1;
	return rmdir(path) == 0 || errno == ENOENT
	           ? 0
	           : err_sys(err, "cannot delete %s", path);
}

int
workspace_empty(const struct workspace *ws, struct err *err)
{
	if (remove_files(ws->blobs, err) == -1 ||
	    remove_files(ws->evidence, err) == -1)
		return -1;
	return remove_files(ws->folder, err);
}

int
workspace_remove_files(const struct workspace *ws, struct err *err)
{
	if (remove_folder(ws->blobs, err) == -1 ||
	    remove_folder(ws->evidence, err) == -1)
		return -1;
	return remove_files(ws->folder, err);
}

int
workspace_delete(const struct paths *paths, const char *name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct workspace ws;
	int status = workspace_exists(paths, name, err);

	if (status == 0)
		return err_set(err, "there is no workspace '%s'", name);
	workspace_at(&ws, paths, name, &pool);
	/* what is of the older layout goes from where it would be opened */
	if (status == -1 || paths_make(ws.folder, err) == -1 ||
	    move_older_layout(&ws, paths, err) == -1 ||
	    remove_folder(ws.blobs, err) == -1 ||
	    remove_folder(ws.evidence, err) == -1)
		return -1;
	return remove_folder(ws.folder, err);
}

static int
add_size(void *ctx, struct str name, uint64_t size, struct err *err)
{
	(void)name, (void)err;
	*(uint64_t *)ctx += size;
	return 0;
}

static int
add_archives(const struct workspace *ws, uint64_t *bytes, struct err *err)
{
	DIR *dir = opendir(ws->evidence);
	const char *name;
	struct stat st;
	int status;

	if (dir == NULL)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot read %s", ws->evidence);
	while ((status = file_next(dir, ws->evidence, &name, err)) == 1) {
		status = file_stat(dirfd(dir), name, &st, err);
		if (status == -1)
			break;
		/* it may go meanwhile */
		*bytes += status == 1 ? (uint64_t)st.st_size : 0;
	}
	(void)closedir(dir);
	return status;
}

int
workspace_usage(const struct paths *paths, const char *name, uint64_t *bytes,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct workspace ws;
	struct stat st;
	int status;

	workspace_at(&ws, paths, name, &pool);
	if (stat(ws.folder, &st) == -1)
		return err_sys(err, "cannot measure workspace '%s'", name);
	/* whoever was killed while making it has left a folder alone */
	status = file_stat(AT_FDCWD, ws.db, &st, err);
	if (status == -1)
		return -1;
	*bytes = status == 1 ? (uint64_t)st.st_size : 0;
	if (add_archives(&ws, bytes, err) == -1)
		return -1;
	return workspace_blobs(&ws, add_size, bytes, err);
}

/* Nothing but an id becomes a path. */
const char *
workspace_blob_path(const struct workspace *ws, struct pool *pool,
    struct str id, struct err *err)
{
	if (id.n != BLOB_ID_LEN) {
		(void)err_set(err, "not the id of a blob");
		return NULL;
	}
	for (size_t i = 0; i < id.n; i++) {
		if (!is_alnum(id.p[i])) {
			(void)err_set(err, "not the id of a blob");
			return NULL;
		}
	}
	return pool_printf(pool, "%s/%.*s", ws->blobs, STR_ARG(id));
}

int
workspace_has_blob(const struct workspace *ws, struct str id, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = workspace_blob_path(ws, &pool, id, NULL);
	struct stat st;
	int status;

	if (path == NULL)
		return 0;
	status = file_stat(AT_FDCWD, path, &st, err);
	if (status != 0 || ws->base == NULL)
		return status;
	return file_stat(AT_FDCWD,
	    pool_printf(&pool, "%s/%.*s", ws->base, STR_ARG(id)), &st, err);
}

void
blob_hold_drop(struct blob_hold *hold)
{
	if (hold->fd != -1)
		(void)close(hold->fd);
	hold->fd = -1;
}

/* how: of flock(2). 1; 0: it would have to wait; -1. */
static int
hold_blobs(const struct workspace *ws, struct blob_hold *hold, int how,
    struct err *err)
{
	int fd = open(ws->blobs, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status;

	if (fd == -1)
		return err_sys(err, "cannot lock %s", ws->blobs);
	while ((status = flock(fd, how)) == -1 && errno == EINTR)
		;
	if (status == 0) {
		hold->fd = fd;
		return 1;
	}
	status = errno == EWOULDBLOCK
	             ? 0
	             : err_sys(err, "cannot lock %s", ws->blobs);
	(void)close(fd);
	return status;
}

int
workspace_blobs_hold(const struct workspace *ws, struct blob_hold *hold,
    struct err *err)
{
	return hold_blobs(ws, hold, LOCK_SH, err) == 1 ? 0 : -1;
}

int
workspace_blobs_lock(const struct workspace *ws, struct blob_hold *lock,
    struct err *err)
{
	return hold_blobs(ws, lock, LOCK_EX | LOCK_NB, err);
}

int
workspace_blob_store(const struct workspace *ws, struct blob_hold *hold,
    struct str bytes, struct pool *pool, struct str *id, struct err *err)
{
	autopool struct pool scratch = POOL_NONE;
	struct str old;
	const char *path;

	*id = blob_id(pool, bytes);
	path = workspace_blob_path(ws, &scratch, *id, err);
	if (path == NULL ||
	    (hold->fd == -1 && hold_blobs(ws, hold, LOCK_SH, err) == -1))
		return -1;
	if (file_read(&scratch, path, MAX_BLOB_BYTES, &old, NULL) == 1 &&
	    str_eq(old, bytes))
		return 0;
	return file_write(path, bytes, err);
}

int
workspace_blob_load(const struct workspace *ws, struct str id,
    struct pool *pool, struct str *bytes, struct err *err)
{
	const char *path = workspace_blob_path(ws, pool, id, err);
	int status;

	if (path == NULL)
		return -1;
	status = file_read(pool, path, MAX_BLOB_BYTES, bytes, err);
	if (status != 0 || ws->base == NULL)
		return status;
	return file_read(pool,
	    pool_printf(pool, "%s/%.*s", ws->base, STR_ARG(id)), MAX_BLOB_BYTES,
	    bytes, err);
}

int
workspace_blob_file(const struct workspace *ws, struct str name,
    struct pool *pool, struct str *bytes, struct err *err)
{
	return file_read(pool,
	    pool_printf(pool, "%s/%.*s", ws->blobs, STR_ARG(name)),
	    MAX_BLOB_BYTES, bytes, err);
}

int
workspace_blob_delete(const struct workspace *ws, struct str name,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path =
	    pool_printf(&pool, "%s/%.*s", ws->blobs, STR_ARG(name));

	return unlink(path) == 0 ? 0 : err_sys(err, "cannot delete %s", path);
}

static int
list_names(DIR *dir, const char *folder, struct pool *pool, struct str **name,
    size_t *n, struct err *err)
{
	const char *entry;
	int status;

	while ((status = file_next(dir, folder, &entry, err)) == 1)
		add_name(pool, name, n, entry);
	if (*n != 0)
		qsort(*name, *n, sizeof(**name), compare_names);
	return status;
}

int
workspace_blobs(const struct workspace *ws,
    int (*each)(void *ctx, struct str name, uint64_t size, struct err *err),
    void *ctx, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	DIR *dir = opendir(ws->blobs);
	struct str *name = NULL;
	size_t n = 0;
	int status;

	if (dir == NULL)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot read %s", ws->blobs);
	status = list_names(dir, ws->blobs, &pool, &name, &n, err);
	for (size_t i = 0; status == 0 && i < n; i++) {
		struct stat st;

		status = file_stat(dirfd(dir), name[i].p, &st, err);
		if (status == 1)
			status =
			    S_ISREG(st.st_mode)
				? each(ctx, name[i], (uint64_t)st.st_size, err)
				: 0;
	}
	(void)closedir(dir);
	return status;
}
