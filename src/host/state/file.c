#include "state/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/write.h"

static int
read_all(int fd, size_t most, struct buf *out, struct err *err)
{
	for (;;) {
		ssize_t n = read(fd, buf_room(out, 65536), 65536);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_set_errno(err, errno);
		if (n == 0)
			return 0;
		out->n += (size_t)n;
		if (out->n > most)
			return err_set(err, "it is larger than %zu bytes",
			    most);
	}
}

static int
check_kind(int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set_errno(err, errno);
	if (S_ISDIR(st.st_mode))
		return err_set_errno(err, EISDIR);
	return S_ISREG(st.st_mode) ? 0 : err_set(err, "it is no file");
}

int
file_read(struct pool *pool, const char *path, size_t most, struct str *out,
    struct err *err)
{
	struct buf bytes = BUF_IN(pool);
	int fd, status;

	/* O_NONBLOCK: a pipe of that name does not hang us */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return err_set_errno(err, errno);
	status = check_kind(fd, err);
	if (status == 0)
		status = read_all(fd, most, &bytes, err);
	(void)close(fd);
	if (status == -1)
		return -1;
	*out = bytes.n != 0 ? buf_str(&bytes) : STR("");
	return 1;
}

int
file_stdin(struct pool *pool, size_t most, struct str *out, struct err *err)
{
	struct buf bytes = BUF_IN(pool);

	if (read_all(STDIN_FILENO, most, &bytes, err) == -1)
		return err_wrap(err, "cannot read standard input");
	*out = bytes.n != 0 ? buf_str(&bytes) : STR("");
	return 1;
}

int
file_next(DIR *dir, const char *folder, const char **name, struct err *err)
{
	for (;;) {
		struct dirent *entry;

		errno =
		    0; /* readdir(3): all that tells an error from the end */
		entry = readdir(dir);
		if (entry == NULL)
			return errno == 0
			           ? 0
			           : err_sys(err, "cannot read %s", folder);
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0) {
			*name = entry->d_name;
			return 1;
		}
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
file_list(struct pool *pool, const char *folder, const char *ending,
    const char ***name, size_t *n, struct err *err)
{
	const char **list = NULL, *next;
	DIR *dir = opendir(folder);
	int status;

	*n = 0;
	*name = NULL;
	if (dir == NULL)
		return err_sys(err, "cannot open %s", folder);
	while ((status = file_next(dir, folder, &next, err)) == 1) {
		if (!str_ends(str_of(next), str_of(ending)))
			continue;
		list = pool_push(pool, list, *n, sizeof(*list));
		list[(*n)++] = pool_printf(pool, "%s", next);
	}
	(void)closedir(dir);
	if (*n != 0)
		qsort(list, *n, sizeof(*list), by_text);
	*name = list;
	return status;
}

int
file_stat(int folder, const char *name, struct stat *st, struct err *err)
{
	if (fstatat(folder, name, st, 0) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return 0;
	return err_sys(err, "cannot look at %s", name);
}

const char *
file_folder(struct pool *pool, const char *path)
{
	struct str all = str_of(path);
	size_t slash = str_rfind_char(all, '/');

	return slash == STR_NPOS ? "./"
	                         : pool_cstr(pool, str_sub(all, 0, slash + 1));
}

int
file_real(struct pool *pool, const char *path, const char **real,
    struct err *err)
{
	const char *at = path;

	for (int i = 0; i < FILE_MAX_LINKS; i++) {
		char *link = pool_alloc(pool, PATH_MAX + 1);
		ssize_t n = readlink(at, link, PATH_MAX);

		/* no link, or nothing there: whoever opens it sees */
		if (n == -1) {
			*real = at;
			return 0;
		}
		link[n] = '\0';
		at = link[0] == '/' ? link
		                    : pool_printf(pool, "%s%s",
					  file_folder(pool, at), link);
	}
	return err_set(err, "%s: too many symbolic links", path);
}

/*
 * The rename itself is to survive a crash. Some file systems have no fsync() of
 * a folder and say EINVAL.
 */
int
file_sync_folder(const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *folder = file_folder(&pool, path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status = 0;

	/* a folder that may be written but not read cannot be opened */
	if (fd == -1 && errno == EACCES)
		return 0;
	if (fd == -1 || (fsync(fd) == -1 && errno != EINVAL))
		status = err_sys(err,
		    "%s is written, but may not survive a crash: cannot sync "
		    "its folder",
		    path);
	if (fd != -1)
		(void)close(fd);
	return status;
}

static int
lock(int fd)
{
	while (flock(fd, LOCK_EX) == -1) {
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

int
file_lock_beside(const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *beside = pool_printf(&pool, "%s.lock", path);
	int fd = open(beside, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd != -1 && lock(fd) == 0)
		return fd;
	(void)err_sys(err, "cannot lock %s: %s", path, beside);
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* 1; 0: it is not, or not any more; -1. */
static int
is_at(int fd, const char *path)
{
	struct stat own, there;

	if (fstat(fd, &own) == -1)
		return -1;
	if (lstat(path, &there) == -1)
		return errno == ENOENT ? 0 : -1;
	return file_is_same(&own, &there);
}

/* What another process has renamed meanwhile is not what has the name now. */
static int
open_locked(const char *path)
{
	for (;;) {
		int fd =
		    open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		int status;

		if (fd == -1)
			return -1;
		status = lock(fd) == 0 ? is_at(fd, path) : -1;
		if (status == 1)
			return fd;
		(void)close(fd);
		if (status == -1)
			return -1;
	}
}

int
file_lock(const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *real;
	int fd;

	if (file_real(&pool, path, &real, err) == -1)
		return -1;
	fd = open_locked(real);
	return fd != -1 ? fd : err_sys(err, "cannot lock %s", path);
}

/*
 * What is taken up has the mode that somebody else gave it. Some file systems
 * have none and say EPERM to the owner, too.
 */
static bool
make_private(int fd)
{
	struct stat st;

	return fchmod(fd, 0600) == 0 ||
	       (fstat(fd, &st) == 0 && st.st_uid == geteuid());
}

void
file_give_up(struct file_new *file)
{
	if (file->fd == -1)
		return;
	/* while it is locked: then it is nobody else's */
	(void)unlink(file->temporary);
	(void)close(file->fd);
	file->fd = -1;
}

/* real and temporary are set. */
static int
begin(struct file_new *file, struct err *err)
{
	file->fd = open_locked(file->temporary);
	if (file->fd == -1)
		return err_sys(err, "cannot write %s", file->path);
	if (make_private(file->fd) && ftruncate(file->fd, 0) == 0)
		return 0;
	(void)err_sys(err, "cannot write %s", file->path);
	file_give_up(file);
	return -1;
}

int
file_begin(struct file_new *file, const char *path, const char *ending,
    struct pool *pool, struct err *err)
{
	*file = (struct file_new){ .fd = -1,
		.path = pool_cstr(pool, str_of(path)) };
	if (file_real(pool, file->path, &file->real, err) == -1)
		return -1;
	file->temporary = pool_printf(pool, "%s%s", file->real, ending);
	return begin(file, err);
}

int
file_begin_at(struct file_new *file, const char *path, const char *temporary,
    struct pool *pool, struct err *err)
{
	*file = (struct file_new){ .fd = -1,
		.path = pool_cstr(pool, str_of(path)),
		.temporary = pool_cstr(pool, str_of(temporary)) };
	file->real = file->path;
	return begin(file, err);
}

int
file_sync(const struct file_new *file, struct err *err)
{
	return fsync(file->fd) == 0
	           ? 0
	           : err_sys(err, "cannot write %s", file->path);
}

static int
rename_new(struct file_new *file, struct err *err)
{
	if (rename(file->temporary, file->real) == -1)
		return err_sys(err, "cannot write %s", file->path);
	(void)close(file->fd);
	file->fd = -1;
	return file_sync_folder(file->real, err);
}

int
file_end(struct file_new *file, struct err *err)
{
	int status = file_sync(file, err);

	if (status == 0)
		status = rename_new(file, err);
	file_give_up(file);
	return status;
}

int
file_write(const char *path, struct str bytes, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct file_new file;
	int status;

	if (file_begin(&file, path, ".new", &pool, err) == -1)
		return -1;
	if (write_all(file.fd, bytes) == 0)
		return file_end(&file, err);
	status = err_sys(err, "cannot write %s", path);
	file_give_up(&file);
	return status;
}

int
file_remove(const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *real;

	if (file_real(&pool, path, &real, err) == -1)
		return -1;
	if (unlink(real) == -1 && errno != ENOENT)
		return err_sys(err, "cannot remove %s", path);
	return file_sync_folder(real, err) == -1
	           ? err_wrap(err, "%s is removed", path)
	           : 0;
}
