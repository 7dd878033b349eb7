/* lean, in the program that is static; whole.c has it for the other one. */
#include "lean/lean.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/write.h"
#include "child/place.h"
#include "config.h"

#define PROGRAM "sn0int-sandbox-plugins"

/*
 * What has been read, in memory that the next program finds open. The first
 * line is whole: at a terminal its end could not be typed a second time.
 */
static int
put_down(const struct line *ahead, struct err *err)
{
	struct str read = buf_str(&ahead->buf);
	bool is_cut =
	    read.n == ahead->from && read.n != 0 && read.p[read.n - 1] != '\n';
	int fd = memfd_create("ahead", 0);
	void (*before)(int);
	bool is_there;

	if (fd == -1)
		return err_sys(err, "memfd_create");
	/* over a limit of files: EFBIG, not the end */
	before = signal(SIGXFSZ, SIG_IGN);
	is_there = write_all(fd, read) == 0 &&
	           (!is_cut || write_all(fd, STR("\n")) == 0) &&
	           lseek(fd, 0, SEEK_SET) == 0;
	if (!is_there)
		(void)err_sys(err, "cannot hand on the start line");
	(void)signal(SIGXFSZ, before);
	if (is_there)
		return fd;
	(void)close(fd);
	return -1;
}

/*
 * To the number that the words name already, which is free: they come behind
 * the option that is added here.
 */
static int
move_to(int named, int fd, struct err *err)
{
	int moved = fd;

	if (named == -1 || named == fd)
		return fd;
	moved = dup2(fd, named);
	if (moved == -1)
		(void)err_sys(err, "cannot hand on the start line");
	(void)close(fd);
	return moved;
}

static void
execute(struct pool *pool, char *const *word, int fd)
{
	const char *path = pool_printf(pool, "%s/%s",
	    place_of(BUILD_DIR, PLUGIN_DIR), PROGRAM);
	size_t n = 0, i = 0;
	char **argv;

	while (word[n] != NULL)
		n++;
	argv = pool_array(pool, n + 4, sizeof(*argv));
	argv[i++] = pool_printf(pool, "%s", path);
	argv[i++] = pool_printf(pool, "sandbox");
	if (fd != -1)
		argv[i++] = pool_printf(pool, "--ahead-fd=%d", fd);
	memcpy(argv + i, word, (n + 1) * sizeof(*argv));
	(void)execv(path, argv);
}

int
lean_leave(char *const *word, const struct line *ahead, int named,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int fd = ahead != NULL ? put_down(ahead, err) : -1;

	if (fd != -1)
		fd = move_to(named, fd, err);
	if (fd == -1 && ahead != NULL)
		return -1;
	execute(&pool, word, fd);
	(void)err_sys(err, "cannot start " PROGRAM);
	if (fd != -1)
		(void)close(fd);
	return -1;
}
