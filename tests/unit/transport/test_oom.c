/* oom: children are ended before us, whoever starts them and whoever we are. */
#include "transport/oom.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "transport/proc.h"

static const char *const show[] = { "/bin/cat", "/proc/self/oom_score_adj",
	NULL };

/* What a file or a pipe says; INT_MIN: nothing. */
static int
number_from(int fd)
{
	char bytes[32] = { 0 };
	ssize_t n = read(fd, bytes, sizeof(bytes) - 1);

	return n > 0 ? atoi(bytes) : INT32_MIN;
}

static int
ours(void)
{
	int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	int n = number_from(fd);

	CHECK(fd != -1);
	close(fd);
	return n;
}

static void
make_ours(int value)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "w");

	CHECK(f != NULL && fprintf(f, "%d", value) > 0);
	CHECK(f != NULL && fclose(f) == 0);
}

static int
of_child(struct starter *starter)
{
	struct proc_options options = { show, NULL, false, -1, starter };
	struct proc proc;
	int n;

	CHECK_INT(proc_start(&proc, &options, NULL), 0);
	n = number_from(proc.out);
	proc_clear(&proc);
	return n;
}

/* By us and by a starter, several times; and we are as we were. */
static void
check_children(int value)
{
	const struct recipe recipe = { show, NULL };
	struct starter *starter = starter_new(&recipe, 1, 1, NULL);
	int want = value + OOM_ABOVE < OOM_MOST ? value + OOM_ABOVE : OOM_MOST;

	for (int i = 0; i < 3; i++) {
		CHECK_INT(of_child(NULL), want);
		CHECK_INT(ours(), value);
		if (starter != NULL)
			CHECK_INT(of_child(starter), want);
	}
	starter_free(starter);
}

/* It cannot be lowered again by everybody, so in a process of its own. */
static void
apart(void (*check)(int value), int value)
{
	int before = check_failed, status;
	pid_t pid = fork();

	if (pid == 0) {
		check(value);
		_exit(check_failed != before);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

static void
check_at(int value)
{
	make_ours(value);
	check_children(value);
}

static void
children_have_more_than_we(void)
{
	int value = ours();

	apart(check_children, value);
	for (int more = value + 1; more <= OOM_MOST; more += 111)
		apart(check_at, more);
	apart(check_at, OOM_MOST);
}

/* One who may not lower it below where he began, and hides from himself. */
static void
check_as_nobody(int value)
{
	CHECK_INT(setgid(65534), 0);
	CHECK_INT(setuid(65534), 0);
	CHECK_INT(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
	check_children(value);
}

static void
nobody_needs_a_privilege(void)
{
	if (geteuid() != 0)
		CHECK_SKIP("it is done without one by the other case");
	apart(check_as_nobody, ours());
}

static void
without_a_file_nothing_is_done(void)
{
	struct oom oom = OOM_NONE;

	oom_raise(&oom);
	oom_restore(&oom);
	oom_close(&oom);
	oom_open(&oom);
	CHECK(oom.fd != -1);
	CHECK_INT(oom.ours, ours());
	oom_close(&oom);
	CHECK_INT(oom.fd, -1);
}

CHECK_MAIN(CASE(children_have_more_than_we), CASE(nobody_needs_a_privilege),
    CASE(without_a_file_nothing_is_done))
