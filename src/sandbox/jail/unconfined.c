/*
 * A system without a second line of defence: nothing runs unless the user has
 * said so, and then a warning says it every time.
 */
#include "jail/step.h"

int
confine_worker(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	if ((options->allow_missing & JAIL_MISSING_ALL) == 0)
		return err_set(err,
		    "this system has no sandbox that we know; to run without: "
		    "--sandbox-allow-missing=all");
	for (int i = JAIL_FILTER; i < JAIL_LAYERS; i++) {
		if (jail->layer[i].state != JAIL_ON)
			layer_off(jail, (enum jail_layer)i, 0,
			    "not on this system");
	}
	layer_warn(jail, "there is NO sandbox on this system: the module can "
			 "do what this user can");
	return 0;
}

int
confine_outer(const struct jail_options *options)
{
	(void)options;
	return 0;
}

void
confine_print(enum jail_net net, struct buf *out)
{
	(void)net;
	buf_add(out, STR("no filter on this system\n"));
}
