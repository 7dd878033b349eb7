/*
 * A tar file is read once, from front to back, when it is opened: what it has
 * and where becomes an index, and files are read from there. It is opened once,
 * too, so that what is put in its place meanwhile is another registry; if it is
 * changed itself, nothing of it is believed any more.
 *
 * Paths may stand below one folder more, as archives of a folder have them:
 * where none is AUTHOR/NAME/VERSION.lua and all begin alike, that is left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "registry/registry.h"
#include "registry/shelf.h"
#include "registry/tar.h"
#include "state/file.h"

#define MAX_PATH 1024 /* bytes; of a longer one no part is an id */

struct archive {
	int fd;
	char *path;
	struct stat st; /* when it was opened */
	struct pool pool;
	struct shelf shelf;
};

/* One look at all of it. */
struct index {
	struct archive *archive;
	struct shelf *shelf;
	struct str top; /* the first part of all paths; p NULL: none yet */
	bool is_below;  /* they are below it */
	bool has_top;   /* so far all of them begin with it */
};

static bool
is_unchanged(const struct archive *a)
{
	struct stat st;

	return fstat(a->fd, &st) == 0 && file_is_same(&st, &a->st) &&
	       st.st_size == a->st.st_size &&
	       st.st_mtim.tv_sec == a->st.st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == a->st.st_mtim.tv_nsec;
}

static int
read_at(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	const struct archive *a = ctx;
	ssize_t got = read_full_at(a->fd, p, n, (off_t)at);

	if (got == -1)
		return err_set_errno(err, errno);
	return (size_t)got == n
	           ? 0
	           : err_set(err, "it was changed while it was read");
}

/* A copy of the first part, or whether it is the same. */
static void
note_top(struct index *index, struct str path)
{
	struct str rest = path, first = str_cut(&rest, '/');

	if (index->top.p == NULL) {
		index->top = pool_copy(index->shelf->pool, first);
		index->has_top = rest.p != NULL;
	} else if (!str_eq(index->top, first))
		index->has_top = false;
}

static int
add_file(void *arg, const struct tar_file *file, struct err *err)
{
	struct index *index = arg;
	struct str path = file->path;
	struct shelf_item item = { .size = file->size,
		.at = file->at,
		.time = file->time };

	if (path.n > MAX_PATH)
		return 0;
	if (index->is_below)
		(void)str_cut(&path, '/');
	else
		note_top(index, path);
	return shelf_add(index->shelf, path, &item, err);
}

static int
make_index(struct archive *a, struct index *index, struct err *err)
{
	struct tar_in in = { read_at, a, (uint64_t)a->st.st_size };

	pool_clear(&a->pool);
	a->shelf = (struct shelf){ .pool = &a->pool };
	index->archive = a;
	index->shelf = &a->shelf;
	if (tar_walk(&in, add_file, index, err) == -1)
		return -1;
	return is_unchanged(a)
	           ? shelf_sort(&a->shelf, err)
	           : err_set(err, "it was changed while it was read");
}

/* A second look, where the first has found nothing but a folder. */
static int
read_index(struct archive *a, struct err *err)
{
	struct index index = { .has_top = false }, below = { .is_below = true };

	if (make_index(a, &index, err) == -1)
		return -1;
	if (a->shelf.n != 0 || !index.has_top)
		return 0;
	return make_index(a, &below, err);
}

/* What else ends in .tar by its name. */
static int
check_kind(struct archive *a, struct err *err)
{
	static const struct {
		struct str magic;
		const char *name;
	} kinds[] = {
		{ { "\x1f\x8b", 2 }, "gzip" },
		{ { "\xfd"
		    "7zXZ",
		      5 },
		    "xz" },
		{ { "\x28\xb5\x2f\xfd", 4 }, "zstd" },
		{ { "BZh", 3 }, "bzip2" },
	};
	char head[8] = { 0 };

	if (!S_ISREG(a->st.st_mode))
		return err_set(err, "it is no file");
	if (a->st.st_size >= (off_t)sizeof(head) &&
	    read_at(a, 0, head, sizeof(head), err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (str_starts(str_view(head, sizeof(head)), kinds[i].magic))
			return err_set(err,
			    "it is compressed (%s); the archive itself is "
			    "needed",
			    kinds[i].name);
	}
	return 0;
}

static void
archive_close(void *at)
{
	struct archive *a = at;

	(void)close(a->fd);
	free(a->path);
	pool_clear(&a->pool);
	free(a);
}

void *
shelf_tar_open(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct archive *a;
	int status;

	if (fd == -1) {
		(void)err_sys(err, "cannot open the registry %s", path);
		return NULL;
	}
	a = mem_zalloc(sizeof(*a));
	a->fd = fd;
	a->path = mem_text(path, strlen(path));
	status = fstat(fd, &a->st) == 0 ? 0 : err_set_errno(err, errno);
	if (status == 0 && check_kind(a, err) == 0 && read_index(a, err) == 0)
		return a;
	(void)err_wrap(err, "cannot use the registry %s", path);
	archive_close(a);
	return NULL;
}

/* The index is the list; what lives in its pool lives as long as the archive. */
static int
archive_list(void *at, const struct registry_id *only, struct shelf *shelf,
    struct err *err)
{
	const struct archive *a = at;
	struct pool *pool = shelf->pool;
	size_t first = 0;

	if (!is_unchanged(a))
		return err_set(err, "%s was changed since it was opened",
		    a->path);
	*shelf = a->shelf;
	shelf->pool = pool;
	if (only == NULL)
		return 0;
	shelf->n = shelf_find(&a->shelf, only, &first);
	shelf->item += first;
	return 0;
}

static int
read_item(struct archive *a, const struct shelf_item *item, struct pool *pool,
    struct str *text, struct err *err)
{
	size_t n = (size_t)item->size;
	char *p;

	if (item->size > REGISTRY_MAX_CODE)
		return err_set(err, "it is larger than %zu bytes",
		    REGISTRY_MAX_CODE);
	p = pool_alloc(pool, n + 1);
	if (read_at(a, item->at, p, n, err) == -1)
		return -1;
	if (!is_unchanged(a))
		return err_set(err, "it was changed while it was read");
	*text = n != 0 ? str_view(p, n) : STR("");
	return 0;
}

static int
archive_read(void *at, const struct shelf_item *item, struct pool *pool,
    struct str *text, struct err *err)
{
	struct archive *a = at;

	if (read_item(a, item, pool, text, err) == 0)
		return 0;
	return err_wrap(err, "cannot read %.*s/%.*s in %s",
	    STR_ARG(item->id.author), STR_ARG(item->id.name), a->path);
}

const struct shelf_kind shelf_tar = { archive_list, archive_read,
	archive_close };
