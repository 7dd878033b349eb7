/*
 * agreed: what both programs have to say alike, and no message carries.
 */
#ifndef BASE_AGREED_H
#define BASE_AGREED_H

/*
 * Where a worker finds the broker's socket, if it has one, and its outer half
 * the other end.
 */
#define BROKER_FD 3

/* Where our host puts a child's end of control (broker/notice.h). */
#define CONTROL_BIRTH_FD 3

/*
 * In its place, for a child that is born into namespaces of its own: a pidfd of
 * its parent, to see whether that still lives.
 */
#define PARENT_BIRTH_FD 3

/*
 * In an outer half that is the broker BROKER_FD is its end of that socket. On
 * the next comes its host's word, if the parent is ours; behind it is the socket
 * on which the kernel tells our own addresses. Every socket that it opens has a
 * number from OUTER_SOCKETS_FD on: its filter lets no other be connected.
 */
#define CONTROL_FD       4
#define OUTER_NETLINK_FD 5
#define OUTER_SOCKETS_FD 6

/* The version whose functions and files we provide, not the program's own. */
#define COMPATIBLE_VERSION "0.26.1"

#endif
