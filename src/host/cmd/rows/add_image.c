#include "rows/add_image.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "crypt/blob.h"
#include "img/kind.h"
#include "state/file.h"
#include "term/term.h"
#include "value/quote.h"

#define MAX_IMAGE_BYTES ((size_t)256 << 20)
#define MAX_DEPTH       32 /* of folders */

static struct str
last_part(const char *path)
{
	struct str all = str_of(path);
	size_t slash = str_rfind_char(all, '/');

	return slash == STR_NPOS ? all : str_from(all, slash + 1);
}

static int
insert_image(struct program *p, const struct db_author *author,
    const char *path, const char *mime, struct pool *pool, struct str id,
    struct err *err)
{
	const struct model *model = model_by_family(STR("image"));
	struct json fields = json_map();
	struct db_result result;
	struct row row;

	(void)json_set(pool, &fields, STR("value"), json_str(id));
	(void)json_set(pool, &fields, STR("filename"),
	    json_str(last_part(path)));
	(void)json_set(pool, &fields, STR("mime"), json_text(mime));
	if (row_read_insert(&row, model, &fields, pool, err) == -1)
		return -1;
	return db_insert(p->db, author, &row, NULL, pool, &result, err);
}

static int
store_image(struct program *p, const struct db_author *author, const char *path,
    struct str bytes, const char *mime, struct pool *pool, struct str *id,
    struct err *err)
{
	struct blob_hold hold = BLOB_HOLD_NONE;
	int status = workspace_blob_store(&p->ws, &hold, bytes, pool, id, err);

	if (status == 0)
		status = insert_image(p, author, path, mime, pool, *id, err);
	blob_hold_drop(&hold);
	return status;
}

static void
complain(const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = quote_text(&pool, str_of(path));

	term_line(TERM_ERROR, "%.*s: %s", STR_ARG(name), err_cstr(err));
}

/*
 * author NULL: a dry run. What cannot be read is told of, and so is what is no image if it was named,
 * not met in a folder; what cannot be stored ends the command.
 */
static int
add_file(struct program *p, struct db_author *author, const char *path,
    bool is_named, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct str bytes, id, name;
	const char *mime;
	int status = file_read(&pool, path, MAX_IMAGE_BYTES, &bytes, &why);

	if (status == 0)
		(void)err_set(&why, "it is not there");
	if (status != 1) {
		complain(path, &why);
		return 0;
	}
	mime = img_mime(bytes);
	if (mime == NULL && is_named) {
		(void)err_set(&why,
		    "it is no image (PNG, JPEG, GIF, WebP, TIFF, BMP or ICO)");
		complain(path, &why);
	}
	if (mime == NULL)
		return 0;
	id = blob_id(&pool, bytes);
	name = quote_text(&pool, str_of(path));
	if (author != NULL)
		author->sequence++;
	if (author != NULL &&
	    store_image(p, author, path, bytes, mime, &pool, &id, err) == -1)
		return err_wrap(err, "cannot add %.*s", STR_ARG(name));
	term_line(TERM_SUCCESS, "%.*s %.*s", STR_ARG(id), STR_ARG(name));
	return 0;
}

static int walk(struct program *p, struct db_author *author, const char *path,
    unsigned depth, struct err *err);

static int
walk_folder(struct program *p, struct db_author *author, DIR *folder,
    const char *path, unsigned depth, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	const char *entry;
	int status;

	while ((status = file_next(folder, path, &entry, &why)) == 1) {
		autopool struct pool pool = POOL_NONE;

		if (walk(p, author, pool_printf(&pool, "%s/%s", path, entry),
			depth + 1, err) == -1)
			return -1;
	}
	if (status == -1)
		complain(path, &why);
	return 0;
}

/* A link to a folder is followed only where the user named it. */
static bool
is_folder(const char *path, unsigned depth)
{
	struct stat st;

	return (depth == 0 ? stat(path, &st) : lstat(path, &st)) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int
walk(struct program *p, struct db_author *author, const char *path,
    unsigned depth, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	DIR *folder;
	int status;

	if (!is_folder(path, depth))
		return add_file(p, author, path, depth == 0, err);
	folder = depth < MAX_DEPTH ? opendir(path) : NULL;
	if (folder == NULL) {
		(void)err_set_errno(&why, depth < MAX_DEPTH ? errno : ELOOP);
		complain(path, &why);
		return 0;
	}
	status = walk_folder(p, author, folder, path, depth, err);
	(void)closedir(folder);
	return status;
}

static int
add_paths(struct program *p, struct db_author *author, const struct str *path,
    size_t n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < n; i++) {
		if (walk(p, author, pool_cstr(&pool, path[i]), 0, err) == -1)
			return -1;
	}
	return 0;
}

/* Each image is stored on its own: they may be many, and large. */
static int
add_and_note(struct program *p, const struct str *path, size_t n,
    struct err *err)
{
	struct str *word = mem_grow(NULL, n + 1, sizeof(*word));
	struct db_author author;
	int status;

	word[0] = STR("image");
	memcpy(word + 1, path, n * sizeof(*word));
	status = db_command_begin(p->db, "add", word, n + 1, &author, err);
	free(word);
	if (status == -1)
		return -1;
	return db_command_end(p->db, &author,
	    add_paths(p, &author, path, n, err), err);
}

int
add_images(struct program *p, const struct str *path, size_t n, bool dry_run,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str asked;

	if (n == 0) {
		if (term_ask(&pool, "Path", &asked, err) == -1)
			return -1;
		path = &asked;
		n = 1;
	}
	return dry_run ? add_paths(p, NULL, path, n, err)
	               : add_and_note(p, path, n, err);
}
