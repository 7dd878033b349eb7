/*
 * starter_packet: what host and starter say to each other, a packet each, in
 * the byte order and the layout of the one program that both are; descriptors
 * come with them (base/fds.h).
 */
#ifndef TRANSPORT_STARTER_PACKET_H
#define TRANSPORT_STARTER_PACKET_H

#include "transport/starter.h"

#define STARTER_VERSION 1

enum starter_kind {
	STARTER_START = 1,
	STARTER_KILL,
	STARTER_END,
	STARTER_PLACE
};

/* To the starter. What a kind does not have is 0. */
struct starter_ask {
	uint8_t version;
	uint8_t kind;
	uint8_t recipe;      /* start: which; 3 descriptors come with it */
	uint8_t has_control; /* start: 1, and a fourth; 0 */
	uint32_t number; /* the others: which child, below STARTER_CHILDREN */
	uint32_t processor; /* place: base/processor.h */
};

/* From it, to a start and an end. */
struct starter_answer {
	uint32_t number;
	int32_t errnum; /* 0: it was done; of a start a pidfd comes with it */
	int32_t pid;    /* of a start */
	struct starter_end end;
};

/*
 * Reads what came, n bytes with so many descriptors, of a starter with so many
 * recipes. -1: no host of ours sends that.
 */
int starter_read(const void *p, size_t n, size_t fds, size_t recipes,
    struct starter_ask *out);

/* A pidfd, close-on-exec; -1 with errno, ENOSYS where there are none. */
int starter_pidfd(pid_t pid);

/* The life of the starter: until its socket ends, or a bad packet comes. */
_Noreturn void starter_serve(int fd, const struct recipe *recipe, size_t n,
    size_t children);

#endif
