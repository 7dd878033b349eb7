#include "transport/broker_loop.h"

#include <poll.h>

#include "stream/clock.h"

/* The broker sees one of its descriptors at a time; BROKER_MAX_FDS: none. */
static void
step(struct broker_loop *b, size_t which, short revents)
{
	struct broker *broker = b->child->broker;
	struct pollfd p[BROKER_MAX_FDS];
	size_t n;

	if (broker == NULL)
		return;
	n = broker_poll(broker, p);
	for (size_t i = 0; i < n; i++)
		p[i].revents = i == which ? revents : 0;
	broker_step(broker, p, n);
}

static void
on_worker(void *ctx, short revents)
{
	step(ctx, 0, revents);
}

static void
on_connecting(void *ctx, short revents)
{
	step(ctx, 1, revents);
}

void
broker_loop_init(struct broker_loop *b, struct child *child)
{
	*b = (struct broker_loop){ .child = child };
	b->fd[0] = (struct loop_fd){ .call = on_worker, .ctx = b };
	b->fd[1] = (struct loop_fd){ .call = on_connecting, .ctx = b };
}

void
broker_loop_watch(struct broker_loop *b, struct loop *loop)
{
	const struct broker *broker = b->child->broker;
	struct pollfd p[BROKER_MAX_FDS];
	size_t n = broker != NULL ? broker_poll(broker, p) : 0;

	for (size_t i = 0; i < BROKER_MAX_FDS; i++)
		loop_fd_set(loop, &b->fd[i], i < n ? p[i].fd : -1,
		    i < n ? p[i].events : 0);
}

void
broker_loop_stop(struct broker_loop *b)
{
	for (size_t i = 0; i < BROKER_MAX_FDS; i++)
		loop_fd_stop(&b->fd[i]);
}

int64_t
broker_loop_due(const struct broker_loop *b, int64_t at)
{
	const struct broker *broker = b->child->broker;
	int ms = broker != NULL ? broker_timeout(broker) : -1;

	return ms == -1 ? at : clock_first(at, clock_in((uint64_t)ms));
}

void
broker_loop_tick(struct broker_loop *b)
{
	step(b, BROKER_MAX_FDS, 0);
}
