#include "base/fds.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#define MOST_FDS     (1 << 20) /* as many as Linux gives by default */
#define RIGHTS_BYTES (FDS_MOST * sizeof(int))

/* Room for the descriptors of a packet, aligned as the head has to be. */
union rights {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(RIGHTS_BYTES)];
};

static int
close_one_by_one(unsigned from, unsigned to)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &most) == -1 || most.rlim_max > MOST_FDS)
		most.rlim_max = MOST_FDS;
	if (to >= most.rlim_max)
		to = (unsigned)most.rlim_max - 1;
	for (int fd = (int)from; fd <= (int)to; fd++) {
		if (close(fd) == -1 && errno != EBADF && errno != EINTR)
			return -1;
	}
	return 0;
}

int
fds_close_span(unsigned from, unsigned to)
{
	if (from > to)
		return 0;
#ifdef SYS_close_range
	/* ENOSYS: before Linux 5.9 */
	if (syscall(SYS_close_range, from, to, 0) == 0)
		return 0;
#endif
	return close_one_by_one(from, to);
}

void
fds_drop(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

int
fds_send(int socket, struct str packet, const int *fd, size_t n, int flags)
{
	union rights rights = { .bytes = { 0 } };
	struct iovec part = { (void *)packet.p, packet.n };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (n != 0) {
		rights.head.cmsg_level = SOL_SOCKET;
		rights.head.cmsg_type = SCM_RIGHTS;
		rights.head.cmsg_len = CMSG_LEN(n * sizeof(*fd));
		memcpy(CMSG_DATA(&rights.head), fd, n * sizeof(*fd));
		msg.msg_control = &rights;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(*fd));
	}
	do
		sent = sendmsg(socket, &msg, flags | MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? -1 : 0;
}

static void
take_rights(struct msghdr *msg, struct fds *out)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		/* there was no room for more */
		assert(n <= FDS_MOST - out->n);
		memcpy(out->fd + out->n, CMSG_DATA(c), n * sizeof(int));
		out->n += n;
	}
}

ssize_t
fds_recv(int socket, void *p, size_t most, struct fds *out)
{
	union rights rights;
	struct iovec part = { p, most };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights),
	};
	ssize_t n;

	*out = (struct fds){ .n = 0 };
	do
		n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	take_rights(&msg, out);
	out->is_cut = (msg.msg_flags & MSG_CTRUNC) != 0;
	if (n == 0 || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		fds_close(out);
	if ((msg.msg_flags & MSG_TRUNC) == 0)
		return n;
	errno = EMSGSIZE;
	return -1;
}

void
fds_close(struct fds *fds)
{
	while (fds->n != 0)
		(void)close(fds->fd[--fds->n]);
}
