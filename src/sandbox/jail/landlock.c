/*
 * landlock: the third fence around files, and one around the network, of a
 * kernel that has it (base/landlock.h). A set of rules that handles everything
 * its ABI knows and allows nothing is put on. It stands beside the empty root
 * and the filter, and takes the place of the root where that cannot be had.
 */
#include <errno.h>

#include "base/landlock.h"
#include "base/mem.h"
#include "jail/step.h"

#define BOTH_WAYS (LANDLOCK_BIND | LANDLOCK_CONNECT)

/* With no rule: all that is handled is refused. */
static int
apply(struct jail *jail, unsigned net, unsigned scopes, struct err *err)
{
	static const char *const note[] = { "ABI 1", "ABI 2", "ABI 3", "ABI 4",
		"ABI 5", "ABI 6", "ABI 7 or later" };
	int abi = landlock_abi(), rules;

	if (abi == 0) {
		layer_off(jail, JAIL_LANDLOCK, errno, "not supported");
		return 0;
	}
	rules = landlock_rules(abi, net, scopes);
	if (rules == -1 || landlock_enforce(rules) == -1)
		return err_sys(err, "cannot enforce Landlock");
	if (abi > (int)ARRAY_SIZE(note))
		abi = (int)ARRAY_SIZE(note);
	layer_on(jail, JAIL_LANDLOCK, note[abi - 1]);
	return 0;
}

int
landlock_apply(struct jail *jail, enum jail_net net, struct err *err)
{
	if (apply(jail, net == JAIL_NET_DIRECT ? LANDLOCK_BIND : BOTH_WAYS,
		LANDLOCK_UNIX | LANDLOCK_SIGNALS, err) == -1)
		return -1;
	if (jail->layer[JAIL_LANDLOCK].state == JAIL_OFF)
		layer_warn(jail, "no Landlock (%s)",
		    layer_errno(jail->layer[JAIL_LANDLOCK].why));
	return 0;
}

int
landlock_apply_outer(struct jail *own, bool with_connections, struct err *err)
{
	return apply(own, with_connections ? LANDLOCK_BIND : BOTH_WAYS,
	    LANDLOCK_UNIX, err);
}
