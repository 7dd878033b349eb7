#include "state/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/read.h"
#include "base/write.h"
#include "state/file.h"

#define PIECE ((size_t)32 << 10) /* of what is compared and copied */

/* Where the system or the file system knows no files that never had a name. */
static int
open_and_unlink(const char *folder)
{
	autopool struct pool pool = POOL_NONE;
	char *name = pool_printf(&pool, "%s/.spool-XXXXXX", folder);
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd == -1 || unlink(name) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int
open_nameless(const char *folder)
{
#ifdef O_TMPFILE
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
#endif
	return open_and_unlink(folder);
}

int
spool_open(struct spool *spool, const char *folder, struct err *err)
{
	spool->folder = folder;
	spool->fd = open_nameless(folder);
	return spool->fd != -1
	           ? 0
	           : err_sys(err, "cannot make a file in %s", folder);
}

int
spool_add(struct spool *spool, struct str bytes, struct err *err)
{
	return write_all(spool->fd, bytes) == 0
	           ? 0
	           : err_sys(err, "cannot write what comes in %s",
			 spool->folder);
}

int
spool_each(const struct spool *spool,
    int (*each)(void *arg, struct str bytes, struct err *err), void *arg,
    struct err *err)
{
	char piece[PIECE];
	ssize_t n;

	for (off_t at = 0; (n = read_full_at(spool->fd, piece, PIECE, at)) > 0;
	     at += n) {
		if (each(arg, str_view(piece, (size_t)n), err) == -1)
			return -1;
	}
	return n == 0
	           ? 0
	           : err_sys(err, "cannot read what came in %s", spool->folder);
}

static bool
has_same_bytes(int fd, int other)
{
	char a[PIECE], b[PIECE];
	ssize_t n = 1;

	for (off_t at = 0; n > 0; at += n) {
		n = read_full_at(fd, a, PIECE, at);
		if (n == -1 || read_full_at(other, b, PIECE, at) != n ||
		    memcmp(a, b, (size_t)n) != 0)
			return false;
	}
	return true;
}

bool
spool_is_as(const struct spool *spool, const char *path)
{
	/* a pipe is not waited for, and cannot be read at an offset */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is = fd != -1 && has_same_bytes(spool->fd, fd);

	if (fd != -1)
		(void)close(fd);
	return is;
}

/* -1 with errno. */
static int
copy_all(int from, int to)
{
	char piece[PIECE];
	ssize_t n = 1;

	for (off_t at = 0; n > 0; at += n) {
		n = read_full_at(from, piece, PIECE, at);
		if (n == -1 || write_all(to, str_view(piece, (size_t)n)) == -1)
			return -1;
	}
	return 0;
}

int
spool_become(const struct spool *spool, const char *path, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct file_new file;

	if (file_begin(&file, path, ".new", &pool, err) == -1)
		return -1;
	if (copy_all(spool->fd, file.fd) == 0)
		return file_end(&file, err);
	(void)err_sys(err, "cannot write %s", path);
	file_give_up(&file);
	return -1;
}

void
spool_close(struct spool *spool)
{
	fds_drop(&spool->fd);
}
