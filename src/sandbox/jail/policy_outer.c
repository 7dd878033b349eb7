/*
 * What the outer half may do while the worker works. It runs none of the
 * module's code, but it reads what the worker says, and as broker what a proxy
 * and name servers answer: so it gets what it does, and no more. Nothing in it
 * asks whether it may, so there is no quiet refusal: what has no row ends it,
 * and the worker with it.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/agreed.h"
#include "jail/policy_row.h"

#define ALL     POLICY_OUTER
#define WAITS   POLICY_WAITS
#define SERVES  POLICY_SERVES | POLICY_BROKERS
#define BROKERS POLICY_BROKERS
#define AUDIT   POLICY_OUTER_AUDIT

#define SOCK_OURS (SOCK_NONBLOCK | SOCK_CLOEXEC)

#if IS_SANITIZED
#define MEMORY ALL
#else
#define MEMORY BROKERS
#endif

/* clang-format off */
static const struct policy_rule rules[] = {
	/* the worker, and the end */
	{ "wait4", ALLOW, ALL, { WORKER(0), INT_WITHIN(2, WNOHANG), IS(3, NO_POINTER) }, "how the worker ended" },
	{ "close", ALLOW, ALL, { { 0 } }, "tells the worker that this filter is on; what is done" },
	{ "exit_group", ALLOW, ALL, { { 0 } }, "with the worker's status" },
	{ "exit", ALLOW, ALL, { { 0 } }, "the end" },
	{ "rt_sigaction", ALLOW, ALL, { { 0 } }, "the worker's signal ends us, too" },
	{ "rt_sigprocmask", ALLOW, ALL, { { 0 } }, "the worker's signal ends us, too" },
	{ "rt_sigreturn", ALLOW, ALL, { { 0 } }, "the end of the handler of SIGCHLD" },
	{ "getpid", ALLOW, ALL, { { 0 } }, "to whom that signal goes" },
	{ "kill", ALLOW, ALL, { SELF(0) }, "the worker's signal ends us, too" },
	{ "gettid", ALLOW, ALL, { { 0 } }, "abort()" },
	{ "tgkill", ALLOW, ALL, { SELF(0) }, "abort()" },
	{ "restart_syscall", ALLOW, ALL, { { 0 } }, "the kernel's own, after a stop in a wait" },
	{ "write", ALLOW, WAITS, { INT(0, STDERR_FILENO) }, "that it cannot be waited for" },

	/* a deadline, messages, a terminal */
	{ "kill", ALLOW, SERVES, { WORKER(0), INT(1, SIGKILL) }, "the deadline" },
	{ "ppoll", ALLOW, SERVES, { { 0 } }, "waiting for all of it" },
	{ "clock_gettime", ALLOW, SERVES, { INT_UP_TO(0, CLOCK_TAI) },
	    "deadlines, where the vdso cannot; a negative clock is another process's" },
	{ "read", ALLOW, SERVES, { { 0 } }, "what the worker says, what is typed" },
	{ "write", ALLOW, SERVES, { { 0 } }, "the same, passed on" },
	{ "splice", ALLOW, SERVES, { IS(1, NO_POINTER), INT(2, STDOUT_FILENO), IS(3, NO_POINTER) },
	    "the same into a file, at its end; with an offset it could go before" },

	/* connections for the worker */
	{ "recvfrom", ALLOW, BROKERS, { INT_WITHIN(3, MSG_DONTWAIT), IS(4, NO_POINTER) },
	    "requests, answers of a proxy and of name servers, our addresses" },
	{ "recv", ALLOW, BROKERS, { INT_WITHIN(3, MSG_DONTWAIT) }, "the same, where there is such a call" },
	{ "send", ALLOW, BROKERS, { INT_WITHIN(3, MSG_NOSIGNAL | MSG_DONTWAIT) },
	    "to a proxy, to name servers, for our addresses, where there is such a call" },
	{ "sendto", ALLOW, BROKERS, { INT_WITHIN(3, MSG_NOSIGNAL | MSG_DONTWAIT), IS(4, NO_POINTER) },
	    "to a proxy, to name servers, for our addresses; with an address it could go elsewhere" },
	{ "sendmsg", ALLOW, BROKERS, { INT(0, BROKER_FD), INT_WITHIN(2, MSG_NOSIGNAL | MSG_DONTWAIT) },
	    "sockets, to the worker and nobody else" },
	{ "socket", ALLOW, BROKERS,
	    { INT(0, AF_INET), INT(1, SOCK_STREAM | SOCK_OURS), INT(2, IPPROTO_TCP) }, "connections" },
	{ "socket", ALLOW, BROKERS,
	    { INT(0, AF_INET6), INT(1, SOCK_STREAM | SOCK_OURS), INT(2, IPPROTO_TCP) }, "connections" },
	{ "socket", ALLOW, BROKERS,
	    { INT(0, AF_INET), INT(1, SOCK_DGRAM | SOCK_OURS), INT(2, IPPROTO_UDP) }, "name servers, udp" },
	{ "socket", ALLOW, BROKERS,
	    { INT(0, AF_INET6), INT(1, SOCK_DGRAM | SOCK_OURS), INT(2, IPPROTO_UDP) }, "name servers, udp" },
	{ "connect", ALLOW, BROKERS, { INT_FROM(0, OUTER_SOCKETS_FD) },
	    "connections; what is inherited stays connected to whom it is" },
	{ "bind", ALLOW, BROKERS, { INT_FROM(0, OUTER_SOCKETS_FD) },
	    "udp has a port that nobody guesses; of tcp Landlock refuses it" },
	{ "getsockopt", ALLOW, BROKERS, { INT(1, SOL_SOCKET), INT(2, SO_ERROR) }, "how a connection went" },
	{ "getsockopt", ALLOW, BROKERS, { INT(1, IPPROTO_TCP), INT(2, TCP_INFO) }, "how much went over one" },
	{ "setsockopt", ALLOW, BROKERS, { INT(1, IPPROTO_TCP), INT(2, TCP_NODELAY) }, "small requests leave at once" },
	{ "getrandom", ALLOW, BROKERS, { { 0 } }, "ports that nobody guesses" },

	/* the worker and the host on one processor, while they talk */
	{ "sched_getaffinity", ALLOW, BROKERS, { INT(0, 0) }, "where the worker was born to run" },
	{ "sched_setaffinity", ALLOW, BROKERS, { WORKER(0) }, "the host wants it on its processor, or back" },

	/* its memory; nothing becomes executable any more */
	{ "brk", ALLOW, MEMORY, { { 0 } }, "malloc" },
	{ "munmap", ALLOW, MEMORY, { { 0 } }, "free" },
	{ "mremap", ALLOW, MEMORY, { { 0 } }, "realloc" },
	{ "mmap", ALLOW, MEMORY,
	    { WITHIN(2, PROT_READ | PROT_WRITE),
	      WITHIN(3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE | MAP_STACK) },
	    "malloc" },
	{ "mprotect", ALLOW, MEMORY, { WITHIN(2, PROT_READ | PROT_WRITE) }, "malloc of musl" },
	{ "madvise", ALLOW, MEMORY, { INT(2, ADVICE_DONTNEED) }, "free gives pages back" },
	{ "madvise", ALLOW, MEMORY, { INT(2, ADVICE_FREE) }, "free gives pages back" },

#if IS_SANITIZED
	{ "sigaltstack", ALLOW, ALL, { IS(0, NO_POINTER) }, "the address sanitizer looks at stacks" },
#endif

	/* only while auditing */
	{ "ioctl", ALLOW, AUDIT, { INT(1, SECCOMP_IOCTL_NOTIF_RECV) }, "what the worker would have been refused" },
	{ "ioctl", ALLOW, AUDIT, { INT(1, SECCOMP_IOCTL_NOTIF_SEND) }, "it goes on" },
	{ "" },
};
/* clang-format on */

const struct policy policy_outer = { rules, SECCOMP_RET_KILL_PROCESS };
