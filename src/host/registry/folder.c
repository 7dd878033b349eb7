/*
 * A folder is walked anew for each question, so that what was put there since
 * is found; by descriptors, so that nothing moves under the walk; and without
 * links: what lies in it may have come from anywhere, and names one file here
 * and another one there. What changes while it is read is no version of
 * anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/mem.h"
#include "base/read.h"
#include "registry/registry.h"
#include "registry/shelf.h"
#include "state/file.h"

struct folder {
	int fd;
	char *path;
};

/* One walk. */
struct walk {
	struct shelf *shelf;
	struct err *err;
};

static int
open_folder(int at, const char *name)
{
	return openat(at, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A name in a folder that is open, and its path from the registry's folder. */
typedef int entry_call(struct walk *w, int at, const char *name,
    const char *path);

static int
each_name(struct walk *w, DIR *dir, const char *path, entry_call *call)
{
	const char *name;
	int status;

	while ((status = file_next(dir, path, &name, w->err)) == 1) {
		const char *below = pool_printf(w->shelf->pool, "%s%s%s", path,
		    path[0] != '\0' ? "/" : "", name);

		if (name[0] != '.' && call(w, dirfd(dir), name, below) == -1)
			return -1;
	}
	return status;
}

/* What is no folder, or has gone meanwhile, has nothing in it. */
static int
walk(struct walk *w, int at, const char *name, const char *path,
    entry_call *call)
{
	int fd = open_folder(at, name), status;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	if (dir != NULL) {
		status = each_name(w, dir, path, call);
		(void)closedir(dir);
		return status;
	}
	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	(void)err_sys(w->err, "cannot read %s", path);
	if (fd != -1)
		(void)close(fd);
	return -1;
}

static int
add_file(struct walk *w, int at, const char *name, const char *path)
{
	struct shelf_item item = { .size = 0 };
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT
		           ? 0
		           : err_sys(w->err, "cannot look at %s", path);
	item.size = (uint64_t)st.st_size;
	item.time = st.st_mtime;
	return S_ISREG(st.st_mode)
	           ? shelf_add(w->shelf, str_of(path), &item, w->err)
	           : 0;
}

static int
add_module(struct walk *w, int at, const char *name, const char *path)
{
	return walk(w, at, name, path, add_file);
}

static int
add_author(struct walk *w, int at, const char *name, const char *path)
{
	return walk(w, at, name, path, add_module);
}

/* Of one module nothing else is looked at, however many there are. */
static int
walk_one(struct walk *w, const struct folder *f, const struct registry_id *id)
{
	const char *author = pool_cstr(w->shelf->pool, id->author);
	const char *name = pool_cstr(w->shelf->pool, id->name);
	int at = open_folder(f->fd, author), status;

	if (at == -1)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP
		           ? 0
		           : err_sys(w->err, "cannot read %s", author);
	status = add_module(w, at, name,
	    pool_printf(w->shelf->pool, "%s/%s", author, name));
	(void)close(at);
	return status;
}

static int
folder_list(void *at, const struct registry_id *only, struct shelf *shelf,
    struct err *err)
{
	const struct folder *f = at;
	struct walk w = { .shelf = shelf, .err = err };
	int status = only != NULL ? walk_one(&w, f, only)
	                          : walk(&w, f->fd, ".", "", add_author);

	if (status == -1 || shelf_sort(shelf, err) == -1)
		return err_wrap(err, "cannot look through %s", f->path);
	return 0;
}

static const char *
path_of(const struct shelf_item *item, struct pool *pool)
{
	struct str name =
	    item->version.p != NULL ? item->version : STR("redirect");

	return pool_printf(pool, "%.*s/%.*s/%.*s%s", STR_ARG(item->id.author),
	    STR_ARG(item->id.name), STR_ARG(name),
	    item->version.p != NULL ? ".lua" : "");
}

/* The way there has no links either. */
static int
open_file(const struct folder *f, const struct shelf_item *item,
    struct pool *pool)
{
	int author = open_folder(f->fd, pool_cstr(pool, item->id.author));
	int name = author != -1
	               ? open_folder(author, pool_cstr(pool, item->id.name))
	               : -1;
	const char *file = strrchr(path_of(item, pool), '/') + 1;
	int fd = name != -1
	             ? openat(name, file,
			   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
	             : -1;
	int errnum = errno;

	fds_drop(&author);
	fds_drop(&name);
	errno = errnum;
	return fd;
}

static bool
is_as_listed(const struct stat *st, const struct shelf_item *item)
{
	return S_ISREG(st->st_mode) && (uint64_t)st->st_size == item->size &&
	       st->st_mtime == item->time;
}

/* Of what is written twice in a second the nanoseconds differ. */
static bool
is_as_before(int fd, const struct stat *before)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == before->st_size &&
	       st.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* One byte more than it may have is asked for. */
static int
read_file(int fd, const struct shelf_item *item, struct pool *pool,
    struct str *text, struct err *err)
{
	size_t n = (size_t)item->size;
	char *p = pool_alloc(pool, n + 1);
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) == -1)
		return err_set_errno(err, errno);
	got = is_as_listed(&st, item) ? read_full(fd, p, n + 1) : -2;
	if (got == -1)
		return err_set_errno(err, errno);
	if (got != (ssize_t)n || !is_as_before(fd, &st))
		return err_set(err, "it was changed while it was read");
	*text = n != 0 ? str_view(p, n) : STR("");
	return 0;
}

static int
folder_read(void *at, const struct shelf_item *item, struct pool *pool,
    struct str *text, struct err *err)
{
	const struct folder *f = at;
	int fd, status = -1;

	if (item->size > REGISTRY_MAX_CODE)
		(void)err_set(err, "it is larger than %zu bytes",
		    REGISTRY_MAX_CODE);
	else if ((fd = open_file(f, item, pool)) == -1)
		(void)err_set_errno(err, errno);
	else {
		status = read_file(fd, item, pool, text, err);
		(void)close(fd);
	}
	return status == 0 ? 0
	                   : err_wrap(err, "cannot read %s/%s", f->path,
				 path_of(item, pool));
}

void *
shelf_folder_open(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct folder *f;

	if (fd == -1) {
		(void)err_sys(err, "cannot open the registry %s", path);
		return NULL;
	}
	f = mem_alloc(sizeof(*f));
	f->fd = fd;
	f->path = mem_text(path, strlen(path));
	return f;
}

static void
folder_close(void *at)
{
	struct folder *f = at;

	(void)close(f->fd);
	free(f->path);
	free(f);
}

const struct shelf_kind shelf_folder = { folder_list, folder_read,
	folder_close };
