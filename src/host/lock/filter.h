/*
 * filter: the program that gen.c makes from the policy, of this architecture,
 * and the names of its calls. Where there is no table of calls for it, the
 * program is empty.
 */
#ifndef LOCK_FILTER_H
#define LOCK_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

struct lock_name {
	short nr; /* -1: no more */
	char name[30];
};

extern const struct sock_filter lock_program[];
extern const size_t lock_program_n;

/* Instructions whose k is to become the own process number. */
extern const unsigned lock_self[];
extern const size_t lock_selves;

extern const struct lock_name lock_names[];

#endif
