#include "transport/starter_packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RIGHTS_BYTES (STARTER_FDS * sizeof(int))

int
starter_read(const void *p, size_t n, size_t fds, size_t recipes,
    struct starter_ask *out)
{
	struct starter_ask ask;

	if (n != sizeof(ask))
		return -1;
	memcpy(&ask, p, sizeof(ask));
	if (ask.version != STARTER_VERSION || ask.kind < STARTER_START ||
	    ask.kind > STARTER_END)
		return -1;
	if (ask.kind == STARTER_START) {
		if (ask.recipe >= recipes || ask.has_control > 1 ||
		    ask.number != 0 || fds != 3u + ask.has_control)
			return -1;
	} else if (ask.recipe != 0 || ask.has_control != 0 ||
		   ask.number >= STARTER_CHILDREN || fds != 0) {
		return -1;
	}
	*out = ask;
	return 0;
}

int
starter_send(int socket, const void *p, size_t n, const int *fd, size_t fds)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(RIGHTS_BYTES)];
	} rights = { .bytes = { 0 } };
	struct iovec part = { .iov_base = (void *)p, .iov_len = n };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (fds != 0) {
		rights.head.cmsg_level = SOL_SOCKET;
		rights.head.cmsg_type = SCM_RIGHTS;
		rights.head.cmsg_len = CMSG_LEN(fds * sizeof(*fd));
		memcpy(CMSG_DATA(&rights.head), fd, fds * sizeof(*fd));
		msg.msg_control = rights.bytes;
		msg.msg_controllen = CMSG_SPACE(fds * sizeof(*fd));
	}
	do
		sent = sendmsg(socket, &msg, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == (ssize_t)n ? 0 : -1;
}

static void
take_rights(struct msghdr *msg, int *fd, size_t *fds, size_t most)
{
	*fds = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int one;

			memcpy(&one, CMSG_DATA(c) + i * sizeof(one),
			    sizeof(one));
			if (*fds < most)
				fd[(*fds)++] = one;
			else
				(void)close(one);
		}
	}
}

ssize_t
starter_recv(int socket, void *p, size_t most, int *fd, size_t *fds)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(RIGHTS_BYTES)];
	} rights;
	struct iovec part = { .iov_base = p, .iov_len = most };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = rights.bytes,
		.msg_controllen = sizeof(rights.bytes),
	};
	size_t room = *fds;
	ssize_t n;

	*fds = 0;
	do
		n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n <= 0)
		return n;
	take_rights(&msg, fd, fds, room);
	if ((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return n;
	while (*fds != 0)
		(void)close(fd[--*fds]);
	errno = EMSGSIZE;
	return (msg.msg_flags & MSG_TRUNC) != 0 ? -1 : n;
}
