/* Files, one by one: what format, read in pieces, and what waits at the end. */
#include "import/import.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "import/inside.h"
#include "import/ours.h"
#include "state/file.h"

#define PIECE ((size_t)256 << 10) /* read at once */

int
import_new(const struct import_into *into, struct import **out, struct err *err)
{
	struct import *im = mem_zalloc(sizeof(*im));

	im->into = *into;
	im->to = (struct import_to){ im, store_row, store_blob };
	im->hold.fd = -1;
	if (db_carry_new(into->db, &im->carry, err) == -1) {
		free(im);
		return -1;
	}
	*out = im;
	return 0;
}

/* Standard input stays. */
static void
close_file(struct import_file *file)
{
	if (file->fd > 0)
		(void)close(file->fd);
	file->fd = -1;
}

void
import_free(struct import *im)
{
	if (im == NULL)
		return;
	db_carry_free(im->carry);
	for (size_t i = 0; i < im->files; i++)
		close_file(&im->file[i]);
	blob_hold_drop(&im->hold);
	pool_clear(&im->pool);
	free(im);
}

void
import_undo(struct import *im)
{
	if (im->into.is_dry)
		return;
	store_sort_blobs(im);
	for (size_t i = 0; i < im->blobs; i++) {
		if (im->blob[i].is_new)
			(void)workspace_blob_delete(im->into.ws,
			    str_of(im->blob[i].id), NULL);
	}
}

const struct import_count *
import_count_at(const struct import *im, size_t i)
{
	return i < im->counts ? &im->count[i] : NULL;
}

const struct import_total *
import_total(const struct import *im)
{
	return &im->total;
}

int
import_at(const struct import *im, uint64_t file, uint64_t line, uint64_t at,
    struct err *err)
{
	return err_wrap(err, "%s, line %llu, byte %llu", im->file[file].name,
	    (unsigned long long)line, (unsigned long long)at);
}

int
import_row(struct import *im, const struct row *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct json columns = row_to_json(row, &pool);

	if (store_row(im, row->model, &columns, false, err) == 0)
		return 0;
	return err_wrap(err, "row %d of %s of %s", (int)row->id,
	    row->model->table, im->file[im->at].name);
}

int
import_blob(struct import *im, struct str id, struct str bytes, struct err *err)
{
	return store_blob(im, id, bytes, err);
}

int
import_id(struct import *im, const struct model *model, int32_t there,
    int32_t *here, struct err *err)
{
	return db_carry_get(im->carry, model, there, here, err);
}

int
import_end_rows(struct import *im, struct err *err)
{
	return store_end(im, err);
}

/* "x/domains.csv": the table of that name; NULL: none. */
static const struct model *
table_of_path(const char *path)
{
	struct str name = str_of(path);
	size_t slash = str_rfind_char(name, '/'), dot;

	if (slash != STR_NPOS)
		name = str_from(name, slash + 1);
	dot = str_find_char(name, '.');
	return ours_table(dot != STR_NPOS ? str_sub(name, 0, dot) : name);
}

/* Of a pipe, too, a whole one but for the last. */
static int
read_piece(int fd, char *piece, size_t *n, struct err *err)
{
	ssize_t got = read_full(fd, piece, PIECE);

	if (got == -1)
		return err_sys(err, "cannot read it");
	*n = (size_t)got;
	return 0;
}

static int
feed_all(int fd, char *piece, size_t n, struct import_feed *feed,
    struct err *err)
{
	while (n != 0) {
		if (import_feed(feed, str_view(piece, n), err) == -1 ||
		    read_piece(fd, piece, &n, err) == -1)
			return -1;
	}
	return import_feed_end(feed, err);
}

static int
no_format(const char *name, struct str head, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	if (head.n == 0)
		return err_set(err, "%s is empty", name);
	import_add_names(&names);
	return err_set(err, "nothing says what %s is: -f %s", name,
	    buf_cstr(&names));
}

static int
read_open(struct import *im, const struct import_file *file, char *piece,
    struct err *err)
{
	const struct import_format *format = file->format;
	struct import_feed feed;
	size_t n;
	int status;

	if (read_piece(file->fd, piece, &n, err) == -1)
		return err_wrap(err, "%s", file->name);
	if (format == NULL)
		format = import_by_head(
		    str_view(piece, n < IMPORT_HEAD ? n : IMPORT_HEAD));
	if (format == NULL)
		return no_format(file->name, str_view(piece, n), err);
	import_feed_init(&feed, format,
	    file->table != NULL ? file->table : table_of_path(file->name),
	    &im->to);
	im->reader = &feed.reader;
	status = feed_all(file->fd, piece, n, &feed, err);
	im->reader = NULL;
	if (status == -1)
		(void)import_at(im, im->at, feed.reader.line, feed.reader.at,
		    err);
	import_feed_clear(&feed);
	return status;
}

int
import_read(struct import *im, struct err *err)
{
	char *piece = mem_alloc(PIECE);
	int status = 0;

	for (im->at = 0; status == 0 && im->at < im->files; im->at++) {
		status = read_open(im, &im->file[im->at], piece, err);
		close_file(&im->file[im->at]);
	}
	free(piece);
	return status == 0 ? store_end(im, err) : -1;
}

static int
add_file(struct import *im, int fd, const char *name,
    const struct import_format *format, const struct model *table,
    struct err *err)
{
	if (im->files == IMPORT_MOST_FILES)
		return err_set(err, "more than %d files", IMPORT_MOST_FILES);
	im->file = pool_push(&im->pool, im->file, im->files, sizeof(*im->file));
	im->file[im->files++] = (struct import_file){
		.name = pool_copy(&im->pool, str_of(name)).p,
		.fd = fd,
		.format = format,
		.table = table,
	};
	return 0;
}

int
import_begin_rows(struct import *im, const char *name, struct err *err)
{
	im->at = im->files;
	return add_file(im, -1, name, NULL, NULL, err);
}

static int
open_path(struct import *im, const char *path,
    const struct import_format *format, const struct model *table,
    struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1)
		return err_sys(err, "cannot open %s", path);
	if (add_file(im, fd, path, format, table, err) == 0)
		return 0;
	(void)close(fd);
	return -1;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, so that each time it is the same. */
static int
list_folder(DIR *folder, const char *path, struct pool *pool, char ***name,
    size_t *n, struct err *err)
{
	const char *entry;
	int status;

	*name = NULL;
	*n = 0;
	while ((status = file_next(folder, path, &entry, err)) == 1) {
		if (!str_ends(str_of(entry), STR(".csv")))
			continue;
		*name = pool_push(pool, *name, *n, sizeof(**name));
		(*name)[(*n)++] = pool_printf(pool, "%s/%s", path, entry);
	}
	if (*n != 0)
		qsort(*name, *n, sizeof(**name), compare_names);
	return status;
}

static int
open_folder(struct import *im, const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	DIR *folder = opendir(path);
	char **name;
	size_t n;
	int status;

	if (folder == NULL)
		return err_sys(err, "cannot open %s", path);
	status = list_folder(folder, path, &pool, &name, &n, err);
	(void)closedir(folder);
	if (status == 0 && n == 0)
		return err_set(err, "%s has no files *.csv", path);
	for (size_t i = 0; status == 0 && i < n; i++)
		status = open_path(im, name[i],
		    import_by_name(STR("csv"), NULL), NULL, err);
	return status;
}

int
import_open(struct import *im, const char *path,
    const struct import_format *format, const struct model *table,
    struct err *err)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return add_file(im, 0, "standard input", format, table, err);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return open_folder(im, path, err);
	return open_path(im, path, format, table, err);
}
