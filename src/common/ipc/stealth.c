#include "ipc/stealth.h"

const struct stealth_level stealth_levels[STEALTHS] = {
	[STEALTH_LOUD] = { "loud", "Loud",
	    "may be noticed, or look like an attack" },
	[STEALTH_NORMAL] = { "normal", "Normal", "looks like any visitor" },
	[STEALTH_PASSIVE] = { "passive", "Passive",
	    "does not touch the target: others are asked" },
	[STEALTH_OFFLINE] = { "offline", "Offline", "touches no network" },
};

int
stealth_by_name(struct str name)
{
	for (int i = 0; i < STEALTHS; i++) {
		if (str_is(name, stealth_levels[i].name))
			return i;
	}
	return -1;
}
