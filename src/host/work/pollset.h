/*
 * pollset: what one turn of the loop polls for.
 */
#ifndef WORK_POLLSET_H
#define WORK_POLLSET_H

#include <poll.h>
#include <stddef.h>

struct pollset {
	struct pollfd *p;
	size_t n, cap;
};

/* Room behind the last one, for n more; the caller raises set->n. */
struct pollfd *pollset_room(struct pollset *set, size_t n);

/* The place of fd. */
size_t pollset_add(struct pollset *set, int fd, short events);

void pollset_clear(struct pollset *set);

#endif
