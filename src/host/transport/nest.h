/*
 * nest: a process that is born into namespaces of its own, process 1 there. A
 * child without the network needs nobody of its own between it and us then: it
 * makes its jail in its own process (sandbox/jail/born.c), we keep the deadline
 * and hear how it ended. Used by birth.c alone.
 *
 * An ordinary user's is born into all of them. What it may do in there, and
 * needs for its root, goes over its exec as ambient capabilities, which the
 * jail takes away. Root's loads its files as root first, so it makes its user
 * and mount namespace itself, later.
 *
 * Where the kernel refuses any of it nobody is born so, and the program is
 * started as everywhere else, and finds out what it can have. Linux only.
 * Source: docs/jail.md, "Without an outer half".
 */
#ifndef TRANSPORT_NEST_H
#define TRANSPORT_NEST_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether the program may be born so: it has no privileges of its own, which
 * would take away what it is given here, and we are one user: who. Asked of the
 * system once, before the host locks itself; what is said then holds.
 */
bool nest_suits(const char *program, uid_t *uid, gid_t *gid);

/*
 * A pidfd of this process, for who is born to see whether it still lives; at
 * least `from`, close-on-exec, and open to the end. -1: the system has none.
 */
int nest_parent(int from);

/*
 * Makes an empty namespace of the network for all who are born from now on, who
 * have one each otherwise; where Landlock keeps them from each other in it (ABI
 * 6), and the kernel lets us. Before this process hides: an ordinary user's has
 * to write its own map. With is_for_all no other process will be started here,
 * and this one goes into it for good (an ordinary user's into a user namespace,
 * too); else two descriptors stay open, close-on-exec, and each birth costs a
 * process in between. A user namespace without a map is the end.
 */
void nest_share(bool is_for_all);

/*
 * As vfork(2), into namespaces: body(arg) is what the new process does, with
 * our memory, until its exec or end; we wait for that. -1 with errno.
 */
pid_t nest_clone(int (*body)(void *arg), void *arg);

/*
 * In it, first of all: its death with the parent, what it needs for its root.
 * Its session it makes itself, behind its exec: to the scheduler that may be a
 * group with a turn of its own, for which we would wait on a busy machine. -1
 * with errno: not to be had; the end if the parent is gone.
 */
int nest_enter(int parent);

#endif
