#include "transport/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/fds.h"
#include "transport/nest.h"

void
birth_reset_signals(void)
{
	static const int reset[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGQUIT, SIGTERM,
		SIGHUP, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH };
	sigset_t none;

	for (size_t i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
		(void)signal(reset[i], SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The check is for a death that came before the call, which cannot fail. */
void
birth_follow(pid_t parent)
{
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
#endif
	if (getppid() != parent)
		_exit(127);
}

static void
place(int fd, int number)
{
	if (fd != -1 && dup2(fd, number) == -1)
		_exit(127);
}

/* Returns where exec failed. third: what it has there, or -1. */
static void
become(const struct birth *birth, const char *const *argv, int third)
{
	place(birth->in, STDIN_FILENO);
	place(birth->out, STDOUT_FILENO);
	place(birth->err, STDERR_FILENO);
	place(third, CONTROL_BIRTH_FD);
	if (fds_close_span(CONTROL_BIRTH_FD + (third != -1), ~0u) == -1)
		return;
	birth_reset_signals();
	if (birth->env != NULL)
		(void)execve(argv[0], (char *const *)argv,
		    (char *const *)birth->env);
	else
		(void)execvp(argv[0], (char *const *)argv);
}

/*
 * What the new process shares with us. It has our memory until exec, so nothing
 * in it may allocate, or change what we will look at.
 */
struct shared {
	const struct birth *birth;
	int parent; /* a pidfd of ours */
	volatile int failed, refused;
};

static int
be_born_nested(void *arg)
{
	struct shared *s = arg;

	if (nest_enter(s->parent) == -1) {
		s->refused = errno;
		_exit(127);
	}
	become(s->birth, s->birth->nested, s->parent);
	s->failed = errno;
	_exit(127);
}

/* What is refused so will not be granted the next time. */
static bool
is_for_good(int why)
{
	return why == EPERM || why == EACCES || why == EINVAL || why == ENOSYS;
}

/* -1: nobody has been born; it has to be done the other way. */
static pid_t
give_nested(struct shared *s)
{
	static bool is_refused;
	pid_t pid;

	if (s->birth->nested == NULL || is_refused)
		return -1;
	s->parent = nest_parent(BIRTH_FIRST_FREE);
	pid = s->parent != -1 ? nest_clone(be_born_nested, s) : -1;
	if (pid == -1)
		s->refused = errno;
	else if (s->refused != 0)
		birth_wait(pid, NULL, NULL);
	is_refused = is_for_good(s->refused);
	return s->refused == 0 ? pid : -1;
}

/*
 * vfork(2) and not posix_spawn(3): the death signal has to be set before exec
 * and cannot be asked for there.
 */
static pid_t
give(struct shared *s)
{
	pid_t parent = getpid();
	pid_t pid = vfork();

	if (pid == 0) {
		(void)setpgid(0, 0);
		birth_follow(parent);
		become(s->birth, s->birth->argv, s->birth->control);
		s->failed = errno;
		_exit(127);
	}
	if (pid == -1)
		s->failed = errno;
	return pid;
}

/* All signals are blocked, so that no handler of ours runs in the new process. */
pid_t
birth_give(const struct birth *birth, int *errnum)
{
	struct shared s = { .birth = birth };
	sigset_t all, old;
	pid_t pid;

	sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &old);
	oom_raise(birth->oom);
	pid = give_nested(&s);
	if (pid == -1)
		pid = give(&s);
	*errnum = s.failed;
	oom_restore(birth->oom);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

void
birth_kill(pid_t pid)
{
	(void)kill(-pid, SIGKILL);
	(void)kill(pid, SIGKILL); /* it may have left its group */
}

void
birth_end(pid_t pid, int *status, struct rusage *usage)
{
	birth_kill(pid);
	birth_wait(pid, status, usage);
}

void
birth_wait(pid_t pid, int *status, struct rusage *usage)
{
	pid_t ended;

	do
		ended = wait4(pid, status, 0, usage);
	while (ended == -1 && errno == EINTR);
}
