/*
 * filter: the generated seccomp programs, and how one is loaded.
 */
#ifndef JAIL_FILTER_H
#define JAIL_FILTER_H

#include <linux/filter.h>
#include <sys/types.h>

#include "jail/policy.h"

/* Instructions whose k is a number of struct policy_numbers. */
struct filter_spots {
	size_t n;
	const unsigned *at;
};

struct filter {
	enum call_arch arch;
	unsigned variant; /* as policy_verdict() takes it */
	size_t n;
	const struct sock_filter *code;
	struct filter_spots self, worker;
};

/* In filters.c, which gen.c writes; ends with n == 0. */
extern const struct filter filters[];

/* The program of this architecture; NULL: there is none. */
const struct filter *filter_by_variant(unsigned variant);

/*
 * Puts the program in force (base/seccomp.h). Returns the listener's descriptor
 * with POLICY_AUDIT, else 0; -1 with errno.
 */
int filter_load(const struct filter *filter,
    const struct policy_numbers *numbers);

#endif
