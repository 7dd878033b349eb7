/* descriptors: how many a process has, and one that comes with a packet. */
#ifndef TEST_DESCRIPTORS_H
#define TEST_DESCRIPTORS_H

#include <dirent.h>
#include <string.h>
#include <sys/socket.h>

/* To be compared with an earlier count only: two entries are no descriptor. */
static inline unsigned
count_descriptors(void)
{
	DIR *d = opendir("/dev/fd");
	unsigned n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

/*
 * What is there now, as recvmsg(2) says: it never waits, as fds_recv() may.
 * *fd: the caller's, or -1 if none came.
 */
static inline ssize_t
recv_descriptor(int socket, void *p, size_t most, int *fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { p, most };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	ssize_t n = recvmsg(socket, &msg, MSG_DONTWAIT);

	*fd = -1;
	if (n != -1 && msg.msg_controllen != 0)
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(*fd));
	return n;
}

#endif
