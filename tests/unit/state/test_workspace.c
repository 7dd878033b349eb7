/* workspace: names, folders, the older layout, blobs and who may delete them. */
#include "state/file.h"
#include "state/workspace.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "crypt/blob.h"

#include "place.h"

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

static struct paths
paths_at(struct pool *pool, const char *place)
{
	return (struct paths){ .share = place,
		.data = place_path(pool, place, "data") };
}

/* A place with an open workspace "w". */
static struct paths
open_w(struct pool *pool, struct workspace *ws)
{
	autoerr struct err err = ERR_NONE;
	struct paths paths = paths_at(pool, place_new(pool));

	CHECK_INT(workspace_open(ws, &paths, "w", pool, &err), 0);
	return paths;
}

static void
touch(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	CHECK(f != NULL);
	if (f == NULL)
		return;
	(void)fputs(text, f);
	(void)fclose(f);
}

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void
names_are_checked(void)
{
	char most[WORKSPACE_MAX_NAME + 1];
	const struct {
		struct str name;
		int want;
	} row[] = {
		{ STR(""), -1 },
		{ STR("a"), 0 },
		{ STR("Z9"), 0 },
		{ STR("a.b_c-d"), 0 },
		{ STR(".a"), -1 },
		{ STR("a-"), -1 },
		{ STR("_"), -1 },
		{ STR("a b"), -1 },
		{ STR("a/b"), -1 },
		{ STR("a\0b"), -1 },
		{ STR("k\xc3\xa4se"), -1 },
		{ str_view(most, WORKSPACE_MAX_NAME), 0 },
		{ str_view(most, WORKSPACE_MAX_NAME + 1), -1 },
	};

	memset(most, 'a', sizeof(most));
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(workspace_check_name(row[i].name, &err), row[i].want);
		CHECK((err.n != 0) == (row[i].want == -1));
	}
}

static void
folders_are_private(void)
{
	autopool struct pool pool = POOL_NONE;
	struct workspace ws;
	struct paths paths = open_w(&pool, &ws);
	struct stat st;

	(void)paths;
	CHECK_INT(stat(ws.folder, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK_INT(stat(ws.blobs, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK(!exists(ws.db));
}

static void
the_older_layout_is_moved(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	struct paths paths = paths_at(&pool, place);
	struct workspace ws;

	CHECK_INT(paths_make(place_path(&pool, place, "blobs/w"), &err), 0);
	touch(place_path(&pool, place, "blobs/w/x"), "blob");
	touch(place_path(&pool, place, "w.db"), "old");
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), 0);
	CHECK(exists(ws.db));
	CHECK(exists(pool_printf(&pool, "%s/x", ws.blobs)));
	CHECK(!exists(place_path(&pool, place, "w.db")));
	CHECK(!exists(place_path(&pool, place, "blobs")));
	/* one that has a database is not overwritten by an older one */
	touch(place_path(&pool, place, "w.db"), "older");
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), 0);
	CHECK(exists(place_path(&pool, place, "w.db")));
}

/* A folder on another file system than `place`; false: there is none here. */
static bool
make_elsewhere(const char *place, char *folder)
{
	struct stat here, there;

	return stat(place, &here) == 0 && stat("/dev/shm", &there) == 0 &&
	       here.st_dev != there.st_dev && mkdtemp(folder) != NULL;
}

/* Where the folder of workspaces is a link to another file system. */
static void
workspaces_may_lie_elsewhere(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	struct paths paths = paths_at(&pool, place);
	char folder[] = "/dev/shm/test_workspace.XXXXXX";
	struct workspace ws;

	if (!make_elsewhere(place, folder))
		CHECK_SKIP("/dev/shm is no file system of its own");
	CHECK_INT(symlink(folder, paths.data), 0);
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), 0);
	CHECK(exists(ws.blobs));
	/* an older one that cannot be moved is not passed over */
	touch(place_path(&pool, place, "w.db"), "older");
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), -1);
	CHECK(str_ends(err_join(&pool, &err),
	    STR("on another file system; move it there with mv")));
	CHECK(exists(place_path(&pool, place, "w.db")));
	CHECK_INT(rmdir(ws.blobs), 0);
	CHECK_INT(rmdir(ws.folder), 0);
	CHECK_INT(rmdir(folder), 0);
}

/* What is in the way is named, and nothing is lost. */
static void
what_cannot_be_opened_is_said(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	struct paths paths = paths_at(&pool, place);
	struct workspace ws;

	CHECK_INT(paths_make(place_path(&pool, place, "blobs/w"), &err), 0);
	CHECK_INT(paths_make(place_path(&pool, place, "data/w/blobs"), &err),
	    0);
	touch(place_path(&pool, place, "blobs/w/old"), "");
	touch(place_path(&pool, place, "data/w/blobs/new"), "");
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), -1);
	CHECK(str_starts(err_join(&pool, &err), STR("cannot move ")));
	CHECK(exists(place_path(&pool, place, "blobs/w/old")));
	CHECK_INT(workspace_delete(&paths, "w", &err), -1);
	CHECK(exists(place_path(&pool, place, "data/w/blobs/new")));
	touch(place_path(&pool, place, "data/file"), "");
	CHECK_INT(workspace_open(&ws, &paths, "file", &pool, &err), -1);
	CHECK(str_ends(err_join(&pool, &err),
	    STR("data/file is a file: a workspace is a folder with a "
		"db.sqlite")));
	paths.data = place_path(&pool, place, "data/file");
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), -1);
	CHECK(
	    str_starts(err_join(&pool, &err), STR("cannot make the folder ")));
}

static void
workspaces_are_listed(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct paths paths = paths_at(&pool, place_new(&pool));
		struct str *name;
		size_t n = 99;

		CHECK_INT(workspace_list(&paths, &pool, &name, &n, &err), 0);
		CHECK_INT(n, 0);
		CHECK_INT(mkdir(paths.data, 0700), 0);
		CHECK_INT(mkdir(place_path(&pool, paths.data, ".hidden"), 0700),
		    0);
		touch(place_path(&pool, paths.data, "file"), "");
		CHECK_INT(symlink("nowhere",
			      place_path(&pool, paths.data, "dangling")),
		    0);
		for (size_t k = sizes[i]; k > 0; k--)
			CHECK_INT(mkdir(pool_printf(&pool, "%s/w%04zu",
					    paths.data, k),
				      0700),
			    0);
		CHECK_INT(workspace_list(&paths, &pool, &name, &n, &err), 0);
		CHECK_INT(n, sizes[i]);
		for (size_t k = 0; k < n; k++)
			CHECK_STR(name[k], pool_printf(&pool, "w%04zu", k + 1));
		paths.data = place_path(&pool, paths.data, "file");
		CHECK_INT(workspace_list(&paths, &pool, &name, &n, &err), -1);
	}
}

static void
a_workspace_is_deleted(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct workspace ws;
	struct paths paths = open_w(&pool, &ws);

	CHECK_INT(workspace_delete(&paths, "nosuch", &err), -1);
	CHECK(str_starts(err_join(&pool, &err),
	    STR("there is no workspace 'nosuch'")));
	touch(ws.db, "x");
	touch(pool_printf(&pool, "%s/blob", ws.blobs), "x");
	CHECK_INT(workspace_delete(&paths, "w", &err), 0);
	CHECK(!exists(ws.folder));
	/* folders of somebody else's are left, and said */
	CHECK_INT(workspace_open(&ws, &paths, "w", &pool, &err), 0);
	CHECK_INT(mkdir(pool_printf(&pool, "%s/own", ws.folder), 0700), 0);
	CHECK_INT(workspace_delete(&paths, "w", &err), -1);
	CHECK(str_starts(err_join(&pool, &err), STR("cannot delete ")));
	CHECK(exists(pool_printf(&pool, "%s/own", ws.folder)));
	/* the blobs are gone by now, and need not be there */
	CHECK_INT(rmdir(pool_printf(&pool, "%s/own", ws.folder)), 0);
	touch(ws.blobs, "a file");
	CHECK_INT(workspace_delete(&paths, "w", &err), -1);
	CHECK(str_starts(err_join(&pool, &err), STR("cannot read ")));
	CHECK_INT(unlink(ws.blobs), 0);
	CHECK_INT(workspace_delete(&paths, "w", &err), 0);
}

static void
bytes_are_counted(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct workspace ws;
	struct paths paths = open_w(&pool, &ws);
	uint64_t bytes = 99;

	CHECK_INT(workspace_usage(&paths, "none", &bytes, &err), -1);
	CHECK_INT(bytes, 99);
	/* whoever made it was killed before the database was there */
	CHECK_INT(workspace_usage(&paths, "w", &bytes, &err), 0);
	CHECK_INT(bytes, 0);
	touch(ws.db, "12345");
	touch(pool_printf(&pool, "%s/one", ws.blobs), "678");
	CHECK_INT(workspace_usage(&paths, "w", &bytes, &err), 0);
	CHECK_INT(bytes, 8);
	CHECK_INT(paths_make(ws.evidence, &err), 0);
	touch(pool_printf(&pool, "%s/x.warc.gz", ws.evidence), "90");
	CHECK_INT(workspace_usage(&paths, "w", &bytes, &err), 0);
	CHECK_INT(bytes, 10);
}

static void
blobs_are_kept_by_id(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct blob_hold hold = BLOB_HOLD_NONE;
	struct workspace ws;
	struct str id, bytes;
	const char *path;

	(void)open_w(&pool, &ws);
	CHECK_INT(workspace_blob_store(&ws, &hold, STR("asdf"), &pool, &id,
		      &err),
	    0);
	CHECK_STR(id, "DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz");
	CHECK_INT(workspace_has_blob(&ws, id, NULL), 1);
	CHECK_INT(workspace_blob_load(&ws, id, &pool, &bytes, &err), 1);
	CHECK_STR(bytes, "asdf");
	/* other bytes under its name are replaced, the same are left */
	path = pool_printf(&pool, "%s/%.*s", ws.blobs, STR_ARG(id));
	touch(path, "other");
	for (size_t i = 0; i < 2; i++) {
		CHECK_INT(workspace_blob_store(&ws, &hold, STR("asdf"), &pool,
			      &id, &err),
		    0);
		CHECK_INT(workspace_blob_file(&ws, id, &pool, &bytes, &err), 1);
		CHECK_STR(bytes, "asdf");
	}
	CHECK_INT(workspace_blob_delete(&ws, id, &err), 0);
	CHECK_INT(workspace_blob_delete(&ws, id, &err), -1);
	CHECK_INT(workspace_has_blob(&ws, id, NULL), 0);
	CHECK_INT(workspace_blob_load(&ws, id, &pool, &bytes, &err), 0);
	blob_hold_drop(&hold);
}

/* Nothing but an id becomes a path. */
static void
only_an_id_is_a_path(void)
{
	static const char *const wrong[] = { "", "x",
		"../../../../../../../../../../../../etc/passwd",
		"DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTS/",
		"DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSzz" };
	autopool struct pool pool = POOL_NONE;
	struct workspace ws;

	(void)open_w(&pool, &ws);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		autoerr struct err err = ERR_NONE;
		struct str bytes;

		CHECK_INT(workspace_has_blob(&ws, str_of(wrong[i]), NULL), 0);
		CHECK_INT(workspace_blob_load(&ws, str_of(wrong[i]), &pool,
			      &bytes, &err),
		    -1);
		CHECK_CSTR(err_cstr(&err), "not the id of a blob");
	}
}

struct seen {
	size_t n, most;
	struct str last;
	bool is_sorted;
};

static int
see(void *ctx, struct str name, uint64_t size, struct err *err)
{
	struct seen *seen = ctx;

	if (seen->n == seen->most)
		return err_set(err, "enough");
	CHECK_INT(size, 1);
	seen->is_sorted = seen->is_sorted && str_cmp(seen->last, name) < 0;
	seen->last = name;
	seen->n++;
	return 0;
}

static void
files_are_seen_in_order(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct seen all = { .most = 1001, .is_sorted = true },
			    some = { .most = 2, .is_sorted = true };
		struct workspace ws;

		(void)open_w(&pool, &ws);
		for (size_t k = sizes[i]; k > 0; k--)
			touch(pool_printf(&pool, "%s/b%04zu", ws.blobs, k),
			    "x");
		CHECK_INT(mkdir(pool_printf(&pool, "%s/folder", ws.blobs),
			      0700),
		    0);
		CHECK_INT(symlink("x", pool_printf(&pool, "%s/link", ws.blobs)),
		    0);
		CHECK_INT(workspace_blobs(&ws, see, &all, &err), 0);
		CHECK_INT(all.n, sizes[i]);
		CHECK(all.is_sorted);
		CHECK_INT(workspace_blobs(&ws, see, &some, &err),
		    sizes[i] > 2 ? -1 : 0);
	}
}

static void
a_missing_folder_has_no_files(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct blob_hold hold = BLOB_HOLD_NONE;
	struct seen seen = { .most = 1 };
	struct workspace ws;
	struct str id;

	(void)open_w(&pool, &ws);
	CHECK_INT(rmdir(ws.blobs), 0);
	CHECK_INT(workspace_blobs(&ws, see, &seen, &err), 0);
	CHECK_INT(workspace_blobs_lock(&ws, &hold, &err), -1);
	CHECK_INT(workspace_blob_store(&ws, &hold, STR("x"), &pool, &id, &err),
	    -1);
	CHECK(str_starts(err_join(&pool, &err), STR("cannot lock ")));
	touch(ws.blobs, "");
	CHECK_INT(workspace_blobs(&ws, see, &seen, &err), -1);
}

/* Many may store at a time, and one deletes while nobody does. */
static void
who_stores_holds(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct blob_hold one = BLOB_HOLD_NONE, two = BLOB_HOLD_NONE,
			 lock = BLOB_HOLD_NONE, other = BLOB_HOLD_NONE;
	struct workspace ws;
	struct str id;

	(void)open_w(&pool, &ws);
	CHECK_INT(workspace_blob_store(&ws, &one, STR("1"), &pool, &id, &err),
	    0);
	CHECK_INT(workspace_blob_store(&ws, &two, STR("2"), &pool, &id, &err),
	    0);
	CHECK_INT(workspace_blobs_lock(&ws, &lock, &err), 0);
	CHECK_INT(lock.fd, -1);
	blob_hold_drop(&one);
	CHECK_INT(workspace_blobs_lock(&ws, &lock, &err), 0);
	blob_hold_drop(&two);
	CHECK_INT(workspace_blobs_lock(&ws, &lock, &err), 1);
	CHECK_INT(workspace_blobs_lock(&ws, &other, &err), 0);
	blob_hold_drop(&lock);
	blob_hold_drop(&lock); /* nothing */
	CHECK_INT(workspace_blobs_lock(&ws, &other, &err), 1);
	blob_hold_drop(&other);
}

CHECK_MAIN(CASE(names_are_checked), CASE(folders_are_private),
    CASE(the_older_layout_is_moved), CASE(workspaces_may_lie_elsewhere),
    CASE(what_cannot_be_opened_is_said), CASE(workspaces_are_listed),
    CASE(a_workspace_is_deleted), CASE(bytes_are_counted),
    CASE(blobs_are_kept_by_id), CASE(only_an_id_is_a_path),
    CASE(files_are_seen_in_order), CASE(a_missing_folder_has_no_files),
    CASE(who_stores_holds))
