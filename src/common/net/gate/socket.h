/*
 * socket: opening one. Only the broker and the direct dialler do.
 */
#ifndef GATE_SOCKET_H
#define GATE_SOCKET_H

#include "gate/net_config.h"

enum socket_flag {
	/* UDP from a port out of 1025 to 65535 drawn by us (RFC 5452, 9.2),
	 * not one of the kernel's smaller range; needs bind(2) */
	SOCKET_DRAW_PORT = 1 << 0,
};

/*
 * A socket that does not block, is close-on-exec, and is connected or on the
 * way: *is_pending, then poll(2) for writing and ask socket_error(). -1 with
 * *errnum.
 */
int socket_connect(enum dial_proto proto, const struct addr *to, unsigned flags,
    bool *is_pending, int *errnum);

/* How a pending connection ended: 0, or the errno value. */
int socket_error(int fd);

#endif
