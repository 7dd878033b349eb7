/*
 * The turn. Each kind of watch has a file of its own; this one has the order
 * in which they come, and the wait.
 */
#include "loop/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop/inside.h"
#include "stream/clock.h"

void
list_add(struct list *list, struct loop_link *link, struct loop *loop)
{
	assert(link->loop == NULL);
	*link = (struct loop_link){ NULL, list->last, loop };
	if (list->last != NULL)
		list->last->next = link;
	else
		list->first = link;
	list->last = link;
}

void
list_remove(struct list *list, struct loop_link *link)
{
	if (list->walk == link)
		list->walk = link == list->end ? NULL : link->next;
	if (list->end == link)
		list->end = link->prev;
	if (link->prev != NULL)
		link->prev->next = link->next;
	else
		list->first = link->next;
	if (link->next != NULL)
		link->next->prev = link->prev;
	else
		list->last = link->prev;
	*link = (struct loop_link){ NULL, NULL, NULL };
}

struct loop_link *
list_walk(struct list *list)
{
	list->walk = list->first;
	list->end = list->last;
	return list_next(list);
}

struct loop_link *
list_next(struct list *list)
{
	struct loop_link *link = list->walk;

	if (link != NULL)
		list->walk = link == list->end ? NULL : link->next;
	return link;
}

struct loop *
loop_new(struct err *err)
{
	if (signals_open(err) == -1)
		return NULL;
	return mem_zalloc(sizeof(struct loop));
}

static void
before_clear(struct loop *loop)
{
	while (loop->before.first != NULL)
		list_remove(&loop->before, loop->before.first);
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	assert(!loop->is_turning);
	before_clear(loop);
	fds_clear(loop);
	timers_clear(loop);
	children_clear(loop);
	signals_clear(loop);
	signals_close();
	free(loop);
}

bool
loop_is_turning(const struct loop *loop)
{
	return loop->is_turning;
}

void
loop_hurry(struct loop *loop)
{
	loop->is_hurried = true;
}

void
loop_before_start(struct loop *loop, struct loop_before *before)
{
	list_add(&loop->before, &before->link, loop);
}

void
loop_before_stop(struct loop_before *before)
{
	if (before->link.loop != NULL)
		list_remove(&before->link.loop->before, &before->link);
}

static void
before_call(struct loop *loop)
{
	struct loop_link *link = list_walk(&loop->before);

	for (; link != NULL; link = list_next(&loop->before)) {
		struct loop_before *before = LINK_OF(loop_before, link);

		before->call(before->ctx);
	}
}

/* Whether there was one may only be asked behind the last call of anybody. */
static int
wait_ms(struct loop *loop)
{
	bool is_hurried = loop->is_hurried || loop->looks_at_children ||
	                  signals_have_come(loop);

	loop->is_hurried = false;
	return is_hurried ? 0 : clock_left(timers_until(loop));
}

/* A signal that broke it off is counted; nothing else has come then. */
static int
wait_for_any(struct loop *loop, struct err *err)
{
	int timeout_ms;

	fds_pack(loop);
	timeout_ms = wait_ms(loop);
	if (poll(loop->poll, (nfds_t)loop->fds, timeout_ms) != -1)
		return 0;
	for (size_t i = 0; i < loop->fds; i++)
		loop->poll[i].revents = 0;
	if (errno == EINTR || errno == EAGAIN)
		return 0;
	return err_sys(err, "cannot wait for %zu descriptors", loop->fds);
}

int
loop_turn(struct loop *loop, struct err *err)
{
	int status;

	assert(!loop->is_turning);
	loop->is_turning = true;
	before_call(loop);
	status = wait_for_any(loop, err);
	if (status == 0) {
		timers_look(loop);
		signals_call(loop);
		children_call(loop);
		fds_call(loop);
		timers_call(loop);
	}
	loop->is_turning = false;
	return status;
}
