/*
 * Signals. A handler counts, and writes a byte into a pipe that every loop
 * polls; a loop compares the counts with those that it has told. So a byte may
 * be read by any loop, or be one too many, and nothing is lost.
 *
 * What stands here is the process's, as signals are: the counts, the pipe and
 * what a signal did before. Who watches is in the loops.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "loop/inside.h"
#include "stream/clock.h"

#ifndef NSIG
#define NSIG 65
#endif

/* timeout(1) sends one signal twice, to its child and to the group of that. */
#define AGAIN_MS 250

struct caught {
	size_t watches;
	struct sigaction before;
	bool was_blocked;
	bool asks; /* LOOP_SIGNAL_ASKS */
	volatile sig_atomic_t n;
	int64_t again; /* when the next one counts; the handler's */
};

static struct caught caught[NSIG];

static struct {
	size_t loops;
	int end[2];
} wake = { 0, { -1, -1 } };

/* It does not interrupt itself. */
static void
on_signal(int sig)
{
	struct caught *c = &caught[sig];
	int errnum = errno;

	if (c->asks && clock_left(c->again) == 0) {
		(void)signal(sig, SIG_DFL);
		(void)raise(sig); /* when this handler has returned */
	}
	if (c->asks && c->again == CLOCK_NEVER)
		c->again = clock_in(AGAIN_MS);
	c->n = (sig_atomic_t)((unsigned)c->n + 1u);
	(void)!write(wake.end[1], "", 1);
	errno = errnum;
}

int
signals_open(struct err *err)
{
	if (wake.loops == 0 && pipe2(wake.end, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_sys(err, "cannot make a pipe");
	wake.loops++;
	return 0;
}

void
signals_close(void)
{
	if (--wake.loops != 0)
		return;
	(void)close(wake.end[0]);
	(void)close(wake.end[1]);
	wake.end[0] = wake.end[1] = -1;
}

int
signals_fd(void)
{
	return wake.end[0];
}

void
signals_drain(void)
{
	char gone[64];

	while (read(wake.end[0], gone, sizeof(gone)) > 0)
		;
}

/* Returns whether it was blocked. */
static bool
set_blocked(int sig, bool is_blocked)
{
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, sig);
	(void)sigprocmask(is_blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, &before);
	return sigismember(&before, sig) == 1;
}

static void
catch_signal(int sig, bool asks)
{
	struct caught *c = &caught[sig];
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	if (sig == SIGCHLD)
		action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	c->asks = asks;
	c->again = CLOCK_NEVER;
	(void)sigaction(sig, &action, &c->before);
	c->was_blocked = set_blocked(sig, false);
}

void
loop_signal_start(struct loop *loop, struct loop_signal *watch, int sig,
    unsigned flags)
{
	struct caught *c = &caught[sig];

	assert(sig > 0 && sig < NSIG);
	if (c->watches++ == 0)
		catch_signal(sig, (flags & LOOP_SIGNAL_ASKS) != 0);
	watch->sig = sig;
	watch->first = watch->told = (unsigned)c->n;
	list_add(&loop->signals, &watch->link, loop);
}

static void
let_go(int sig)
{
	struct caught *c = &caught[sig];

	if (--c->watches != 0)
		return;
	if (c->was_blocked)
		(void)set_blocked(sig, true);
	(void)sigaction(sig, &c->before, NULL);
}

void
loop_signal_stop(struct loop_signal *watch)
{
	if (watch->link.loop == NULL)
		return;
	list_remove(&watch->link.loop->signals, &watch->link);
	let_go(watch->sig);
}

void
loop_signal_stop_last(struct loop_signal *watch)
{
	if (watch->link.loop != NULL)
		caught[watch->sig].before =
		    (struct sigaction){ .sa_handler = SIG_IGN };
	loop_signal_stop(watch);
}

unsigned
loop_signal_count(const struct loop_signal *watch)
{
	return watch->link.loop != NULL
	           ? (unsigned)caught[watch->sig].n - watch->first
	           : 0;
}

bool
signals_have_come(struct loop *loop)
{
	struct loop_link *link = list_walk(&loop->signals);

	for (; link != NULL; link = list_next(&loop->signals)) {
		const struct loop_signal *watch = LINK_OF(loop_signal, link);

		if (watch->told != (unsigned)caught[watch->sig].n)
			return true;
	}
	return false;
}

void
signals_call(struct loop *loop)
{
	struct loop_link *link;

	if (loop->poll[0].revents != 0)
		signals_drain();
	link = list_walk(&loop->signals);
	for (; link != NULL; link = list_next(&loop->signals)) {
		struct loop_signal *watch = LINK_OF(loop_signal, link);
		unsigned n = (unsigned)caught[watch->sig].n - watch->told;

		watch->told += n;
		if (n != 0)
			watch->call(watch->ctx, n);
	}
}

void
signals_clear(struct loop *loop)
{
	while (loop->signals.first != NULL)
		loop_signal_stop(LINK_OF(loop_signal, loop->signals.first));
}
