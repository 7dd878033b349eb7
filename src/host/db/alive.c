/*
 * Whether a run's process lives: it holds a lock on one byte, the run's id, of
 * the folder in which the database lies. A lock of an open file description
 * goes with the last descriptor, however the process ends, and after the
 * machine was off; it is seen from all namespaces; it leaves no file behind;
 * and it is none of the locks of SQLite, which are on the file.
 *
 * Without such locks (OpenBSD, some network file systems) a run that goes on
 * may be taken for one that was killed: it says how it ended at its end, and
 * that is what stays.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/sql.h"

#ifdef F_OFD_SETLK
#define SET F_OFD_SETLK
#define GET F_OFD_GETLK
#else
#define SET F_SETLK
#define GET F_GETLK
#endif

static int
open_folder(struct db *db, struct err *err)
{
	const char *path;

	if (db->own.folder != -1)
		return 0;
	path = db_folder(db);
	db->own.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return db->own.folder != -1 ? 0 : err_sys(err, "cannot open %s", path);
}

static struct flock
lock_of(int64_t run, short type)
{
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)run,
		.l_len = 1,
	};
}

int
alive_take(struct db *db, int64_t run, struct err *err)
{
	struct flock lock = lock_of(run, F_RDLCK);

	if (open_folder(db, err) == -1)
		return -1;
	/* where there are none, see above */
	(void)fcntl(db->own.folder, SET, &lock);
	return 0;
}

void
alive_drop(struct db *db, int64_t run)
{
	struct flock lock = lock_of(run, F_UNLCK);

	if (db->own.folder != -1)
		(void)fcntl(db->own.folder, SET, &lock);
}

bool
alive_is(struct db *db, int64_t run)
{
	struct flock lock = lock_of(run, F_WRLCK);

	if (open_folder(db, NULL) == -1 ||
	    fcntl(db->own.folder, GET, &lock) == -1)
		return true;
	return lock.l_type != F_UNLCK;
}

int
alive_other(struct db *db, int64_t number, struct err *err)
{
	struct flock lock = lock_of(number, F_WRLCK);

	if (open_folder(db, err) == -1)
		return -1;
	return fcntl(db->own.folder, GET, &lock) == 0 && lock.l_type != F_UNLCK;
}

int
alive_outbox(struct db *db, int64_t *number, struct err *err)
{
	const char *path = sqlite3_db_filename(db->sqlite, "main");
	struct stat st;

	if (stat(path, &st) == -1)
		return err_sys(err, "cannot look at %s", path);
	/* own.c has no rows with numbers of the last 32 bits */
	*number = INT64_MAX - 1 - (int64_t)(uint32_t)st.st_ino;
	return 0;
}

void
alive_undo(struct db *db)
{
	if (db->own.begun != 0)
		alive_drop(db, db->own.begun);
	db->own.begun = 0;
}

void
alive_end(struct db *db)
{
	if (db->own.folder != -1)
		(void)close(db->own.folder);
	db->own.folder = -1;
}
