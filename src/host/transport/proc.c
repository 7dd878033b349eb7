#include "transport/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/agreed.h"

#define FIRST_FREE 4 /* above all numbers that a child's end may get */

/* What the new process needs between vfork(2) and exec. */
struct birth {
	const struct proc_options *options;
	pid_t parent;
	int in, out, err, broker; /* its ends, each at least FIRST_FREE */
};

void
proc_close(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/* Signals as a program expects them: exec keeps what is ignored or blocked. */
static void
reset_signals(void)
{
	static const int reset[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGQUIT, SIGTERM,
		SIGHUP, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU };
	sigset_t none;

	for (size_t i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
		(void)signal(reset[i], SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* It dies with us. The check is for a death that came before the call. */
static void
follow_parent(pid_t parent)
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

static void
close_from(int first)
{
#ifdef __linux__
	(void)close_range((unsigned)first, ~0U, 0);
#else
	closefrom(first);
#endif
}

/*
 * The new process. It shares our memory until exec, so nothing here may
 * allocate, or change what we will look at. Returns where exec failed.
 */
static void
become(const struct birth *birth)
{
	const struct proc_options *options = birth->options;

	(void)setpgid(0, 0);
	follow_parent(birth->parent);
	place(birth->in, STDIN_FILENO);
	place(birth->out, STDOUT_FILENO);
	place(birth->err, STDERR_FILENO);
	place(birth->broker, BROKER_FD);
	close_from(birth->broker != -1 ? BROKER_FD + 1 : BROKER_FD);
	reset_signals();
	if (options->env != NULL)
		(void)execve(options->argv[0], (char *const *)options->argv,
		    (char *const *)options->env);
	else
		(void)execvp(options->argv[0], (char *const *)options->argv);
}

/*
 * vfork(2) and not posix_spawn(3): the death signal has to be set before exec
 * and cannot be asked for there. All signals are blocked, so that no handler
 * of ours runs in the new process. Returns as fork(2); *errnum is why exec
 * failed, 0: it did not.
 */
static pid_t
give_birth(const struct birth *birth, int *errnum)
{
	volatile int failed = 0;
	sigset_t all, old;
	pid_t pid;

	sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &old);
	pid = vfork();
	if (pid == 0) {
		become(birth);
		failed = errno;
		_exit(127);
	}
	*errnum = pid == -1 ? errno : failed;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/* Both ends where no descriptor of the child will be. */
static int
make_pipe(int end[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		end[i] = low[i];
		if (low[i] >= FIRST_FREE)
			continue;
		end[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_FREE);
		(void)close(low[i]);
	}
	return end[0] != -1 && end[1] != -1 ? 0 : -1;
}

static int
make_pipes(struct proc *proc, struct birth *birth, struct err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, text[2] = { -1, -1 };
	int broker = birth->options->broker_fd;
	bool is_made = make_pipe(in) == 0 && make_pipe(out) == 0 &&
	               (birth->options->keeps_stderr || make_pipe(text) == 0);

	birth->in = in[0];
	proc->in = in[1];
	proc->out = out[0];
	birth->out = out[1];
	proc->err = text[0];
	birth->err = text[1];
	birth->broker =
	    broker != -1 ? fcntl(broker, F_DUPFD_CLOEXEC, FIRST_FREE) : -1;
	if (!is_made || (broker != -1 && birth->broker == -1) ||
	    fcntl(proc->in, F_SETFL, O_WRONLY | O_NONBLOCK) == -1)
		return err_sys(err, "cannot make pipes");
	return 0;
}

static int
start(struct proc *proc, struct birth *birth, struct err *err)
{
	int errnum;

	if (make_pipes(proc, birth, err) == -1)
		return -1;
	proc->pid = give_birth(birth, &errnum);
	if (proc->pid == -1)
		proc->pid = 0;
	if (errnum == 0)
		return 0;
	(void)err_set_errno(err, errnum);
	return err_wrap(err, "cannot start %s", birth->options->argv[0]);
}

int
proc_start(struct proc *proc, const struct proc_options *options,
    struct err *err)
{
	struct birth birth = { options, getpid(), -1, -1, -1, -1 };
	int status;

	*proc = (struct proc)PROC_NONE;
	status = start(proc, &birth, err);
	proc_close(&birth.in);
	proc_close(&birth.out);
	proc_close(&birth.err);
	proc_close(&birth.broker);
	if (status == -1)
		proc_clear(proc);
	return status;
}

static void
take_status(struct proc *proc)
{
	pid_t pid;

	do
		pid = wait4(proc->pid, &proc->status, 0, &proc->usage);
	while (pid == -1 && errno == EINTR);
	proc->pid = 0;
}

static void
kill_group(const struct proc *proc)
{
	(void)kill(-proc->pid, SIGKILL);
}

bool
proc_reap(struct proc *proc)
{
	siginfo_t info = { .si_pid = 0 };

	if (proc->pid == 0)
		return true;
	if (waitid(P_PID, (id_t)proc->pid, &info,
		WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == 0)
		return false;
	/* whom it left behind, while its number still means its group */
	kill_group(proc);
	take_status(proc);
	return true;
}

void
proc_kill(struct proc *proc)
{
	if (proc->pid == 0)
		return;
	kill_group(proc);
	(void)kill(proc->pid, SIGKILL); /* it may have left its group */
}

void
proc_clear(struct proc *proc)
{
	proc_kill(proc);
	if (proc->pid != 0)
		take_status(proc);
	proc_close(&proc->in);
	proc_close(&proc->out);
	proc_close(&proc->err);
}
