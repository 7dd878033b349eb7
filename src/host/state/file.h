/*
 * file: whole files, in and out.
 */
#ifndef STATE_FILE_H
#define STATE_FILE_H

#include <dirent.h>
#include <sys/stat.h>

#include "base/err.h"

/*
 * Reads a regular file of at most `most` bytes into pool. 1; 0: there is none;
 * -1.
 */
int file_read(struct pool *pool, const char *path, size_t most, struct str *out,
    struct err *err);

/*
 * The same of standard input, whatever that is: all of it, to its end. 1; -1.
 */
int file_stdin(struct pool *pool, size_t most, struct str *out,
    struct err *err);

/*
 * The next name in a folder but "." and "..", good until the next call. 1; 0:
 * that was all; -1: it could not be read further, which is no end.
 */
int file_next(DIR *dir, const char *folder, const char **name, struct err *err);

/* The names in a folder that end so, sorted; they live in pool. */
int file_list(struct pool *pool, const char *folder, const char *ending,
    const char ***name, size_t *n, struct err *err);

/*
 * stat(2) of a name in an open folder, or AT_FDCWD. 1; 0: there is nothing, or a
 * link to nothing; -1: it could not be looked at, which is no "nothing".
 */
int file_stat(int folder, const char *name, struct stat *st, struct err *err);

/* Both are of one file, whatever it is called. */
static inline bool
file_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* With its final slash; "./" where the path has none. In pool. */
const char *file_folder(struct pool *pool, const char *path);

/*
 * Where symbolic links lead, the last part of the path only; the file need not
 * be there. At most FILE_MAX_LINKS of them (path_resolution(7)).
 */
#define FILE_MAX_LINKS 40
int file_real(struct pool *pool, const char *path, const char **real,
    struct err *err);

/*
 * For a file that is read, changed and replaced: waits until nobody else has
 * PATH.lock locked, for the file itself is another one afterwards. Returns what
 * is given back with close(); -1.
 */
int file_lock_beside(const char *path, struct err *err);

/*
 * The same without a file beside it, where an empty file is as good as none:
 * makes the file if it is not there, and follows who replaces it.
 */
int file_lock(const char *path, struct err *err);

/*
 * Writes to a temporary file beside it (PATH.new, 0600), syncs, renames, syncs
 * the folder: whoever looks sees the old file or the new one, also after a
 * crash at any moment. What a crash left of a temporary file is taken up by the
 * next that writes, so that no secret stays in it, and is 0600 whatever it was;
 * those who write at the same time wait for each other. Of a symbolic link the
 * file it leads to is written. -1 means that the old file is there as it was,
 * or, if it says so, that the new one is there and may not survive a crash.
 */
int file_write(const char *path, struct str bytes, struct err *err);

/* What was made, renamed or removed in the folder of path survives a crash. */
int file_sync_folder(const char *path, struct err *err);

/* Of a symbolic link what it leads to; syncs the folder. None there: fine. */
int file_remove(const char *path, struct err *err);

/*
 * The same piece by piece: what is written to fd, which is locked, becomes the
 * file with file_end(), which syncs it, and never with file_give_up(). `ending`
 * is what the name of the temporary file has more. Both leave fd -1, and do
 * nothing then. The strings live in pool.
 */
struct file_new {
	int fd;
	const char *path, *real, *temporary;
};

int file_begin(struct file_new *file, const char *path, const char *ending,
    struct pool *pool, struct err *err);
int file_sync(const struct file_new *file, struct err *err);
/*
 * The same with a temporary file elsewhere on the same file system (another
 * one: file_end() fails, and nothing has changed). A link at path is replaced.
 */
int file_begin_at(struct file_new *file, const char *path,
    const char *temporary, struct pool *pool, struct err *err);
int file_end(struct file_new *file, struct err *err);
void file_give_up(struct file_new *file);

#endif
