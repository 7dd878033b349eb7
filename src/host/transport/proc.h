/*
 * proc: a process that we started, and the pipes to it. The only file
 * that knows that a child is a process of this machine.
 *
 * It has nothing of ours but what it is given: descriptors 0, 1, 2 (and its
 * end of control, base/agreed.h), a process group of its own, default signals; and it
 * is killed when we die, however we die. Who starts it, we or a starter, makes
 * no difference to it, nor to whoever uses this.
 */
#ifndef TRANSPORT_PROC_H
#define TRANSPORT_PROC_H

#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"
#include "loop/loop.h"
#include "transport/starter.h"

struct proc_options {
	const char *const *argv; /* argv[0] is a path, or a name in PATH */
	const char *const *env;  /* NULL: as ours is */
	bool keeps_stderr;       /* ours; else a pipe */
	int control_fd; /* becomes its CONTROL_BIRTH_FD; -1: none. Stays the
	                   caller's */

	/* Who starts it, by a recipe of those words; NULL: this process. */
	struct starter *starter;

	const char *const *nested; /* as of struct birth; NULL: not so */
};

/* Our ends; -1: closed, or there is none. Writing never blocks. */
struct proc {
	pid_t pid; /* 0: it was waited for */
	int in, out, err;
	int status;          /* as of waitpid(2), once pid is 0 */
	struct rusage usage; /* the same; with what it waited for */

	/* If a starter did it: */
	struct starter *starter; /* NULL: this process did */
	uint32_t number;
	int pidfd;
};

#define PROC_NONE                                                              \
	{                                                                      \
		.pid = 0, .in = -1, .out = -1, .err = -1, .pidfd = -1          \
	}

int proc_start(struct proc *proc, const struct proc_options *options,
    struct err *err);

/* Has it ended? Never waits. What it started dies with it. */
bool proc_reap(struct proc *proc);

/* Its whole group, at once; it is still to be waited for. */
void proc_kill(struct proc *proc);

/*
 * Where it may run, base/processor.h: PROCESSOR_ANY is where whoever started it
 * may. Where that cannot be set, nothing.
 */
void proc_place(struct proc *proc, uint32_t processor);

/* Kills what is left, waits for it, closes everything. */
void proc_clear(struct proc *proc);

/*
 * Its end, in a loop: called once, when it has ended; then it is out. It is
 * still to be waited for, proc_reap(). `call` and `ctx` are the caller's; out
 * before the proc is cleared.
 */
struct proc_watch {
	void (*call)(void *ctx);
	void *ctx;

	struct loop_child child;
	struct loop_fd fd;
};

void proc_watch_start(struct proc_watch *watch, struct loop *loop,
    const struct proc *proc);
void proc_watch_stop(struct proc_watch *watch);

#endif
