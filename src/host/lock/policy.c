/*
 * The host's calls. Landlock says which files a path may mean, so calls with
 * paths are here without conditions; but only those that Landlock judges, or
 * that change nothing (stat, readlink): no chmod, chown, utime, link by path.
 * Descriptors are the host's own, and among them are no sockets but ends of
 * pairs that it made itself: these cannot be sent elsewhere (SEQPACKET).
 */
#include "lock/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#include "jail/policy_row.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef F_OFD_GETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

#define HOST LOCK_HOST

#define MODES 0777

#define STATUS_BITS (O_ACCMODE | O_APPEND | O_NONBLOCK | O_LARGE)
#define O_LARGE     0100000 /* O_LARGEFILE as the kernel has it */

/* clang-format off */
static const struct policy_rule rules[] = {
	/* input and output on what is open */
	{ "read", ALLOW, HOST, { { 0 } }, "what children say, files of the workspace, typed input" },
	{ "write", ALLOW, HOST, { { 0 } }, "what is printed, start lines, answers, blobs" },
	{ "readv", ALLOW, HOST, { { 0 } }, "stdio of musl" },
	{ "writev", ALLOW, HOST, { { 0 } }, "assertion messages of libc, stdio of musl" },
	{ "pread64", ALLOW, HOST, { { 0 } }, "SQLite" },
	{ "pwrite64", ALLOW, HOST, { { 0 } }, "SQLite" },
	{ "lseek", ALLOW, HOST, { { 0 } }, "stdio, SQLite" },
	{ "close", ALLOW, HOST, { { 0 } }, "pipes of children that are done" },
	{ "fstat", ALLOW, HOST, { { 0 } }, "stdio, SQLite" },
	{ "fsync", ALLOW, HOST, { { 0 } }, "SQLite, files that are replaced" },
	{ "fdatasync", ALLOW, HOST, { { 0 } }, "SQLite" },
	{ "ftruncate", ALLOW, HOST, { { 0 } }, "SQLite" },
	{ "fallocate", ALLOW, HOST, { INT(1, 0) }, "posix_fallocate() of SQLite, where it was built so" },
	{ "flock", ALLOW, HOST, { { 0 } }, "blobs are held while a run stores some" },
	{ "getdents64", ALLOW, HOST, { { 0 } }, "folders of the workspace" },
	{ "fchmod", ALLOW, HOST, { INT_WITHIN(1, MODES) }, "files of SQLite get the mode of the database" },
	{ "fchown", ALLOW, HOST, { { 0 } }, "the same, as root: its owner" },
	{ "poll", ALLOW, HOST, { { 0 } }, "the loop" },
	{ "ppoll", ALLOW, HOST, { { 0 } }, "poll() where there is no poll call" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_GETFD) }, "SQLite, stdio" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_SETFD), INT_WITHIN(2, FD_CLOEXEC) }, "SQLite" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_GETFL) }, "stdio, pipes" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_SETFL), INT_WITHIN(2, STATUS_BITS) },
	    "pipes that never block; never O_ASYNC, which sends signals" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_DUPFD_CLOEXEC) }, "ends of pipes get high numbers" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_GETLK) }, "SQLite" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_SETLK) }, "SQLite" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_OFD_GETLK) }, "which runs live" },
	{ "fcntl", ALLOW, HOST, { INT(1, F_OFD_SETLK) }, "that this run lives" },
	{ "ioctl", ALLOW, HOST, { INT(1, TCGETS) }, "isatty()" },
	{ "ioctl", ALLOW, HOST, { INT(1, TIOCGWINSZ) }, "the width of the terminal" },
	{ "ioctl", ALLOW, HOST, { INT(1, FIONREAD) }, "is anything typed?" },
	{ "ioctl", QUIET(ENOTTY), HOST, { { 0 } },
	    "what SQLite asks of file systems; all that types into a terminal or changes it" },

	/* files: Landlock says which */
	{ "open", ALLOW, HOST, { INT_WITHIN(2, MODES) }, "Landlock decides; no file becomes set-user-ID" },
	{ "openat", ALLOW, HOST, { INT_WITHIN(3, MODES) }, "Landlock decides; no file becomes set-user-ID" },
	{ "rename", ALLOW, HOST, { { 0 } }, "a file takes the place of another; Landlock decides" },
	{ "renameat", ALLOW, HOST, { { 0 } }, "the same where there is no rename call" },
	{ "renameat2", ALLOW, HOST, { INT(4, 0) }, "the same where there is no renameat call" },
	{ "unlink", ALLOW, HOST, { { 0 } }, "the log of SQLite, files half written; Landlock decides" },
	{ "unlinkat", ALLOW, HOST, { { 0 } }, "the same where there is no unlink call" },
	{ "stat", ALLOW, HOST, { { 0 } }, "SQLite, whether a blob is there" },
	{ "lstat", ALLOW, HOST, { { 0 } }, "SQLite resolves links" },
	{ "newfstatat", ALLOW, HOST, { { 0 } }, "stat() and fstat() of newer C libraries" },
	{ "statx", ALLOW, HOST, { { 0 } }, "stat() of some C libraries" },
	{ "access", ALLOW, HOST, { { 0 } }, "SQLite" },
	{ "faccessat", ALLOW, HOST, { { 0 } }, "access() where there is no access call" },
	{ "faccessat2", ALLOW, HOST, { { 0 } }, "access() of newer C libraries" },
	{ "readlink", ALLOW, HOST, { { 0 } }, "SQLite resolves links" },
	{ "readlinkat", ALLOW, HOST, { { 0 } }, "the same where there is no readlink call" },
	{ "getcwd", ALLOW, HOST, { { 0 } }, "SQLite makes paths absolute" },
	{ "mkdir", QUIET(EPERM), HOST, { { 0 } }, "all folders are there" },
	{ "mkdirat", QUIET(EPERM), HOST, { { 0 } }, "all folders are there" },
	{ "rmdir", QUIET(EPERM), HOST, { { 0 } }, "nobody removes one" },

	/* memory; nothing becomes executable any more */
	{ "munmap", ALLOW, HOST, { { 0 } }, "free, SQLite" },
	{ "mremap", ALLOW, HOST, { { 0 } }, "realloc, SQLite" },
	{ "brk", ALLOW, HOST, { { 0 } }, "malloc" },
	{ "mmap", ALLOW, HOST, { WITHIN(2, PROT_READ | PROT_WRITE) }, "malloc, the index of SQLite's log" },
	{ "mprotect", ALLOW, HOST, { WITHIN(2, PROT_READ | PROT_WRITE) }, "malloc grows its arenas so" },
	{ "madvise", ALLOW, HOST, { INT(2, ADVICE_DONTNEED) }, "free gives pages back" },
	{ "madvise", ALLOW, HOST, { INT(2, ADVICE_FREE) }, "free gives pages back" },
	{ "madvise", QUIET(EINVAL), HOST, { { 0 } },
	    "huge pages, without which malloc lives; of root some break the machine's memory" },

	/* the starter, and what children are given */
	{ "pipe2", ALLOW, HOST, { INT_WITHIN(1, O_CLOEXEC | O_NONBLOCK) }, "the ends of a child" },
	{ "socketpair", ALLOW, HOST, { INT(0, AF_UNIX), INT_BUT(1, SOCK_SEQPACKET, SOCK_BITS) },
	    "control of a child; never DGRAM, which could be sent elsewhere" },
	{ "sendmsg", ALLOW, HOST, { { 0 } }, "asks the starter; there are no other sockets than pairs" },
	{ "recvmsg", ALLOW, HOST, { { 0 } }, "its answers, records of outer halves" },
	{ "sendto", ALLOW, HOST, { IS(4, NO_POINTER) }, "what outer halves are told" },
	{ "recvfrom", ALLOW, HOST, { { 0 } }, "records of outer halves" },
	{ "wait4", ALLOW, HOST, { { 0 } }, "the end of the starter, its only child" },

	/* locks, time, chance */
	{ "futex", ALLOW, HOST, { INT_BUT(1, FUTEX_OP_WAIT, FUTEX_BITS) }, "locks of libc" },
	{ "futex", ALLOW, HOST, { INT_BUT(1, FUTEX_OP_WAKE, FUTEX_BITS) }, "locks of libc" },
	{ "futex", ALLOW, HOST, { INT_BUT(1, FUTEX_OP_WAIT_BITSET, FUTEX_BITS) }, "locks of libc" },
	{ "futex", ALLOW, HOST, { INT_BUT(1, FUTEX_OP_WAKE_BITSET, FUTEX_BITS) }, "locks of libc" },
	{ "sched_yield", ALLOW, HOST, { { 0 } }, "locks of libc" },
	{ "restart_syscall", ALLOW, HOST, { { 0 } }, "the kernel's own, after a stop in a sleep" },
	{ "getrandom", ALLOW, HOST, { { 0 } }, "names of files half written, SQLite" },
	{ "gettimeofday", ALLOW, HOST, { { 0 } }, "time() where the vdso cannot" },
	{ "time", ALLOW, HOST, { { 0 } }, "time() where the vdso cannot" },
	{ "clock_gettime", ALLOW, HOST, { INT_UP_TO(0, CLOCK_TAI) },
	    "time; a negative clock is another process's" },
	{ "timerfd_settime", ALLOW, HOST, { INT(1, 0), IS(3, NO_POINTER) }, "the beat of the loop, open before" },
	{ "nanosleep", ALLOW, HOST, { { 0 } }, "SQLite waits for another program" },
	{ "clock_nanosleep", ALLOW, HOST, { INT_UP_TO(0, CLOCK_MONOTONIC) }, "the same" },

	/* the process itself */
	{ "getpid", ALLOW, HOST, { { 0 } }, "SQLite asks whether it was forked; raise()" },
	{ "gettid", ALLOW, HOST, { { 0 } }, "raise()" },
	{ "getuid", ALLOW, HOST, { { 0 } }, "SQLite" },
	{ "geteuid", ALLOW, HOST, { { 0 } }, "SQLite: only root changes owners" },
	{ "uname", ALLOW, HOST, { { 0 } }, "the report of a violation" },
	{ "umask", ALLOW, HOST, { { 0 } }, "SQLite and files that are replaced" },
	{ "sysinfo", ALLOW, HOST, { { 0 } }, "qsort() of glibc above a few kB" },
	{ "getrusage", ALLOW, HOST, { { 0 } }, "clock() of some C libraries" },
	{ "prlimit64", ALLOW, HOST, { INT(0, 0), IS(2, NO_POINTER) }, "how many descriptors there may be" },
	{ "prlimit64", QUIET(EPERM), HOST, { { 0 } }, "limits of other processes, other limits" },
	{ "sched_getaffinity", ALLOW, HOST, { { 0 } }, "malloc counts processors for its arenas" },
	{ "sched_setaffinity", ALLOW, HOST, { INT(0, 0) },
	    "its own processor, while a child asks and asks; of children their parents set it" },
	{ "getcpu", ALLOW, HOST, { IS(2, NO_POINTER) }, "which that is, where the vdso cannot" },
	{ "tgkill", ALLOW, HOST, { SELF(0) }, "abort(), and the second ^C" },
	{ "rt_sigreturn", ALLOW, HOST, { { 0 } }, "the end of every signal handler" },
	{ "rt_sigprocmask", ALLOW, HOST, { { 0 } }, "the loop's signals, abort()" },
	{ "rt_sigaction", ALLOW, HOST, { { 0 } }, "the loop's signals, abort()" },
	{ "exit", ALLOW, HOST, { { 0 } }, "the end" },
	{ "exit_group", ALLOW, HOST, { { 0 } }, "the end" },
	{ "rseq", QUIET(ENOSYS), HOST, { { 0 } }, "glibc lives without" },
	{ "set_robust_list", QUIET(ENOSYS), HOST, { { 0 } }, "glibc lives without" },
	{ "prctl", QUIET(EINVAL), HOST, { INT(0, PR_SET_VMA) }, "malloc of newer C libraries names its memory" },

#if IS_SANITIZED
	{ "sigaltstack", ALLOW, HOST, { { 0 } }, "the address sanitizer looks at stacks" },
#endif
	{ "" },
};
/* clang-format on */

/* -1: strace(1) makes calls fail so, in tests/host/faults.py */
const struct policy lock_policy = { rules, POLICY_TRAP, .takes_none = true };
