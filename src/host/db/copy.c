/*
 * The file as it is at one moment, by SQLite's own backup: it reads as any
 * reader does, so others go on writing meanwhile. All pages at once, as a
 * backup in steps begins anew with each commit of somebody else's.
 */
#include "db/sql.h"

#include <fcntl.h>
#include <unistd.h>

static int
make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_sys(err, "cannot make %s", path);
	(void)close(fd);
	return 0;
}

static int
run_backup(struct db *db, sqlite3 *to, struct err *err)
{
	sqlite3_backup *backup =
	    sqlite3_backup_init(to, "main", db->sqlite, "main");
	int code;

	if (backup == NULL)
		return err_set(err, "%s", sqlite3_errmsg(to));
	code = sqlite3_backup_step(backup, -1);
	(void)sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? 0
	                           : err_set(err, "%s", sqlite3_errstr(code));
}

int
db_copy(struct db *db, const char *path, struct err *err)
{
	sqlite3 *to = NULL;
	int status;

	if (make_file(path, err) == -1)
		return -1;
	status =
	    sqlite3_open_v2(path, &to,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
		? run_backup(db, to, err)
		: err_set(err, "%s", sqlite3_errmsg(to));
	if (sqlite3_close(to) != SQLITE_OK && status == 0)
		status = err_set(err, "it cannot be closed");
	return status == 0 ? 0 : err_wrap(err, "cannot copy to %s", path);
}
