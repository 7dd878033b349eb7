/* fds: what comes with a packet is the receiver's, all of it or nothing. */
#include "base/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define BELOW 200 /* descriptors that this test counts */

static unsigned
open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < BELOW; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
make_pair(int pair[2])
{
	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair),
	    0);
}

static void
close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static void
they_come_with_the_packet(void)
{
	for (size_t n = 0; n <= FDS_MOST; n++) {
		const int fd[FDS_MOST] = { 0, 1, 2, 0 };
		int pair[2];
		char bytes[3];
		struct fds came;
		unsigned before;

		make_pair(pair);
		before = open_fds();
		CHECK_INT(fds_send(pair[0], STR("abc"), fd, n, 0), 0);
		CHECK_INT(fds_recv(pair[1], bytes, sizeof(bytes), &came), 3);
		CHECK_INT(came.n, n);
		CHECK(!came.is_cut);
		CHECK_INT(open_fds(), before + n);
		for (size_t i = 0; i < n; i++)
			CHECK_INT(fcntl(came.fd[i], F_GETFD), FD_CLOEXEC);
		fds_close(&came);
		CHECK_INT(open_fds(), before);
		close_pair(pair);
	}
}

/* As one who is no program of ours would send it. */
static void
send_more(int socket, size_t bytes, size_t n)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} rights = { .bytes = { 0 } };
	char some[8] = { 0 };
	struct iovec part = { some, bytes };
	struct msghdr msg = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = CMSG_SPACE(n * sizeof(int)) };

	rights.head.cmsg_level = SOL_SOCKET;
	rights.head.cmsg_type = SCM_RIGHTS;
	rights.head.cmsg_len = CMSG_LEN(n * sizeof(int));
	CHECK_INT(sendmsg(socket, &msg, 0), (ssize_t)bytes);
}

static void
none_is_left_open(void)
{
	static const struct {
		size_t bytes, n;
		ssize_t got;
		bool is_cut;
	} row[] = {
		{ 1, FDS_MOST + 1, 1, true }, { 1, 8, 1, true },
		{ 8, 1, -1, false }, /* a packet that is too long */
		{ 8, 8, -1, true }, { 0, 2, 0, false }, /* as at the end */
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char bytes[4];
		struct fds came;
		int pair[2];
		unsigned before;

		make_pair(pair);
		before = open_fds();
		send_more(pair[0], row[i].bytes, row[i].n);
		CHECK_INT(fds_recv(pair[1], bytes, sizeof(bytes), &came),
		    row[i].got);
		if (row[i].got == -1)
			CHECK_INT(errno, EMSGSIZE);
		CHECK_INT(came.n, 0);
		CHECK_INT(came.is_cut, row[i].is_cut);
		CHECK_INT(open_fds(), before);
		close_pair(pair);
	}
}

static void
no_number_is_left(void)
{
	struct rlimit limit, low;
	struct fds came;
	char byte;
	int pair[2];

	make_pair(pair);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = (rlim_t)pair[1] + 1;
	CHECK_INT(fds_send(pair[0], STR("x"), pair, 1, 0), 0);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &low), 0);
	CHECK_INT(fds_recv(pair[1], &byte, 1, &came), 1);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	CHECK_INT(came.n, 0);
	CHECK(came.is_cut);
	close_pair(pair);
}

static void
a_span_is_closed(void)
{
	int fd[5];
	unsigned before = open_fds();

	for (int i = 0; i < 5; i++)
		fd[i] = fcntl(0, F_DUPFD_CLOEXEC, 100 + i);
	CHECK_INT(fds_close_span(3, 2), 0);
	CHECK_INT(fds_close_span(101, 103), 0);
	CHECK_INT(open_fds(), before + 2);
	CHECK(fcntl(fd[0], F_GETFD) != -1 && fcntl(fd[4], F_GETFD) != -1);
	CHECK_INT(fds_close_span(100, ~0u), 0);
	CHECK_INT(open_fds(), before);
}

CHECK_MAIN(CASE(they_come_with_the_packet), CASE(none_is_left_open),
    CASE(no_number_is_left), CASE(a_span_is_closed))
