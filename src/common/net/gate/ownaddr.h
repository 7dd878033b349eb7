/*
 * ownaddr: the addresses of this machine's interfaces, as the kernel tells them
 * over a netlink socket (RFC 3549; rtnetlink(7)). One socket serves for ever,
 * with send(2) and recv(2) and without an address, so that a process whose
 * filter lets it open no such socket can go on asking. It is connected to the
 * kernel: nobody else is heard. Where a system has no netlink getifaddrs(3) is
 * asked, and the socket is none. Internal; egress.h is the way in.
 */
#ifndef GATE_OWNADDR_H
#define GATE_OWNADDR_H

#include "base/err.h"
#include "base/str.h"
#include "stream/addr.h"

#define OWNADDR_PACKET_MAX 32768u /* what the kernel sends at once */

struct ownaddr_list {
	struct addr *addr; /* malloc'd */
	size_t n, cap;
};

/* Whatever its port. */
bool ownaddr_has(const struct ownaddr_list *list, const struct addr *addr);
void ownaddr_add(struct ownaddr_list *list, const struct addr *addr);
void ownaddr_clear(struct ownaddr_list *list);

/* A socket for ownaddr_ask(), close-on-exec. -1 with err, and errno. */
int ownaddr_open(struct err *err);

/* Fills in an empty list. -1: they cannot be had. */
int ownaddr_ask(int fd, struct ownaddr_list *list, struct err *err);

enum ownaddr_part {
	OWNADDR_MORE,    /* more packets follow */
	OWNADDR_END,     /* that was all */
	OWNADDR_CHANGED, /* something changed meanwhile: ask again */
	OWNADDR_BAD,     /* no answer, or an error number */
};

/*
 * One packet of the answer to request `number`; what is no address of an
 * interface in it is passed over. Of OWNADDR_BAD *errnum is why. For tests, too.
 */
enum ownaddr_part ownaddr_read(struct str packet, uint32_t number,
    struct ownaddr_list *list, int *errnum);

#endif
