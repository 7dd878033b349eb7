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

/*
 * The new process. It shares our memory until exec, so nothing here may
 * allocate, or change what we will look at. Returns where exec failed.
 */
static void
become(const struct birth *birth, pid_t parent)
{
	(void)setpgid(0, 0);
	birth_follow(parent);
	place(birth->in, STDIN_FILENO);
	place(birth->out, STDOUT_FILENO);
	place(birth->err, STDERR_FILENO);
	place(birth->control, CONTROL_BIRTH_FD);
	if (fds_close_span(CONTROL_BIRTH_FD + (birth->control != -1), ~0u) ==
	    -1)
		return;
	birth_reset_signals();
	if (birth->env != NULL)
		(void)execve(birth->argv[0], (char *const *)birth->argv,
		    (char *const *)birth->env);
	else
		(void)execvp(birth->argv[0], (char *const *)birth->argv);
}

/*
 * vfork(2) and not posix_spawn(3): the death signal has to be set before exec
 * and cannot be asked for there. All signals are blocked, so that no handler
 * of ours runs in the new process.
 */
pid_t
birth_give(const struct birth *birth, int *errnum)
{
	volatile int failed = 0;
	pid_t parent = getpid(), pid;
	sigset_t all, old;

	sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &old);
	oom_raise(birth->oom);
	pid = vfork();
	if (pid == 0) {
		become(birth, parent);
		failed = errno;
		_exit(127);
	}
	*errnum = pid == -1 ? errno : failed;
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
