/*
 * verdict: what the table says of a call, read row by row. The filters say the
 * same by another way (emit.h); the audit asks here, and the tests compare.
 */
#include <stddef.h>

#include "jail/policy.h"

const struct policy *
policy_of(unsigned variant)
{
	return (variant & POLICY_OUTER) != 0 ? &policy_outer : &policy_worker;
}

static bool
holds(const struct policy_condition *c, uint64_t arg,
    const struct policy_numbers *numbers)
{
	uint32_t low = (uint32_t)arg;

	switch (c->test) {
	case POLICY_IS:
		return arg == c->value;
	case POLICY_WITHIN:
		return (arg & ~(uint64_t)c->value) == 0;
	case POLICY_IS32:
		return (low & ~c->ignore) == c->value;
	case POLICY_WITHIN32:
		return (low & ~c->value) == 0;
	case POLICY_UP_TO32:
		return low <= c->value;
	case POLICY_FROM32:
		return low >= c->value;
	case POLICY_SELF32:
		return low == numbers->self;
	case POLICY_WORKER32:
		return low == numbers->worker;
	default:
		return false;
	}
}

static bool
all_hold(enum call_arch arch, const struct policy_rule *r,
    const uint64_t arg[6], const struct policy_numbers *numbers)
{
	for (int i = 0; i < POLICY_CONDITIONS; i++) {
		struct policy_condition c = r->when[i];

		if (c.test == POLICY_END)
			break;
		c.value = call_value(arch, r->call, c.arg, c.value);
		if (!holds(&c, arg[c.arg], numbers))
			return false;
	}
	return true;
}

uint32_t
policy_verdict(enum call_arch arch, unsigned variant, long nr,
    const uint64_t arg[6], const struct policy_numbers *numbers)
{
	const struct policy *policy = policy_of(variant);
	const char *name = call_name(arch, nr);
	const struct policy_rule *r;

	if (name == NULL)
		return policy->rest;
	for (r = policy->rules; r->call[0] != '\0'; r++) {
		if ((r->variants & variant) != 0 && call_is(name, r->call) &&
		    all_hold(arch, r, arg, numbers))
			return r->verdict;
	}
	return policy->rest;
}
