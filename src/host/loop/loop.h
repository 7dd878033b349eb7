/*
 * loop: what the host waits for, in one place and one thread: descriptors,
 * times, signals and the ends of children, each with a function that is called
 * when it comes. On poll(2).
 *
 *	struct loop *loop = loop_new(err);
 *	struct loop_fd in = { .call = on_input, .ctx = &x };
 *
 *	loop_fd_set(loop, &in, fd, POLLIN);
 *	while (!x.is_done && loop_turn(loop, err) == 0)
 *		;
 *	loop_fd_stop(&in);
 *	loop_free(loop);
 *
 * Clients: runs (work/work.h), the prompt (term/edit.h). Whoever made a loop
 * turns it, and knows when to stop; the others only put their watches in.
 *
 * A turn, in this order:
 *	1. every loop_before: what came is settled, before anybody waits;
 *	2. the wait, until something comes or the next time is over;
 *	3. signals, then children that have ended;
 *	4. descriptors, in the order in which they were put in;
 *	5. times that were over when the wait was, the earliest first; of equal
 *	   ones the one that was set first.
 * So input that has come is seen before the time for it is over, and what many
 * descriptors bring in one turn can be stored at once by a loop_before.
 *
 * Watches are the caller's, parts of its structs: `call` and `ctx` are set by
 * the caller, the rest is zero and then the loop's. Putting in cannot fail.
 * Any function may put in and take out any watch, its own too, and may free
 * what it is part of: one that was taken out is not called any more, also when
 * it has come in this very turn; one that was put in is called from the next
 * turn on. None may call loop_turn() of the same loop.
 *
 * A descriptor is taken out before it is closed, or set to another number
 * before the next wait. There is no bound but that of the process: each watch
 * is some bytes here, and a time costs log n.
 *
 * Several loops may be there, one within a function of another; signals reach
 * all of them. The handlers and a pipe are the process's, not a loop's.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct loop;

/* Of the loop: its place in a list. */
struct loop_link {
	struct loop_link *next, *prev;
	struct loop *loop; /* NULL: it is not in */
};

/* NULL: there is no descriptor left for the pipe of signals. */
struct loop *loop_new(struct err *err);

/* Takes out what is still in. NULL: nothing. */
void loop_free(struct loop *loop);

/*
 * One turn. With nothing in it, it waits for ever. -1: poll(2) failed, as it
 * does where more descriptors are waited for than RLIMIT_NOFILE allows now.
 */
int loop_turn(struct loop *loop, struct err *err);

/* Within a function that it calls. */
bool loop_is_turning(const struct loop *loop);

/* The next wait takes no time; within a loop_before, the one behind it. */
void loop_hurry(struct loop *loop);

/* Called before every wait, in the order of putting in. */
struct loop_before {
	void (*call)(void *ctx);
	void *ctx;

	struct loop_link link;
};

void loop_before_start(struct loop *loop, struct loop_before *before);
void loop_before_stop(struct loop_before *before);

/*
 * A descriptor. revents as of poll(2): what was asked for, and POLLHUP,
 * POLLERR, POLLNVAL, which come unasked. Level-triggered: called each turn, as
 * long as it is so; once a turn, so that nobody starves.
 */
struct loop_fd {
	void (*call)(void *ctx, short revents);
	void *ctx;

	struct loop *loop; /* NULL: it is not in */
	size_t at;
};

/*
 * Waits for events of fd from now on, in place of what it waited for. fd -1 or
 * events 0 takes it out: a hang-up is not told either, so a client that has no
 * room (or no descriptor left for accept(2)) can rest without a busy loop.
 * POLLHUP alone waits for just that.
 */
void loop_fd_set(struct loop *loop, struct loop_fd *watch, int fd,
    short events);
void loop_fd_stop(struct loop_fd *watch);

/* A time, as stream/clock.h has it. Called once; may be set again then. */
struct loop_timer {
	void (*call)(void *ctx);
	void *ctx;

	struct loop *loop; /* NULL: it is not set */
	int64_t until;
	uint64_t number; /* of the setting */
	size_t at;
};

/*
 * From now on at `until`, in place of what it was set to. One that has passed
 * already comes after the next wait, which takes no time. CLOCK_NEVER: none.
 */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t until);
void loop_timer_stop(struct loop_timer *timer);

/*
 * A beat: called every so many milliseconds until it is stopped, where most
 * waits are so short that a time for each would cost more than they do. It takes
 * a descriptor from open to close; where there is none, or no timerfd, it is a
 * time after all.
 */
struct loop_beat {
	void (*call)(void *ctx);
	void *ctx;

	int fd;
	struct loop *loop; /* NULL: it is still */
	unsigned ms;
	struct loop_fd on_fd;
	struct loop_timer time;
};

void loop_beat_open(struct loop_beat *beat);
void loop_beat_start(struct loop *loop, struct loop_beat *beat, unsigned ms);
void loop_beat_stop(struct loop_beat *beat); /* both: again is nothing */
void loop_beat_close(struct loop_beat *beat);

enum loop_signal_flag {
	/*
	 * For SIGINT and SIGTERM, which ask for an orderly end: one that comes
	 * a quarter of a second or more after the first does what it does
	 * without us, at once, whatever the program hangs in. Of several
	 * watches of a signal, the first one says it for all.
	 */
	LOOP_SIGNAL_ASKS = 1 << 0,
};

/*
 * A signal. Unblocked and caught from the first watch of it to the end of the
 * last; then it is handled as before. call gets how many have come since it
 * was last called.
 */
struct loop_signal {
	void (*call)(void *ctx, unsigned n);
	void *ctx;

	struct loop_link link;
	int sig;
	unsigned first, told; /* as counted by the process */
};

void loop_signal_start(struct loop *loop, struct loop_signal *watch, int sig,
    unsigned flags);
void loop_signal_stop(struct loop_signal *watch);

/*
 * The same, for the last watch in a program that ends now and whose status is
 * given already: the signal is ignored from here on.
 */
void loop_signal_stop_last(struct loop_signal *watch);

/* How many have come since it was started, called or not yet. */
unsigned loop_signal_count(const struct loop_signal *watch);

/*
 * The end of a child of this process. Called once, when it has ended, or when
 * there is no such child (any more); then it is out. It is still to be waited
 * for by whoever started it, who may want its group killed first. SIGCHLD is
 * caught from the first child on until the loop ends.
 */
struct loop_child {
	void (*call)(void *ctx);
	void *ctx;

	struct loop_link link;
	pid_t pid;
};

void loop_child_start(struct loop *loop, struct loop_child *watch, pid_t pid);
void loop_child_stop(struct loop_child *watch);

#endif
