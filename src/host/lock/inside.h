/*
 * inside: what the files of this room share.
 */
#ifndef LOCK_INSIDE_H
#define LOCK_INSIDE_H

#include "lock/lock.h"

/*
 * landlock.c: files, TCP and abstract sockets. 0: the kernel has none; else its
 * ABI; -1: it has, but refuses.
 */
int landlock_restrict(const char *const *path, const struct lock_more *more,
    struct err *err);

/* report.c: the handler of SIGSYS. */
int report_arm(struct err *err);

#endif
