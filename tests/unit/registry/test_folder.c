/* folder: what lies in one is a registry, and what is not right in it is told. */
#include "registry/registry.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "file.h"
#include "library.h"
#include "registry/shelf.h"

/* Makes the folders that are not there. */
static void
put(struct pool *pool, const char *place, const char *name, struct str bytes)
{
	const char *path = place_path(pool, place, name);

	for (const char *at = path + strlen(place) + 1;
	     (at = strchr(at, '/')) != NULL; at++)
		(void)mkdir(pool_cstr(pool,
				str_view(path, (size_t)(at - path))),
		    0700);
	place_put(path, bytes);
}

static void
put_module(struct pool *pool, const char *place, const char *id,
    const char *version)
{
	put(pool, place, pool_printf(pool, "%s/%s.lua", id, version),
	    library_code(pool, strchr(id, '/') + 1, version));
}

/* What the registry of the transcripts has, but for what it counts. */
static const char *
make_place(struct pool *pool)
{
	const char *place = place_new(pool);

	put_module(pool, place, "bob/one", "0.1.0");
	put_module(pool, place, "bob/one", "0.2.0");
	put_module(pool, place, "bob/one", "0.3.0-rc.1");
	put_module(pool, place, "bob/two", "0.5.0");
	put_module(pool, place, "bob/two", "1.0.0");
	put_module(pool, place, "bob/old", "0.1.0");
	put(pool, place, "bob/old/redirect", STR("bob/one\n"));
	put_module(pool, place, "alice/pre", "2.0.0-1");
	put(pool, place, "README.md", STR("a mirror\n"));
	put(pool, place, "bob/one/CHANGES", STR("none\n"));
	return place;
}

static struct registry *
open_place(struct program *p, struct pool *pool, const char *place)
{
	struct registry *r = library_open(p,
	    str_of(pool_printf(pool, "file://%s/", place)), NULL);

	CHECK(r != NULL);
	return r;
}

static void
questions_have_three_answers(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = make_place(&pool);
	struct program p = { .is_prompt = false };
	struct registry *r = open_place(&p, &pool, place);

	CHECK(registry_is_local(r));
	CHECK_STR(registry_url(r), pool_printf(&pool, "file://%s", place));
	CHECK_STR(library_info(r, &pool, "bob", "one"),
	    "bob/one 0.2.0 (one from the registry)\n");
	CHECK_STR(library_info(r, &pool, "bob", "two"),
	    "bob/two 1.0.0 (two from the registry)\n");
	CHECK_STR(library_info(r, &pool, "bob", "old"),
	    "bob/old 0.1.0 -> bob/one (old from the registry)\n");
	CHECK_STR(library_info(r, &pool, "alice", "pre"),
	    "alice/pre 2.0.0-1 (pre from the registry)\n");
	CHECK_STR(library_info(r, &pool, "bob", "nosuch"),
	    "none: there is no module bob/nosuch\n");
	CHECK_STR(library_info(r, &pool, "nobody", "one"),
	    "none: there is no module nobody/one\n");
	CHECK_STR(library_download(r, &pool, "bob", "one", "0.1.0"),
	    "bob/one 0.1.0: 114 bytes\n");
	CHECK_STR(library_download(r, &pool, "bob", "one", "9.9.9"),
	    "none: there is no version 9.9.9 of it\n");
	CHECK_STR(library_download(r, &pool, "bob", "nosuch", "9.9.9"),
	    "none: there is no module bob/nosuch\n");
	registry_close(r);
	program_clear(&p);
}

static void
lists_are_in_order(void)
{
	autopool struct pool pool = POOL_NONE;
	struct program p = { .is_prompt = false };
	struct registry *r = open_place(&p, &pool, make_place(&pool));

	CHECK_STR(library_list(r, &pool, NULL),
	    "alice/pre 2.0.0-1 (pre from the registry)\n"
	    "bob/one 0.2.0 (one from the registry)\n"
	    "bob/two 1.0.0 (two from the registry)\n");
	CHECK_STR(library_list(r, &pool, "BOB/o"),
	    "bob/old 0.1.0 -> bob/one (old from the registry)\n"
	    "bob/one 0.2.0 (one from the registry)\n");
	CHECK_STR(library_list(r, &pool, "two from"),
	    "bob/two 1.0.0 (two from the registry)\n");
	CHECK_STR(library_list(r, &pool, "nowhere"), "");
	registry_close(r);
	program_clear(&p);
}

/* The walk is at the moment of the question. */
static void
what_is_put_there_is_found(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	struct program p = { .is_prompt = false };
	struct registry *r = open_place(&p, &pool, place);

	CHECK_STR(library_list(r, &pool, NULL), "");
	CHECK_STR(library_info(r, &pool, "me", "x"),
	    "none: there is no module me/x\n");
	put_module(&pool, place, "me/x", "1.0.0");
	CHECK_STR(library_info(r, &pool, "me", "x"),
	    "me/x 1.0.0 (x from the registry)\n");
	registry_close(r);
	program_clear(&p);
}

/* A module of these bytes at me/x/1.0.0.lua: what is said of it. */
static void
each_file_is_checked(void)
{
	autopool struct pool pool = POOL_NONE;
	char *large = pool_alloc(&pool, REGISTRY_MAX_CODE + 1);
	struct str head = library_code(&pool, "x", "1.0.0");
	const struct {
		struct str bytes;
		const char *want;
	} row[] = {
		{ head, "me/x 1.0.0: 112 bytes\n" },
		{ library_code(&pool, "x", "1.0.1"),
		    "unknown: what came for me/x 1.0.0 is not kept: the version "
		    "in the header is \"1.0.1\", asked for was 1.0.0\n" },
		{ STR(""),
		    "unknown: me/x/1.0.0.lua: Failed to parse header: line "
		    "1: the file ends; an empty line ends a header\n" },
		{ STR("-- Description: \xff\n\n"),
		    "unknown: me/x/1.0.0.lua: stream did not contain valid "
		    "UTF-8\n" },
		{ str_view(large, REGISTRY_MAX_CODE),
		    "me/x 1.0.0: 1048576 bytes\n" },
		{ str_view(large, REGISTRY_MAX_CODE + 1), NULL },
	};

	memset(large, '\n', REGISTRY_MAX_CODE + 1);
	memcpy(large, head.p, head.n);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const char *place = place_new(&pool);
		struct program p = { .is_prompt = false };
		struct registry *r = open_place(&p, &pool, place);
		const char *too_large = pool_printf(&pool,
		    "unknown: cannot read %s/me/x/1.0.0.lua: it is larger than "
		    "1048576 bytes\n",
		    place);

		put(&pool, place, "me/x/1.0.0.lua", row[i].bytes);
		CHECK_STR(library_download(r, &pool, "me", "x", "1.0.0"),
		    row[i].want != NULL ? row[i].want : too_large);
		registry_close(r);
		program_clear(&p);
	}
}

/* Neither a folder, nor a file, nor what redirects. */
static void
links_are_not_followed(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = make_place(&pool);
	struct program p = { .is_prompt = false };
	struct registry *r = open_place(&p, &pool, place);

	CHECK_INT(symlink("bob", place_path(&pool, place, "eve")), 0);
	CHECK_INT(symlink("one", place_path(&pool, place, "bob/linked")), 0);
	CHECK_INT(symlink("0.1.0.lua",
		      place_path(&pool, place, "bob/one/9.0.0.lua")),
	    0);
	CHECK_INT(mkfifo(place_path(&pool, place, "bob/one/8.0.0.lua"), 0600),
	    0);
	CHECK_STR(library_info(r, &pool, "eve", "one"),
	    "none: there is no module eve/one\n");
	CHECK_STR(library_info(r, &pool, "bob", "linked"),
	    "none: there is no module bob/linked\n");
	CHECK_STR(library_info(r, &pool, "bob", "one"),
	    "bob/one 0.2.0 (one from the registry)\n");
	registry_close(r);
	program_clear(&p);
}

static void
redirects_are_ids(void)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{ "a/b", "me/x - -> a/b ()\n" },
		{ " a/b \n\n", "me/x - -> a/b ()\n" },
		{ "../b", "unknown: me/x/redirect: \"../b\" is no AUTHOR/NAME: "
			  "the author: '.' is neither a letter, a digit nor "
			  "'-'\n" },
		{ "",
		    "unknown: me/x/redirect: \"\" is no AUTHOR/NAME: there is "
		    "no '/' in it\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		const char *place = place_new(&pool);
		struct program p = { .is_prompt = false };
		struct registry *r = open_place(&p, &pool, place);

		put(&pool, place, "me/x/redirect", str_of(row[i].text));
		CHECK_STR(library_info(r, &pool, "me", "x"), row[i].want);
		registry_close(r);
		program_clear(&p);
	}
}

static void
a_folder_that_is_none_is_told(void)
{
	static const struct {
		const char *url, *want;
	} row[] = {
		{ "file:///proc/nonexistent/x",
		    "cannot open the registry /proc/nonexistent/x: No such file or "
		    "directory (os error 2)" },
		{ "file:///dev/null",
		    "cannot open the registry /dev/null: Not a "
		    "directory (os error 20)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct program p = { .is_prompt = false };

		CHECK(library_open(&p, str_of(row[i].url), &err) == NULL);
		CHECK_CSTR(err_cstr(&err), row[i].want);
		program_clear(&p);
	}
}

/* Asks so many at once; what is left at the end is told, too. */
static void
all_that_is_asked_is_answered(void)
{
	static const size_t many[] = { 0, 1, 2, 3, 4, 5, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		autopool struct pool pool = POOL_NONE;
		struct program p = { .is_prompt = false };
		struct registry *r = open_place(&p, &pool, make_place(&pool));
		struct buf done = BUF_IN(&pool), left = BUF_IN(&pool);

		for (size_t k = 0; k < many[i]; k++)
			registry_info(r, STR("x"), STR("y"), library_on_info,
			    &done);
		CHECK_INT(registry_wait(r, 2, NULL), 0);
		CHECK_INT(registry_pending(r), many[i] < 2 ? many[i] : 2);
		CHECK_INT(registry_wait(r, 0, NULL), 0);
		CHECK_INT(done.n,
		    many[i] * strlen("none: there is no module x/y\n"));
		for (size_t k = 0; k < many[i]; k++)
			registry_info(r, STR("x"), STR("y"), library_on_info,
			    &left);
		registry_close(r);
		CHECK_INT(left.n,
		    many[i] * strlen("unknown: it was not waited for\n"));
		program_clear(&p);
	}
}

/* Why the first file of a list cannot be read; "": it can. */
static const char *
read_first(struct pool *pool, const struct shelf_kind *kind, void *at,
    const struct shelf *shelf)
{
	autoerr struct err err = ERR_NONE;
	struct str text;

	CHECK(shelf->n != 0);
	if (kind->read(at, &shelf->item[0], pool, &text, &err) == 0)
		return "";
	return pool_printf(pool, "%s", err_cstr(&err));
}

/* Between the list and its reading a file grows, becomes a link, and goes. */
static void
a_file_that_changes_is_not_read(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *file = place_path(&pool, place, "me/x/1.0.0.lua");
	const char *what = pool_printf(&pool, "cannot read %s: ", file);
	struct shelf shelf = { .pool = &pool };
	void *at = shelf_folder_open(place, NULL);

	put_module(&pool, place, "me/x", "1.0.0");
	CHECK_INT(shelf_folder.list(at, NULL, &shelf, NULL), 0);
	CHECK_CSTR(read_first(&pool, &shelf_folder, at, &shelf), "");
	place_put(file, STR("shorter"));
	CHECK_CSTR(read_first(&pool, &shelf_folder, at, &shelf),
	    pool_printf(&pool, "%sit was changed while it was read", what));
	CHECK_INT(rename(file, place_path(&pool, place, "y")), 0);
	CHECK_CSTR(read_first(&pool, &shelf_folder, at, &shelf),
	    pool_printf(&pool, "%sNo such file or directory (os error 2)",
		what));
	CHECK_INT(symlink("../../y", file), 0);
	CHECK_CSTR(read_first(&pool, &shelf_folder, at, &shelf),
	    pool_printf(&pool,
		"%sToo many levels of symbolic links (os error 40)", what));
	shelf_folder.close(at);
}

/* One that takes its place is another; one that is changed is none any more. */
static void
a_tar_that_changes_is_not_believed(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "r.tar");
	const char *aside = place_path(&pool, place, "aside");
	struct str bytes = file_read(&pool, "../fuzz/corpus/tar/gnu");
	struct shelf shelf = { .pool = &pool }, again = shelf;
	autoerr struct err err = ERR_NONE;
	void *at;

	place_put(path, bytes);
	at = shelf_tar_open(path, NULL);
	CHECK_INT(shelf_tar.list(at, NULL, &shelf, NULL), 0);
	CHECK_INT(shelf.n, 1);
	CHECK_CSTR(read_first(&pool, &shelf_tar, at, &shelf), "");
	CHECK_INT(rename(path, aside), 0);
	place_put(path, STR("another"));
	CHECK_CSTR(read_first(&pool, &shelf_tar, at, &shelf), "");
	/* times have the steps of the kernel, so it is shorter, too */
	place_put(aside, str_sub(bytes, 0, bytes.n - 1));
	CHECK_CSTR(read_first(&pool, &shelf_tar, at, &shelf),
	    pool_printf(&pool,
		"cannot read bob/one in %s: it was changed while it was read",
		path));
	CHECK_INT(shelf_tar.list(at, NULL, &again, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    pool_printf(&pool, "%s was changed since it was opened", path));
	shelf_tar.close(at);
}

CHECK_MAIN(CASE(a_file_that_changes_is_not_read),
    CASE(a_tar_that_changes_is_not_believed),
    CASE(questions_have_three_answers), CASE(lists_are_in_order),
    CASE(what_is_put_there_is_found), CASE(each_file_is_checked),
    CASE(links_are_not_followed), CASE(redirects_are_ids),
    CASE(a_folder_that_is_none_is_told), CASE(all_that_is_asked_is_answered))
