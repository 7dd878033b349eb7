/*
 * outbox: notices on their way to the host. They lie here when the host has
 * not read the last ones yet; while any does, the broker does nothing that
 * would make another one.
 */
#ifndef BROKER_OUTBOX_H
#define BROKER_OUTBOX_H

#include "broker/notice.h"

#define OUTBOX_ROOM 8 /* what one thing that the broker does makes at most */

struct outbox {
	int fd; /* of control; -1: nobody listens, and nothing is kept */
	size_t n;
	unsigned char packet[OUTBOX_ROOM][NOTICE_SIZE];
};

enum outbox_state {
	OUTBOX_EMPTY,
	OUTBOX_FULL,  /* the host has to read first: wait for POLLOUT */
	OUTBOX_RETRY, /* the system has no room: try again a little later */
	OUTBOX_GONE,  /* there is no host any more */
};

/* Only with n < OUTBOX_ROOM. */
void outbox_add(struct outbox *box, const struct notice *notice);

/* Sends what can be sent; never waits. */
enum outbox_state outbox_flush(struct outbox *box);

#endif
