#include "jail/enter.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/landlock.h"
#include "base/mem.h"
#include "jail/step.h"

const struct enter_space enter_spaces[ENTER_SPACES] = {
	{ CLONE_NEWNET, JAIL_NET_NS },
	{ CLONE_NEWCGROUP, JAIL_CGROUP_NS },
	{ CLONE_NEWUTS, JAIL_UTS_NS },
	{ CLONE_NEWIPC, JAIL_IPC_NS },
	{ CLONE_NEWPID, JAIL_PID_NS },
	{ CLONE_NEWNS, JAIL_MOUNT_NS },
	{ CLONE_NEWUSER, JAIL_USER_NS },
};

int
enter_without_files(struct jail *jail, bool has_mounts, struct report *report)
{
	int why;

	if (has_mounts) {
		bool is_covered;

		report->at = AT_PIVOT;
		if (root_pivot(&is_covered) == -1)
			return -1;
		layer_on(jail, JAIL_ROOT,
		    is_covered ? "empty file system over the old one; "
				 "pivot_root: EINVAL"
			       : "empty file system");
		return 0;
	}
	report->at = AT_CHROOT;
	if (root_chroot() == 0) {
		layer_on(jail, JAIL_ROOT, "chroot");
		return 0;
	}
	why = errno;
	layer_off(jail, JAIL_ROOT, why, NULL);
	if (landlock_abi() > 0)
		return 0;
	errno = why;
	return -1;
}

bool
enter_may_keep_files(const struct report *report,
    const struct jail_options *options)
{
	return report->at == AT_CHROOT &&
	       (options->allow_missing & JAIL_MISSING_FILESYSTEM) != 0;
}

void
enter_note(struct jail *jail, unsigned long flags)
{
	for (size_t i = 0; i < ENTER_SPACES; i++) {
		if ((flags & enter_spaces[i].flag) != 0)
			layer_on(jail, enter_spaces[i].layer, NULL);
	}
}

/* "mount: EPERM", "user namespace: EPERM": what stands in the root's way. */
static const char *
obstacle(struct jail *jail)
{
	const struct jail_layer_state *mount = &jail->layer[JAIL_MOUNT_NS];
	const struct jail_layer_state *user = &jail->layer[JAIL_USER_NS];

	return mount->call != NULL
	           ? pool_printf(&jail->pool, "%s: %s", mount->call,
			 layer_errno(mount->why))
	           : pool_printf(&jail->pool, "user namespace: %s",
			 layer_errno(user->why));
}

int
enter_no_fence(struct jail *jail, const struct report *report, struct err *err)
{
	return err_set(err,
	    "cannot take the file system away: %s; chroot: %s; Landlock: not "
	    "supported. See the sandbox page; to run without this layer: "
	    "--sandbox-allow-missing=filesystem",
	    obstacle(jail), layer_errno(report->why));
}

static void
warn_of_fences(struct jail *jail)
{
	const struct jail_layer_state *user = &jail->layer[JAIL_USER_NS];
	const struct jail_layer_state *mount = &jail->layer[JAIL_MOUNT_NS];
	const struct jail_layer_state *root = &jail->layer[JAIL_ROOT];
	const char *note = root->note != NULL ? root->note : "";

	if (mount->call != NULL)
		layer_warn(jail, "%s: %s%s", mount->call,
		    layer_errno(mount->why),
		    root->state == JAIL_ON ? "; using chroot" : "");
	else if (root->state == JAIL_ON && strcmp(note, "chroot") == 0)
		layer_warn(jail, "no user namespace (%s); using chroot",
		    layer_errno(user->why));
	if (root->state == JAIL_OFF && landlock_abi() > 0)
		layer_warn(jail,
		    "files are protected by Landlock and the filter only");
	else if (root->state == JAIL_OFF)
		layer_warn(jail, "FILES ARE PROTECTED BY THE FILTER ONLY "
				 "(--sandbox-allow-missing=filesystem)");
	if (jail->layer[JAIL_NET_NS].state == JAIL_OFF)
		layer_warn(jail,
		    "no network namespace (%s); the filter alone forbids "
		    "sockets",
		    layer_errno(jail->layer[JAIL_NET_NS].why));
}

static void
warn_of_others(struct jail *jail)
{
	static const enum jail_layer other[] = { JAIL_PID_NS, JAIL_IPC_NS,
		JAIL_UTS_NS, JAIL_CGROUP_NS };
	struct buf names = BUF_IN(&jail->pool);
	int why = 0;

	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		if (jail->layer[other[i]].state != JAIL_OFF)
			continue;
		why = jail->layer[other[i]].why;
		buf_printf(&names, "%s%s", names.n != 0 ? ", no " : "no ",
		    layer_name(other[i]));
	}
	if (names.n != 0)
		layer_warn(jail, "%s (%s)", buf_cstr(&names), layer_errno(why));
}

void
enter_warn(struct jail *jail)
{
	warn_of_fences(jail);
	warn_of_others(jail);
}
