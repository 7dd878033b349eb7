#include "jail/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/agreed.h"
#include "jail/policy_row.h"

#define DROPPABLE 0x08 /* MAP_DROPPABLE, of Linux 6.11 */

/* of x86_64; call_value() knows others. A program that asks <sys/ioctl.h> of
 * ppc64 gets the size of the C library's structure, and not the kernel's. */
#define KERNEL_TCGETS 0x5401

/* not in <sys/prctl.h> of every C library */
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#define ANY    POLICY_NONE | POLICY_BROKER | POLICY_DIRECT
#define NET    POLICY_BROKER | POLICY_DIRECT
#define BROKER POLICY_BROKER
#define NODIAL POLICY_NONE | POLICY_BROKER
#define DIRECT POLICY_DIRECT
#define AUDIT  POLICY_AUDIT

/* clang-format off */
static const struct policy_rule rules[] = {
	/* input and output on what is open */
	{ "read", ALLOW, ANY, { { 0 } }, "start line, replies, sockets" },
	{ "write", ALLOW, ANY, { { 0 } }, "events, log lines, sockets" },
	{ "readv", ALLOW, ANY, { { 0 } }, "stdio of musl, OpenSSL" },
	{ "writev", ALLOW, ANY, { { 0 } }, "assertion messages of libc, stdio of musl" },
	{ "close", ALLOW, ANY, { { 0 } }, "sockets that are done" },
	{ "lseek", QUIET(ESPIPE), ANY, { { 0 } }, "stdio asks for its position; nothing here has one" },
	{ "fstat", ALLOW, ANY, { { 0 } }, "stdio asks what its descriptor is" },
	{ "poll", ALLOW, ANY, { { 0 } }, "waiting with a timeout" },
	{ "ppoll", ALLOW, ANY, { { 0 } }, "poll() where there is no poll call" },

	/* memory; nothing becomes executable any more */
	{ "munmap", ALLOW, ANY, { { 0 } }, "free" },
	{ "mremap", ALLOW, ANY, { { 0 } }, "realloc" },
	{ "brk", ALLOW, ANY, { { 0 } }, "malloc" },
	{ "mmap", ALLOW, ANY,
	    { WITHIN(2, PROT_READ | PROT_WRITE),
	      WITHIN(3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE | MAP_STACK) },
	    "malloc" },
	{ "mmap", QUIET(EPERM), ANY, { IS(3, DROPPABLE | MAP_ANONYMOUS) },
	    "getrandom() of glibc 2.41 wants it for the vdso, and does without" },
	{ "mprotect", ALLOW, ANY, { WITHIN(2, PROT_READ | PROT_WRITE) },
	    "malloc grows its arenas so" },
	{ "madvise", ALLOW, ANY, { INT(2, ADVICE_DONTNEED) }, "free gives pages back" },
	{ "madvise", ALLOW, ANY, { INT(2, ADVICE_FREE) }, "free gives pages back" },
	{ "madvise", QUIET(EINVAL), ANY, { { 0 } },
	    "malloc asks for huge pages and lives without" },

	/* locks, time, chance */
	{ "futex", ALLOW, ANY, { INT_BUT(1, FUTEX_OP_WAIT, FUTEX_BITS) }, "locks of libc" },
	{ "futex", ALLOW, ANY, { INT_BUT(1, FUTEX_OP_WAKE, FUTEX_BITS) }, "locks of libc" },
	{ "futex", ALLOW, ANY, { INT_BUT(1, FUTEX_OP_WAIT_BITSET, FUTEX_BITS) }, "locks of libc" },
	{ "futex", ALLOW, ANY, { INT_BUT(1, FUTEX_OP_WAKE_BITSET, FUTEX_BITS) }, "locks of libc" },
	{ "sched_yield", ALLOW, ANY, { { 0 } }, "locks of libc" },
	{ "restart_syscall", ALLOW, ANY, { { 0 } }, "the kernel's own, after a stop in a sleep" },
	{ "getrandom", ALLOW, ANY, { { 0 } }, "TLS, hash seeds, random numbers" },
	{ "gettimeofday", ALLOW, ANY, { { 0 } }, "time() where the vdso cannot" },
	{ "clock_gettime", ALLOW, ANY, { INT_UP_TO(0, CLOCK_TAI) },
	    "time; a negative clock is another process's" },
	{ "nanosleep", ALLOW, ANY, { { 0 } }, "sleep()" },
	{ "clock_nanosleep", ALLOW, ANY, { INT_UP_TO(0, CLOCK_MONOTONIC) }, "sleep()" },

	/* the process itself */
	{ "getpid", ALLOW, ANY, { { 0 } }, "OpenSSL asks whether it was forked; raise()" },
	{ "gettid", ALLOW, ANY, { { 0 } }, "raise()" },
	{ "tgkill", ALLOW, ANY, { SELF(0) }, "abort()" },
	{ "rt_sigreturn", ALLOW, ANY, { { 0 } }, "the end of every signal handler" },
	{ "rt_sigprocmask", ALLOW, ANY, { { 0 } }, "abort(), sleep(), OpenSSL's probes" },
	{ "rt_sigaction", ALLOW, ANY, { IS(1, NO_POINTER) }, "looking at a handler changes nothing" },
	{ "rt_sigaction", QUIET(EPERM), ANY, { { 0 } }, "abort() resets its handler and goes on" },
	{ "exit", ALLOW, ANY, { { 0 } }, "the end" },
	{ "exit_group", ALLOW, ANY, { { 0 } }, "the end" },
	{ "fcntl", ALLOW, ANY, { INT(1, F_GETFL) }, "stdio, non-blocking sockets" },
	{ "fcntl", ALLOW, ANY, { INT(1, F_GETFD) }, "stdio" },
	{ "fcntl", ALLOW, ANY, { INT(1, F_SETFD), INT_WITHIN(2, FD_CLOEXEC) }, "received sockets" },
	{ "fcntl", ALLOW, ANY,
	    { INT(1, F_SETFL), INT_WITHIN(2, O_ACCMODE | O_NONBLOCK) },
	    "non-blocking sockets; never O_ASYNC, which sends signals" },
	{ "ioctl", QUIET(ENOTTY), ANY, { INT(1, KERNEL_TCGETS) }, "isatty() of stdio" },
	{ "ioctl", QUIET(ENOTTY), ANY, { INT(1, TIOCGWINSZ) }, "isatty() of musl's stdio" },

	/* connected sockets */
	{ "recvfrom", ALLOW, NET, { { 0 } }, "sockets; the addresses are only told" },
	{ "recv", ALLOW, NET, { { 0 } }, "sockets, where there is such a call" },
	{ "send", ALLOW, NET, { INT_WITHIN(3, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE) },
	    "sockets, where there is such a call" },
	{ "sendto", ALLOW, NET,
	    { IS(4, NO_POINTER), INT_WITHIN(3, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE) },
	    "sockets; with an address it could go elsewhere" },
	{ "shutdown", ALLOW, NET, { { 0 } }, "sockets" },
	{ "recvmsg", ALLOW, BROKER, { INT(0, BROKER_FD) },
	    "the broker's answers; descriptors come from nobody else" },
	{ "getsockopt", ALLOW, NET, { INT(1, SOL_SOCKET), INT(2, SO_ERROR) }, "how a connection went" },
	{ "setsockopt", ALLOW, NET, { INT(1, IPPROTO_TCP), INT(2, TCP_NODELAY) }, "small requests leave at once" },
	{ "setsockopt", ALLOW, NET, { INT(1, IPPROTO_TCP), INT(2, TCP_KEEPIDLE) }, "long waits, mqtt" },
	{ "setsockopt", ALLOW, NET, { INT(1, IPPROTO_TCP), INT(2, TCP_KEEPINTVL) }, "long waits, mqtt" },
	{ "setsockopt", ALLOW, NET, { INT(1, SOL_SOCKET), INT(2, SO_KEEPALIVE) }, "long waits, mqtt" },

	/* the worker's own connections, where there is no broker */
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET), INT_BUT(1, SOCK_STREAM, SOCK_BITS), INT(2, 0) }, "http, sock" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET), INT_BUT(1, SOCK_STREAM, SOCK_BITS), INT(2, IPPROTO_TCP) }, "http, sock" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET), INT_BUT(1, SOCK_DGRAM, SOCK_BITS), INT(2, 0) }, "dns" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET), INT_BUT(1, SOCK_DGRAM, SOCK_BITS), INT(2, IPPROTO_UDP) }, "dns" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET6), INT_BUT(1, SOCK_STREAM, SOCK_BITS), INT(2, 0) }, "http, sock" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET6), INT_BUT(1, SOCK_STREAM, SOCK_BITS), INT(2, IPPROTO_TCP) }, "http, sock" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET6), INT_BUT(1, SOCK_DGRAM, SOCK_BITS), INT(2, 0) }, "dns" },
	{ "socket", ALLOW, DIRECT,
	    { INT(0, AF_INET6), INT_BUT(1, SOCK_DGRAM, SOCK_BITS), INT(2, IPPROTO_UDP) }, "dns" },
	{ "connect", ALLOW, DIRECT, { { 0 } },
	    "the hole of this variant: an address cannot be checked" },
	{ "socket", QUIET(EACCES), NODIAL, { { 0 } },
	    "the jail tries it on itself; libraries ask for IPv6 so" },

	/* what libraries try and can do without */
	{ "open", QUIET(EPERM), ANY, { { 0 } }, "time zones, OpenSSL, locales" },
	{ "openat", QUIET(EPERM), ANY, { { 0 } }, "time zones, OpenSSL, locales; the jail tries it on itself" },
	{ "stat", QUIET(EPERM), ANY, { { 0 } }, "time zones, OpenSSL" },
	{ "lstat", QUIET(EPERM), ANY, { { 0 } }, "time zones, OpenSSL" },
	{ "newfstatat", QUIET(EPERM), ANY, { { 0 } }, "fstat() of glibc 2.33 and later, stdio" },
	{ "statx", QUIET(EPERM), ANY, { { 0 } }, "stat() of newer C libraries" },
	{ "access", QUIET(EPERM), ANY, { { 0 } }, "OpenSSL" },
	{ "faccessat", QUIET(EPERM), ANY, { { 0 } }, "access() where there is no access call" },
	{ "faccessat2", QUIET(EPERM), ANY, { { 0 } }, "access() of newer C libraries" },
	{ "readlink", QUIET(EPERM), ANY, { { 0 } }, "time zones" },
	{ "getcwd", QUIET(EPERM), ANY, { { 0 } }, "libraries that make paths absolute" },
	{ "uname", QUIET(EPERM), ANY, { { 0 } }, "gethostname()" },
	{ "sysinfo", QUIET(EPERM), ANY, { { 0 } }, "qsort() of glibc above a few kB, libtiff" },
	{ "prlimit64", QUIET(EPERM), ANY, { { 0 } }, "sysconf()" },
	{ "sched_getaffinity", QUIET(EPERM), ANY, { { 0 } }, "malloc counts processors for its arenas" },
	{ "getrusage", QUIET(EPERM), ANY, { { 0 } }, "clock() of some C libraries" },
	{ "clone", QUIET(EPERM), ANY, { { 0 } }, "libraries that want helpers; the jail tries it on itself" },
	{ "clone3", QUIET(ENOSYS), ANY, { { 0 } }, "glibc falls back to clone" },
	{ "fork", QUIET(EPERM), ANY, { { 0 } }, "libraries that want helpers" },
	{ "vfork", QUIET(EPERM), ANY, { { 0 } }, "libraries that want helpers" },
	{ "eventfd2", QUIET(EPERM), ANY, { { 0 } }, "libraries that want to be woken" },
	{ "pipe2", QUIET(EPERM), ANY, { { 0 } }, "libraries that want to be woken" },
	{ "epoll_create1", QUIET(EPERM), ANY, { { 0 } }, "libraries that want to be woken" },
	{ "rseq", QUIET(ENOSYS), ANY, { { 0 } }, "glibc lives without" },
	{ "set_robust_list", QUIET(ENOSYS), ANY, { { 0 } }, "glibc lives without" },
	{ "prctl", QUIET(EPERM), ANY, { INT(0, PR_SET_NAME) }, "libraries that name their thread" },
	{ "prctl", QUIET(EINVAL), ANY, { INT(0, PR_SET_VMA) }, "malloc of newer C libraries names its memory" },

#if IS_SANITIZED
	{ "sigaltstack", ALLOW, ANY, { IS(0, NO_POINTER) }, "the address sanitizer looks at stacks" },
#endif

	/* only while auditing */
	{ "sendmsg", ALLOW, AUDIT, { INT(0, POLICY_ALIVE_FD) }, "hands the listener to the outer half" },
	{ "" },
};
/* clang-format on */

const struct policy policy_worker = { rules, POLICY_TRAP };
