/* file: what replaces a file is whole, alone, and takes up what was left. */
#include "state/file.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "place.h"

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

static int
refuse(void *ctx, const char *temporary, struct err *err)
{
	CHECK(ctx == NULL);
	check_file(temporary, "new");
	return err_set(err, "not that");
}

static void
what_the_check_refuses_leaves_nothing(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *path = place_path(&pool, place, "x");
	struct stat st;

	write_file(path, "old");
	CHECK_INT(file_replace(path, STR("new"), refuse, NULL, &err), -1);
	CHECK_STR(err_text(&err), "not that");
	check_file(path, "old");
	CHECK(stat(place_path(&pool, place, "x.new"), &st) == -1);
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

CHECK_MAIN(CASE(what_was_left_is_taken_up), CASE(what_was_left_open_is_closed),
    CASE(links_are_followed_to_the_file), CASE(a_folder_is_not_replaced),
    CASE(a_link_in_its_place_is_not_followed),
    CASE(what_the_check_refuses_leaves_nothing),
    CASE(writers_wait_for_each_other), CASE(errors_name_the_file),
    CASE(links_that_lead_to_themselves_end))
