/*
 * A file of a log as SQLite sees it. What it writes is told by the format of
 * the log (https://www.sqlite.org/fileformat2.html, 4.1): 24 bytes where the
 * last write ended are the header of a frame, and what comes where they end is
 * its page. Two things are held back, the header and the page of a frame that
 * ends no transaction, and only in this order and without a gap. Whatever else
 * comes, and so the page of a frame that ends one, finds what is held written
 * before it, or with it.
 *
 * So nothing is held when SQLite makes a transaction known to others, which it
 * does when the write of its last frame has returned. That this one may fail
 * for an earlier frame is the same to it: it undoes the transaction for the
 * failure of any of its frames.
 */
#include "wal/wal.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

#define HEADER    24           /* bytes of the header of a frame */
#define PAGES     4            /* where in it is how many pages there are */
#define MOST_HELD (128u << 10) /* 31 frames of 4 KiB */

enum awaited { A_HEADER, A_PAGE, A_LAST_PAGE };

struct log {
	sqlite3_file file;  /* as SQLite knows it; its first member */
	sqlite3_file *real; /* lies behind this */
	char *held;         /* MOST_HELD bytes; NULL: none were held so far */
	size_t n;           /* how many of them are */
	sqlite3_int64 end;  /* of the last write, and so of what is held */
	enum awaited next;  /* what would be written there */
};

static sqlite3_vfs *real_vfs;

static struct log *
log_of(sqlite3_file *file)
{
	return (struct log *)file;
}

/* What is held stays so if it cannot be written: it may be asked for again. */
static int
write_held(struct log *log)
{
	sqlite3_int64 at = log->end - (sqlite3_int64)log->n;
	int code;

	if (log->n == 0)
		return SQLITE_OK;
	code =
	    log->real->pMethods->xWrite(log->real, log->held, (int)log->n, at);
	if (code == SQLITE_OK)
		log->n = 0;
	return code;
}

/* Without memory nothing is held. */
static bool
has_room(struct log *log, size_t n)
{
	if (log->held == NULL)
		log->held = sqlite3_malloc(MOST_HELD);
	return log->held != NULL && n <= MOST_HELD - log->n;
}

static void
hold(struct log *log, const void *p, size_t n)
{
	memcpy(log->held + log->n, p, n);
	log->n += n;
	log->end += (sqlite3_int64)n;
}

/* Of 0 pages: more frames of the transaction follow. */
static enum awaited
page_of(const void *header)
{
	const char *p = header;

	return bytes_be(str_view(p + PAGES, 4)) == 0 ? A_PAGE : A_LAST_PAGE;
}

/* Whether what comes where the last write ended may wait for what follows. */
static bool
may_wait(struct log *log, const void *p, size_t n)
{
	enum awaited this = log->next;

	log->next = A_HEADER;
	if (this == A_HEADER && n == HEADER) {
		log->next = page_of(p);
		return true;
	}
	return this == A_PAGE;
}

/* With what is held, in one write if it comes behind that. */
static int
write_now(struct log *log, const void *p, size_t n, sqlite3_int64 at)
{
	int code;

	if (log->n != 0 && at == log->end && has_room(log, n)) {
		hold(log, p, n);
		return write_held(log);
	}
	code = write_held(log);
	log->end = at + (sqlite3_int64)n;
	return code == SQLITE_OK
	           ? log->real->pMethods->xWrite(log->real, p, (int)n, at)
	           : code;
}

/* Nothing that is written next follows anything. */
static void
end_here(struct log *log)
{
	log->end = -1;
	log->next = A_HEADER;
}

/* A failure is the end of the transaction, and so of what is held of it. */
static int
log_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	struct log *log = log_of(file);
	size_t size = (size_t)n;
	int code;

	if (at != log->end)
		log->next = A_HEADER;
	else if (may_wait(log, p, size) && has_room(log, size)) {
		hold(log, p, size);
		return SQLITE_OK;
	}
	code = write_now(log, p, size, at);
	if (code != SQLITE_OK) {
		log->n = 0;
		end_here(log);
	}
	return code;
}

/* Of frames of a transaction that has not ended: it found no room in memory. */
static int
log_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
	struct log *log = log_of(file);
	int code = SQLITE_OK;

	if (at < log->end && at + n > log->end - (sqlite3_int64)log->n)
		code = write_held(log);
	return code == SQLITE_OK
	           ? log->real->pMethods->xRead(log->real, p, n, at)
	           : code;
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct log *log = log_of(file);
	int code = write_held(log);

	if (code != SQLITE_OK)
		return code;
	end_here(log);
	return log->real->pMethods->xTruncate(log->real, size);
}

/* What SQLite has cut in two at a sync is no header, whatever its length. */
static int
log_sync(sqlite3_file *file, int flags)
{
	struct log *log = log_of(file);
	int code = write_held(log);

	if (code != SQLITE_OK)
		return code;
	end_here(log);
	return log->real->pMethods->xSync(log->real, flags);
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct log *log = log_of(file);
	int code = write_held(log);

	return code == SQLITE_OK
	           ? log->real->pMethods->xFileSize(log->real, size)
	           : code;
}

/* What is held then is of a transaction that has not ended. */
static int
log_close(sqlite3_file *file)
{
	struct log *log = log_of(file);

	sqlite3_free(log->held);
	return log->real->pMethods->xClose(log->real);
}

static int
log_lock(sqlite3_file *file, int level)
{
	struct log *log = log_of(file);

	return log->real->pMethods->xLock(log->real, level);
}

static int
log_unlock(sqlite3_file *file, int level)
{
	struct log *log = log_of(file);

	return log->real->pMethods->xUnlock(log->real, level);
}

static int
log_is_reserved(sqlite3_file *file, int *is_so)
{
	struct log *log = log_of(file);

	return log->real->pMethods->xCheckReservedLock(log->real, is_so);
}

static int
log_control(sqlite3_file *file, int what, void *arg)
{
	struct log *log = log_of(file);

	return log->real->pMethods->xFileControl(log->real, what, arg);
}

static int
log_sector(sqlite3_file *file)
{
	struct log *log = log_of(file);

	return log->real->pMethods->xSectorSize(log->real);
}

static int
log_traits(sqlite3_file *file)
{
	struct log *log = log_of(file);

	return log->real->pMethods->xDeviceCharacteristics(log->real);
}

/* The first version: the index of a log belongs to the database's own file. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_is_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_traits,
};

/* A file without methods is not closed: it was not opened. */
static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct log *log = log_of(file);
	int code;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
	*log = (struct log){ .real = (sqlite3_file *)(log + 1) };
	log->real->pMethods = NULL;
	end_here(log);
	code = real_vfs->xOpen(real_vfs, name, log->real, flags, out_flags);
	if (log->real->pMethods != NULL)
		log->file.pMethods = &methods;
	return code;
}

/*
 * The other calls are those of the real one, which find what they need in its
 * pAppData as before.
 */
const char *
wal_vfs(void)
{
	static sqlite3_vfs vfs;

	if (vfs.zName != NULL)
		return vfs.zName;
	real_vfs = sqlite3_vfs_find(NULL);
	if (real_vfs == NULL)
		return NULL;
	vfs = *real_vfs;
	vfs.szOsFile += (int)sizeof(struct log);
	vfs.pNext = NULL;
	vfs.zName = "sn0int";
	vfs.xOpen = open_file;
	if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
		vfs.zName = NULL;
	return vfs.zName;
}
