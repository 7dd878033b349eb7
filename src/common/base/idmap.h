/*
 * idmap: the map of a user namespace in which there is one user and one group,
 * who are what they are outside. Linux only.
 */
#ifndef BASE_IDMAP_H
#define BASE_IDMAP_H

#include <sys/types.h>

/*
 * Of this process's own namespace, which has none yet. self: /proc/self, opened
 * with O_PATH; AT_FDCWD: it is opened here. -1 with errno.
 */
int idmap_write(int self, uid_t uid, gid_t gid);

#endif
