/*
 * The lock, put on a process of its own for each case. What an attacker finds
 * behind it is tried by tests/jail/host.py.
 */
#include "lock/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "db/db.h"
#include "db/sql.h"
#include "place.h"

static const char *place; /* of the case that runs */

/*
 * What the locked process returns, 1000 + a signal that ended it; its messages
 * in *said.
 */
static int
locked(int (*run)(void), struct pool *pool, struct str *said)
{
	char text[4096];
	const char *const path[] = { place = place_new(pool),
		"/proc/nonexistent", NULL };
	int end[2], status;
	size_t n = 0;
	ssize_t k;
	pid_t pid;

	CHECK_INT(pipe2(end, O_CLOEXEC), 0);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct buf what = BUF_NONE;

		(void)dup2(end[1], STDERR_FILENO);
		if (lock_apply(path, &what, NULL) == -1)
			_exit(100);
		_exit(run());
	}
	close(end[1]);
	while (n < sizeof(text) &&
	       (k = read(end[0], text + n, sizeof(text) - n)) > 0)
		n += (size_t)k;
	close(end[0]);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	if (said != NULL)
		*said = pool_copy(pool, str_view(text, n));
	return WIFEXITED(status) ? WEXITSTATUS(status)
	                         : 1000 + WTERMSIG(status);
}

static int
open_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) == -1 ? 1 : 2;
}

static int
become_sh(void)
{
	(void)execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
	return 1;
}

static int
fork_one(void)
{
	return fork() == -1 ? 1 : 2;
}

static int
send_a_signal(void)
{
	return kill(1, 0) == -1 ? 1 : 2;
}

static int
use_an_unknown_call(void)
{
	return (int)syscall(999) == -1 ? 1 : 2;
}

/* Locked with the place of the case as what can be read alone. */
static int
read_and_no_more(void)
{
	static const int writes[] = { O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC,
		O_WRONLY | O_APPEND };
	autopool struct pool pool = POOL_NONE;
	const char *file = pool_printf(&pool, "%s/read", place),
		   *fresh = pool_printf(&pool, "%s/fresh", place);
	const char *const path[] = { NULL };
	struct buf what = BUF_NONE;
	int fd = open(file, O_WRONLY | O_CREAT, 0600);

	if (fd == -1 || write(fd, "x", 1) != 1 ||
	    lock_apply_with(path, &(struct lock_more){ .reads = place }, &what,
		NULL) == -1)
		return 100;
	if (open(file, O_RDONLY) == -1)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(writes); i++) {
		if (open(file, writes[i]) != -1 || errno != EACCES)
			return 10 + (int)i;
	}
	if (open(fresh, O_WRONLY | O_CREAT, 0600) != -1 || errno != EACCES)
		return 2;
	return unlink(file) != -1 || errno != EACCES ? 3 : 0;
}

static void
what_can_be_read_alone_is_not_written(void)
{
	autopool struct pool pool = POOL_NONE;
	int status;
	pid_t pid;

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	place = place_new(&pool);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(read_and_no_more());
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

static void
what_is_refused_is_named(void)
{
	static const struct {
		int (*run)(void);
		const char *call;
	} row[] = {
		{ open_socket, "socket (" },
		{ become_sh, "execve (" },
		{ fork_one, "clone (" },
		{ send_a_signal, "kill (" },
		{ use_an_unknown_call, "system call (999) arguments" },
	};

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str said, want;

		CHECK_INT(locked(row[i].run, &pool, &said), LOCK_STATUS);
		want = str_of(pool_printf(&pool,
		    "\nError: sn0int was stopped by its own lock: %s",
		    row[i].call));
		CHECK_BYTES(str_sub(said, 0, want.n), want);
	}
}

static int
reach_out(void)
{
	static const char *const away[] = { "/etc/passwd", "/proc/self/mem",
		"/proc/self/environ", "/dev/urandom", "/", "/tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(away); i++) {
		if (open(away[i], O_RDONLY) != -1 || errno != EACCES)
			return 10 + (int)i;
	}
	if (open("/tmp/sn0int-lock-other", O_RDWR | O_CREAT, 0600) != -1 ||
	    errno != EACCES)
		return 2;
	if (mkdir("/tmp/sn0int-lock-folder", 0700) != -1 || errno != EPERM)
		return 3;
	return 0;
}

static void
no_other_file_is_in_reach(void)
{
	autopool struct pool pool = POOL_NONE;

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	CHECK_INT(locked(reach_out, &pool, NULL), 0);
}

static int
write_inside(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *a = pool_printf(&pool, "%s/a", place);
	const char *b = pool_printf(&pool, "%s/b", place);
	int fd = open(a, O_RDWR | O_CREAT, 0600);

	if (fd == -1 || write(fd, "x", 1) != 1 || ftruncate(fd, 0) == -1)
		return 1;
	close(fd);
	if (rename(a, b) == -1 || unlink(b) == -1)
		return 2;
	return 0;
}

static void
its_own_folder_is(void)
{
	autopool struct pool pool = POOL_NONE;

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	CHECK_INT(locked(write_inside, &pool, NULL), 0);
}

/* More than SQLite keeps in memory, sorted, and kept in a temporary table. */
static int
use_database(void)
{
	static const char *const statement[] = {
		"PRAGMA cache_size = 10",
		"PRAGMA cache_spill = 10",
		"CREATE TEMP TABLE spilled AS WITH RECURSIVE n(i) AS "
		"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
		"SELECT i, hex(randomblob(100)) AS t FROM n",
		"CREATE INDEX temp.by_text ON spilled (t)",
		"BEGIN IMMEDIATE",
		"INSERT INTO domains (value) SELECT t FROM spilled ORDER BY t",
		"UPDATE domains SET unscoped = 1",
		"COMMIT",
		"PRAGMA wal_checkpoint(TRUNCATE)",
		"VACUUM",
	};
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct db *db;

	if (db_open(pool_printf(&pool, "%s/db.sqlite", place), &db, &err) == -1)
		return 1;
	db_stay_in_folder(db);
	for (size_t i = 0; i < ARRAY_SIZE(statement); i++) {
		if (sql_run(db, statement[i], &err) == -1) {
			dprintf(STDERR_FILENO, "%s: %s\n", statement[i],
			    err_cstr(&err));
			return 2;
		}
	}
	db_free(db);
	/* its log goes with the last one who has it open */
	return access(pool_printf(&pool, "%s/db.sqlite-wal", place), F_OK) == -1
	           ? 0
	           : 3;
}

static void
a_database_has_all_it_needs(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str said;

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	CHECK_INT(locked(use_database, &pool, &said), 0);
	CHECK_STR(said, "");
}

static int
abort_at_once(void)
{
	abort();
}

static int
interrupt_itself(void)
{
	(void)signal(SIGINT, SIG_DFL);
	(void)raise(SIGINT);
	return 1;
}

static void
it_can_still_end_by_a_signal(void)
{
	autopool struct pool pool = POOL_NONE;

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	CHECK_INT(locked(abort_at_once, &pool, NULL), 1000 + SIGABRT);
	CHECK_INT(locked(interrupt_itself, &pool, NULL), 1000 + SIGINT);
}

static int
make_a_pair_of_datagrams(void)
{
	int fd[2];

	return socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == -1 ? 1 : 2;
}

static int
make_a_pair_of_packets(void)
{
	int fd[2];

	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd);
}

static void
pairs_cannot_be_sent_elsewhere(void)
{
	autopool struct pool pool = POOL_NONE;

	if (!lock_is_there())
		CHECK_SKIP("no lock in this build");
	CHECK_INT(locked(make_a_pair_of_packets, &pool, NULL), 0);
	CHECK_INT(locked(make_a_pair_of_datagrams, &pool, NULL), LOCK_STATUS);
}

CHECK_MAIN(CASE(what_is_refused_is_named),
    CASE(what_can_be_read_alone_is_not_written),
    CASE(no_other_file_is_in_reach), CASE(its_own_folder_is),
    CASE(a_database_has_all_it_needs), CASE(it_can_still_end_by_a_signal),
    CASE(pairs_cannot_be_sent_elsewhere))
