/* The generator of the filters on tables that it must refuse. */
#include "jail/emit.h"

#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "verdict.h"

#define MOST_RULES 600

static struct policy_rule rules[MOST_RULES + 1];
static const struct policy policy = { rules, POLICY_TRAP };

static void
fill(size_t n, const char *call, uint32_t verdict, uint32_t step)
{
	memset(rules, 0, sizeof(rules));
	for (size_t i = 0; i < n; i++) {
		struct policy_rule *r = &rules[i];

		(void)snprintf(r->call, sizeof(r->call), "%s", call);
		r->verdict = verdict + step * (uint32_t)i;
		r->variants = POLICY_NONE;
		r->when[0] = (struct policy_condition){ .arg = 1,
			.test = POLICY_IS,
			.value = (uint32_t)i };
	}
}

/* "" if the table is taken. */
static const char *
refusal(void)
{
	static struct emitted out;
	const char *why = NULL;

	return emit(&out, CALL_X86_64, &policy, POLICY_NONE, &why) == -1 ? why
	                                                                 : "";
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
a_process_is_compared_in_so_many_places(void)
{
	static const enum policy_test test[] = { POLICY_SELF32,
		POLICY_WORKER32 };

	for (size_t k = 0; k < 2; k++) {
		fill(EMIT_SPOTS + 1, "tgkill", SECCOMP_RET_ALLOW, 0);
		for (size_t i = 0; i <= EMIT_SPOTS; i++)
			rules[i].when[1] = (struct policy_condition){ .arg = 0,
				.test = test[k],
				.value = 1 };
		CHECK_CSTR(refusal(), "too many rows ask for one process");
		rules[EMIT_SPOTS].call[0] = '\0';
		CHECK_CSTR(refusal(), "");
	}
}

/* Each call has a row with conditions of its own: some are out of the reach of
 * a conditional jump. */
static void
far_places_are_reached(void)
{
	static struct emitted out;
	const char *why = NULL;
	size_t n = 0;

	fill(0, "", 0, 0);
	for (long nr = 0; nr < 75; nr++) {
		const char *name = call_name(CALL_X86_64, nr);
		struct policy_rule *r = &rules[n];

		if (name == NULL)
			continue;
		(void)snprintf(r->call, sizeof(r->call), "%s", name);
		r->verdict = SECCOMP_RET_ALLOW;
		r->variants = POLICY_NONE;
		for (int i = 0; i < 2; i++)
			r->when[i] =
			    (struct policy_condition){ .arg = (uint8_t)i,
				    .test = POLICY_IS,
				    .value = (uint32_t)nr };
		n++;
	}
	CHECK_INT(emit(&out, CALL_X86_64, &policy, POLICY_NONE, &why), 0);
	CHECK(out.n > 500);
	for (long nr = 0; nr < 200; nr++) {
		struct seccomp_data data = { .nr = (int)nr,
			.arch = call_arch_audit(CALL_X86_64),
			.args = { (uint64_t)nr, (uint64_t)nr } };
		bool is_known = nr < 75 && call_name(CALL_X86_64, nr) != NULL;

		CHECK_INT(verdict_of(out.code, out.n, &data),
		    is_known ? SECCOMP_RET_ALLOW : POLICY_TRAP);
		data.args[1] ^= UINT64_C(1) << 32;
		CHECK_INT(verdict_of(out.code, out.n, &data), POLICY_TRAP);
	}
}

static void
an_empty_table_stops_everything(void)
{
	static struct emitted out;
	const char *why = NULL;

	fill(0, "", 0, 0);
	CHECK_INT(emit(&out, CALL_AARCH64, &policy, POLICY_NONE, &why), 0);
	CHECK_INT(out.self.n, 0);
	for (unsigned i = 0; i < out.n; i++)
		CHECK(out.code[i].code != (BPF_RET | BPF_K) ||
		      out.code[i].k != SECCOMP_RET_ALLOW);
}

CHECK_MAIN(CASE(a_call_that_nobody_knows_is_named), CASE(a_program_has_an_end),
    CASE(verdicts_are_counted), CASE(a_process_is_compared_in_so_many_places),
    CASE(far_places_are_reached), CASE(an_empty_table_stops_everything))
