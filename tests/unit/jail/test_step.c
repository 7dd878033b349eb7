/*
 * The single steps of the jail: what is said about layers, the amounts, the
 * audit's socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "jail/step.h"

static struct jail
all_on(void)
{
	struct jail jail = JAIL_NONE;

	for (int i = 0; i < JAIL_LAYERS; i++)
		layer_on(&jail, (enum jail_layer)i, NULL);
	return jail;
}

/* With one layer off, or none (JAIL_LAYERS). */
static enum jail_whole
whole_without(enum jail_layer layer, int why, struct buf *out)
{
	struct jail jail = all_on();
	enum jail_whole state;

	if (layer != JAIL_LAYERS)
		layer_off(&jail, layer, why, NULL);
	out->n = 0;
	state = jail_print(&jail, out);
	pool_clear(&jail.pool);
	return state;
}

static bool
says(const struct buf *out, const char *text)
{
	return str_find(buf_str(out), str_of(text)) != STR_NPOS;
}

static void
a_required_layer_breaks_the_jail_and_no_other(void)
{
	static const enum jail_layer required[] = { JAIL_FILTER,
		JAIL_NO_NEW_PRIVS, JAIL_CAPABILITIES, JAIL_LIMITS,
		JAIL_DESCRIPTORS, JAIL_ENVIRONMENT, JAIL_IDENTITY,
		JAIL_NOT_DUMPABLE, JAIL_SESSION };
	struct buf out = BUF_NONE;

	CHECK_INT(whole_without(JAIL_LAYERS, 0, &out), JAIL_WHOLE);
	CHECK(says(&out, "all layers are on\n"));
	for (int i = 0; i < JAIL_LAYERS; i++) {
		bool is_required = false;

		if (i == JAIL_ADDRESSES) /* not the worker's */
			continue;

		for (size_t k = 0; k < ARRAY_SIZE(required); k++)
			is_required = is_required || (int)required[k] == i;
		CHECK_INT(whole_without((enum jail_layer)i, 0, &out),
		    is_required ? JAIL_BROKEN : JAIL_WEAKER);
		CHECK_INT(says(&out, " -- REQUIRED\n"), is_required);
		CHECK_INT(says(&out, "modules cannot run here\n"), is_required);
		CHECK_INT(says(&out,
			      "weaker: modules run, off: 1 of 21 layers\n"),
		    !is_required);
	}
	buf_clear(&out);
}

static void
two_layers_are_not_weaker_than_weaker(void)
{
	struct jail jail = all_on();
	struct buf out = BUF_NONE;

	layer_off(&jail, JAIL_MDWE, EINVAL, NULL);
	layer_off(&jail, JAIL_KEYRING, EDQUOT, NULL);
	CHECK_INT(jail_print(&jail, &out), JAIL_WEAKER);
	CHECK(says(&out, "off no writable code: EINVAL\n"));
	CHECK(says(&out, "off: 2 of 21 layers\n"));
	layer_off(&jail, JAIL_FILTER, 0, NULL);
	layer_not_wanted(&jail, JAIL_NET_NS);
	out.n = 0;
	CHECK_INT(jail_print(&jail, &out), JAIL_BROKEN);
	CHECK(says(&out, "-   network namespace\n"));
	buf_clear(&out);
	pool_clear(&jail.pool);
}

static void
the_outer_half_counts_too(void)
{
	struct jail jail = all_on();
	struct buf out = BUF_NONE;

	memcpy(jail.outer, jail.layer, sizeof(jail.outer));
	CHECK_INT(jail_print(&jail, &out), JAIL_WHOLE);
	CHECK(says(&out, "worker:\non  system call filter\n"));
	CHECK(says(&out, "outer half:\non  system call filter\n"));
	jail.outer[JAIL_LANDLOCK] =
	    (struct jail_layer_state){ JAIL_OFF, ENOSYS, "not supported" };
	out.n = 0;
	CHECK_INT(jail_print(&jail, &out), JAIL_WEAKER);
	CHECK(says(&out, "off: 1 of 30 layers\n"));
	jail.outer[JAIL_CAPABILITIES].state = JAIL_OFF;
	out.n = 0;
	CHECK_INT(jail_print(&jail, &out), JAIL_BROKEN);
	buf_clear(&out);
	pool_clear(&jail.pool);
}

/* What settle_wait() makes of what an outer half has told, and not told. */
static void
the_worker_waits_for_the_outer_half(void)
{
	struct jail own = all_on(), jail = all_on();
	struct err none = ERR_NONE, failed = ERR_NONE, err = ERR_NONE;
	int fd[2];

	CHECK_INT(settle_wait(&jail, &err), 0);

	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	jail.alive = fd[1];
	layer_off(&own, JAIL_LANDLOCK, ENOSYS, "not supported");
	settle_tell(fd[0], &own, &none);
	(void)close(fd[0]);
	CHECK_INT(settle_wait(&jail, &err), 0);
	CHECK_INT(jail.alive, -1);
	CHECK_INT(jail.outer[JAIL_LANDLOCK].state, JAIL_OFF);
	CHECK_INT(jail.warnings, 1);
	CHECK_STR(jail.warning[0], "no Landlock for the outer half (ENOSYS)");
	CHECK_CSTR(jail.outer[JAIL_LANDLOCK].note, "not supported");
	CHECK(jail.outer[JAIL_LANDLOCK].note !=
	      own.layer[JAIL_LANDLOCK].note); /* of another program */
	CHECK_INT(jail.outer[JAIL_LANDLOCK].why, ENOSYS);
	CHECK(jail.outer[JAIL_FILTER].note == NULL);

	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	jail.alive = fd[1];
	settle_tell(fd[0], &own, &none);
	(void)err_set(&failed, "cannot load the system call filter");
	settle_tell(fd[0], &own, &failed);
	(void)close(fd[0]);
	CHECK_INT(settle_wait(&jail, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "outer half: cannot load the system call filter");
	err_clear(&err);

	CHECK_INT(write(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0 ? fd[0]
									: -1,
		      "x", 1),
	    1);
	jail.alive = fd[1];
	CHECK_INT(settle_wait(&jail, &err), -1);
	err_clear(&err);
	err_clear(&failed);
	(void)close(fd[0]);
	pool_clear(&jail.pool);
}

static void
files_in_reach_break_the_jail(void)
{
	struct jail jail = all_on();
	struct buf out = BUF_NONE;

	layer_off(&jail, JAIL_LANDLOCK, ENOSYS, "not supported");
	CHECK_INT(jail_print(&jail, &out), JAIL_WEAKER);
	CHECK(says(&out, "off landlock (not supported): ENOSYS\n"));
	layer_off(&jail, JAIL_ROOT, EPERM, NULL);
	CHECK_INT(jail_print(&jail, &out), JAIL_BROKEN);
	CHECK(says(&out, "the file system is not taken away\n"));
	layer_on(&jail, JAIL_LANDLOCK, "ABI 6");
	out.n = 0;
	CHECK_INT(jail_print(&jail, &out), JAIL_WEAKER);
	buf_clear(&out);
	pool_clear(&jail.pool);
}

static void
a_reason_comes_with_what_to_look_at(void)
{
	static const struct {
		enum jail_layer layer;
		int why;
		const char *want;
	} row[] = {
		{ JAIL_USER_NS, ENOSPC,
		    "off user namespace: ENOSPC: sysctl user.max_user_namespaces\n" },
		{ JAIL_USER_NS, EUSERS,
		    "off user namespace: EUSERS: sysctl user.max_user_namespaces\n" },
		{ JAIL_USER_NS, EPERM,
		    "off user namespace: EPERM: a chroot, a container, or sysctl " },
		{ JAIL_USER_NS, EACCES,
		    "off user namespace: EACCES: a chroot, a container, or sysctl " },
		{ JAIL_USER_NS, EINVAL, "off user namespace: EINVAL\n" },
		{ JAIL_USER_NS, ENOENT,
		    "off user namespace: ENOENT: /proc is not mounted\n" },
		{ JAIL_PID_NS, ENOSPC,
		    "off pid namespace: ENOSPC: sysctl user.max_pid_namespaces\n" },
		{ JAIL_NET_NS, EPERM, "off network namespace: EPERM\n" },
		{ JAIL_MDWE, ENOSPC, "off no writable code: ENOSPC\n" },
		{ JAIL_KEYRING, 77, "off own keyring: error 77\n" },
	};
	struct buf out = BUF_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		(void)whole_without(row[i].layer, row[i].why, &out);
		CHECK(says(&out, row[i].want));
	}
	buf_clear(&out);
}

static void
namespaces_hang_on_that_of_users(void)
{
	struct jail jail = all_on();
	struct buf out = BUF_NONE;

	layer_off(&jail, JAIL_USER_NS, ENOSPC, NULL);
	layer_off(&jail, JAIL_PID_NS, ENOSPC, NULL);
	layer_off(&jail, JAIL_NET_NS, EINVAL, NULL);
	layer_off(&jail, JAIL_LANDLOCK, ENOSPC, NULL);
	(void)jail_print(&jail, &out);
	CHECK(says(&out, "off pid namespace: ENOSPC: no user namespace\n"));
	CHECK(says(&out, "off network namespace: EINVAL\n"));
	CHECK(says(&out, "off landlock: ENOSPC\n"));
	buf_clear(&out);
	pool_clear(&jail.pool);
}

static void
there_is_room_for_eight_warnings(void)
{
	struct jail jail = JAIL_NONE;

	for (int i = 0; i < 20; i++)
		layer_warn(&jail, "warning %d", i);
	CHECK_INT(jail.warnings, JAIL_WARNINGS);
	CHECK_STR(jail.warning[0], "warning 0");
	CHECK_STR(jail.warning[JAIL_WARNINGS - 1], "warning 7");
	pool_clear(&jail.pool);
}

/* amounts.c, in a process of its own: what getrlimit(2) says then. */
static int
limits_of(const struct limits *limits, int resource, struct rlimit *got)
{
	int fd[2], status = -1;
	pid_t pid;

	CHECK(pipe(fd) == 0);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct err err = ERR_NONE;
		int result = limits_apply(limits, &err);

		(void)getrlimit((__rlimit_resource_t)resource, got);
		(void)!write(fd[1], got, sizeof(*got));
		_exit(result == 0 ? 0 : 1);
	}
	(void)close(fd[1]);
	CHECK_INT(read(fd[0], got, sizeof(*got)), sizeof(*got));
	(void)close(fd[0]);
	(void)waitpid(pid, &status, 0);
	return status;
}

static void
an_amount_is_set_and_never_raises_what_was_inherited(void)
{
	struct limits limits;
	struct rlimit got, mine;

	limits_init(&limits);
	limits.of[LIMIT_CPU] = 1500;
	limits.of[LIMIT_FILES] = 20;
	CHECK_INT(limits_of(&limits, RLIMIT_CPU, &got), 0);
	CHECK_INT(got.rlim_cur, 2);
	CHECK_INT(got.rlim_max, 7);
	CHECK_INT(limits_of(&limits, RLIMIT_NOFILE, &got), 0);
	CHECK_INT(got.rlim_cur, 20);
	(void)getrlimit(RLIMIT_CPU, &mine);
	limits.of[LIMIT_CPU] = LIMIT_OFF;
	limits.of[LIMIT_FILES] = UINT64_C(1) << 60;
	CHECK_INT(limits_of(&limits, RLIMIT_CPU, &got), 0);
	CHECK(got.rlim_cur == mine.rlim_cur && got.rlim_max == mine.rlim_max);
	(void)getrlimit(RLIMIT_NOFILE, &mine);
	CHECK_INT(limits_of(&limits, RLIMIT_NOFILE, &got), 0);
	CHECK(got.rlim_cur == mine.rlim_cur && got.rlim_max == mine.rlim_max);
}

/* Standard output is none of the worker's, so there is nothing to grow. */
static void
no_file_may_grow_whatever_output_is(void)
{
	struct limits limits;
	struct rlimit got;
	int saved = dup(STDOUT_FILENO), file = memfd_create("output", 0);

	CHECK(file != -1 && ftruncate(file, 12345) == 0);
	limits_init(&limits);
	(void)fflush(stdout);
	(void)dup2(file, STDOUT_FILENO);
	CHECK_INT(limits_of(&limits, RLIMIT_FSIZE, &got), 0);
	(void)fflush(stdout);
	(void)dup2(saved, STDOUT_FILENO);
	(void)close(saved), (void)close(file);
	CHECK_INT(got.rlim_max, 0);
}

/* audit.c: only one descriptor is a listener. */
static int
send_with(int fd, int level, int type, const int *what, size_t n)
{
	char none = 0;
	struct iovec part = { &none, 1 };
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(4 * sizeof(int))] = { 0 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *head = (struct cmsghdr *)room;

	if (n != 0) {
		head->cmsg_len = CMSG_LEN(n * sizeof(int));
		head->cmsg_level = level;
		head->cmsg_type = type;
		memcpy(CMSG_DATA(head), what, n * sizeof(int));
		msg.msg_control = room;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static void
a_listener_is_one_descriptor(void)
{
	const int two[] = { 0, 1 }, on = 1;
	int end[2], got;

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, end) == 0);
	CHECK_INT(send_with(end[1], 0, 0, NULL, 0), 0);
	CHECK_INT(audit_receive(end[0]), -1);
	CHECK_INT(send_with(end[1], SOL_SOCKET, SCM_RIGHTS, two, 2), 0);
	CHECK_INT(audit_receive(end[0]), -1);
	CHECK_INT(send_with(end[1], SOL_SOCKET, SCM_RIGHTS, two, 1), 0);
	got = audit_receive(end[0]);
	CHECK(got > 2);
	CHECK_INT(fcntl(got, F_GETFD), FD_CLOEXEC);
	(void)close(got);
	(void)setsockopt(end[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	CHECK_INT(send_with(end[1], 0, 0, NULL, 0), 0);
	CHECK_INT(audit_receive(end[0]), -1);
	(void)close(end[1]);
	CHECK_INT(audit_receive(end[0]), -1);
	(void)close(end[0]);
}

/* The worker that was to be answered has died meanwhile. */
static void
a_question_that_is_gone_is_not_answered(void)
{
	const struct jail_options options = { .name = "a/b" };
	int said[2], saved = dup(STDERR_FILENO);
	char got[64];

	CHECK(pipe2(said, O_NONBLOCK) == 0);
	(void)dup2(said[1], STDERR_FILENO);
	audit_answer(said[0], &options);
	(void)dup2(saved, STDERR_FILENO);
	CHECK_INT(read(said[0], got, sizeof(got)), -1);
	(void)close(said[0]), (void)close(said[1]), (void)close(saved);
}

CHECK_MAIN(CASE(a_required_layer_breaks_the_jail_and_no_other),
    CASE(two_layers_are_not_weaker_than_weaker),
    CASE(the_outer_half_counts_too), CASE(the_worker_waits_for_the_outer_half),
    CASE(files_in_reach_break_the_jail),
    CASE(a_reason_comes_with_what_to_look_at),
    CASE(namespaces_hang_on_that_of_users),
    CASE(there_is_room_for_eight_warnings),
    CASE(an_amount_is_set_and_never_raises_what_was_inherited),
    CASE(no_file_may_grow_whatever_output_is),
    CASE(a_listener_is_one_descriptor),
    CASE(a_question_that_is_gone_is_not_answered))
