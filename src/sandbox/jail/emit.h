/*
 * emit: the policy as a seccomp program. Runs at build time and in tests; the
 * programs become constants in filters.c, so that loading one is one call.
 *
 * Shape: foreign architectures and x32 numbers are killed; then a balanced
 * tree over the numbers ends in a verdict or in the tests of a call's
 * arguments. No argument is loaded on the way to a call that is always allowed
 * or always refused, so the kernel can answer those without running it (its
 * action cache, since 5.11).
 */
#ifndef JAIL_EMIT_H
#define JAIL_EMIT_H

#include <linux/filter.h>

#include "jail/policy.h"

#define EMIT_MAX   1024 /* instructions; the kernel takes 4096 */
#define EMIT_SPOTS 6    /* places where a number of struct policy_numbers is */

struct emitted {
	struct sock_filter code[EMIT_MAX];
	unsigned n;
	/* instructions whose k is to become a number that is only known when
	 * the filter is loaded; it is 1, which is right for the own one in a
	 * pid namespace */
	struct emit_spots {
		unsigned at[EMIT_SPOTS], n;
	} self, worker;
};

/*
 * variant: one bit of enum policy_variant, perhaps with the audit's of its
 * process; its rows of the policy. -1: a row that names no known call, or too
 * long a program; *why says which.
 */
int emit(struct emitted *out, enum call_arch arch, const struct policy *policy,
    unsigned variant, const char **why);

/*
 * For generators, on standard output: the instructions, and the places, as the
 * inside of an array of C. emit_flush: 0; -1: said on standard error.
 */
void emit_print_code(const struct emitted *e);
void emit_print_spots(const struct emit_spots *spots);
int emit_flush(void);

#endif
