#include "transport/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "file.h"

static struct proc
start(const char *script, const char *const *env, int control_fd)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct proc_options options = { argv, env, false, control_fd };
	struct proc proc;

	CHECK_INT(proc_start(&proc, &options, NULL), 0);
	return proc;
}

static int
end(struct proc *proc)
{
	while (!proc_reap(proc))
		(void)waitid(P_PID, (id_t)proc->pid, NULL, WEXITED | WNOWAIT);
	return proc->status;
}

static void
it_has_its_pipes_and_nothing_else(void)
{
	autopool struct pool pool = POOL_NONE;
	int extra = open("/dev/null", O_RDONLY); /* not close-on-exec */
	struct proc proc =
	    start("read x; echo got $x; echo to err >&2; ls /proc/self/fd",
		NULL, -1);

	CHECK_INT(write(proc.in, "line\n", 5), 5);
	/* 3 is the folder that ls reads */
	CHECK_STR(file_read_fd(&pool, proc.out), "got line\n0\n1\n2\n3\n");
	CHECK_STR(file_read_fd(&pool, proc.err), "to err\n");
	CHECK_INT(end(&proc), 0);
	proc_clear(&proc);
	CHECK_INT(proc.out, -1);
	close(extra);
}

static void
the_broker_becomes_3(void)
{
	autopool struct pool pool = POOL_NONE;
	int fd[2];
	struct proc proc;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
	proc = start("echo hello >&3", NULL, fd[1]);
	close(fd[1]);
	CHECK_STR(file_read_fd(&pool, fd[0]), "hello\n");
	close(fd[0]);
	proc_clear(&proc);
}

static void
the_environment_is_what_is_said(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *env[] = { "HOME=/h", NULL };
	struct proc proc = start("echo $HOME $LEAK", env, -1);

	CHECK_STR(file_read_fd(&pool, proc.out), "/h\n");
	proc_clear(&proc);
}

static void
it_leads_a_group_and_all_of_it_is_killed(void)
{
	autopool struct pool pool = POOL_NONE;
	struct proc proc = start("sleep 1000 & echo; wait", NULL, -1);
	char c;

	CHECK_INT(read(proc.out, &c, 1), 1);
	CHECK_INT(getpgid(proc.pid), proc.pid);
	CHECK(!proc_reap(&proc));
	proc_kill(&proc);
	/* the end comes when the last one that holds the pipe is dead */
	CHECK_STR(file_read_fd(&pool, proc.out), "");
	CHECK_INT(WTERMSIG(end(&proc)), SIGKILL);
	proc_clear(&proc);
}

static void
whom_it_leaves_behind_dies_with_it(void)
{
	autopool struct pool pool = POOL_NONE;
	struct proc proc = start("sleep 1000 & exit 7", NULL, -1);

	CHECK_INT(WEXITSTATUS(end(&proc)), 7);
	CHECK_STR(file_read_fd(&pool, proc.out), "");
	proc_clear(&proc);
}

static void
signals_are_as_new(void)
{
	autopool struct pool pool = POOL_NONE;
	sigset_t set;
	struct proc proc;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	/* signals 32 and 33 are the C library's own: whoever was started by
	 * posix_spawn, as make does, has them ignored and cannot change it */
	proc = start("grep -E 'SigBlk|SigIgn' /proc/self/status |"
		     "sed 's/[01][08]\\(.......\\)$/00\\1/'",
	    NULL, -1);
	CHECK_STR(file_read_fd(&pool, proc.out),
	    "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	CHECK_INT(sigprocmask(SIG_BLOCK, NULL, &set), 0);
	CHECK(sigismember(&set, SIGTERM) == 1);
	proc_clear(&proc);
}

static void
it_dies_with_its_parent(void)
{
	int fd[2];
	pid_t parent;
	char c;

	CHECK_INT(pipe2(fd, O_CLOEXEC), 0);
	parent = fork();
	if (parent == 0) {
		/* the script holds the pipe as its 3 */
		struct proc proc =
		    start("echo >&3; exec sleep 1000", NULL, fd[1]);

		(void)proc;
		close(fd[1]);
		for (;;)
			pause();
	}
	close(fd[1]);
	CHECK_INT(read(fd[0], &c, 1), 1);
	(void)kill(parent, SIGKILL);
	CHECK_INT(waitpid(parent, NULL, 0), parent);
	CHECK_INT(read(fd[0], &c, 1), 0);
	close(fd[0]);
}

static void
what_cannot_start_is_an_error(void)
{
	autoerr struct err err = ERR_NONE;
	const char *argv[] = { "/proc/nonexistent/x", NULL };
	struct proc_options options = { argv, NULL, false, -1 };
	struct proc proc;

	CHECK_INT(proc_start(&proc, &options, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "cannot start /proc/nonexistent/x: No such file "
	    "or directory (os error 2)");
	CHECK_INT(proc.pid, 0);
	CHECK_INT(proc.in, -1);
}

static size_t
count_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* With room for 0, 1, 2, ... of what it needs; none of them is left open. */
static void
too_few_descriptors_are_told(void)
{
	const char *argv[] = { "/bin/true", NULL };
	int pair[2], status = -1, tries = 0;
	struct rlimit old, few;
	size_t before;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	before = count_descriptors();
	for (rlim_t most = 3; status == -1 && most < 64; most++, tries++) {
		struct proc_options options = { argv, NULL, false, pair[1] };
		autoerr struct err err = ERR_NONE;
		struct proc proc;

		few = (struct rlimit){ most, old.rlim_max };
		CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
		status = proc_start(&proc, &options, &err);
		CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
		if (status == -1) {
			CHECK(str_starts(err_text(&err),
			    STR("cannot make pipes")));
			CHECK_INT(proc.pid, 0);
		} else {
			CHECK_INT(end(&proc), 0);
			proc_clear(&proc);
		}
		CHECK_INT(count_descriptors(), before);
	}
	CHECK_INT(status, 0);
	CHECK(tries > 7);
	close(pair[0]);
	close(pair[1]);
}

/* Our own libc, for a moment. */
static int interruptions;

pid_t
wait4(pid_t pid, int *status, int how, struct rusage *usage)
{
	if (interruptions == 0)
		return (pid_t)syscall(SYS_wait4, pid, status, how, usage);
	interruptions--;
	errno = EINTR;
	return -1;
}

static void
waiting_may_be_interrupted(void)
{
	struct proc proc = start("exit 7", NULL, -1);

	interruptions = 3;
	CHECK_INT(WEXITSTATUS(end(&proc)), 7);
	CHECK_INT(interruptions, 0);
	proc_clear(&proc);
}

/* Somebody else has waited for it: nobody waits for ever. */
static void
who_is_gone_is_gone(void)
{
	struct proc proc = start("exit 7", NULL, -1);

	CHECK_INT(waitpid(proc.pid, NULL, 0), proc.pid);
	CHECK(proc_reap(&proc));
	CHECK_INT(proc.pid, 0);
	CHECK(proc_reap(&proc));
	proc_clear(&proc);
}

CHECK_MAIN(CASE(it_has_its_pipes_and_nothing_else), CASE(the_broker_becomes_3),
    CASE(the_environment_is_what_is_said),
    CASE(it_leads_a_group_and_all_of_it_is_killed),
    CASE(whom_it_leaves_behind_dies_with_it), CASE(signals_are_as_new),
    CASE(it_dies_with_its_parent), CASE(what_cannot_start_is_an_error),
    CASE(too_few_descriptors_are_told), CASE(waiting_may_be_interrupted),
    CASE(who_is_gone_is_gone))
