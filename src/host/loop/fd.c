/* Descriptors. The first place is the pipe of signals, which is nobody's. */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop/inside.h"

static void
append_fd(struct loop *loop, struct loop_fd *watch, int fd, short events)
{
	if (loop->fds == loop->cap_fds) {
		loop->cap_fds = loop->cap_fds != 0 ? 2 * loop->cap_fds : 16;
		loop->poll =
		    mem_grow(loop->poll, loop->cap_fds, sizeof(*loop->poll));
		loop->who =
		    mem_grow(loop->who, loop->cap_fds, sizeof(*loop->who));
	}
	loop->poll[loop->fds] = (struct pollfd){ .fd = fd, .events = events };
	loop->who[loop->fds++] = watch;
}

static void
add_watch(struct loop *loop, struct loop_fd *watch, int fd, short events)
{
	if (loop->fds == 0)
		append_fd(loop, NULL, signals_fd(), POLLIN);
	watch->loop = loop;
	watch->at = loop->fds;
	append_fd(loop, watch, fd, events);
}

void
loop_fd_stop(struct loop_fd *watch)
{
	struct loop *loop = watch->loop;

	if (loop == NULL)
		return;
	loop->poll[watch->at] = (struct pollfd){ .fd = -1 };
	loop->who[watch->at] = NULL;
	loop->holes++;
	watch->loop = NULL;
}

void
loop_fd_set(struct loop *loop, struct loop_fd *watch, int fd, short events)
{
	struct pollfd *p;

	if (fd == -1 || events == 0) {
		loop_fd_stop(watch);
		return;
	}
	if (watch->loop == NULL) {
		add_watch(loop, watch, fd, events);
		return;
	}
	assert(watch->loop == loop);
	p = &loop->poll[watch->at];
	/* what the old one has had in this turn is not the new one's */
	if (p->fd != fd || p->events != events)
		*p = (struct pollfd){ .fd = fd, .events = events };
}

/* Before a wait: no holes, and nobody is called for what came before. */
void
fds_pack(struct loop *loop)
{
	size_t kept = 1;

	if (loop->fds == 0)
		append_fd(loop, NULL, signals_fd(), POLLIN);
	if (loop->holes == 0)
		return;
	for (size_t i = 1; i < loop->fds; i++) {
		if (loop->who[i] == NULL)
			continue;
		loop->poll[kept] = loop->poll[i];
		loop->who[kept] = loop->who[i];
		loop->who[kept]->at = kept;
		kept++;
	}
	loop->fds = kept;
	loop->holes = 0;
}

/* Those that are put in meanwhile are behind the last, and have no events. */
void
fds_call(struct loop *loop)
{
	size_t n = loop->fds;

	for (size_t i = 1; i < n; i++) {
		short revents = loop->poll[i].revents;

		if (loop->who[i] == NULL || revents == 0)
			continue;
		loop->poll[i].revents = 0;
		loop->who[i]->call(loop->who[i]->ctx, revents);
	}
}

void
fds_clear(struct loop *loop)
{
	for (size_t i = 1; i < loop->fds; i++) {
		if (loop->who[i] != NULL)
			loop->who[i]->loop = NULL;
	}
	free(loop->poll);
	free(loop->who);
}
