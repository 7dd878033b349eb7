#include "transport/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/processor.h"
#include "transport/birth.h"

/* Both ends where no descriptor of the child will be. */
static int
make_pipe(int end[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		end[i] = low[i];
		if (low[i] >= BIRTH_FIRST_FREE)
			continue;
		end[i] = fcntl(low[i], F_DUPFD_CLOEXEC, BIRTH_FIRST_FREE);
		(void)close(low[i]);
	}
	return end[0] != -1 && end[1] != -1 ? 0 : -1;
}

static int
make_pipes(struct proc *proc, const struct proc_options *options,
    struct birth *birth, struct err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, text[2] = { -1, -1 };
	int control = options->control_fd;
	bool is_made = make_pipe(in) == 0 && make_pipe(out) == 0 &&
	               (options->keeps_stderr || make_pipe(text) == 0);

	birth->in = in[0];
	proc->in = in[1];
	proc->out = out[0];
	birth->out = out[1];
	proc->err = text[0];
	birth->err = text[1];
	birth->control = control != -1
	                     ? fcntl(control, F_DUPFD_CLOEXEC, BIRTH_FIRST_FREE)
	                     : -1;
	if (!is_made || (control != -1 && birth->control == -1) ||
	    fcntl(proc->in, F_SETFL, O_WRONLY | O_NONBLOCK) == -1)
		return err_sys(err, "cannot make pipes");
	return 0;
}

static int
start_here(struct proc *proc, struct birth *birth, struct err *err)
{
	struct oom oom;
	int errnum;

	oom_open(&oom);
	birth->oom = &oom;
	proc->pid = birth_give(birth, &errnum);
	birth->oom = NULL;
	oom_close(&oom);
	if (proc->pid == -1)
		proc->pid = 0;
	return errnum == 0 ? 0 : err_set_errno(err, errnum);
}

static int
start_there(struct proc *proc, const struct birth *birth, struct err *err)
{
	const struct recipe recipe = { birth->argv, birth->env, birth->nested };
	const int fd[] = { birth->in, birth->out,
		birth->err != -1 ? birth->err : STDERR_FILENO, birth->control };

	return starter_start(proc->starter, &recipe, fd, &proc->pid,
	    &proc->pidfd, &proc->number, err);
}

static int
start(struct proc *proc, const struct proc_options *options,
    struct birth *birth, struct err *err)
{
	int status;

	if (make_pipes(proc, options, birth, err) == -1)
		return -1;
	status = proc->starter != NULL ? start_there(proc, birth, err)
	                               : start_here(proc, birth, err);
	if (status == 0)
		return 0;
	return err_wrap(err, "cannot start %s", options->argv[0]);
}

int
proc_start(struct proc *proc, const struct proc_options *options,
    struct err *err)
{
	struct birth birth = { options->argv, options->env, options->nested, -1,
		-1, -1, -1, NULL };
	int status;

	*proc = (struct proc)PROC_NONE;
	proc->starter = options->starter;
	status = start(proc, options, &birth, err);
	fds_drop(&birth.in);
	fds_drop(&birth.out);
	fds_drop(&birth.err);
	fds_drop(&birth.control);
	if (status == -1)
		proc_clear(proc);
	return status;
}

static void
take_status(struct proc *proc)
{
	struct starter_end end;

	if (proc->starter == NULL) {
		birth_end(proc->pid, &proc->status, &proc->usage);
	} else {
		starter_end(proc->starter, proc->number, &end);
		proc->status = end.status;
		proc->usage = end.usage;
	}
	proc->pid = 0;
	fds_drop(&proc->pidfd);
}

static bool
has_ended(const struct proc *proc)
{
	struct pollfd p = { .fd = proc->pidfd, .events = POLLIN };
	siginfo_t info = { .si_pid = 0 };
	int n;

	if (proc->starter != NULL) {
		do
			n = poll(&p, 1, 0);
		while (n == -1 && errno == EINTR);
		return n != 0;
	}
	return waitid(P_PID, (id_t)proc->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) == -1 ||
	       info.si_pid != 0;
}

bool
proc_reap(struct proc *proc)
{
	if (proc->pid == 0)
		return true;
	if (!has_ended(proc))
		return false;
	take_status(proc);
	return true;
}

void
proc_kill(struct proc *proc)
{
	if (proc->pid == 0)
		return;
	if (proc->starter != NULL)
		starter_kill(proc->starter, proc->number);
	else
		birth_kill(proc->pid);
}

/* Its number is its own as long as nobody has waited for it. */
void
proc_place(struct proc *proc, uint32_t processor)
{
	if (proc->pid == 0)
		return;
	if (proc->starter != NULL)
		starter_place(proc->starter, proc->number, processor);
	else
		(void)processors_set_one(proc->pid, processor);
}

void
proc_clear(struct proc *proc)
{
	proc_kill(proc);
	if (proc->pid != 0)
		take_status(proc);
	fds_drop(&proc->in);
	fds_drop(&proc->out);
	fds_drop(&proc->err);
}

static void
on_child(void *ctx)
{
	struct proc_watch *watch = ctx;

	watch->call(watch->ctx);
}

static void
on_pidfd(void *ctx, short revents)
{
	struct proc_watch *watch = ctx;

	(void)revents;
	loop_fd_stop(&watch->fd);
	watch->call(watch->ctx);
}

void
proc_watch_start(struct proc_watch *watch, struct loop *loop,
    const struct proc *proc)
{
	watch->child = (struct loop_child){ .call = on_child, .ctx = watch };
	watch->fd = (struct loop_fd){ .call = on_pidfd, .ctx = watch };
	if (proc->starter != NULL)
		loop_fd_set(loop, &watch->fd, proc->pidfd, POLLIN);
	else
		loop_child_start(loop, &watch->child, proc->pid);
}

void
proc_watch_stop(struct proc_watch *watch)
{
	loop_fd_stop(&watch->fd);
	loop_child_stop(&watch->child);
}
