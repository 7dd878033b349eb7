/*
 * The jail of OpenBSD on stand-ins of pledge(2) and unveil(2) that note what is
 * called, in which half and in what order; and the one of systems that have
 * nothing, which refuses to run.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#include "check.h"
#include "jail/jail.h"

#ifdef SYS_dup2
#define MOVE SYS_dup2
#else
#define MOVE SYS_dup3
#endif

/* Shared by the halves. */
static struct notes {
	size_t n;
	char text[4096];
} * notes;

static const char *half = "outer";
static int fail_with;       /* errno of the calls; 0: they succeed */
static int fail_from;       /* so many calls of this process succeed before */
static const char *fail_in; /* only in this half; NULL: in both */
static int called;
static long refused = -1; /* a system call that the kernel refuses */
static uid_t as;          /* 0: as who runs this */

static void
note(const char *what, const char *a, const char *b)
{
	notes->n += (size_t)snprintf(notes->text + notes->n,
	    sizeof(notes->text) - notes->n, "%s: %s(%s, %s)\n", half, what,
	    a != NULL ? a : "NULL", b != NULL ? b : "NULL");
}

static int
answer(void)
{
	if (fail_with == 0 || called++ < fail_from ||
	    (fail_in != NULL && strcmp(fail_in, half) != 0))
		return 0;
	errno = fail_with;
	return -1;
}

int pledge(const char *promises, const char *execpromises);
int unveil(const char *path, const char *permissions);

int
pledge(const char *promises, const char *execpromises)
{
	note("pledge", promises, execpromises);
	return answer();
}

int
unveil(const char *path, const char *permissions)
{
	note("unveil", path, permissions);
	return answer();
}

#ifndef TEST_UNCONFINED
static size_t
wait_for_nothing(void *arg, struct pollfd *p, int *timeout_ms)
{
	(void)arg, (void)p;
	*timeout_ms = 1000;
	return 0;
}
#endif

/* One call is answered with EPERM from now on. */
static void
refuse(long call)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == -1)
		_exit(80);
}

static void (*in_run)(void); /* in the worker's complete jail */
static void (*before)(void); /* in the worker, between the two steps */

/* What a whole run does, in a process of its own; its status. */
static int
run(const struct jail_options *options, int in_worker)
{
	int status;
	pid_t pid;

	notes->n = 0;
	notes->text[0] = '\0';
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		static struct jail jail = JAIL_NONE;
		struct err err = ERR_NONE;

		if (as != 0 && setresuid(as, as, as) == -1)
			_exit(81);
		if (refused != -1)
			refuse(refused);
		if (jail_outer(&jail, options, &err) == -1)
			_exit(90);
		half = "worker";
		called = 0;
		if (before != NULL)
			before();
		if (jail_close(&jail, options, &err) == -1)
			_exit(91);
		if (in_run != NULL)
			in_run();
		_exit(in_worker);
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#ifndef TEST_UNCONFINED
static bool
has(const char *text)
{
	return strstr(notes->text, text) != NULL;
}
#endif

#ifdef TEST_UNCONFINED
static void
nothing_runs_without_a_word(void)
{
	struct jail_options options = { .name = "a/b" };

	CHECK_INT(run(&options, 7), 91);
	options.allow_missing = JAIL_MISSING_ALL;
	CHECK_INT(run(&options, 7), 7);
	CHECK_INT(notes->n, 0);
}

static void
its_layers_are_off(void)
{
	struct jail_options options = { .name = "a/b",
		.allow_missing = JAIL_MISSING_ALL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct jail jail = JAIL_NONE;
		struct err err = ERR_NONE;

		if (jail_outer(&jail, &options, &err) == -1 ||
		    jail_close(&jail, &options, &err) == -1)
			_exit(1);
		_exit(jail.layer[JAIL_FILTER].state == JAIL_OFF &&
			      jail.layer[JAIL_LIMITS].state == JAIL_ON &&
			      jail.warnings == 1
			  ? 0
			  : 2);
	}
	(void)waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

static const struct check_case cases[] = {
	CASE(nothing_runs_without_a_word),
	CASE(its_layers_are_off),
};
#else
static void
a_worker_without_network_promises_stdio(void)
{
	const struct jail_options options = { .name = "a/b",
		.net = JAIL_NET_NONE };

	CHECK_INT(run(&options, 7), 7);
	CHECK_INT(has("worker: unveil(/, )\nworker: unveil(NULL, NULL)\n"
		      "worker: pledge(stdio, NULL)\n"),
	    1);
	CHECK_INT(has("outer: pledge(stdio proc, NULL)\n"), 1);
	CHECK_INT(has("inet"), 0);
}

static void
a_worker_with_a_broker_gets_descriptors(void)
{
	const struct jail_options options = { .name = "a/b",
		.net = JAIL_NET_BROKER,
		.broker_fd = dup(0),
		.serve = { .wait = wait_for_nothing } };

	CHECK_INT(run(&options, 7), 7);
	CHECK_INT(has("worker: pledge(stdio recvfd, NULL)\n"), 1);
	CHECK_INT(has("outer: unveil(/, )\nouter: unveil(NULL, NULL)\n"
		      "outer: pledge(stdio proc inet sendfd, NULL)\n"),
	    1);
}

static void
a_refusal_ends_the_run(void)
{
	const struct jail_options options = { .name = "a/b" };
	int status;

	/* whichever half is first */
	fail_with = EPERM;
	for (fail_from = 0; fail_from < 3; fail_from++) {
		status = run(&options, 7);
		CHECK_INT(status == 91 || status == 1, 1);
	}
	fail_in = "worker";
	for (fail_from = 0; fail_from < 3; fail_from++)
		CHECK_INT(run(&options, 7), 91);
	fail_in = "outer";
	for (fail_from = 0; fail_from < 3; fail_from++)
		CHECK_INT(run(&options, 7), 1);
	fail_in = NULL;
	fail_with = fail_from = 0;
}

/* With this as standard error. */
static int
run_with(const struct jail_options *options, int file)
{
	int saved = dup(STDERR_FILENO), status;

	(void)dup2(file, STDERR_FILENO);
	status = run(options, 7);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	return status;
}

/* With all three where nobody has to copy what comes and goes. */
static int
run_uncopied(const struct jail_options *options)
{
	int null = open("/dev/null", O_RDWR), saved[3], status;

	(void)fflush(stdout);
	for (int fd = 0; fd <= 2; fd++) {
		saved[fd] = dup(fd);
		(void)dup2(null, fd);
	}
	status = run(options, 7);
	for (int fd = 0; fd <= 2; fd++) {
		(void)dup2(saved[fd], fd);
		(void)close(saved[fd]);
	}
	(void)close(null);
	return status;
}

/* 90: there is no worker, 91: it does not run its module. */
static void
a_step_that_fails_ends_the_run(void)
{
	static const struct {
		long call;
		int want;
		bool needs_root;
	} row[] = {
		{ SYS_setgroups, 90, true },
		{ SYS_setresgid, 90, true },
		{ SYS_setresuid, 90, true },
		{ SYS_clone, 90, false },
		{ MOVE, 91, false }, /* of the broker */
		{ SYS_sigaltstack, 91, false },
		{ SYS_rt_sigaction, 91, false },
		{ SYS_setitimer, 91, false },
		{ SYS_prlimit64, 91, false },
	};
	const struct jail_options options = { .name = "a/b",
		.net = JAIL_NET_BROKER,
		.broker_fd = dup(0),
		.serve = { .wait = wait_for_nothing } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (row[i].needs_root && geteuid() != 0)
			continue;
		refused = row[i].call;
		CHECK_INT(run_uncopied(&options), row[i].want);
	}
	refused = -1;
	(void)close(options.broker_fd);
}

static void
an_ordinary_user_stays_who_he_is(void)
{
	const struct jail_options options = { .name = "a/b" };

	if (geteuid() != 0)
		CHECK_SKIP("is one already");
	as = 1000;
	refused = SYS_setresuid;
	CHECK_INT(run(&options, 7), 7);
	refused = -1;
	as = 0;
}

static void
lead_a_session(void)
{
	if (setsid() == -1)
		_exit(82);
}

static void
a_session_of_its_own_is_enough(void)
{
	const struct jail_options options = { .name = "a/b" };

	before = lead_a_session;
	CHECK_INT(run(&options, 7), 7);
	before = NULL;
}

#define SAID 50000

static void
say_much(void)
{
	char text[100];

	memset(text, 'm', sizeof(text));
	for (int i = 0; i < SAID / 100; i++)
		(void)!write(STDERR_FILENO, text, sizeof(text));
}

/* Serves only when the worker has ended: then its messages wait. */
static size_t
wait_for_the_end(void *arg, struct pollfd *p, int *timeout_ms)
{
	siginfo_t info;

	(void)arg, (void)p;
	*timeout_ms = 0;
	(void)waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
	return 0;
}

static void
what_was_said_last_is_not_lost(void)
{
	const struct jail_options options = { .name = "a/b",
		.serve = { .wait = wait_for_the_end } };
	int file = memfd_create("messages", 0);

	in_run = say_much;
	CHECK_INT(run_with(&options, file), 7);
	in_run = NULL;
	CHECK_INT(lseek(file, 0, SEEK_CUR), SAID);
	(void)close(file);
}

static void
no_pipe_for_messages_is_an_error(void)
{
	const struct jail_options options = { .name = "a/b" };
	int file = memfd_create("messages", 0);

	refused = SYS_pipe2;
	CHECK_INT(run_with(&options, file), 90);
	refused = MOVE;
	CHECK_INT(run_with(&options, file), 90);
	refused = -1;
	(void)close(file);
}

static void
sleep_for_ever(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;)
		(void)pause();
}

/* Longer than the deadline. */
static size_t
dawdle(void *arg, struct pollfd *p, int *timeout_ms)
{
	(void)arg, (void)p;
	(void)usleep(30000);
	*timeout_ms = -1;
	return 0;
}

static size_t
wait_briefly(void *arg, struct pollfd *p, int *timeout_ms)
{
	(void)arg, (void)p;
	*timeout_ms = 5;
	return 0;
}

static void
a_worker_that_does_not_end_is_killed(void)
{
	static size_t (*const wait[])(void *, struct pollfd *, int *) = { NULL,
		wait_for_nothing, wait_briefly, dawdle };
	struct jail_options options = { .name = "a/b", .deadline_ms = 20 };

	in_run = sleep_for_ever;
	for (size_t i = 0; i < ARRAY_SIZE(wait); i++) {
		options.serve.wait = wait[i];
		CHECK_INT(run(&options, 7), -SIGKILL);
	}
	in_run = NULL;
	/* and one that does is not; the wait is longer than poll(2) takes */
	options.deadline_ms = 4000u * 1000 * 1000;
	options.serve.wait = NULL;
	CHECK_INT(run(&options, 7), 7);
}

static void
a_worker_that_dies_takes_the_outer_half_along(void)
{
	const struct jail_options options = { .name = "a/b" };

	CHECK_INT(run(&options, 0), 0);
	CHECK_INT(run(&options, 159), 159);
}

static void
the_policy_is_printed(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	jail_print_policy(JAIL_NET_BROKER, &out);
	CHECK_STR(buf_str(&out),
	    "pledge(\"stdio recvfd\")\nunveil(\"/\", \"\")\n");
}

static const struct check_case cases[] = {
	CASE(a_worker_without_network_promises_stdio),
	CASE(a_worker_with_a_broker_gets_descriptors),
	CASE(a_refusal_ends_the_run),
	CASE(a_step_that_fails_ends_the_run),
	CASE(an_ordinary_user_stays_who_he_is),
	CASE(a_session_of_its_own_is_enough),
	CASE(what_was_said_last_is_not_lost),
	CASE(no_pipe_for_messages_is_an_error),
	CASE(a_worker_that_does_not_end_is_killed),
	CASE(a_worker_that_dies_takes_the_outer_half_along),
	CASE(the_policy_is_printed),
};
#endif

int
main(void)
{
	notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return check_run(cases, sizeof(cases) / sizeof(cases[0]));
}
