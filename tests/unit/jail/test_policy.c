/*
 * The table of calls and the filters made from it. The table's own answer and
 * that of the program are two ways to one truth, and meet at the edges of
 * every condition.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>

#include "base/mem.h"
#include "check.h"
#include "jail/filter.h"
#include "jail/policy.h"
#include "verdict.h"

#define EACCES_QUIETLY (SECCOMP_RET_ERRNO | EACCES)
#define EPERM_QUIETLY  (SECCOMP_RET_ERRNO | EPERM)
#define KILL           SECCOMP_RET_KILL_PROCESS
#define OURS           (SOCK_NONBLOCK | SOCK_CLOEXEC)

static uint32_t
filtered(unsigned variant, long nr, const uint64_t arg[6])
{
	struct seccomp_data data = { .nr = (int)nr,
		.arch = call_arch_audit(CALL_HERE) };
	const struct filter *filter;

	memcpy(data.args, arg, sizeof(data.args));
	filter = filter_by_variant(variant);
	return verdict_of(filter->code, filter->n, &data);
}

/* As the programs are written, before they are loaded. */
static const struct policy_numbers ones = { .self = 1, .worker = 1 };

static size_t met, differ;

static void
compare(unsigned variant, long nr, const uint64_t arg[6])
{
	uint32_t audit, allowed;

	met++;
	differ += policy_verdict(CALL_HERE, variant, nr, arg, &ones) !=
	          filtered(variant, nr, arg);
	if ((variant & (POLICY_OUTER | POLICY_AUDIT)) != 0)
		return;
	audit = filtered(variant | POLICY_AUDIT, nr, arg);
	allowed =
	    policy_verdict(CALL_HERE, variant | POLICY_AUDIT, nr, arg, &ones);
	/* while auditing nothing is refused that is not asked about */
	differ +=
	    audit != (allowed == SECCOMP_RET_ALLOW ? SECCOMP_RET_ALLOW
						   : SECCOMP_RET_USER_NOTIF);
}

/* Each argument of the row once around what its condition says. */
static void
compare_edges(const struct policy_rule *r, unsigned variant, long nr)
{
	uint64_t arg[6] = { 0 };

	for (int i = 0; i < POLICY_CONDITIONS; i++) {
		if (r->when[i].test != POLICY_END)
			arg[r->when[i].arg] = r->when[i].value;
	}
	compare(variant, nr, arg);
	for (int i = 0; i < POLICY_CONDITIONS; i++) {
		const struct policy_condition *c = &r->when[i];
		uint64_t v = c->value;
		const uint64_t edge[] = { 0, 1, v + 1, v - 1, v | c->ignore,
			v | UINT64_C(1) << 32, v | UINT64_C(1) << 63, ~v,
			~v & UINT32_MAX, UINT64_MAX, UINT32_MAX, INT32_MAX };

		if (c->test == POLICY_END)
			break;
		for (size_t k = 0; k < ARRAY_SIZE(edge); k++) {
			arg[c->arg] = edge[k];
			compare(variant, nr, arg);
		}
		arg[c->arg] = v;
	}
}

static const unsigned variants[] = { POLICY_NONE, POLICY_BROKER, POLICY_DIRECT,
	POLICY_WAITS, POLICY_SERVES, POLICY_BROKERS,
	POLICY_SERVES | POLICY_OUTER_AUDIT,
	POLICY_BROKERS | POLICY_OUTER_AUDIT };

static void
the_table_and_the_filters_agree(void)
{
	static const uint64_t zeros[6];

	if (CALL_HERE == CALL_ARCHS)
		CHECK_SKIP("no filter for this architecture");
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		for (long nr = 0; nr < 600; nr++)
			compare(variants[i], nr, zeros);
		for (const struct policy_rule *r =
			 policy_of(variants[i])->rules;
		     r->call[0] != '\0'; r++) {
			long nr = call_number(CALL_HERE, r->call);

			if (nr >= 0)
				compare_edges(r, variants[i], nr);
		}
	}
	CHECK_INT(differ, 0);
	CHECK(met > 2000);
}

/* As somebody reads docs/jail.md, not as the table is written. */
static void
calls_have_the_verdicts_that_the_page_promises(void)
{
	static const struct {
		unsigned variant;
		const char *call;
		uint64_t arg[6];
		uint32_t want;
	} row[] = {
		{ POLICY_NONE, "read", { 9, 9, 9 }, SECCOMP_RET_ALLOW },
		{ POLICY_NONE, "openat", { 0 }, EPERM_QUIETLY },
		{ POLICY_NONE, "mmap",
		    { 0, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE },
		    SECCOMP_RET_ALLOW },
		{ POLICY_NONE, "mmap",
		    { 0, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE }, POLICY_TRAP },
		{ POLICY_NONE, "mmap",
		    { 0, 0, PROT_READ | UINT64_C(1) << 40, MAP_PRIVATE },
		    POLICY_TRAP },
		/* MAP_DROPPABLE: glibc's getrandom() does without it */
		{ POLICY_NONE, "mmap",
		    { 0, 0, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | 8 },
		    EPERM_QUIETLY },
		{ POLICY_NONE, "mprotect", { 0, 0, PROT_EXEC }, POLICY_TRAP },
		{ POLICY_NONE, "clock_gettime", { 11 }, SECCOMP_RET_ALLOW },
		{ POLICY_NONE, "clock_gettime", { 12 }, POLICY_TRAP },
		{ POLICY_NONE, "clock_gettime", { UINT64_MAX }, POLICY_TRAP },
		{ POLICY_NONE, "tgkill", { 1, 1, SIGABRT }, SECCOMP_RET_ALLOW },
		{ POLICY_NONE, "tgkill", { 2, 1, SIGABRT }, POLICY_TRAP },
		{ POLICY_NONE, "rt_sigaction", { SIGSYS, 0 },
		    SECCOMP_RET_ALLOW },
		{ POLICY_NONE, "rt_sigaction", { SIGSYS, 4096 },
		    EPERM_QUIETLY },
		{ POLICY_NONE, "recvmsg", { 3 }, POLICY_TRAP },
		{ POLICY_BROKER, "recvmsg", { 3 }, SECCOMP_RET_ALLOW },
		{ POLICY_BROKER, "recvmsg", { 4 }, POLICY_TRAP },
		{ POLICY_BROKER, "sendto", { 5, 0, 0, 0, 0 },
		    SECCOMP_RET_ALLOW },
		{ POLICY_BROKER, "sendto", { 5, 0, 0, 0, 4096 }, POLICY_TRAP },
		{ POLICY_NONE, "sendto", { 5, 0, 0, 0, 0 }, POLICY_TRAP },
		{ POLICY_BROKER, "socket", { AF_INET, SOCK_STREAM },
		    EACCES_QUIETLY },
		{ POLICY_DIRECT, "socket",
		    { AF_INET, SOCK_STREAM | SOCK_CLOEXEC },
		    SECCOMP_RET_ALLOW },
		{ POLICY_DIRECT, "socket", { AF_INET, SOCK_RAW }, POLICY_TRAP },
		{ POLICY_DIRECT, "socket", { AF_UNIX, SOCK_STREAM },
		    POLICY_TRAP },
		{ POLICY_BROKER, "connect", { 5 }, POLICY_TRAP },
		{ POLICY_DIRECT, "connect", { 5 }, SECCOMP_RET_ALLOW },
		{ POLICY_DIRECT, "ptrace", { 0 }, POLICY_TRAP },
		{ POLICY_DIRECT, "execve", { 0 }, POLICY_TRAP },

		/* the outer half is 1 here, its worker is 7 */
		{ POLICY_WAITS, "wait4", { 7 }, SECCOMP_RET_ALLOW },
		{ POLICY_WAITS, "wait4", { UINT64_MAX }, KILL },
		{ POLICY_WAITS, "wait4", { 7, 0, 4 }, KILL },
		{ POLICY_WAITS, "kill", { 1, SIGSEGV }, SECCOMP_RET_ALLOW },
		{ POLICY_WAITS, "kill", { 7, SIGKILL }, KILL },
		{ POLICY_WAITS, "read", { 0 }, KILL },
		{ POLICY_WAITS, "write", { 2 }, SECCOMP_RET_ALLOW },
		{ POLICY_WAITS, "write", { 1 }, KILL },
		{ POLICY_SERVES, "kill", { 7, SIGKILL }, SECCOMP_RET_ALLOW },
		{ POLICY_SERVES, "kill", { 7, SIGTERM }, KILL },
		{ POLICY_SERVES, "kill", { 6, SIGKILL }, KILL },
		{ POLICY_SERVES, "kill", { UINT64_MAX, SIGKILL }, KILL },
		{ POLICY_SERVES, "socket",
		    { AF_INET, SOCK_STREAM | OURS, IPPROTO_TCP }, KILL },
		{ POLICY_SERVES, "ioctl", { 5, SECCOMP_IOCTL_NOTIF_RECV },
		    KILL },
		{ POLICY_SERVES | POLICY_OUTER_AUDIT, "ioctl",
		    { 5, SECCOMP_IOCTL_NOTIF_RECV }, SECCOMP_RET_ALLOW },
		{ POLICY_BROKERS, "kill", { 7, SIGKILL }, SECCOMP_RET_ALLOW },
		{ POLICY_BROKERS, "socket",
		    { AF_INET, SOCK_STREAM | OURS, IPPROTO_TCP },
		    SECCOMP_RET_ALLOW },
		{ POLICY_BROKERS, "socket",
		    { AF_INET6, SOCK_DGRAM | OURS, IPPROTO_UDP },
		    SECCOMP_RET_ALLOW },
		{ POLICY_BROKERS, "socket",
		    { AF_INET, SOCK_STREAM | OURS, IPPROTO_MPTCP }, KILL },
		{ POLICY_BROKERS, "socket", { AF_INET, SOCK_RAW | OURS, 1 },
		    KILL },
		{ POLICY_BROKERS, "socket", { AF_UNIX, SOCK_STREAM | OURS },
		    KILL },
		{ POLICY_BROKERS, "socket", { AF_NETLINK, SOCK_RAW | OURS },
		    KILL },
		{ POLICY_BROKERS, "connect", { 6 }, SECCOMP_RET_ALLOW },
		{ POLICY_BROKERS, "connect", { 5 }, KILL },
		{ POLICY_BROKERS, "bind", { 5 }, KILL },
		{ POLICY_BROKERS, "sendmsg", { 3 }, SECCOMP_RET_ALLOW },
		{ POLICY_BROKERS, "sendmsg", { 5 }, KILL },
		{ POLICY_BROKERS, "sendmsg", { 3, 0, MSG_OOB }, KILL },
		{ POLICY_BROKERS, "sendto", { 6, 0, 0, 0, 4096 }, KILL },
		{ POLICY_BROKERS, "recvmsg", { 3 }, KILL },
		{ POLICY_BROKERS, "openat", { 0 }, KILL },
		{ POLICY_BROKERS, "execve", { 0 }, KILL },
		{ POLICY_BROKERS, "mmap",
		    { 0, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE }, KILL },
	};
	static const struct policy_numbers numbers = { .self = 1, .worker = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (int arch = 0; arch < CALL_ARCHS; arch++) {
			long nr =
			    call_number((enum call_arch)arch, row[i].call);

			if (nr == -1 ||
			    policy_verdict((enum call_arch)arch, row[i].variant,
				nr, row[i].arg, &numbers) == row[i].want)
				continue;
			printf("# row %zu, %s\n", i, row[i].call);
			CHECK(false);
		}
	}
}

/* Where an architecture has other calls, or other values of arguments. */
static void
other_architectures_have_calls_of_their_own(void)
{
	enum { READ_WRITE = 3, EXECUTE = 4, PRIVATE = 0x22, LOCK_PI = 6 };
	static const struct {
		enum call_arch arch;
		const char *call;
		uint64_t arg[6];
		uint32_t want;
	} row[] = {
		{ CALL_ARM, "mmap2", { 0, 0, READ_WRITE, PRIVATE },
		    SECCOMP_RET_ALLOW },
		{ CALL_ARM, "mmap2", { 0, 0, EXECUTE, PRIVATE }, POLICY_TRAP },
		{ CALL_ARM, "futex_time64", { 0, 128 }, SECCOMP_RET_ALLOW },
		{ CALL_ARM, "futex_time64", { 0, LOCK_PI }, POLICY_TRAP },
		{ CALL_ARM, "futex", { 0, LOCK_PI }, POLICY_TRAP },
		{ CALL_ARM, "clock_gettime64", { 1 }, SECCOMP_RET_ALLOW },
		{ CALL_ARM, "clock_gettime64", { 12 }, POLICY_TRAP },
		{ CALL_ARM, "fcntl64", { 0, F_SETOWN, 1 }, POLICY_TRAP },
		{ CALL_ARM, "fstatat64", { 0 }, EPERM_QUIETLY },
		{ CALL_ARM, "clock_settime64", { 0 }, POLICY_TRAP },
		{ CALL_ARM, "sigaction", { 0 }, POLICY_TRAP },
		{ CALL_I386, "mmap2", { 0, 0, READ_WRITE, PRIVATE },
		    SECCOMP_RET_ALLOW },
		/* the arguments are in memory */
		{ CALL_I386, "old_mmap", { 0, 0, READ_WRITE, PRIVATE },
		    POLICY_TRAP },
		{ CALL_I386, "socketcall", { 0 }, POLICY_TRAP },
		{ CALL_I386, "ipc", { 0 }, POLICY_TRAP },
		{ CALL_PPC64LE, "ipc", { 0 }, POLICY_TRAP },
		{ CALL_PPC64LE, "socketcall", { 0 }, POLICY_TRAP },
		{ CALL_PPC64LE, "mmap", { 0, 0, READ_WRITE, PRIVATE | 0x40 },
		    SECCOMP_RET_ALLOW },
		{ CALL_PPC64LE, "mmap", { 0, 0, READ_WRITE, PRIVATE | 0x4000 },
		    POLICY_TRAP },
		{ CALL_RISCV64, "mmap", { 0, 0, READ_WRITE, PRIVATE | 0x4000 },
		    SECCOMP_RET_ALLOW },
		{ CALL_PPC64LE, "ioctl", { 0, 0x402c7413 },
		    SECCOMP_RET_ERRNO | ENOTTY },
		{ CALL_PPC64LE, "ioctl", { 0, 0x5401 }, POLICY_TRAP },
		{ CALL_RISCV64, "riscv_hwprobe", { 0 }, POLICY_TRAP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		long nr = call_number(row[i].arch, row[i].call);

		CHECK(nr != -1);
		CHECK_INT(policy_verdict(row[i].arch, POLICY_NONE, nr,
			      row[i].arg, &ones),
		    row[i].want);
	}
	CHECK(call_is("mmap2", "mmap") && call_is("mmap", "mmap"));
	CHECK(!call_is("mmap", "mmap2") && !call_is("mmap2", "munmap"));
}

static void
what_has_no_name_is_a_violation(void)
{
	static const uint64_t zeros[6];

	CHECK_INT(policy_verdict(CALL_X86_64, POLICY_NONE, 4000, zeros, &ones),
	    POLICY_TRAP);
	CHECK_INT(policy_verdict(CALL_X86_64, POLICY_NONE, -1, zeros, &ones),
	    POLICY_TRAP);
	CHECK(call_name(CALL_X86_64, 4000) == NULL);
	CHECK(call_name(CALL_X86_64, -1) == NULL);
	CHECK(call_name(CALL_ARCHS, 0) == NULL);
	CHECK_INT(call_number(CALL_X86_64, "no_such_call"), -1);
	CHECK_INT(call_number(CALL_ARCHS, "read"), -1);
	CHECK_CSTR(call_name(CALL_X86_64, 0), "read");
	CHECK_CSTR(call_name(CALL_AARCH64, 63), "read");
	CHECK_CSTR(call_arch_name(CALL_X86_64), "x86_64");
	CHECK_CSTR(call_arch_name(CALL_AARCH64), "aarch64");
	CHECK_CSTR(call_arch_name(CALL_ARCHS), "unknown");
}

static void
there_is_a_filter_for_each_variant_and_no_other(void)
{
	if (CALL_HERE == CALL_ARCHS)
		CHECK_SKIP("no filter for this architecture");
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		CHECK(filter_by_variant(variants[i]) != NULL);
		if (policy_of(variants[i]) == &policy_worker)
			CHECK(filter_by_variant(variants[i] | POLICY_AUDIT) !=
			      NULL);
	}
	CHECK(filter_by_variant(0) == NULL);
	CHECK(filter_by_variant(POLICY_NONE | POLICY_BROKER) == NULL);
	CHECK(filter_by_variant(POLICY_WAITS | POLICY_SERVES) == NULL);
	CHECK(filter_by_variant(POLICY_WAITS | POLICY_OUTER_AUDIT) == NULL);
}

static void *
have_a_filter_of_its_own(void *arg)
{
	int *go_on = arg;
	char none;
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		(void)!write(go_on[3], "", 1);
	(void)!read(go_on[0], &none, 1);
	return NULL;
}

/* In a process of its own; what it ends with. */
static int
load_beside_a_thread(void)
{
	int to[4];
	pthread_t thread;
	char none;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || pipe(to) == -1 ||
	    pipe(to + 2) == -1 ||
	    pthread_create(&thread, NULL, have_a_filter_of_its_own, to) != 0 ||
	    read(to[2], &none, 1) != 1)
		return 2;
	if (filter_load(filter_by_variant(POLICY_NONE), &ones) != -1)
		return 3;
	return errno == EBUSY ? 0 : 4;
}

static void
a_thread_that_cannot_have_the_filter_is_an_error(void)
{
	int status = -1;
	pid_t pid;

	if (CALL_HERE == CALL_ARCHS)
		CHECK_SKIP("no filter for this architecture");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(load_beside_a_thread());
	(void)waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

CHECK_MAIN(CASE(the_table_and_the_filters_agree),
    CASE(calls_have_the_verdicts_that_the_page_promises),
    CASE(other_architectures_have_calls_of_their_own),
    CASE(what_has_no_name_is_a_violation),
    CASE(there_is_a_filter_for_each_variant_and_no_other),
    CASE(a_thread_that_cannot_have_the_filter_is_an_error))
