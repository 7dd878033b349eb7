/*
 * Ends of children. After a SIGCHLD each of them is looked at: the signal says
 * neither whose end it is nor how many there were.
 */
#include <signal.h>
#include <sys/wait.h>

#include "loop/inside.h"

/* Also where somebody has waited for it, or it was never ours. */
static bool
has_ended(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
	           -1 ||
	       info.si_pid != 0;
}

static void
on_deaths(void *ctx, unsigned n)
{
	struct loop *loop = ctx;

	(void)n;
	loop->looks_at_children = true; /* for children_call(), in this turn */
}

void
loop_child_start(struct loop *loop, struct loop_child *watch, pid_t pid)
{
	if (loop->deaths.link.loop == NULL) {
		loop->deaths =
		    (struct loop_signal){ .call = on_deaths, .ctx = loop };
		loop_signal_start(loop, &loop->deaths, SIGCHLD, 0);
	}
	watch->pid = pid;
	list_add(&loop->children, &watch->link, loop);
	/* before the signal was watched, maybe */
	if (has_ended(pid))
		loop->looks_at_children = true;
}

void
loop_child_stop(struct loop_child *watch)
{
	if (watch->link.loop != NULL)
		list_remove(&watch->link.loop->children, &watch->link);
}

void
children_call(struct loop *loop)
{
	struct loop_link *link;

	if (!loop->looks_at_children)
		return;
	loop->looks_at_children = false;
	link = list_walk(&loop->children);
	for (; link != NULL; link = list_next(&loop->children)) {
		struct loop_child *watch = LINK_OF(loop_child, link);

		if (!has_ended(watch->pid))
			continue;
		loop_child_stop(watch);
		watch->call(watch->ctx);
	}
}

void
children_clear(struct loop *loop)
{
	while (loop->children.first != NULL)
		loop_child_stop(LINK_OF(loop_child, loop->children.first));
	loop_signal_stop(&loop->deaths);
}
