/*
 * group: the control group (cgroup v2) that this process is in, and whether it
 * may be divided: a host that is alone in one that was delegated to it bounds
 * the memory and the number of all its children together (transport/bounds.h).
 * Source: the kernel's Documentation/admin-guide/cgroup-v2.rst.
 *
 *	if (group_folder(&pool, &folder, err) == 0 &&
 *	    group_may_divide(&pool, folder, err) == 0)
 *
 * Why not, in the order in which it is looked for:
 *	there is no cgroup v2
 *	the control group has no controller memory
 *	the control group is not delegated: Permission denied (os error 13)
 *	other processes are in the control group
 */
#ifndef BASE_GROUP_H
#define BASE_GROUP_H

#include "base/err.h"

/* Its folder, like "/sys/fs/cgroup/user.slice/x.scope"; lives in pool. */
int group_folder(struct pool *pool, const char **folder, struct err *err);

int group_may_divide(struct pool *pool, const char *folder, struct err *err);

/*
 * "memory.max" or the like: its text, without the newline; p NULL: there is
 * none, as the controller is not on.
 */
struct str group_value(struct pool *pool, const char *folder, const char *name);

/*
 * The readers behind group_folder(): of /proc/self/cgroup the path of v2, of
 * /proc/self/mountinfo where that is mounted. -1: it is not there, or is where
 * its path cannot be told.
 */
int group_path(struct str cgroup, struct str *path);
int group_mount(struct str mountinfo, struct str *root, struct str *at);

#endif
