/*
 * ns: the worker is cloned into its namespaces, and comes up without files.
 *
 * Kernels and containers refuse some namespaces and not others, and a refusal
 * shows only when the clone is tried. So there is a ladder: all of them as an
 * ordinary user; without one after the other (enter_spaces[], the least missed
 * first); the same as root without a user namespace; without a mount
 * namespace where the root cannot be exchanged; with none. What a step had to
 * give up is noted as a layer that is off, with the kernel's reason.
 *
 * The clone alone is not yet a worker: it may still fail to write its maps or
 * to leave the file system. It says so on a socket, and the next step is
 * tried. Once it sends a byte there it has begun, and the outer half goes to
 * outer_serve() and does not come back. On the same socket it tells the worker
 * how its own jail came out (settle.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/idmap.h"
#include "base/mem.h"
#include "jail/enter.h"
#include "jail/step.h"

#define ALL_SPACES                                                             \
	(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |           \
	    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define LAST_TO_GO 5 /* enter_spaces[] from here on are not given up singly */

/* The making of one worker. */
struct attempt {
	unsigned long flags;
	int fd[2]; /* outer half, worker */
	struct pipes pipes;
	sigset_t mask;
	uid_t uid;
	gid_t gid;
	struct report report; /* why the last attempt failed */
};

/*
 * In the worker: from now on it dies with the outer half, which may have died
 * just before. (getppid is always 0 in a new pid namespace.)
 */
static int
die_with_outer(int alive)
{
	char none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return -1;
	if (recv(alive, &none, 1, MSG_DONTWAIT) == 0 ||
	    (errno != EAGAIN && errno != EWOULDBLOCK)) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}

static int
worker_begins(struct jail *jail, struct attempt *a,
    const struct jail_options *options, struct report *report)
{
	report->at = AT_ORPHAN;
	if (die_with_outer(a->fd[1]) == -1)
		return -1;
	report->at = AT_MAPS;
	if ((a->flags & CLONE_NEWUSER) != 0 &&
	    idmap_write(AT_FDCWD, a->uid, a->gid) == -1)
		return -1;
	if (enter_without_files(jail, (a->flags & CLONE_NEWNS) != 0, report) ==
		-1 &&
	    !enter_may_keep_files(report, options))
		return -1;
	report->at = AT_PIPES;
	return inherit_take(&a->pipes);
}

/* Returns in a worker that has no files any more; else tells the outer half
 * and is gone. */
static void
worker(struct jail *jail, struct attempt *a, const struct jail_options *options)
{
	struct report report = { 0 };

	(void)close(a->fd[0]);
	if (worker_begins(jail, a, options, &report) == -1 ||
	    send(a->fd[1], "", 1, MSG_NOSIGNAL) != 1) {
		report.why = errno;
		(void)send(a->fd[1], &report, sizeof(report), MSG_NOSIGNAL);
		_exit(1);
	}
	(void)sigprocmask(SIG_SETMASK, &a->mask, NULL);
	jail->alive = a->fd[1];
	jail->pid = getpid();
}

/* In the outer half: has the worker got as far as having no files? It sends
 * one byte then. */
static bool
has_begun(struct attempt *a, pid_t pid)
{
	struct report report;
	ssize_t n;

	do
		n = recv(a->fd[0], &report, sizeof(report), 0);
	while (n == -1 && errno == EINTR);
	if (n == 0 || n == 1)
		return true;
	if (n != (ssize_t)sizeof(report)) {
		report = (struct report){ .at = AT_ORPHAN, .why = errno };
		(void)kill(pid, SIGKILL);
	}
	(void)waitpid(pid, NULL, 0);
	a->report = report;
	return false;
}

/*
 * One attempt. 0 in the worker; the outer half does not return if there is
 * one. -1 with a->report.
 */
static int
attempt(struct jail *jail, struct attempt *a,
    const struct jail_options *options)
{
	struct outer outer = { .listener = -1 };
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, a->fd) ==
	    -1) {
		/* no namespace is to blame */
		a->report = (struct report){ .at = AT_SOCKET, .why = errno };
		return -1;
	}
	/* the raw call: the stack and everything else is copied as by fork */
	pid = (pid_t)syscall(SYS_clone, a->flags | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		enter_note(jail, a->flags);
		worker(jail, a, options);
		return 0;
	}
	a->report = (struct report){ .why = errno };
	(void)close(a->fd[1]);
	if (pid > 0 && has_begun(a, pid)) {
		outer.worker = pid;
		outer.alive = a->fd[0];
		outer.mask = a->mask;
		memcpy(outer.pipe, a->pipes.outer, sizeof(outer.pipe));
		inherit_leave(&a->pipes);
		outer_serve(&outer, options);
	}
	(void)close(a->fd[0]);
	return -1;
}

/*
 * All that may be had of `flags`: gives up one namespace after the other until
 * the kernel agrees. -1 if it does not agree to what cannot be given up.
 */
static int
attempts(struct jail *jail, struct attempt *a, unsigned long flags,
    const struct jail_options *options)
{
	for (size_t i = 0;; i++) {
		while (i < LAST_TO_GO && (flags & enter_spaces[i].flag) == 0)
			i++;
		a->flags = flags;
		if (attempt(jail, a, options) == 0)
			return 0;
		if (a->report.at != 0 || i == LAST_TO_GO)
			return -1;
		layer_off(jail, enter_spaces[i].layer, a->report.why, NULL);
		flags &= ~enter_spaces[i].flag;
	}
}

static void
all_off(struct jail *jail, unsigned long flags, int why)
{
	for (size_t i = 0; i < ENTER_SPACES; i++) {
		if ((flags & enter_spaces[i].flag) != 0)
			layer_off(jail, enter_spaces[i].layer, why, NULL);
	}
}

static int
no_worker(const struct report *report, struct err *err)
{
	errno = report->why;
	return err_sys(err, "cannot start the worker");
}

/*
 * All that may be had of *flags. Where there are namespaces and nothing can be
 * mounted in them (a Landlock around forbids it to all), the mount namespace
 * goes, for which nobody else is to blame, and there is chroot(2).
 */
static int
rung(struct jail *jail, struct attempt *a, unsigned long *flags,
    const struct jail_options *options)
{
	if (attempts(jail, a, *flags, options) == 0)
		return 0;
	if (a->report.at != AT_PIVOT)
		return -1;
	layer_off_by(jail, JAIL_MOUNT_NS, "mount", a->report.why);
	*flags &= ~(unsigned long)CLONE_NEWNS;
	return attempts(jail, a, *flags, options);
}

/* As an ordinary user; as one with privileges; with nothing to be had. */
static int
try_all(struct jail *jail, struct attempt *a,
    const struct jail_options *options, struct err *err)
{
	unsigned long flags = ALL_SPACES;
	int why;

	if (options->net == JAIL_NET_DIRECT) {
		flags &= ~(unsigned long)CLONE_NEWNET;
		layer_not_wanted(jail, JAIL_NET_NS);
	}
	if (rung(jail, a, &flags, options) == 0)
		return 0;
	if (a->report.at == AT_SOCKET)
		return no_worker(&a->report, err);
	why = a->report.why;
	all_off(jail, flags, why);
	caps_raise();
	flags &= ~(unsigned long)CLONE_NEWUSER;
	if (rung(jail, a, &flags, options) == 0)
		return 0;
	if (a->report.at == AT_SOCKET)
		return no_worker(&a->report, err);
	/* an ordinary user is told why there is no user namespace, not that he
	 * may make no other without */
	all_off(jail, flags, a->report.why == EPERM ? why : a->report.why);
	a->flags = 0;
	if (attempt(jail, a, options) == 0)
		return 0;
	if (a->report.at == AT_CHROOT)
		return enter_no_fence(jail, &a->report, err);
	return no_worker(&a->report, err);
}

int
ns_clone(struct jail *jail, const struct jail_options *options, struct err *err)
{
	struct attempt a = { .uid = getuid(), .gid = getgid() };
	sigset_t child;

	/* where it is ignored, nobody learns how the worker ended */
	(void)signal(SIGCHLD, SIG_DFL);
	if (inherit_pipes(&a.pipes, options, err) == -1)
		return -1;
	/* the outer half waits for it in ppoll */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, &a.mask);
	if (try_all(jail, &a, options, err) == -1) {
		(void)sigprocmask(SIG_SETMASK, &a.mask, NULL);
		return -1;
	}
	enter_warn(jail);
	return 0;
}
