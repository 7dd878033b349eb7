/*
 * fds: descriptors by the number: many closed at once, and some on their way to
 * another process, over a socket of this machine, with a packet.
 */
#ifndef BASE_FDS_H
#define BASE_FDS_H

#include <sys/types.h>

#include "base/str.h"

#define FDS_MOST 4 /* with a packet */

/*
 * Descriptors from, from + 1, ... to. Allocates nothing, so it may stand between
 * vfork(2) and exec. -1 with errno.
 */
int fds_close_span(unsigned from, unsigned to);

/* Closes it, unless it is -1, which it is then. */
void fds_drop(int *fd);

/*
 * One packet, with n descriptors, which stay the caller's; flags: of
 * sendmsg(2), MSG_NOSIGNAL is added. -1 with errno; never interrupted.
 */
int fds_send(int socket, struct str packet, const int *fd, size_t n, int flags);

/* What came with a packet: the receiver's, close-on-exec. */
struct fds {
	int fd[FDS_MOST];
	size_t n;
	bool is_cut; /* there were more, or no room for them in this process:
	                then n is 0, and those that had come were closed */
};

/*
 * One packet, and what came with it. The bytes that came; 0: the end, or none,
 * and with none come no descriptors; -1 with errno, EMSGSIZE: it has more than
 * `most`. Never interrupted.
 */
ssize_t fds_recv(int socket, void *p, size_t most, struct fds *out);

void fds_close(struct fds *fds);

#endif
