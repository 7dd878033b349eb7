/* sink: all bytes or none, the first failure told, and the old file whole. */
#include "out/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "place.h"

#define BUFFER (64u << 10) /* what a sink keeps back at most */

/* Our own libc, for a moment. */
static struct {
	const char *call;
	int errnum, after;
} broken;

static bool
is_broken(const char *call)
{
	if (broken.call == NULL || strcmp(broken.call, call) != 0 ||
	    broken.after-- > 0)
		return false;
	errno = broken.errnum++;
	return true;
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
fchmod(int fd, mode_t mode)
{
	return is_broken("fchmod") ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int
rename(const char *from, const char *to)
{
	return is_broken("rename") ? -1
	                           : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

struct fixture {
	struct pool pool;
	struct err err;
	const char *place, *path;
};

static struct fixture
make(void)
{
	struct fixture f = { POOL_NONE, ERR_NONE, NULL, NULL };

	f.place = place_new(&f.pool);
	f.path = place_path(&f.pool, f.place, "out");
	return f;
}

static void
drop(struct fixture *f)
{
	pool_clear(&f->pool);
	err_clear(&f->err);
}

#define autofixture __attribute__((cleanup(drop))) struct fixture

static struct sink *
begin(struct fixture *f, const char *path)
{
	struct sink *sink = NULL;

	CHECK_INT(sink_open(&sink, path, SINK_TEXT, &f->err), 0);
	CHECK_STR(err_join(&f->pool, &f->err), "");
	return sink;
}

static void
put(struct fixture *f, const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	(void)f;
	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static struct str
get(struct fixture *f, const char *path)
{
	struct buf out = BUF_IN(&f->pool);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	while (fd != -1 && (n = read(fd, buf_room(&out, 4096), 4096)) > 0)
		out.n += (size_t)n;
	CHECK(fd != -1);
	(void)close(fd);
	return out.n != 0 ? buf_str(&out) : STR("");
}

static bool
has_temporary(struct fixture *f)
{
	return access(pool_printf(&f->pool, "%s" SINK_ENDING, f->path), F_OK) ==
	       0;
}

/* Its letters follow each other, so that none can be missing. */
static struct str
text_of(struct pool *pool, size_t n)
{
	char *p = pool_alloc(pool, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + i % 23);
	return str_view(p, n);
}

static void
all_bytes_arrive(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000, BUFFER - 1,
		BUFFER, BUFFER + 1, 3 * BUFFER + 7 };
	static const size_t pieces[] = { 1, 1000, BUFFER - 1, BUFFER,
		4 * BUFFER };
	autofixture f = make();

	for (size_t i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(pieces); i++) {
		struct str all = text_of(&f.pool, sizes[i % ARRAY_SIZE(sizes)]);
		size_t piece = pieces[i / ARRAY_SIZE(sizes)];
		struct sink *sink = begin(&f, f.path);

		for (size_t at = 0; at < all.n; at += piece)
			sink_add(sink, str_sub(all, at, piece));
		sink_printf(sink, "%s%d", "end", 5);
		CHECK(!sink_is_broken(sink));
		CHECK_INT(sink_end(sink, 0, &f.err), 0);
		CHECK(str_eq(get(&f, f.path),
		    str_of(pool_printf(&f.pool, "%.*send5", STR_ARG(all)))));
		CHECK(!has_temporary(&f));
	}
}

static mode_t
mode_of(const char *path)
{
	struct stat st = { .st_mode = 0 };

	CHECK_INT(lstat(path, &st), 0);
	return st.st_mode;
}

static void
write_one(struct fixture *f, const char *path)
{
	struct sink *sink = begin(f, path);

	sink_add(sink, STR("new"));
	CHECK_INT(sink_end(sink, 0, &f->err), 0);
}

static void
a_new_file_is_private_an_old_one_keeps_its_mode(void)
{
	autofixture f = make();

	write_one(&f, f.path);
	CHECK_INT(mode_of(f.path), S_IFREG | 0600);
	CHECK_INT(chmod(f.path, 0644), 0);
	write_one(&f, f.path);
	CHECK_INT(mode_of(f.path), S_IFREG | 0644);
	CHECK_INT(chmod(f.path, 0644), 0);
	broken.call = "fchmod";
	broken.errnum = EPERM;
	broken.after = 1; /* the first makes what was left of another private */
	write_one(&f, f.path);
	broken.call = NULL;
	CHECK_INT(mode_of(f.path), S_IFREG | 0600);
}

static void
nothing_is_seen_before_the_end(void)
{
	autofixture f = make();
	struct sink *sink;

	put(&f, f.path, "old");
	sink = begin(&f, f.path);
	sink_add(sink, text_of(&f.pool, 5 * BUFFER));
	CHECK_STR(get(&f, f.path), "old");
	CHECK(has_temporary(&f));
	CHECK_INT(sink_end(sink, 0, &f.err), 0);
	CHECK_INT(get(&f, f.path).n, 5 * BUFFER);
}

static void
given_up_leaves_the_old_one(void)
{
	autofixture f = make();
	struct sink *sink;

	put(&f, f.path, "old");
	sink = begin(&f, f.path);
	sink_add(sink, text_of(&f.pool, 5 * BUFFER));
	(void)err_set(&f.err, "no more rows");
	CHECK_INT(sink_end(sink, -1, &f.err), -1);
	CHECK_STR(err_text(&f.err), "no more rows");
	CHECK_STR(get(&f, f.path), "old");
	CHECK(!has_temporary(&f));
}

static void
killed_leaves_the_old_one_and_the_next_takes_up_the_rest(void)
{
	autofixture f = make();
	pid_t pid;
	int status = 0;

	put(&f, f.path, "old");
	pid = fork();
	if (pid == 0) {
		sink_add(begin(&f, f.path), text_of(&f.pool, 5 * BUFFER));
		(void)raise(SIGKILL);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK_STR(get(&f, f.path), "old");
	CHECK(has_temporary(&f));
	write_one(&f, f.path);
	CHECK_STR(get(&f, f.path), "new");
	CHECK(!has_temporary(&f));
}

/* Writes a lot, and what the end says. */
static void
check_failure(struct fixture *f, const char *path, const char *why)
{
	struct sink *sink = begin(f, path);
	struct err err = ERR_NONE;

	for (int i = 0; i < 100; i++)
		sink_add(sink, text_of(&f->pool, 10000));
	CHECK(sink_is_broken(sink));
	CHECK_INT(sink_end(sink, 0, &err), -1);
	CHECK_INT(err.n, 2);
	CHECK_STR(err_join(&f->pool, &err),
	    pool_printf(&f->pool, "cannot write %s: %s", path, why));
	err_clear(&err);
}

static void
a_full_disk_is_told_with_its_cause(void)
{
	autofixture f = make();
	struct rlimit old, small;
	struct sink *sink;

	check_failure(&f, "/dev/full", "No space left on device (os error 28)");
	sink = begin(&f, "/dev/full"); /* what waits until the end, too */
	sink_add(sink, STR("x"));
	CHECK(!sink_is_broken(sink));
	CHECK_INT(sink_end(sink, 0, &f.err), -1);
	CHECK_STR(err_join(&f.pool, &f.err),
	    "cannot write /dev/full: No space left on device (os error 28)");

	err_clear(&f.err);
	put(&f, f.path, "old");
	CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 300000;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	check_failure(&f, f.path, "File too large (os error 27)");
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK_STR(get(&f, f.path), "old");
	CHECK(!has_temporary(&f));
}

static void
the_first_failure_is_kept(void)
{
	autofixture f = make();

	put(&f, f.path, "old");
	broken.call = "write";
	broken.errnum = EIO; /* the next ones would be others */
	broken.after = 2;
	check_failure(&f, f.path, "Input/output error (os error 5)");
	CHECK_INT(broken.errnum, EIO + 1);
	broken.call = NULL;
	CHECK_STR(get(&f, f.path), "old");
	CHECK(!has_temporary(&f));
}

static void
a_failing_end_is_told(void)
{
	static const struct {
		const char *call;
		int errnum;
	} row[] = { { "fsync", EIO }, { "rename", EACCES } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autofixture f = make();
		struct sink *sink;

		put(&f, f.path, "old");
		sink = begin(&f, f.path);
		sink_add(sink, STR("new"));
		broken.call = row[i].call;
		broken.errnum = row[i].errnum;
		broken.after = 0;
		CHECK_INT(sink_end(sink, 0, &f.err), -1);
		broken.call = NULL;
		CHECK_STR(err_text(&f.err),
		    pool_printf(&f.pool, "cannot write %s", f.path));
		CHECK_STR(get(&f, f.path), "old");
		CHECK(!has_temporary(&f));
	}
}

static void
several_are_settled_before_one_is_renamed(void)
{
	static const char *const fails[] = { "write", "fsync" };

	for (size_t i = 0; i < ARRAY_SIZE(fails); i++) {
		autofixture f = make();
		const char *other = place_path(&f.pool, f.place, "other");
		struct sink *sink[] = { begin(&f, other), begin(&f, f.path) };
		int status;

		put(&f, f.path, "old");
		put(&f, other, "old");
		sink_add(sink[0], STR("new"));
		sink_add(sink[1], STR("new"));
		broken.call = fails[i];
		broken.errnum = EIO;
		broken.after = 1;
		status = sink_settle(sink[0], &f.err);
		CHECK_INT(status, 0);
		status = sink_settle(sink[1], &f.err);
		CHECK_INT(status, -1);
		broken.call = NULL;
		CHECK_STR(err_join(&f.pool, &f.err),
		    pool_printf(&f.pool,
			"cannot write %s: Input/output error (os error 5)",
			f.path));
		CHECK_INT(sink_end(sink[0], status, &f.err), -1);
		CHECK_INT(sink_end(sink[1], status, &f.err), -1);
		CHECK_STR(get(&f, other), "old");
		CHECK_STR(get(&f, f.path), "old");
		CHECK(!has_temporary(&f));
	}
}

static void
a_pipe_is_written_in_place(void)
{
	autofixture f = make();
	struct sink *sink;
	char got[16] = "";
	int reader;

	CHECK_INT(mkfifo(f.path, 0600), 0);
	reader = open(f.path, O_RDONLY | O_NONBLOCK);
	write_one(&f, f.path);
	CHECK_INT(read(reader, got, sizeof(got) - 1), 3);
	CHECK_STR(str_of(got), "new");
	CHECK_INT(mode_of(f.path), S_IFIFO | 0600);

	/* a reader that goes is nobody's error, and nothing is to be made */
	sink = begin(&f, f.path);
	(void)close(reader);
	sink_add(sink, text_of(&f.pool, 2 * BUFFER));
	CHECK(sink_is_broken(sink));
	sink_add(sink, STR("dropped"));
	CHECK_INT(sink_end(sink, 0, &f.err), 0);
	CHECK_STR(err_text(&f.err), "");
}

static void
links_are_followed(void)
{
	autofixture f = make();
	const char *link = place_path(&f.pool, f.place, "link");
	const char *far = place_path(&f.pool, f.place, "far");

	CHECK_INT(symlink("link", far), 0);
	CHECK_INT(symlink("out", link), 0);
	write_one(&f, far); /* it leads to nothing yet */
	CHECK_STR(get(&f, f.path), "new");
	put(&f, f.path, "old");
	write_one(&f, far);
	CHECK_STR(get(&f, f.path), "new");
	CHECK_INT(mode_of(far) & S_IFMT, S_IFLNK);
	CHECK_INT(mode_of(link) & S_IFMT, S_IFLNK);
}

static void
a_file_without_a_name_is_written_in_place(void)
{
	autofixture f = make();
	int fd = open(f.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char got[16] = "";

	CHECK_INT(write(fd, "longer than that", 16), 16);
	CHECK_INT(unlink(f.path), 0);
	write_one(&f, pool_printf(&f.pool, "/proc/self/fd/%d", fd));
	CHECK_INT(pread(fd, got, sizeof(got) - 1, 0), 3);
	CHECK_STR(str_of(got), "new");
	CHECK_INT(access(f.path, F_OK), -1);
	(void)close(fd);
}

static void
check_refused(struct fixture *f, const char *path, const char *why)
{
	struct sink *sink = NULL;

	CHECK_INT(sink_open(&sink, path, SINK_TEXT, &f->err), -1);
	CHECK(sink == NULL);
	CHECK_STR(err_join(&f->pool, &f->err), why);
	CHECK(!has_temporary(f));
}

static void
what_cannot_be_made_is_told(void)
{
	autofixture f = make();
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	const char *loop = place_path(&f.pool, f.place, "loop");

	check_refused(&f, f.place,
	    pool_printf(&f.pool,
		"cannot write %s: Is a directory (os error 21)", f.place));
	check_refused(&f, "/nowhere/out",
	    "cannot write /nowhere/out: No such file or directory (os error 2)");
	check_refused(&f, "/dev/null/out",
	    "cannot write /dev/null/out: Not a directory (os error 20)");
	CHECK_INT(symlink("loop", loop), 0);
	check_refused(&f, loop,
	    pool_printf(&f.pool, "%s: too many symbolic links", loop));
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", f.path);
	CHECK_INT(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	check_refused(&f, f.path,
	    pool_printf(&f.pool,
		"cannot write %s: No such device or address (os error 6)",
		f.path));
	CHECK_INT(mode_of(f.path) & S_IFMT, S_IFSOCK);
	(void)close(fd);
}

static void
who_comes_second_waits(void)
{
	autofixture f = make();
	struct sink *sink = begin(&f, f.path);
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		/* the lock is the parent's, too, as long as we have its copy */
		(void)close_range(3, ~0U, 0);
		write_one(&f, f.path);
		_exit(check_failed);
	}
	sink_add(sink, text_of(&f.pool, 2 * BUFFER));
	CHECK_INT(sink_end(sink, 0, &f.err), 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_STR(get(&f, f.path), "new");
	CHECK(!has_temporary(&f));
}

/* A terminal that has a name, and what is shown of text on it. */
static void
check_shown(enum sink_content content, const char *text, const char *want)
{
	autofixture f = make();
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct sink *sink = NULL;
	char got[64] = "";

	CHECK(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
	CHECK_INT(sink_open(&sink, ptsname(master), content, &f.err), 0);
	sink_add(sink, str_of(text));
	CHECK_INT(sink_end(sink, 0, &f.err), 0);
	CHECK(read(master, got, sizeof(got) - 1) > 0);
	CHECK_STR(str_of(got), want);
	(void)close(master);
}

static void
a_terminal_gets_it_clean(void)
{
	check_shown(SINK_TEXT, "\033[2Jx", "\\u{1b}[2Jx");
	check_shown(SINK_JSON, "\302\233x", "\\u009bx");
}

CHECK_MAIN(CASE(all_bytes_arrive),
    CASE(a_new_file_is_private_an_old_one_keeps_its_mode),
    CASE(nothing_is_seen_before_the_end), CASE(given_up_leaves_the_old_one),
    CASE(killed_leaves_the_old_one_and_the_next_takes_up_the_rest),
    CASE(a_full_disk_is_told_with_its_cause), CASE(the_first_failure_is_kept),
    CASE(a_failing_end_is_told),
    CASE(several_are_settled_before_one_is_renamed),
    CASE(a_pipe_is_written_in_place), CASE(links_are_followed),
    CASE(a_file_without_a_name_is_written_in_place),
    CASE(what_cannot_be_made_is_told), CASE(who_comes_second_waits),
    CASE(a_terminal_gets_it_clean))
