/*
 * The single steps of the jail: what is said about layers, the amounts, the
 * terminal's copies, the audit's socket.
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

		for (size_t k = 0; k < ARRAY_SIZE(required); k++)
			is_required = is_required || (int)required[k] == i;
		CHECK_INT(whole_without((enum jail_layer)i, 0, &out),
		    is_required ? JAIL_BROKEN : JAIL_WEAKER);
		CHECK_INT(says(&out, " -- REQUIRED\n"), is_required);
		CHECK_INT(says(&out, "modules cannot run here\n"), is_required);
		CHECK_INT(says(&out,
			      "weaker: modules run, off: 1 of 20 layers\n"),
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
	CHECK(says(&out, "off: 2 of 20 layers\n"));
	layer_off(&jail, JAIL_FILTER, 0, NULL);
	layer_not_wanted(&jail, JAIL_NET_NS);
	out.n = 0;
	CHECK_INT(jail_print(&jail, &out), JAIL_BROKEN);
	CHECK(says(&out, "-   network namespace\n"));
	buf_clear(&out);
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

static void
a_file_as_output_may_grow_by_what_may_be_said(void)
{
	struct limits limits;
	struct rlimit got;
	int saved = dup(STDOUT_FILENO), file = memfd_create("output", 0);

	CHECK(file != -1 && ftruncate(file, 12345) == 0);
	limits_init(&limits);
	limits.of[LIMIT_OUTPUT] = 1000;
	(void)fflush(stdout);
	(void)dup2(file, STDOUT_FILENO);
	CHECK_INT(limits_of(&limits, RLIMIT_FSIZE, &got), 0);
	CHECK_INT(got.rlim_max, 1000 + 12345 + (2 << 20));
	limits.of[LIMIT_OUTPUT] = LIMIT_OFF;
	CHECK_INT(limits_of(&limits, RLIMIT_FSIZE, &got), 0);
	(void)fflush(stdout);
	(void)dup2(saved, STDOUT_FILENO);
	(void)close(saved), (void)close(file);
	CHECK(got.rlim_max == RLIM_INFINITY);
}

/* terminal.c. Standard input and output are pipes of the test; fd[] are those
 * of the worker. */
static struct desk {
	int saved[2];
	int keys[2], screen[2];  /* what is typed, what is shown */
	int input[2], output[2]; /* the worker's */
	struct terminal t;
} desk;

static bool
starts_with_ask(struct str head)
{
	return str_starts(head, STR("ask"));
}

static void
desk_begin(bool (*is_question)(struct str head), uint64_t most)
{
	struct limits limits;
	struct jail_options options = { .limits = &limits,
		.typed = { is_question, false } };

	limits_init(&limits);
	limits.of[LIMIT_OUTPUT] = most;
	(void)fflush(stdout);
	desk.saved[0] = dup(STDIN_FILENO);
	desk.saved[1] = dup(STDOUT_FILENO);
	CHECK(pipe(desk.keys) == 0 && pipe(desk.screen) == 0);
	CHECK(pipe(desk.input) == 0 && pipe(desk.output) == 0);
	(void)dup2(desk.keys[0], STDIN_FILENO);
	(void)dup2(desk.screen[1], STDOUT_FILENO);
	terminal_init(&desk.t,
	    (const int[]){ desk.input[1], desk.output[0], -1 }, &options);
}

/* Back to the test's own; what was on the screen. */
static size_t
desk_end(char *screen, size_t room)
{
	size_t n = 0;
	ssize_t got;

	(void)dup2(desk.saved[0], STDIN_FILENO);
	(void)dup2(desk.saved[1], STDOUT_FILENO);
	(void)close(desk.saved[0]), (void)close(desk.saved[1]);
	(void)close(desk.screen[1]);
	while (
	    n < room && (got = read(desk.screen[0], screen + n, room - n)) > 0)
		n += (size_t)got;
	(void)close(desk.screen[0]);
	(void)close(desk.keys[0]), (void)close(desk.keys[1]);
	(void)close(desk.input[0]), (void)close(desk.output[1]);
	if (desk.t.input != -1)
		(void)close(desk.t.input);
	if (desk.t.output != -1)
		(void)close(desk.t.output);
	(void)signal(SIGPIPE, SIG_DFL);
	return n;
}

/* One round, without waiting. */
static void
desk_step(void)
{
	struct pollfd p[TERMINAL_FDS];

	terminal_poll(&desk.t, p);
	(void)poll(p, TERMINAL_FDS, 0);
	terminal_step(&desk.t, p);
}

static void
desk_write(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

static void
one_line_is_given_for_one_question(void)
{
	char got[64] = "", screen[64];
	bool asked_before, asked_after;
	ssize_t n;

	desk_begin(starts_with_ask, 1000);
	desk_write(desk.keys[1], "ab\ncd\n");
	desk_step();
	asked_before = desk.t.is_asked;
	desk_write(desk.output[1], "tell\nask who is there\n");
	for (int i = 0; i < 10; i++)
		desk_step();
	asked_after = desk.t.is_asked;
	n = read(desk.input[0], got, sizeof(got));
	CHECK_INT(desk_end(screen, sizeof(screen)), 22);
	CHECK(!asked_before && !asked_after);
	CHECK_STR(str_view(got, (size_t)n), "ab\n");
}

static void
without_a_judge_there_is_no_question(void)
{
	char screen[64];
	bool was_asked;

	desk_begin(NULL, 1000);
	desk_write(desk.output[1], "ask\n");
	desk_step();
	was_asked = desk.t.is_asked;
	CHECK_INT(desk_end(screen, sizeof(screen)), 4);
	CHECK(!was_asked);
}

static void
a_byte_without_room_waits(void)
{
	char full[4096] = { 0 }, got[4096], screen[64];
	bool waited, went;
	ssize_t n = 0, last = 0;

	desk_begin(starts_with_ask, 1000);
	while (write(desk.t.input, full, sizeof(full)) > 0)
		;
	desk.t.is_asked = true;
	desk_write(desk.keys[1], "x\n");
	desk_step();
	waited = desk.t.has_byte;
	desk_step();
	waited = waited && desk.t.has_byte && desk.t.is_asked;
	(void)fcntl(desk.input[0], F_SETFL, O_NONBLOCK);
	while ((n = read(desk.input[0], got, sizeof(got))) > 0)
		;
	for (int i = 0; i < 3; i++)
		desk_step();
	last = read(desk.input[0], got, sizeof(got));
	went = !desk.t.has_byte && !desk.t.is_asked;
	(void)desk_end(screen, sizeof(screen));
	CHECK(waited);
	CHECK(went);
	CHECK_STR(str_view(got, last > 0 ? (size_t)last : 0), "x\n");
}

/* A descriptor that lets nobody wait, and a worker that has gone. */
static void
what_cannot_be_read_or_written_is_let_go(void)
{
	char screen[64];
	bool stays, is_closed, is_open;

	desk_begin(starts_with_ask, 1000);
	(void)fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	(void)fcntl(desk.t.output, F_SETFL, O_NONBLOCK);
	desk.t.is_asked = true;
	/* somebody else was faster */
	terminal_step(&desk.t, (const struct pollfd[]){ { .revents = POLLIN },
				   { .revents = POLLIN } });
	stays = desk.t.input != -1 && desk.t.output != -1;
	(void)close(desk.input[0]);
	desk.input[0] = dup(STDERR_FILENO);
	desk_write(desk.keys[1], "x\n");
	desk_step();
	is_closed = desk.t.input == -1;
	is_open = terminal_is_open(&desk.t);
	terminal_step(&desk.t,
	    (const struct pollfd[]){ { .revents = POLLIN }, { .revents = 0 } });
	(void)desk_end(screen, sizeof(screen));
	CHECK(stays && is_closed && is_open);
}

static void
what_fails_is_let_go(void)
{
	char screen[64];
	bool is_open;
	int folder = open("/", O_RDONLY | O_DIRECTORY);

	desk_begin(starts_with_ask, 1000);
	(void)dup2(folder, STDIN_FILENO);
	(void)dup2(folder, desk.t.output);
	terminal_step(&desk.t, (const struct pollfd[]){ { .revents = POLLIN },
				   { .revents = POLLIN } });
	is_open = terminal_is_open(&desk.t);
	(void)desk_end(screen, sizeof(screen));
	(void)close(folder);
	CHECK(!is_open);
}

static void
the_screen_takes_what_is_allowed_and_no_more(void)
{
	static char text[4000], screen[200000];
	size_t shown;
	bool is_open;

	memset(text, 'x', sizeof(text));
	desk_begin(NULL, 1000);
	(void)fcntl(desk.screen[1], F_SETPIPE_SZ, 1 << 18);
	for (int i = 0; i < 20 && desk.t.output != -1; i++) {
		(void)!write(desk.output[1], text, sizeof(text));
		desk_step();
	}
	is_open = desk.t.output != -1;
	shown = desk_end(screen, sizeof(screen));
	CHECK(!is_open);
	/* the limit, and room for the last words */
	CHECK(shown > 1000 && shown <= 1000 + (64u << 10));
}

/* Nobody looks at the screen for a while: nothing is lost. */
static void
a_screen_that_is_full_is_waited_for(void)
{
	static char text[4000], screen[100000];
	size_t n = 0, said = 0;
	ssize_t got;
	pid_t reader;
	int copy[2];

	memset(text, 'y', sizeof(text));
	CHECK(pipe(copy) == 0);
	desk_begin(NULL, LIMIT_OFF);
	(void)fcntl(desk.screen[1], F_SETPIPE_SZ, 4096);
	(void)fcntl(desk.screen[1], F_SETFL, O_NONBLOCK);
	reader = fork();
	if (reader == 0) {
		(void)close(desk.screen[1]), (void)close(STDOUT_FILENO);
		(void)close(copy[0]), (void)close(desk.output[1]);
		while ((got = read(desk.screen[0], screen, 100)) > 0)
			(void)!write(copy[1], screen, (size_t)got);
		_exit(0);
	}
	for (int i = 0; i < 10; i++) {
		said += (size_t)write(desk.output[1], text, sizeof(text));
		desk_step();
	}
	(void)close(desk.output[1]);
	desk.output[1] = dup(STDERR_FILENO);
	terminal_drain(&desk.t);
	(void)dup2(desk.saved[1], STDOUT_FILENO);
	(void)close(desk.screen[1]);
	desk.screen[1] = dup(STDERR_FILENO);
	(void)close(copy[1]);
	while ((got = read(copy[0], screen, sizeof(screen))) > 0)
		n += (size_t)got;
	(void)close(copy[0]);
	(void)waitpid(reader, NULL, 0);
	(void)desk_end(screen, sizeof(screen));
	CHECK_INT(n, said);
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
    CASE(files_in_reach_break_the_jail),
    CASE(a_reason_comes_with_what_to_look_at),
    CASE(namespaces_hang_on_that_of_users),
    CASE(there_is_room_for_eight_warnings),
    CASE(an_amount_is_set_and_never_raises_what_was_inherited),
    CASE(a_file_as_output_may_grow_by_what_may_be_said),
    CASE(one_line_is_given_for_one_question),
    CASE(without_a_judge_there_is_no_question), CASE(a_byte_without_room_waits),
    CASE(what_cannot_be_read_or_written_is_let_go), CASE(what_fails_is_let_go),
    CASE(the_screen_takes_what_is_allowed_and_no_more),
    CASE(a_screen_that_is_full_is_waited_for),
    CASE(a_listener_is_one_descriptor),
    CASE(a_question_that_is_gone_is_not_answered))
