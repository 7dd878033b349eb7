/*
 * seccomp: puts a filter of system calls in force. Linux only.
 */
#ifndef BASE_SECCOMP_H
#define BASE_SECCOMP_H

#include <stddef.h>

struct sock_filter; /* <linux/filter.h> */

/*
 * For good, and for every thread that there is; no new privileges must be set.
 * 0; -1 with errno: ENOSYS: the kernel has no seccomp, or cannot kill a process
 * (before 4.14), EBUSY: a thread cannot have it.
 */
int seccomp_load(const struct sock_filter *code, size_t n);

/* The same for this thread alone; the descriptor of who is asked instead. */
int seccomp_load_asking(const struct sock_filter *code, size_t n);

#endif
