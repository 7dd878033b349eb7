/*
 * The log that is written in one piece a commit (wal/wal.h), against the one that
 * SQLite writes. A VFS of the test's own lies below: it sees what reaches the
 * file of the log, lets the n-th call fail, and looks around before and after
 * each write, as another process would that reads, or that comes when this one
 * was killed there.
 */
#include "wal/wal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "rows.h"

#define HEAD  32 /* bytes of the header of a log, */
#define FRAME 24 /* and of a frame */
#define STEPS 60 /* of work(); SN0INT_STEPS: more of them */

enum call { READ, WRITE, SHORT_WRITE, SYNC, TRUNCATE, SIZE, CALLS };

static const struct {
	const char *name;
	int code;
} calls[CALLS] = {
	[READ] = { "read", SQLITE_IOERR_READ },
	[WRITE] = { "write", SQLITE_IOERR_WRITE },
	[SHORT_WRITE] = { "short write", SQLITE_FULL },
	[SYNC] = { "sync", SQLITE_IOERR_FSYNC },
	[TRUNCATE] = { "truncate", SQLITE_IOERR_TRUNCATE },
	[SIZE] = { "size", SQLITE_IOERR_FSTAT },
};

struct spied {
	sqlite3_file file;
	sqlite3_file *real;
};

static sqlite3_vfs *plain, spy;

/* What one piece of work is measured by. */
static struct {
	struct pool pool;
	const char *place, *path, *log, *copy;
	sqlite3 *own, *other; /* the second one as another process has it */
	uint64_t random;
	struct str stored; /* what other ought to see */
	struct str maybe;  /* p NULL, or what a commit that goes on may make */
	struct buf seen;   /* of the log at each commit and each sync */
	bool is_checked; /* when a transaction ends: what a kill would leave */
	bool is_looked_at; /* before and after each write */
	long writes;       /* to the log */
	bool is_armed;     /* calls are counted, and may fail */
	enum call fault;   /* what fails */
	long first, last;  /* which of them; 0: none */
	long count;        /* how many there were */
	long faults;       /* how many of them failed */
	long images;       /* that were looked at */
} at;

static uint64_t
number(uint64_t below)
{
	at.random ^= at.random << 13;
	at.random ^= at.random >> 7;
	at.random ^= at.random << 17;
	return at.random % below;
}

static struct str
content(const char *path)
{
	struct str bytes = STR_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *p;

	if (fd == -1)
		return bytes;
	CHECK_INT(fstat(fd, &st), 0);
	p = mem_alloc((size_t)st.st_size + 1);
	CHECK_INT(pread(fd, p, (size_t)st.st_size, 0), st.st_size);
	bytes = str_view(p, (size_t)st.st_size);
	(void)close(fd);
	return bytes;
}

static void
copy_file(const char *from, const char *to)
{
	struct str bytes = content(from);
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd != -1);
	CHECK_INT(write(fd, bytes.p != NULL ? bytes.p : "", bytes.n), bytes.n);
	(void)close(fd);
	free((char *)bytes.p);
}

/*
 * The log up to the last frame that ends a transaction. What lies behind it, of
 * one that was undone, need not be written.
 */
static struct str
live(struct str log)
{
	size_t page, end = HEAD;
	struct str salts;

	if (log.n < HEAD)
		return log;
	page = (size_t)bytes_be(str_sub(log, 8, 4));
	salts = str_sub(log, 16, 8);
	for (size_t i = HEAD; i + FRAME + page <= log.n; i += FRAME + page) {
		struct str head = str_sub(log, i, FRAME);

		if (!str_eq(str_sub(head, 8, 8), salts))
			break;
		if (bytes_be(str_sub(head, 4, 4)) != 0)
			end = i + FRAME + page;
	}
	return str_sub(log, 0, end);
}

/* FNV-1a: not against anybody. */
static void
note(const char *what, struct str bytes)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < bytes.n; i++)
		hash = (hash ^ (unsigned char)bytes.p[i]) * 1099511628211u;
	buf_printf(&at.seen, "%s %zu %llx\n", what, bytes.n,
	    (unsigned long long)hash);
}

static void
note_log(const char *what, bool is_whole)
{
	struct str bytes;

	if (at.log == NULL)
		return;
	bytes = content(at.log);
	note(what, is_whole ? bytes : live(bytes));
	free((char *)bytes.p);
}

static int
keep_cell(void *out, int n, char **value, char **name)
{
	(void)n, (void)name;
	buf_add(out, str_of(value[0]));
	return 0;
}

/* All rows in one number, or the error. */
static struct str
state_of(sqlite3 *db)
{
	struct buf out = BUF_IN(&at.pool);
	int code = sqlite3_exec(db,
	    "SELECT count(*) || ':' || coalesce(sum(id * 31 + n * 7 + "
	    "length(v)), 0) FROM t",
	    keep_cell, &out, NULL);

	if (code != SQLITE_OK)
		buf_printf(&out, "error %d: %s", code, sqlite3_errmsg(db));
	return buf_str(&out);
}

/* Stored, or what is being stored, which then has to come true. */
static void
check_state(struct str state, bool may_be_next)
{
	if (str_eq(state, at.stored))
		return;
	if (may_be_next && (at.maybe.p == NULL || str_eq(state, at.maybe)))
		at.maybe = state;
	else
		CHECK_BYTES(state, at.stored);
}

/* What this process would leave behind if it were killed now. */
static void
check_image(bool may_be_next)
{
	struct buf ok = BUF_IN(&at.pool);
	sqlite3 *db;

	copy_file(at.path, at.copy);
	copy_file(at.log, pool_printf(&at.pool, "%s-wal", at.copy));
	CHECK_INT(sqlite3_open_v2(at.copy, &db, SQLITE_OPEN_READWRITE,
		      plain->zName),
	    SQLITE_OK);
	check_state(state_of(db), may_be_next);
	CHECK_INT(sqlite3_exec(db, "PRAGMA integrity_check", keep_cell, &ok,
		      NULL),
	    SQLITE_OK);
	CHECK_STR(buf_str(&ok), "ok");
	CHECK_INT(sqlite3_close(db), SQLITE_OK);
	(void)unlink(at.copy);
	at.images++;
}

/* While a commit goes on nobody else sees it, but who comes after a kill may. */
static void
look_around(void)
{
	if (!at.is_looked_at)
		return;
	check_state(state_of(at.other), false);
	check_image(true);
}

static bool
is_to_fail(enum call call)
{
	if (!at.is_armed || call != at.fault)
		return false;
	at.count++;
	if (at.count < at.first || at.count > at.last)
		return false;
	at.faults++;
	return true;
}

/* Nothing here ends the machine: nobody waits for a disk. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

#define REAL(file) (((struct spied *)(file))->real)

static int
spy_read(sqlite3_file *file, void *p, int n, sqlite3_int64 where)
{
	return is_to_fail(READ)
	           ? calls[READ].code
	           : REAL(file)->pMethods->xRead(REAL(file), p, n, where);
}

static int
spy_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 where)
{
	sqlite3_file *real = REAL(file);
	int code = SQLITE_OK;

	look_around();
	at.writes++;
	if (is_to_fail(WRITE))
		return calls[WRITE].code;
	if (is_to_fail(SHORT_WRITE)) {
		n = (int)number((uint64_t)n);
		code = calls[SHORT_WRITE].code;
	}
	CHECK_INT(real->pMethods->xWrite(real, p, n, where), SQLITE_OK);
	look_around();
	return code;
}

static int
spy_sync(sqlite3_file *file, int flags)
{
	if (is_to_fail(SYNC))
		return calls[SYNC].code;
	note_log("sync", true);
	return REAL(file)->pMethods->xSync(REAL(file), flags);
}

static int
spy_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return is_to_fail(TRUNCATE)
	           ? calls[TRUNCATE].code
	           : REAL(file)->pMethods->xTruncate(REAL(file), size);
}

static int
spy_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return is_to_fail(SIZE)
	           ? calls[SIZE].code
	           : REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int
spy_close(sqlite3_file *file)
{
	return REAL(file)->pMethods->xClose(REAL(file));
}

static int
spy_control(sqlite3_file *file, int what, void *arg)
{
	return REAL(file)->pMethods->xFileControl(REAL(file), what, arg);
}

/* Of 512 bytes a page: frame 21 is cut there into 512 and the size of a header. */
static int
spy_sector(sqlite3_file *file)
{
	(void)file;
	return 1024;
}

static int
spy_traits(sqlite3_file *file)
{
	return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int
spy_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = spy_close,
		.xRead = spy_read,
		.xWrite = spy_write,
		.xTruncate = spy_truncate,
		.xSync = spy_sync,
		.xFileSize = spy_size,
		.xFileControl = spy_control,
		.xSectorSize = spy_sector,
		.xDeviceCharacteristics = spy_traits,
	};
	struct spied *spied = (struct spied *)file;
	int code;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return plain->xOpen(plain, name, file, flags, out);
	spied->real = (sqlite3_file *)(spied + 1);
	code = plain->xOpen(plain, name, spied->real, flags, out);
	spied->file.pMethods = code == SQLITE_OK ? &methods : NULL;
	return code;
}

/* The salts of a log are the same each time. */
static int
spy_random(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	memset(out, 1, (size_t)n);
	return n;
}

/* As the default, so that wal_vfs() lies above it. */
static const char *
spied_vfs(void)
{
	if (plain == NULL) {
		plain = sqlite3_vfs_find(NULL);
		spy = *plain;
		spy.szOsFile += (int)sizeof(struct spied);
		spy.pNext = NULL;
		spy.zName = "spy";
		spy.xOpen = spy_open;
		spy.xRandomness = spy_random;
		CHECK_INT(sqlite3_vfs_register(&spy, 1), SQLITE_OK);
		CHECK_CSTR(wal_vfs(), "sn0int");
	}
	return spy.zName;
}

/* A failure may take the transaction along; if not it goes on. */
static int
run(const char *fmt, ...)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	return sqlite3_exec(at.own, buf_cstr(&text), NULL, NULL, NULL);
}

/* Another connection sees what was committed, and after a kill it is there. */
static void
check_stored(bool was_stored)
{
	struct str now;

	if (!sqlite3_get_autocommit(at.own))
		return;
	now = state_of(at.other);
	if (at.maybe.p != NULL)
		CHECK_BYTES(now, at.maybe);
	if (was_stored) {
		at.stored = now;
		at.is_armed = false;
		CHECK_BYTES(state_of(at.own), now);
		at.is_armed = true;
		note_log("commit", false);
	}
	at.maybe = STR_NONE;
	CHECK_BYTES(now, at.stored);
	if (at.is_checked)
		check_image(false);
}

/* Rows that are many, or large: more than the cache of eight pages has room for. */
static int
insert_many(void)
{
	return run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		   "FROM c WHERE i < %d) INSERT INTO t (n, v) SELECT i, "
		   "printf('%%.*c', %d, 'x') FROM c",
	    (int)number(40) + 1, (int)number(900) + 1);
}

static int
checkpoint(void)
{
	static const char *const mode[] = { "PASSIVE", "FULL", "RESTART",
		"TRUNCATE" };

	return sqlite3_get_autocommit(at.own)
	           ? run("PRAGMA wal_checkpoint(%s)", mode[number(4)])
	           : SQLITE_OK;
}

/*
 * The same for the same number, as far as nothing fails. Where the file is
 * looked at nothing is undone in part: SQLite 3.40 then commits frames without a
 * checksum if the same page was written to the log twice before, and whoever
 * comes after a kill finds nothing.
 */
static int
step(bool *undoes)
{
	bool is_open = !sqlite3_get_autocommit(at.own);
	uint64_t what = number(20);

	*undoes = what == 0 && is_open;
	switch (what) {
	case 0:
		return is_open ? run("ROLLBACK") : SQLITE_OK;
	case 1:
	case 2:
	case 3:
		return run(is_open ? "COMMIT" : "BEGIN IMMEDIATE");
	case 4:
	case 5:
		return run("SAVEPOINT s");
	case 6:
		return at.is_checked ? SQLITE_OK : run("ROLLBACK TO s");
	case 7:
		return run("RELEASE s");
	case 8:
	case 9:
		return insert_many();
	case 10:
	case 11:
		return run("UPDATE t SET n = n + 1 WHERE id %% %d = 0",
		    (int)number(5) + 1);
	case 12:
		return run("DELETE FROM t WHERE id %% 7 = %d", (int)number(7));
	case 13:
		return run("UPDATE t SET v = v || 'y' WHERE id < %d",
		    (int)number(200));
	case 14:
		(void)state_of(at.own);
		return SQLITE_OK;
	case 15:
		return checkpoint();
	default:
		return run("INSERT INTO t (n, v) VALUES (%d, 'a')", (int)what);
	}
}

static void
work(long steps)
{
	bool undoes = false;

	for (long i = 0; i < steps; i++) {
		int code = step(&undoes);

		if (code != SQLITE_OK && at.is_checked)
			(void)run("ROLLBACK");
		check_stored(code == SQLITE_OK && !undoes);
	}
	if (!sqlite3_get_autocommit(at.own))
		check_stored(run("COMMIT") == SQLITE_OK);
}

/*
 * A log as a run has it, but for a cache of eight pages and a short log. psow=0:
 * on a disk where a write may hurt what lies beside it, so that SQLite fills
 * the sectors of the log where it waits for it.
 */
static void
open_with(const char *vfs, int page, const char *more, int psow)
{
	at.seen = (struct buf)BUF_IN(&at.pool);
	at.place = place_new(&at.pool);
	at.path = place_path(&at.pool, at.place, "x.db");
	at.log = place_path(&at.pool, at.place, "x.db-wal");
	at.copy = place_path(&at.pool, at.place, "copy.db");
	CHECK_INT(sqlite3_open_v2(pool_printf(&at.pool, "file:%s?psow=%d",
				      at.path, psow),
		      &at.own,
		      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			  SQLITE_OPEN_URI,
		      vfs),
	    SQLITE_OK);
	(void)sqlite3_randomness(0, NULL);
	CHECK_INT(run("PRAGMA page_size = %d; PRAGMA journal_mode = WAL; "
		      "PRAGMA synchronous = NORMAL; PRAGMA cache_size = 8; "
		      "PRAGMA wal_autocheckpoint = 40; %s; CREATE TABLE t (id "
		      "INTEGER PRIMARY KEY, n, v); CREATE INDEX i ON t (n)",
		      page, more),
	    SQLITE_OK);
	CHECK_INT(sqlite3_open_v2(at.path, &at.other, SQLITE_OPEN_READONLY,
		      plain->zName),
	    SQLITE_OK);
	at.stored = state_of(at.other);
	at.is_armed = true;
}

static void
close_all(void)
{
	at.is_armed = false;
	CHECK_INT(sqlite3_close(at.own), SQLITE_OK);
	CHECK_INT(sqlite3_close(at.other), SQLITE_OK);
	pool_clear(&at.pool);
	memset(&at, 0, sizeof(at));
}

static long
steps(void)
{
	const char *text = getenv("SN0INT_STEPS");
	long n = text != NULL ? atol(text) : 0;

	return n > STEPS ? n : STEPS;
}

/* What the log holds at each commit and whenever the disk is waited for. */
static struct str
seen_with(const char *vfs, uint64_t seed, int page, const char *more)
{
	struct str seen;

	at.random = seed;
	open_with(vfs, page, more, strstr(more, "FULL") == NULL);
	work(steps());
	seen = buf_str(&at.seen);
	seen = str_view(mem_text(seen.p, seen.n), seen.n);
	close_all();
	return seen;
}

/* Byte for byte: so whatever holds for SQLite's own log holds for this one. */
static void
the_log_is_that_of_sqlite(void)
{
	static const int page[] = { 512, 4096, 65536 };
	static const char *const more[] = { "", "PRAGMA synchronous = FULL",
		"PRAGMA journal_size_limit = 0" };

	for (uint64_t seed = 1; seed <= 36; seed++) {
		int size = page[seed % 3];
		const char *option = more[seed / 3 % 3];
		struct str want = seen_with(spied_vfs(), seed, size, option);
		struct str got = seen_with(wal_vfs(), seed, size, option);

		CHECK(want.n != 0);
		CHECK_BYTES(got, want);
		free((char *)want.p);
		free((char *)got.p);
	}
}

/*
 * Where the disk is waited for at each commit, SQLite ends its last sector with
 * frames, of which one may leave as many bytes behind the sector as a header
 * has: frame 21 does, behind four commits of three frames and one of four.
 */
static void
what_looks_like_a_header_is_not_held(void)
{
	struct str log;

	(void)spied_vfs();
	at.random = 1;
	open_with(wal_vfs(), 512, "PRAGMA synchronous = FULL", 0);
	CHECK_INT(run("INSERT INTO t (n, v) VALUES (1, 0)"), SQLITE_OK);
	CHECK_INT(run("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	for (int i = 1; i <= 5; i++) {
		CHECK_INT(run("UPDATE t SET v = printf('%%.*c', %d, 'x')",
			      i < 5 ? i : 600),
		    SQLITE_OK);
		at.stored = state_of(at.own);
		check_image(false);
	}
	log = content(at.log);
	CHECK_INT(log.n, HEAD + 21 * (FRAME + 512));
	free((char *)log.p);
	close_all();
}

/* At each write: another process, and whoever comes after a kill. */
static void
others_see_whole_commits_only(void)
{
	long images = 0;

	for (uint64_t seed = 1; seed <= 6; seed++) {
		(void)spied_vfs();
		at.random = seed;
		open_with(wal_vfs(), seed % 2 == 0 ? 512 : 4096, "", 1);
		at.is_checked = at.is_looked_at = true;
		work(steps());
		images += at.images;
		close_all();
	}
	CHECK(images >= 300);
	printf("# %ld moments\n", images);
}

/* Once, or as a disk that stays full for a while. */
static long
fail_at(enum call call, long n, long length, uint64_t seed)
{
	long faults;

	at.random = seed;
	open_with(wal_vfs(), 512, "PRAGMA journal_size_limit = 2000", 1);
	at.is_checked = true;
	at.fault = call;
	at.first = n;
	at.last = n + length - 1;
	work(STEPS);
	faults = at.faults;
	close_all();
	return faults;
}

static void
a_failure_undoes_what_was_not_acknowledged(void)
{
	const char *text = getenv("SN0INT_FAULTS");
	long stride = text != NULL && strcmp(text, "all") == 0 ? 1 : 7;

	(void)spied_vfs();
	for (int call = 0; call < CALLS; call++) {
		long n = 1, faults = 0, more;

		for (; (more = fail_at((enum call)call, n, 1 + n % 2 * 4,
			    (uint64_t)(n % 5 + 1))) != 0 ||
		       n < 5;
		     n += call < SYNC ? stride : 1)
			faults += more;
		CHECK(faults != 0);
		printf("# %s: %ld failed\n", calls[call].name, faults);
	}
}

/* What it is for; through the rooms above, as a run does it. */
static void
a_commit_is_one_write(void)
{
	(void)spied_vfs();
	rows_open();
	CHECK_STR(add("email", "{'value':'a@b'}"), "Inserted(1)");
	at.writes = 0;
	CHECK_STR(add("email", "{'value':'c@d'}"), "Inserted(2)");
	CHECK_INT(at.writes, 1);
	rows_close();
}

CHECK_MAIN(CASE(the_log_is_that_of_sqlite),
    CASE(what_looks_like_a_header_is_not_held),
    CASE(others_see_whole_commits_only),
    CASE(a_failure_undoes_what_was_not_acknowledged),
    CASE(a_commit_is_one_write))
