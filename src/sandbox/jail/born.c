/*
 * born: a worker without an outer half. Our host has made its namespaces and
 * started this program in them, as process 1 (host/transport/nest.h), so nothing
 * is cloned here: this process makes its jail in place, and its parent hears how
 * it ended.
 *
 * An ordinary user's was born into all namespaces, without a map: that it can be
 * written shows that nobody has used them before. Root's has its files read as
 * root, is nobody by now, and makes its user and its mount namespace here, in
 * one call, so that the second belongs to the first, as everybody's. Where there
 * are no user namespaces (a chroot, a sysctl) it goes on without, as a clone
 * would.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "jail/enter.h"
#include "jail/step.h"

#define GIVEN_SPACES                                                           \
	(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |           \
	    CLONE_NEWCGROUP)
#define OWN_SPACES (CLONE_NEWUSER | CLONE_NEWNS)

/* Whoever is no child of our host's has namespaces that are others' as well. */
static int
check_birth(const struct jail_options *options, struct err *err)
{
	if (options->net != JAIL_NET_NONE || options->audit ||
	    options->deadline_ms != 0 || options->serve.wait != NULL)
		return err_set(err, "this wants an outer half");
	if (getpid() != 1)
		return err_set(err,
		    "not process 1 of its namespaces: only our host starts it "
		    "with --born");
	return inherit_check(err);
}

/*
 * The death signal was lost with a change of user, and has been asked for again
 * (identity.c); whose parent died in between would not hear of it. getppid(2)
 * is 0 here, always.
 */
static int
check_parent(struct err *err)
{
	struct pollfd p = { .fd = PARENT_BIRTH_FD, .events = POLLIN };

	if (poll(&p, 1, 0) == -1)
		return err_sys(err, "cannot look at the parent");
	if (p.revents != 0)
		return err_set(err, "the parent is gone");
	return 0;
}

/* What a user was born into; the maps can be written once. */
static int
take_up(struct jail *jail, int self, const struct jail_birth *born,
    struct err *err)
{
	if (idmap_write(self, born->uid, born->gid) == -1)
		return err_sys(err, "cannot map user %u", (unsigned)born->uid);
	enter_note(jail, GIVEN_SPACES | OWN_SPACES);
	return 0;
}

/* Root's own. */
static int
make_own(struct jail *jail, int self, struct err *err)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	caps_raise();
	if (unshare(OWN_SPACES) == -1) {
		int why = errno;

		if (unshare(CLONE_NEWNS) == -1)
			return err_sys(err, "cannot have a mount namespace");
		layer_off(jail, JAIL_USER_NS, why, NULL);
		enter_note(jail, GIVEN_SPACES | CLONE_NEWNS);
		return 0;
	}
	if (idmap_write(self, uid, gid) == -1)
		return err_sys(err, "cannot map user %u", (unsigned)uid);
	enter_note(jail, GIVEN_SPACES | OWN_SPACES);
	return 0;
}

/* Where nothing can be mounted there is chroot(2), as in ns.c. */
static int
leave_files(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	struct report report;

	if (enter_without_files(jail, true, &report) == 0)
		return 0;
	layer_off_by(jail, JAIL_MOUNT_NS, "mount", errno);
	if (enter_without_files(jail, false, &report) == 0)
		return 0;
	report.why = errno;
	return enter_may_keep_files(&report, options)
	           ? 0
	           : enter_no_fence(jail, &report, err);
}

int
born_settle(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	int self, status;

	if (check_birth(options, err) == -1 || check_parent(err) == -1)
		return -1;
	self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self == -1)
		return err_sys(err, "cannot open /proc/self");
	status = options->born.uid != 0
	             ? take_up(jail, self, &options->born, err)
	             : make_own(jail, self, err);
	(void)close(self);
	if (status == -1 || leave_files(jail, options, err) == -1)
		return -1;
	jail->pid = getpid();
	enter_warn(jail);
	return 0;
}
