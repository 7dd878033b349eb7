#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/step.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT           47
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif

#define MOST_CAPS 64 /* bits of the sets */

static int
caps_get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return (int)syscall(SYS_capget, &head, data);
}

static int
caps_set(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return (int)syscall(SYS_capset, &head, data);
}

void
caps_raise(void)
{
	struct __user_cap_data_struct data[2];

	if (caps_get(data) == -1)
		return;
	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted;
	(void)caps_set(data);
}

/* But for the bounding set. */
static int
clear_sets(void)
{
	struct __user_cap_data_struct none[2] = { { 0 } };

	return caps_set(none);
}

/* Wants CAP_SETPCAP; without, the bounding set stays and no_new_privs makes
 * it moot. */
static bool
drop_bounding(void)
{
	for (int cap = 0; cap < MOST_CAPS; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		return errno == EINVAL; /* the first that does not exist */
	}
	return true;
}

static bool
has_any(const struct __user_cap_data_struct data[2])
{
	for (int i = 0; i < 2; i++) {
		if ((data[i].effective | data[i].permitted |
			data[i].inheritable) != 0)
			return true;
	}
	return false;
}

int
caps_clear(struct jail *jail, bool is_bounded, struct err *err)
{
	struct __user_cap_data_struct now[2];

	/* EINVAL: before 4.3 there are no ambient capabilities */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (clear_sets() == -1)
		return err_sys(err, "cannot drop the capabilities");
	if (caps_get(now) == -1)
		return err_sys(err, "cannot read the capabilities");
	if (has_any(now))
		return err_set(err, "a capability remains");
	layer_on(jail, JAIL_CAPABILITIES,
	    is_bounded ? NULL : "the bounding set stays");
	return 0;
}

int
caps_drop(struct jail *jail, struct err *err)
{
	return caps_clear(jail, drop_bounding(), err);
}

void
caps_note_bounded(struct jail *own)
{
	layer_not_wanted(own, JAIL_USER_NS);
	own->layer[JAIL_USER_NS].note = "the bounding set is empty without it";
}

bool
caps_bound_outer(struct jail *own)
{
	caps_raise();
	if (drop_bounding()) {
		caps_note_bounded(own);
		return true;
	}
	if (unshare(CLONE_NEWUSER) == -1) {
		layer_off(own, JAIL_USER_NS, errno, NULL);
		return false;
	}
	layer_on(own, JAIL_USER_NS, NULL);
	return drop_bounding();
}
