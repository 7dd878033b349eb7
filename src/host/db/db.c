#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/hang.h"
#include "db/sql.h"
#include "model/scope.h"
#include "stream/clock.h"
#include "wal/wal.h"

#define WAL_PAUSE_MS 2

/* SQLite makes files by the umask: this one is ours alone. */
static int
make_private(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_sys(err, "cannot open %s", path);
	(void)close(fd);
	return 0;
}

/*
 * The change to WAL takes a shared lock for an exclusive one. Of two who open a
 * new database at once each would wait for the other, so SQLite gives up at once
 * and does not ask its busy handler: the statement is tried anew. Until
 * then there is no busy handler, which would wait its time again at each try.
 */
static int
use_wal(struct db *db, struct err *err)
{
	const struct timespec pause = { 0, WAL_PAUSE_MS * 1000000L };
	int64_t until = clock_in(DB_BUSY_MS);

	for (;;) {
		int code = sqlite3_exec(db->sqlite, "PRAGMA journal_mode = WAL",
		    NULL, NULL, NULL);

		if (code == SQLITE_OK)
			return 0;
		if ((code & 0xff) != SQLITE_BUSY || clock_left(until) == 0)
			return sql_fail(db, err);
		(void)nanosleep(&pause, NULL);
	}
}

/*
 * There is one thread, and nobody asks how much memory there is: both cost a
 * lock in each call and in each allocation. Refused, which is no harm, if SQLite
 * was used before.
 */
static void
configure_all(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
configure(struct db *db, struct err *err)
{
	(void)sqlite3_extended_result_codes(db->sqlite, 1);
	/* a workspace may come from somebody else */
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
	    NULL);
	/* a column that is mistyped, "vaule" <> 'x', is no text */
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	/* but for our own temporary ones; own.c */
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0,
	    NULL);
	if (use_wal(db, err) == -1)
		return -1;
	(void)sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
	return sql_run(db, "PRAGMA synchronous = NORMAL", err);
}

/*
 * A run that was cut off is noted when somebody comes who can: a disk that is
 * full does not keep anybody from reading.
 */
static void
look_after_runs(struct db *db)
{
	if (db->own.is_kept)
		(void)runs_reap(db, NULL);
}

/* What another program has left of ours: the same holds of it. */
static void
look_after_rest(struct db *db)
{
	uint64_t n = 0;

	if (db->own.is_kept)
		(void)hang_sweep(db, !own_has_triggers(db), &n, NULL);
}

static int
set_up(struct db *db, struct err *err)
{
	if (configure(db, err) == -1 || schema_update(db, err) == -1 ||
	    own_open(db, err) == -1 ||
	    sql_run(db, "PRAGMA foreign_keys = ON", err) == -1 ||
	    rules_load(db, err) == -1)
		return -1;
	look_after_runs(db);
	look_after_rest(db);
	return 0;
}

int
db_open(const char *path, struct db **out, struct err *err)
{
	struct db *db;

	if (make_private(path, err) == -1)
		return -1;
	configure_all();
	db = mem_zalloc(sizeof(*db));
	db->own.folder = -1;
	if (sqlite3_open_v2(path, &db->sqlite,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX,
		wal_vfs()) != SQLITE_OK) {
		(void)sql_fail(db, err);
		db_free(db);
		return err_wrap(err, "cannot open %s", path);
	}
	if (set_up(db, err) == -1) {
		db_free(db);
		return err_wrap(err, "cannot use %s", path);
	}
	*out = db;
	return 0;
}

static void
clear_cache(struct db *db)
{
	for (size_t i = 0; i < SQL_MODELS; i++) {
		(void)sqlite3_finalize(db->cache[i].find);
		(void)sqlite3_finalize(db->cache[i].by_id);
		(void)sqlite3_finalize(db->cache[i].in_scope);
		(void)sqlite3_finalize(db->cache[i].insert);
		(void)sqlite3_finalize(db->cache[i].update);
		(void)sqlite3_finalize(db->cache[i].value);
	}
	(void)sqlite3_finalize(db->ttl_add);
	(void)sqlite3_finalize(db->ttl_move);
	(void)sqlite3_finalize(db->log_add);
	for (size_t i = 0; i < SQL_EDGES; i++)
		(void)sqlite3_finalize(db->edge[i]);
	for (size_t i = 0; i < SQL_ATTACHED; i++)
		(void)sqlite3_finalize(db->attached[i]);
	for (size_t i = 0; i < SQL_CHILDREN; i++)
		(void)sqlite3_finalize(db->children[i]);
	for (size_t i = 0; i < OWN_STMTS; i++)
		(void)sqlite3_finalize(db->own.stmt[i]);
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	clear_cache(db);
	(void)sqlite3_close(db->sqlite);
	if (sqlite3_temp_directory == db->folder)
		sqlite3_temp_directory = NULL;
	alive_end(db);
	pool_clear(&db->own.pool);
	scope_free(db->scope);
	free(db);
}

/* SQLite makes it absolute, and resolves links. */
const char *
db_folder(struct db *db)
{
	struct str path = str_of(sqlite3_db_filename(db->sqlite, "main"));
	size_t slash = str_rfind_char(path, '/');

	if (db->folder == NULL)
		db->folder =
		    slash != STR_NPOS
			? pool_cstr(&db->own.pool, str_sub(path, 0, slash + 1))
			: "./";
	return db->folder;
}

void
db_stay_in_folder(struct db *db)
{
	sqlite3_temp_directory = (char *)db_folder(db);
}

const struct scope *
db_scope(const struct db *db)
{
	return db->scope;
}

int
db_begin(struct db *db, struct err *err)
{
	db->has_failed = false;
	if (sql_edge(db, SQL_BEGIN, err) == -1)
		return -1;
	db->is_open = db->is_untouched = true;
	db->own.begun = 0;
	db->has_new_rules = false;
	return 0;
}

int
db_begin_read(struct db *db, struct err *err)
{
	if (sql_run(db, "BEGIN", err) == -1)
		return -1;
	db->is_open = true;
	db->is_untouched = false;
	return 0;
}

/* What is not in the file, after a group that was not stored. */
static void
undo_group(struct db *db)
{
	alive_undo(db);
	rules_undo(db);
}

int
db_commit(struct db *db, struct err *err)
{
	db->is_open = false;
	if (sql_edge(db, SQL_COMMIT, err) == 0)
		return 0;
	(void)sql_run(db, "ROLLBACK", NULL);
	undo_group(db);
	return -1;
}

int
db_rollback(struct db *db, struct err *err)
{
	int status;

	db->is_open = false;
	status = sql_run(db, "ROLLBACK", err);
	undo_group(db);
	return status;
}

int
db_part_begin(struct db *db, struct db_part *part, struct err *err)
{
	struct sql_change change;

	if (sql_change_begin(db, &change, err) == -1)
		return -1;
	part->is = (int)change.part;
	return 0;
}

int
db_part_end(struct db *db, const struct db_part *part, int status,
    struct err *err)
{
	const struct sql_change change = { (enum sql_part)part->is };

	return sql_change_end(db, &change, status, err);
}

bool
db_has_failed(const struct db *db)
{
	return db->has_failed;
}

bool
db_is_open(const struct db *db)
{
	return db->is_open;
}

/*
 * Copies of a whole database, by SQLite's own backup. It reads as any reader
 * does, so others go on writing meanwhile. All pages at once, as a backup in
 * steps begins anew with each commit of somebody else's.
 */
static int
make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_sys(err, "cannot make %s", path);
	(void)close(fd);
	return 0;
}

/* A code of SQLite. */
static int
run_backup(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (backup == NULL)
		return sqlite3_errcode(to);
	code = sqlite3_backup_step(backup, -1);
	(void)sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int
copy_to(sqlite3 *from, const char *path)
{
	sqlite3 *to = NULL;
	int code = sqlite3_open_v2(path, &to,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	if (code == SQLITE_OK)
		code = run_backup(from, to);
	if (sqlite3_close(to) != SQLITE_OK && code == SQLITE_OK)
		code = SQLITE_IOERR;
	return code;
}

int
db_copy(struct db *db, const char *path, struct err *err)
{
	int code;

	if (make_file(path, err) == -1)
		return -1;
	code = copy_to(db->sqlite, path);
	if (code == SQLITE_OK)
		return 0;
	(void)err_set(err, "%s", sqlite3_errstr(code));
	return err_wrap(err, "cannot copy to %s", path);
}

/* What a file has beside it, "db.sqlite-wal"; nothing that is empty. */
static bool
has_beside(struct pool *pool, const char *path, const char *end)
{
	struct stat st;

	if (stat(pool_printf(pool, "%s%s", path, end), &st) == 0)
		return st.st_size != 0;
	return errno != ENOENT;
}

/*
 * Opened to write, where that is allowed: who only reads can neither take back
 * what a writer that was killed has left half done, nor take the log away with
 * the last who uses it. Nothing is written but by that; a log stays as it is.
 */
static int
copy_from(const char *name, int flags, bool has_log, const char *to)
{
	sqlite3 *from = NULL;
	int code = sqlite3_open_v2(name, &from, SQLITE_OPEN_NOMUTEX | flags,
	    wal_vfs());

	if (code == SQLITE_OK) {
		(void)sqlite3_busy_timeout(from, DB_BUSY_MS);
		if (has_log)
			(void)sqlite3_db_config(from,
			    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		code = copy_to(from, to);
	}
	(void)sqlite3_close(from);
	return code;
}

/* A name of SQLite's for a file that nobody changes. */
static const char *
unchanging(struct pool *pool, const char *path)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("file:"));
	for (; *path != '\0'; path++) {
		if (strchr("%?#", *path) != NULL)
			buf_printf(&out, "%%%02X", (unsigned)*path);
		else
			buf_add_char(&out, *path);
	}
	buf_add(&out, STR("?immutable=1"));
	return pool_cstr(pool, buf_str(&out));
}

/*
 * SQLite waits for the other end of a pipe, and takes a device for an empty
 * database. 1; 0: there is none; -1.
 */
static int
look_at_file(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot look at %s", path);
	return S_ISREG(st.st_mode) ? 1 : err_set(err, "%s is no file", path);
}

/*
 * A reader makes the index of a log, even of one that is not there. Where it
 * may not, the file alone is read.
 */
int
db_snapshot(const char *from, const char *to, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int code, status = look_at_file(from, err);
	bool has_log, has_journal, is_shut;

	if (status != 1)
		return status;
	configure_all();
	if (make_file(to, err) == -1)
		return -1;
	has_log = has_beside(&pool, from, "-wal");
	code = copy_from(from, SQLITE_OPEN_READWRITE, has_log, to);
	has_journal = has_beside(&pool, from, "-journal");
	is_shut = (code & 0xff) == SQLITE_CANTOPEN ||
	          (code & 0xff) == SQLITE_READONLY;
	if (is_shut && !has_log && !has_journal)
		code = copy_from(unchanging(&pool, from),
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, false, to);
	if (code == SQLITE_OK)
		return 1;
	(void)err_set(err, "%s", sqlite3_errstr(code));
	if (is_shut && (has_log || has_journal))
		(void)err_wrap(err,
		    "%s-%s can be read by nobody who may not write there", from,
		    has_log ? "wal" : "journal");
	return err_wrap(err, "cannot copy %s", from);
}
