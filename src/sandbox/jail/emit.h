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

#define EMIT_MAX  1024 /* instructions; the kernel takes 4096 */
#define EMIT_SELF 4    /* places where the process number is compared */

struct emitted {
	struct sock_filter code[EMIT_MAX];
	unsigned n;
	/* instructions whose k is to become the process number; it is 1, which
	 * is right in a pid namespace */
	unsigned self[EMIT_SELF], selves;
};

/*
 * nets: one bit of enum policy_net, perhaps with POLICY_AUDIT. -1: a row that
 * names no known call, or too long a program; *why says which.
 */
int emit(struct emitted *out, enum call_arch arch, unsigned nets,
    const char **why);

#endif
