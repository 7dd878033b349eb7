#include "gate/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"

#define DRAWS     8 /* ports tried before the kernel may choose */
#define PORT_LOW  1025u
#define PORT_HIGH 65535u

/* A port that cannot be had is the kernel's affair: connect(2) takes one. */
static void
draw_port(int fd, const struct addr *to)
{
	uint32_t draw[DRAWS];
	struct sockaddr_storage sa;
	struct addr any = addr_ip4((const unsigned char[4]){ 0 }, 0);
	socklen_t n;

	if (!addr_is_ip4(to))
		memset(any.ip, 0, sizeof(any.ip));
	if (getrandom(draw, sizeof(draw), 0) != sizeof(draw))
		return;
	for (size_t i = 0; i < DRAWS; i++) {
		any.port =
		    (uint16_t)(PORT_LOW + draw[i] % (PORT_HIGH - PORT_LOW + 1));
		n = addr_to_sockaddr(&any, &sa);
		if (bind(fd, (struct sockaddr *)&sa, n) == 0)
			return;
	}
}

int
socket_connect(enum dial_proto proto, const struct addr *to, unsigned flags,
    bool *is_pending, int *errnum)
{
	struct sockaddr_storage sa;
	socklen_t n = addr_to_sockaddr(to, &sa);
	int type = proto == DIAL_TCP ? SOCK_STREAM : SOCK_DGRAM, on = 1;
	int fd = socket(sa.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    (int)proto);

	*is_pending = false;
	if (fd == -1) {
		*errnum = errno;
		return -1;
	}
	if (proto == DIAL_UDP && (flags & SOCKET_DRAW_PORT) != 0)
		draw_port(fd, to);
	/* requests are written whole; waiting for more only costs time */
	if (proto == DIAL_TCP)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&sa, n) == 0)
		return fd;
	if (errno == EINPROGRESS) {
		*is_pending = true;
		return fd;
	}
	*errnum = errno;
	close(fd);
	return -1;
}

int
socket_error(int fd)
{
	int error = 0;
	socklen_t n = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == -1)
		return errno;
	return error;
}
