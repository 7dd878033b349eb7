/* A table that the generator of the filters must refuse: no call has the name. */
#include "jail/policy.h"

#include <linux/seccomp.h>

const struct policy_rule policy_rules[] = {
	{ "raed", SECCOMP_RET_ALLOW, POLICY_NONE, { { 0 } }, "a slip" },
	{ "" },
};
