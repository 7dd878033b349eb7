/* file: what replaces a file is whole, alone, and takes up what was left. */
#include "state/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "place.h"

/* Our own libc, for a moment: a call that fails, after some that do not. */
static struct {
	const char *call;
	int errnum, after, times;
} broken;

static void
let_fail(const char *call, int errnum, int after, int times)
{
	broken.call = call;
	broken.errnum = errnum;
	broken.after = after;
	broken.times = times;
}

static bool
is_broken(const char *call)
{
	if (broken.times == 0 || strcmp(broken.call, call) != 0 ||
	    broken.after-- > 0)
		return false;
	broken.times--;
	errno = broken.errnum;
	return true;
}

ssize_t
read(int fd, void *to, size_t n)
{
	return is_broken("read") ? -1 : syscall(SYS_read, fd, to, n);
}

ssize_t
write(int fd, const void *from, size_t n)
{
	return is_broken("write") ? -1 : syscall(SYS_write, fd, from, n);
}

int
fsync(int fd)
{
	return is_broken("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int
flock(int fd, int how)
{
	return is_broken("flock") ? -1 : (int)syscall(SYS_flock, fd, how);
}

int
fstat(int fd, struct stat *st)
{
	return is_broken("fstat") ? -1 : fstatat(fd, "", st, AT_EMPTY_PATH);
}

int
lstat(const char *path, struct stat *st)
{
	return is_broken("lstat")
	           ? -1
	           : fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int
fchmod(int fd, mode_t mode)
{
	return is_broken("fchmod") ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

static uid_t others; /* 0: nobody else owns our files */

uid_t
geteuid(void)
{
	return (uid_t)syscall(SYS_geteuid) + others;
}

int
open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (is_broken(flags & O_DIRECTORY ? "open folder" : "open"))
		return -1;
	return openat(AT_FDCWD, path, flags, mode);
}

static void
write_file(const char *path, const char *text)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(file_write(path, str_of(text), &err), 0);
	CHECK_STR(err_text(&err), "");
}

static void
check_file(const char *path, const char *want)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = STR_NONE;

	CHECK_INT(file_read(&pool, path, 1 << 20, &text, &err), 1);
	CHECK_STR(text, want);
}

static void
leave(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT, mode);

	CHECK(fd != -1);
	CHECK_INT(write(fd, text, strlen(text)), (long long)strlen(text));
	(void)close(fd);
}

/* A killed writer left a longer text, with a secret at its end. */
static void
what_was_left_is_taken_up(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	const char *left = place_path(&pool, place, "x.new");
	struct stat st;

	leave(left, "half of a text, and a secret", 0600);
	write_file(path, "short");
	check_file(path, "short");
	CHECK(stat(left, &st) == -1);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
}

/* Whoever put it there may not read what is written into it. */
static void
what_was_left_open_is_closed(void)
{
	static const mode_t mode[] = { 0600, 0640, 0644, 0666, 0777 };
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);

	for (size_t i = 0; i < ARRAY_SIZE(mode); i++) {
		const char *path = pool_printf(&pool, "%s/%zu", place, i);
		const char *left = pool_printf(&pool, "%s.new", path);
		struct stat st;

		leave(left, "x", 0600);
		CHECK_INT(chmod(left, mode[i]), 0);
		write_file(path, "secret");
		CHECK_INT(stat(path, &st), 0);
		CHECK_INT(st.st_mode & 0777, 0600);
	}
}

static void
a_link_in_its_place_is_not_followed(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	const char *other = place_path(&pool, place, "other");

	write_file(path, "old");
	write_file(other, "other");
	CHECK_INT(symlink("other", place_path(&pool, place, "x.new")), 0);
	CHECK_INT(file_write(path, STR("new"), &err), -1);
	check_file(path, "old");
	check_file(other, "other");
}

static void
write_often(const char *path, char fill)
{
	char text[100];

	memset(text, fill, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 50; i++)
		write_file(path, text);
	_exit(check_failed != 0);
}

/* Four write at once; whoever looks sees a whole text of one of them. */
static void
writers_wait_for_each_other(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	struct str text = STR_NONE;
	pid_t child[4];

	write_file(path, "");
	for (int i = 0; i < 4; i++) {
		child[i] = fork();
		if (child[i] == 0)
			write_often(path, (char)('a' + i));
	}
	for (int i = 0; i < 4; i++) {
		int status;

		CHECK_INT(waitpid(child[i], &status, 0), child[i]);
		CHECK_INT(status, 0);
		CHECK_INT(file_read(&pool, path, 1000, &text, NULL), 1);
		CHECK_INT(text.n, 99);
		for (size_t k = 1; k < text.n; k++)
			CHECK(text.p[k] == text.p[0]);
	}
}

static void
errors_name_the_file(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	struct str text = STR_NONE;

	CHECK_INT(file_read(&pool, place, 100, &text, &err), -1);
	CHECK_INT(file_read(&pool, place_path(&pool, place, "no"), 100, &text,
		      &err),
	    0);
	CHECK_INT(file_read(&pool, "/dev/null", 100, &text, &err), -1);
	write_file(place_path(&pool, place, "x"), "four");
	CHECK_INT(file_read(&pool, place_path(&pool, place, "x"), 3, &text,
		      &err),
	    -1);
	CHECK_STR(err_text(&err), "it is larger than 3 bytes");
	CHECK(text.p == NULL);
	CHECK_INT(file_write(place_path(&pool, place, "no/x"), STR("x"), &err),
	    -1);
	CHECK(str_find(err_text(&err), STR("no/x")) != STR_NPOS);
}

static void
links_that_lead_to_themselves_end(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");

	CHECK_INT(symlink("x", path), 0);
	CHECK_INT(file_write(path, STR("x"), &err), -1);
	CHECK(str_ends(err_text(&err), STR("too many symbolic links")));
}

/* Relative ones from where they stand, absolute ones from the root. */
static void
links_are_followed_to_the_file(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "link");
	const char *real = NULL;
	struct stat st;

	CHECK_INT(mkdir(place_path(&pool, place, "sub"), 0700), 0);
	CHECK_INT(symlink("sub/second", path), 0);
	CHECK_INT(symlink(place_path(&pool, place, "file"),
		      place_path(&pool, place, "sub/second")),
	    0);
	CHECK_INT(file_real(&pool, path, &real, &err), 0);
	CHECK_CSTR(real, place_path(&pool, place, "file"));
	write_file(path, "text");
	check_file(place_path(&pool, place, "file"), "text");
	CHECK_INT(lstat(path, &st), 0);
	CHECK(S_ISLNK(st.st_mode));
}

/* What is in the way stays, and no temporary file does. */
static void
a_folder_is_not_replaced(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	struct stat st;

	CHECK_INT(mkdir(path, 0700), 0);
	CHECK_INT(file_write(path, STR("new"), &err), -1);
	CHECK(str_starts(err_text(&err), STR("cannot write ")));
	CHECK_INT(stat(path, &st), 0);
	CHECK(S_ISDIR(st.st_mode));
	CHECK(stat(place_path(&pool, place, "x.new"), &st) == -1);
}

static void
what_is_interrupted_is_done_again(void)
{
	static const char *const call[] = { "write", "flock", "read" };
	autopool struct pool pool = POOL_NONE;
	const char *path = place_path(&pool, place_new(&pool), "x");

	for (size_t i = 0; i < ARRAY_SIZE(call); i++) {
		const char *text = pool_printf(&pool, "text %zu", i);
		autoerr struct err err = ERR_NONE;
		int fd;

		let_fail(call[i], EINTR, 0, 2);
		write_file(path, text);
		check_file(path, text);
		CHECK_INT(broken.times, 0);
		let_fail(call[i], EINTR, 0, 2);
		fd = file_lock_beside(path, &err);
		CHECK(fd != -1);
		(void)close(fd);
		broken.times = 0;
	}
}

/* Before the file has its name the old one stays, and nothing is beside it. */
static void
what_fails_leaves_the_old_file(void)
{
	static const struct {
		const char *call;
		int errnum;
		bool is_opened; /* what was opened is taken away again */
	} row[] = {
		{ "write", EIO, true },
		{ "fsync", EIO, true },
		{ "flock", ENOLCK, false },
		{ "open", EMFILE, false },
		{ "fstat", EIO, false },
		{ "lstat", EIO, false },
	};
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	struct stat st;

	write_file(path, "old");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		let_fail(row[i].call, row[i].errnum, 0, 1);
		CHECK_INT(file_write(path, STR("new"), &err), -1);
		CHECK_INT(broken.times, 0);
		CHECK(str_starts(err_text(&err),
		    str_of(pool_printf(&pool, "cannot write %s", path))));
		check_file(path, "old");
		if (row[i].is_opened)
			CHECK(
			    stat(place_path(&pool, place, "x.new"), &st) == -1);
	}
	/* somebody has renamed it: it is opened once more */
	let_fail("lstat", ENOENT, 0, 1);
	write_file(path, "new");
	check_file(path, "new");
	CHECK_INT(broken.times, 0);
}

/* A file system without modes refuses them to the owner, too. */
static void
only_ones_own_file_has_no_mode(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = place_path(&pool, place_new(&pool), "x");
	autoerr struct err err = ERR_NONE;

	let_fail("fchmod", EPERM, 0, 1);
	write_file(path, "own");
	check_file(path, "own");
	let_fail("fchmod", EPERM, 0, 1);
	others = 1;
	CHECK_INT(file_write(path, STR("new"), &err), -1);
	others = 0;
	CHECK_INT(broken.times, 0);
	check_file(path, "own");
}

static const struct folder {
	const char *call;
	int errnum, after, status;
} folders[] = {
	{ "fsync", EIO, 1, -1 },
	{ "fsync", EINVAL, 1, 0 }, /* it has none for folders */
	{ "open folder", EMFILE, 0, -1 },
	{ "open folder", EACCES, 0, 0 },
};

/* The new file is there, and whoever wants to know is told. */
static void
a_folder_that_is_not_synced_is_told(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = place_path(&pool, place_new(&pool), "x");

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const struct folder *f = &folders[i];
		const char *text = pool_printf(&pool, "text %zu", i);
		autoerr struct err err = ERR_NONE;

		let_fail(f->call, f->errnum, f->after, 1);
		CHECK_INT(file_write(path, str_of(text), &err), f->status);
		CHECK_INT(broken.times, 0);
		check_file(path, text);
		if (f->status == -1)
			CHECK(str_find(err_text(&err),
				  STR(" is written, but may not survive a "
				      "crash: cannot sync its folder")) !=
			      STR_NPOS);
	}
}

static void
what_cannot_be_read_is_an_error(void)
{
	static const char *const call[] = { "open", "fstat", "read" };
	autopool struct pool pool = POOL_NONE;
	const char *path = place_path(&pool, place_new(&pool), "x");

	write_file(path, "text");
	for (size_t i = 0; i < ARRAY_SIZE(call); i++) {
		autoerr struct err err = ERR_NONE;
		struct str text = STR("as it was");

		let_fail(call[i], EIO, 0, 1);
		CHECK_INT(file_read(&pool, path, 100, &text, &err), -1);
		CHECK_STR(err_text(&err), "Input/output error (os error 5)");
		CHECK_STR(text, "as it was");
	}
}

static void
a_lock_that_fails_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	const char *nowhere = place_path(&pool, place, "none/x");
	autoerr struct err err = ERR_NONE;

	let_fail("flock", ENOLCK, 0, 1);
	CHECK_INT(file_lock_beside(path, &err), -1);
	CHECK(str_starts(err_text(&err),
	    str_of(pool_printf(&pool, "cannot lock %s: %s.lock", path, path))));
	let_fail("flock", ENOLCK, 0, 1);
	CHECK_INT(file_lock(path, &err), -1);
	CHECK_INT(file_lock_beside(nowhere, &err), -1);
	CHECK_INT(file_lock(nowhere, &err), -1);
	CHECK(str_starts(err_text(&err),
	    str_of(pool_printf(&pool, "cannot lock %s", nowhere))));
}

static void
a_name_without_a_folder_is_in_this_one(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	struct stat st;

	CHECK_INT(chdir(place), 0);
	CHECK_INT(symlink("x", "link"), 0);
	CHECK_INT(symlink("self", "self"), 0);
	write_file("link", "text");
	check_file(place_path(&pool, place, "x"), "text");
	CHECK_INT(file_stat(AT_FDCWD, "link", &st, NULL), 1);
	CHECK_INT(file_stat(AT_FDCWD, "none", &st, NULL), 0);
	CHECK_INT(file_stat(AT_FDCWD, "x/none", &st, NULL), 0);
	CHECK_INT(file_stat(AT_FDCWD, "self", &st, NULL), 0);
	CHECK_INT(chdir("/"), 0);
}

CHECK_MAIN(CASE(what_was_left_is_taken_up), CASE(what_was_left_open_is_closed),
    CASE(links_are_followed_to_the_file), CASE(a_folder_is_not_replaced),
    CASE(a_link_in_its_place_is_not_followed),
    CASE(writers_wait_for_each_other), CASE(errors_name_the_file),
    CASE(links_that_lead_to_themselves_end),
    CASE(what_is_interrupted_is_done_again),
    CASE(what_fails_leaves_the_old_file), CASE(only_ones_own_file_has_no_mode),
    CASE(a_folder_that_is_not_synced_is_told),
    CASE(what_cannot_be_read_is_an_error), CASE(a_lock_that_fails_is_an_error),
    CASE(a_name_without_a_folder_is_in_this_one))
