/*
 * The jail where there are no namespaces: OpenBSD, and systems that have only
 * the first line of defence. The order is that of docs/jail.md, "Other
 * systems"; what confines is in pledge.c or unconfined.c.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jail/crash.h"
#include "jail/jail.h"
#include "jail/step.h"
#include "jail/timer.h"

static int
become_nobody(struct err *err)
{
	const uid_t uid = JAIL_NOBODY;
	const gid_t gid = JAIL_NOBODY;

	if (setgroups(1, &gid) == -1)
		return err_sys(err, "cannot leave the groups of root");
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return err_sys(err, "cannot become user %u", (unsigned)uid);
	return 0;
}

static int
change_identity(struct jail *jail, struct err *err)
{
	if (geteuid() == 0 && become_nobody(err) == -1)
		return -1;
	layer_on(jail, JAIL_IDENTITY, NULL);
	return 0;
}

static _Noreturn void
serve(pid_t worker, const struct pipes *pipes, const sigset_t *mask,
    const struct jail_options *options)
{
	static struct outer outer;

	outer = (struct outer){
		.worker = worker,
		.alive = -1,
		.listener = -1,
		.mask = *mask,
	};
	memcpy(outer.pipe, pipes->outer, sizeof(outer.pipe));
	inherit_leave(pipes);
	outer_serve(&outer, options);
}

int
jail_outer(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	struct pipes pipes;
	sigset_t child, mask;
	pid_t pid;

	inherit_wipe_environment(jail);
	if (change_identity(jail, err) == -1 ||
	    inherit_pipes(&pipes, options, err) == -1)
		return -1;
	/* where it is ignored, nobody learns how the worker ended */
	(void)signal(SIGCHLD, SIG_DFL);
	/* the outer half waits for it in ppoll */
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, &mask);
	pid = fork();
	if (pid == -1)
		return err_sys(err, "cannot start the worker");
	if (pid != 0)
		serve(pid, &pipes, &mask, options);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	jail->pid = getpid();
	if (inherit_take(&pipes) == -1)
		return err_sys(err, "cannot replace a terminal");
	return 0;
}

/* The exec of another program is not tried there. */
void
image_exec(struct outer *outer, const struct jail_options *options)
{
	(void)outer, (void)options;
}

void
jail_strip_outer(struct outer *outer, enum outer_kind kind,
    const struct jail_options *options)
{
	(void)outer, (void)kind;
	/* half a jail is none: the worker goes, and we with it */
	if (confine_outer(options) == -1)
		_exit(1);
}

/* There is no filter that asks. */
void
audit_answer(int listener, const struct jail_options *options)
{
	(void)listener, (void)options;
}

int
jail_born(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	(void)jail;
	(void)options;
	return err_set(err, "--born: there are no namespaces on this system");
}

int
jail_close_up(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	if (inherit_close_rest(jail, options, err) == -1 ||
	    crash_arm(options, err) == -1 || timer_arm(options, err) == -1)
		return -1;
	return confine_worker(jail, options, err);
}

void
jail_print_policy(enum jail_net net, struct buf *out)
{
	confine_print(net, out);
}
