/* A table that the generator of the filters must refuse: no call has the name. */
#include "jail/policy.h"

#include <linux/seccomp.h>

static const struct policy_rule rules[] = {
	{ "raed", SECCOMP_RET_ALLOW, POLICY_NONE, { { 0 } }, "a slip" },
	{ "" },
};

const struct policy policy_worker = { rules, POLICY_TRAP };
const struct policy policy_outer = { rules, POLICY_TRAP };
