/*
 * dump: the generated filters, and what their rows compare with, as JSON, for
 * filter.py and tests/arch: what is loaded is what is tested, for architectures
 * that we cannot run, too.
 */
#include <stdio.h>

#include "jail/calls.h"
#include "jail/filter.h"
#include "jail/policy.h"

static void
print_filter(const struct filter *f)
{
	printf("{\"arch\":\"%s\",\"audit\":%u,\"variant\":%u,\"code\":[",
	    call_arch_name(f->arch), call_arch_audit(f->arch), f->variant);
	for (size_t i = 0; i < f->n; i++)
		printf("%s[%u,%u,%u,%u]", i != 0 ? "," : "", f->code[i].code,
		    f->code[i].jt, f->code[i].jf, f->code[i].k);
	printf("]}\n");
}

/* Each value that a row asks for, as an architecture has it. */
static void
print_values(enum call_arch arch, const struct policy *policy)
{
	for (const struct policy_rule *r = policy->rules; r->call[0] != '\0';
	     r++) {
		for (int i = 0; i < POLICY_CONDITIONS; i++) {
			const struct policy_condition *c = &r->when[i];

			if (c->test == POLICY_END || c->test == POLICY_SELF32 ||
			    c->test == POLICY_WORKER32)
				continue;
			printf("{\"arch\":\"%s\",\"call\":\"%s\",\"text\":"
			       "\"%s\",\"value\":%u}\n",
			    call_arch_name(arch), r->call, c->text,
			    call_value(arch, r->call, c->arg, c->value));
		}
	}
}

/* The calls of an architecture for which the rows of another hold. */
static void
print_kin(enum call_arch arch)
{
	for (long nr = 0; nr < 1024; nr++) {
		const char *name = call_name(arch, nr), *said;

		for (long k = 0; name != NULL && k < 1024; k++) {
			said = call_name(CALL_X86_64, k);
			if (said != NULL && call_number(arch, said) != nr &&
			    call_is(name, said))
				printf("{\"arch\":\"%s\",\"kin\":\"%s\","
				       "\"of\":\"%s\"}\n",
				    call_arch_name(arch), name, said);
		}
	}
}

int
main(void)
{
	for (const struct filter *f = filters; f->n != 0; f++)
		print_filter(f);
	for (int i = 0; i < CALL_ARCHS; i++) {
		enum call_arch arch = (enum call_arch)i;

		print_values(arch, &policy_worker);
		print_values(arch, &policy_outer);
		print_kin(arch);
	}
	return 0;
}
