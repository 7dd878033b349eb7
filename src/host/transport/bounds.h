/*
 * bounds: what all children of a host may have together, where the host is
 * alone in a control group that was delegated to it:
 *
 *	systemd-run --user --scope -p Delegate=yes sn0int run ...
 *
 * The group is divided into one for the host and one for its children, which
 * has BOUNDS_MEMORY of the machine's memory and BOUNDS_PROCESSES processes.
 * Where the children have used that up, the system ends one of them, and
 * nobody else. A child is born into the group of its parent, so it is enough
 * to put the starter (starter.h) there. What is left when the host ends are
 * two empty groups, which whoever delegated the group removes with it: systemd
 * does.
 * Source: docs/jail.md, "The host".
 */
#ifndef TRANSPORT_BOUNDS_H
#define TRANSPORT_BOUNDS_H

#include <sys/types.h>

#include "base/err.h"

#define BOUNDS_MEMORY_PERCENT 75
#define BOUNDS_PROCESSES      4096

struct bounds {
	const char *children;      /* the folder of their group; NULL: none */
	unsigned long long memory; /* bytes */
};

#define BOUNDS_NONE                                                            \
	{                                                                      \
		.children = NULL                                               \
	}

/*
 * Divides the group of that folder (base/group.h) and goes into the host's
 * part of it. Strings live in pool. -1: why it cannot be, and this process is
 * where it was.
 */
int bounds_make(struct bounds *bounds, struct pool *pool, const char *folder,
    struct err *err);

/* A process, and all that it will start, is a child. */
int bounds_put(const struct bounds *bounds, pid_t pid, struct err *err);

#endif
