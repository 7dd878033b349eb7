/*
 * The generator of the filters on tables that it must refuse. The table is the
 * test's own, and can be written: the generator reads the one that is there.
 */
#define policy_rules declared_rules
#include "jail/emit.h"
#undef policy_rules

#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

#define MOST_RULES 600

struct policy_rule policy_rules[MOST_RULES + 1];

static void
fill(size_t n, const char *call, uint32_t verdict, uint32_t step)
{
	memset(policy_rules, 0, sizeof(policy_rules));
	for (size_t i = 0; i < n; i++) {
		struct policy_rule *r = &policy_rules[i];

		(void)snprintf(r->call, sizeof(r->call), "%s", call);
		r->verdict = verdict + step * (uint32_t)i;
		r->nets = POLICY_NONE;
		r->when[0] = (struct policy_condition){ .arg = 1,
			.test = POLICY_IS, .value = (uint32_t)i };
	}
}

/* "" if the table is taken. */
static const char *
refusal(void)
{
	static struct emitted out;
	const char *why = NULL;

	return emit(&out, CALL_X86_64, POLICY_NONE, &why) == -1 ? why : "";
}

static void
a_call_that_nobody_knows_is_named(void)
{
	fill(1, "raed", SECCOMP_RET_ALLOW, 0);
	CHECK_CSTR(refusal(), "raed");
}

static void
a_program_has_an_end(void)
{
	fill(100, "ioctl", SECCOMP_RET_ALLOW, 0);
	CHECK_CSTR(refusal(), "");
	fill(MOST_RULES, "ioctl", SECCOMP_RET_ALLOW, 0);
	CHECK_CSTR(refusal(), "the program is too long");
}

static void
verdicts_are_counted(void)
{
	fill(10, "ioctl", SECCOMP_RET_ERRNO | 1, 1);
	CHECK_CSTR(refusal(), "");
	fill(40, "ioctl", SECCOMP_RET_ERRNO | 1, 1);
	CHECK_CSTR(refusal(), "too many different verdicts");
}

static void
an_empty_table_stops_everything(void)
{
	static struct emitted out;
	const char *why = NULL;

	fill(0, "", 0, 0);
	CHECK_INT(emit(&out, CALL_AARCH64, POLICY_NONE, &why), 0);
	CHECK_INT(out.selves, 0);
	for (unsigned i = 0; i < out.n; i++)
		CHECK(out.code[i].code != (BPF_RET | BPF_K) ||
		    out.code[i].k != SECCOMP_RET_ALLOW);
}

CHECK_MAIN(CASE(a_call_that_nobody_knows_is_named), CASE(a_program_has_an_end),
    CASE(verdicts_are_counted), CASE(an_empty_table_stops_everything))
