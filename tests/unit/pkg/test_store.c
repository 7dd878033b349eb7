/* store: a module and its row go together, whatever stops in between. */
#include "pkg/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "place.h"
#include "state/file.h"

/* Our own libc, for a moment: the n-th call of it has no room. */
static const char *full_call;
static int full_after, full_times;

static bool
is_full(const char *call)
{
	if (full_call == NULL || strcmp(full_call, call) != 0 ||
	    full_after-- > 0 || full_times-- <= 0)
		return false;
	errno = ENOSPC;
	return true;
}

ssize_t
write(int fd, const void *from, size_t n)
{
	return is_full("write") ? -1 : syscall(SYS_write, fd, from, n);
}

int
fsync(int fd)
{
	(void)fd; /* no machine stops here, and a disk takes its time */
	return is_full("fsync") ? -1 : 0;
}

int
rename(const char *from, const char *to)
{
	return is_full("rename") ? -1
	                         : (int)syscall(SYS_renameat2, AT_FDCWD, from,
				       AT_FDCWD, to, 0);
}

struct home {
	struct pool pool;
	const char *share, *modules;
	struct store *store;
};

static void
home_begin(struct home *h)
{
	*h = (struct home){ .pool = POOL_NONE };
	h->share = place_path(&h->pool, place_new(&h->pool), "sn0int");
	h->modules = place_path(&h->pool, h->share, "modules");
	h->store = store_new(h->share, h->modules);
}

static void
home_end(struct home *h)
{
	store_free(h->store);
	pool_clear(&h->pool);
}

static struct store_text
text_of(const char *name, const char *version, const char *code)
{
	return (struct store_text){ STR("bob"), str_of(name), str_of(version),
		STR("https://registry.test"), str_of(code) };
}

static int
put(struct home *h, const char *name, const char *version, const char *code,
    struct str before)
{
	struct store_text text = text_of(name, version, code);
	autoerr struct err err = ERR_NONE;

	return store_install(h->store, &text, before, &err);
}

/* "0.1.0" of "bob/one", "" where there is no row. */
static struct str
version_of(struct home *h, const char *id)
{
	struct packages rows = { .n = 0 };
	autoerr struct err err = ERR_NONE;
	const struct package *row;

	if (store_packages(h->store, &h->pool, &rows, &err) == -1)
		return str_of(pool_printf(&h->pool, "%s", err_cstr(&err)));
	row = packages_find(&rows, str_of(id));
	return row != NULL ? row->version : STR("");
}

static struct str
code_of(struct home *h, const char *name)
{
	struct str code = STR(""), sha256;

	CHECK(store_look(h->store, &h->pool, STR("bob"), str_of(name), &code,
		  &sha256, NULL) != -1);
	return code;
}

static struct str
bytes_of(struct home *h, const char *name)
{
	struct str bytes = STR("(none)");

	CHECK(file_read(&h->pool, place_path(&h->pool, h->share, name),
		  PACKAGES_MAX_BYTES, &bytes, NULL) != -1);
	return bytes;
}

/* As a program that was killed leaves it: the next one is another. */
static void
begin_anew(struct home *h)
{
	store_free(h->store);
	h->store = store_new(h->share, h->modules);
}

static void
a_module_and_its_row(void)
{
	struct home h;
	struct stat st;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_NONE), 0);
	CHECK_STR(code_of(&h, "one"), "text");
	CHECK_STR(version_of(&h, "bob/one"), "0.1.0");
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_STR(bytes_of(&h, "packages.log"), "(none)");
	CHECK_STR(version_of(&h, "bob/one"), "0.1.0");
	CHECK_STR(version_of(&h, "bob/two"), "");
	CHECK_INT(stat(place_path(&h.pool, h.share, "packages.json"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(store_remove(h.store, STR("bob"), STR("one"), STORE_ANY,
		      NULL),
	    1);
	CHECK_STR(version_of(&h, "bob/one"), "");
	CHECK_INT(stat(place_path(&h.pool, h.modules, "bob"), &st), -1);
	CHECK_INT(store_remove(h.store, STR("bob"), STR("one"), STORE_ANY,
		      NULL),
	    0);
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_STR(bytes_of(&h, "packages.json"), "{\"packages\":{\n}}\n");
	home_end(&h);
}

static void
any_number_of_modules(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		struct packages rows = { .n = 0 };
		struct home h;

		home_begin(&h);
		for (size_t i = 0; i < sizes[k]; i++) {
			/* in no order, and the first again */
			const char *name =
			    pool_printf(&h.pool, "m%zu", i * 7 % sizes[k]);

			CHECK_INT(put(&h, name, "1.0.0", name, STORE_ANY), 0);
		}
		CHECK_INT(store_fold(h.store, NULL), 0);
		if (sizes[k] != 0)
			CHECK_INT(put(&h, "m0", "2.0.0", "new", STORE_ANY), 0);
		CHECK_INT(store_fold(h.store, NULL), 0);
		CHECK_INT(store_packages(h.store, &h.pool, &rows, NULL), 0);
		CHECK_INT(rows.n, sizes[k]);
		for (size_t i = 0; i < sizes[k]; i++) {
			struct str id =
			    str_of(pool_printf(&h.pool, "bob/m%zu", i));
			const struct package *row = packages_find(&rows, id);

			CHECK(row != NULL);
			CHECK(row == NULL ||
			      str_is(row->version, i == 0 ? "2.0.0" : "1.0.0"));
		}
		home_end(&h);
	}
}

/* The line was written, and what it says has not come to be. */
static void
a_line_alone_is_no_row(void)
{
	struct home h;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "old", STORE_ANY), 0);
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_INT(put(&h, "one", "0.2.0", "new", STORE_ANY), 0);
	place_put(store_path(h.store, &h.pool, STR("bob"), STR("one")),
	    STR("old"));
	begin_anew(&h);
	CHECK_STR(version_of(&h, "bob/one"), "0.1.0");
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_STR(version_of(&h, "bob/one"), "0.1.0");
	home_end(&h);
}

/* The module is there, the row is in the line only. */
static void
a_line_that_has_happened_is_a_row(void)
{
	struct home h;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "old", STORE_ANY), 0);
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_INT(put(&h, "one", "0.2.0", "new", STORE_ANY), 0);
	begin_anew(&h);
	CHECK_STR(version_of(&h, "bob/one"), "0.2.0");
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_STR(version_of(&h, "bob/one"), "0.2.0");
	home_end(&h);
}

/* Removed, and killed before or after it was. */
static void
a_removal_counts_when_the_file_is_gone(void)
{
	struct home h;

	for (int is_gone = 0; is_gone <= 1; is_gone++) {
		home_begin(&h);
		CHECK_INT(put(&h, "one", "0.1.0", "old", STORE_ANY), 0);
		CHECK_INT(store_fold(h.store, NULL), 0);
		place_put(place_path(&h.pool, h.share, "packages.log"),
		    STR("{\"id\":\"bob/one\",\"removed\":true}\n"));
		if (is_gone)
			CHECK_INT(unlink(store_path(h.store, &h.pool,
				      STR("bob"), STR("one"))),
			    0);
		CHECK_STR(version_of(&h, "bob/one"), is_gone ? "" : "0.1.0");
		CHECK_INT(store_fold(h.store, NULL), 0);
		CHECK_STR(version_of(&h, "bob/one"), is_gone ? "" : "0.1.0");
		home_end(&h);
	}
}

static void
a_torn_line_is_taken_away(void)
{
	struct home h;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_ANY), 0);
	place_put(place_path(&h.pool, h.share, "packages.log"),
	    STR("{\"id\":\"bob/on"));
	CHECK_STR(version_of(&h, "bob/one"), "");
	CHECK_INT(put(&h, "two", "0.2.0", "text", STORE_ANY), 0);
	CHECK_STR(version_of(&h, "bob/two"), "0.2.0");
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_STR(version_of(&h, "bob/two"), "0.2.0");
	home_end(&h);
}

/* With any of its calls failing, a module is old or new, and so is its row. */
static void
a_full_disk_leaves_what_was_or_what_is_to_be(void)
{
	static const char *const call[] = { "write", "fsync", "rename" };

	for (size_t c = 0; c < ARRAY_SIZE(call); c++) {
		for (int after = 0; after < 8; after++) {
			autoerr struct err err = ERR_NONE;
			struct store_text new = text_of("one", "0.2.0", "new");
			struct home h;
			int status;

			home_begin(&h);
			CHECK_INT(put(&h, "one", "0.1.0", "old", STORE_ANY), 0);
			CHECK_INT(store_fold(h.store, NULL), 0);
			full_call = call[c];
			full_after = after;
			full_times = 1000;
			status = store_install(h.store, &new, STORE_ANY, &err);
			if (status == 0)
				status = store_fold(h.store, &err);
			full_call = NULL;
			CHECK(status == 0 || err.n != 0);
			begin_anew(&h);
			CHECK(str_is(version_of(&h, "bob/one"),
			    str_is(code_of(&h, "one"), "new") ? "0.2.0"
							      : "0.1.0"));
			CHECK(
			    status == -1 || str_is(code_of(&h, "one"), "new"));
			CHECK_INT(store_fold(h.store, NULL), 0);
			CHECK(str_is(version_of(&h, "bob/one"),
			    str_is(code_of(&h, "one"), "new") ? "0.2.0"
							      : "0.1.0"));
			home_end(&h);
		}
	}
}

static void
what_has_changed_meanwhile_stays(void)
{
	struct home h;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_NONE), 0);
	CHECK_INT(put(&h, "one", "0.2.0", "new", STORE_NONE), -1);
	CHECK_INT(put(&h, "one", "0.2.0", "new",
		      store_sha256(&h.pool, STR("other"))),
	    -1);
	CHECK_INT(store_remove(h.store, STR("bob"), STR("one"), STORE_NONE,
		      NULL),
	    -1);
	CHECK_STR(code_of(&h, "one"), "text");
	CHECK_STR(version_of(&h, "bob/one"), "0.1.0");
	CHECK_INT(put(&h, "one", "0.2.0", "new",
		      store_sha256(&h.pool, STR("text"))),
	    0);
	home_end(&h);
}

static void
what_is_the_users_own_is_refused(void)
{
	struct home h;
	const char *bob, *other;

	home_begin(&h);
	bob = place_path(&h.pool, h.modules, "bob");
	other = place_path(&h.pool, h.share, "other");
	CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_ANY), 0);
	CHECK_INT(mkdir(place_path(&h.pool, bob, ".git"), 0700), 0);
	CHECK_INT(put(&h, "one", "0.2.0", "new", STORE_ANY), -1);
	CHECK_INT(rmdir(place_path(&h.pool, bob, ".git")), 0);
	CHECK_INT(put(&h, "one", "0.2.0", "new", STORE_ANY), 0);
	CHECK_INT(symlink(other, place_path(&h.pool, bob, "two.lua")), 0);
	CHECK_INT(put(&h, "two", "0.2.0", "new", STORE_ANY), -1);
	CHECK_INT(rename(bob, other), 0);
	CHECK_INT(symlink(other, bob), 0);
	CHECK_INT(put(&h, "three", "0.2.0", "new", STORE_ANY), -1);
	CHECK_INT(store_remove(h.store, STR("bob"), STR("one"), STORE_ANY,
		      NULL),
	    -1);
	CHECK_STR(code_of(&h, "one"), "new");
	home_end(&h);
}

/* The rename from D fails once, and it is done beside the module. */
static void
modules_may_lie_on_another_file_system(void)
{
	struct home h;
	struct stat st;

	for (int times = 1; times <= 2; times++) {
		home_begin(&h);
		full_call = "rename";
		full_after = 0;
		full_times = times;
		CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_ANY),
		    times == 1 ? 0 : -1);
		full_call = NULL;
		CHECK_INT(stat(place_path(&h.pool, h.share, "packages.module"),
			      &st),
		    -1);
		CHECK_INT(stat(place_path(&h.pool, h.modules,
				   "bob/one.lua.new"),
			      &st),
		    -1);
		CHECK_STR(version_of(&h, "bob/one"), times == 1 ? "0.1.0" : "");
		/* the folder of an author who has none is gone again */
		CHECK_INT(stat(place_path(&h.pool, h.modules, "bob"), &st),
		    times == 1 ? 0 : -1);
		home_end(&h);
	}
}

/* Killed while it lay there. */
static void
what_was_left_beside_a_module_goes(void)
{
	struct home h;
	struct stat st;
	const char *left;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_ANY), 0);
	CHECK_INT(unlink(store_path(h.store, &h.pool, STR("bob"), STR("one"))),
	    0);
	left = place_path(&h.pool, h.modules, "bob/one.lua.new");
	place_put(left, STR("te"));
	CHECK_INT(store_fold(h.store, NULL), 0);
	CHECK_INT(stat(left, &st), -1);
	CHECK_STR(version_of(&h, "bob/one"), "");
	home_end(&h);
}

static void
a_file_that_is_none_is_refused(void)
{
	static const char *const texts[] = { "", "[]", "{", "{}",
		"{\"packages\":[]}", "{\"packages\":{\"../x\":{}}}",
		"{\"packages\":{\"a/b\":{}}}",
		"{\"packages\":{\"a/b\":{\"registry\":\"r\",\"version\":\"1\","
		"\"sha256\":\"12\",\"installed\":1}}}",
		"{\"packages\":{\"a/b/c\":{}}}" };
	struct home h;

	home_begin(&h);
	CHECK_INT(put(&h, "one", "0.1.0", "text", STORE_ANY), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		place_put(place_path(&h.pool, h.share, "packages.json"),
		    str_of(texts[i]));
		CHECK_INT(store_fold(h.store, NULL), -1);
	}
	CHECK_STR(code_of(&h, "one"), "text");
	home_end(&h);
}

CHECK_MAIN(CASE(a_module_and_its_row), CASE(any_number_of_modules),
    CASE(a_line_alone_is_no_row), CASE(a_line_that_has_happened_is_a_row),
    CASE(a_removal_counts_when_the_file_is_gone),
    CASE(a_torn_line_is_taken_away),
    CASE(a_full_disk_leaves_what_was_or_what_is_to_be),
    CASE(what_has_changed_meanwhile_stays),
    CASE(what_is_the_users_own_is_refused),
    CASE(modules_may_lie_on_another_file_system),
    CASE(what_was_left_beside_a_module_goes),
    CASE(a_file_that_is_none_is_refused))
