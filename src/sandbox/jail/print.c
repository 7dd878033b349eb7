#include <linux/seccomp.h>

#include "jail/jail.h"
#include "jail/policy.h"
#include "jail/step.h"

static void
print_condition(const struct policy_condition *c, struct buf *out)
{
	static const char *const word[] = {
		[POLICY_IS] = "is",
		[POLICY_WITHIN] = "within",
		[POLICY_IS32] = "is",
		[POLICY_WITHIN32] = "within",
		[POLICY_UP_TO32] = "at most",
		[POLICY_FROM32] = "at least",
		[POLICY_SELF32] = "is",
		[POLICY_WORKER32] = "is",
	};

	buf_printf(out, "argument %d %s %s", c->arg, word[c->test], c->text);
	if (c->ignore != 0)
		buf_printf(out, ", bits 0x%x aside", c->ignore);
}

static void
print_rule(const struct policy_rule *r, struct buf *out)
{
	if (r->verdict == SECCOMP_RET_ALLOW)
		buf_add(out, STR("allow    "));
	else
		buf_printf(out, "%-9s",
		    layer_errno(r->verdict & SECCOMP_RET_DATA));
	buf_add(out, str_of(r->call));
	for (int i = 0; i < POLICY_CONDITIONS; i++) {
		if (r->when[i].test == POLICY_END)
			break;
		buf_add(out, i == 0 ? STR(": ") : STR(", "));
		print_condition(&r->when[i], out);
	}
	buf_printf(out, "\n         -- %s\n", r->why);
}

static void
print_rules(const struct policy *policy, unsigned variant, struct buf *out)
{
	const struct policy_rule *r;

	for (r = policy->rules; r->call[0] != '\0'; r++) {
		if ((r->variants & variant) != 0)
			print_rule(r, out);
	}
	if (policy->rest != SECCOMP_RET_KILL_PROCESS)
		buf_add(out,
		    STR("stop     everything else\n"
			"kill     any call of another architecture\n"));
	else
		buf_add(out, STR("kill     everything else\n"));
}

/* The variants of the outer half beside a worker with this network. */
static void
print_outer(enum jail_net net, struct buf *out)
{
	for (int kind = OUTER_WAITS; kind <= OUTER_BROKERS; kind++) {
		if ((kind == OUTER_BROKERS) != (net == JAIL_NET_BROKER))
			continue;
		buf_printf(out, "\nouter half, %s:\n",
		    outer_kind_name((enum outer_kind)kind));
		print_rules(&policy_outer, outer_variant((enum outer_kind)kind),
		    out);
	}
}

void
jail_print_policy(enum jail_net net, struct buf *out)
{
	buf_add(out, STR("worker:\n"));
	print_rules(&policy_worker, worker_variant(net), out);
	print_outer(net, out);
}
