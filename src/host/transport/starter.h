/*
 * starter: a small process that starts children for a host which is about to
 * lock itself (lock/lock.h). What is forbidden to a host is forbidden to what
 * it starts, and a child that may not mount cannot make its jail; so somebody
 * has to start it who was there before the lock.
 *
 *	starter = starter_new(recipe, n, err);     before keys are read
 *	...
 *	proc_start(&proc, &(struct proc_options){ .starter = starter, ... }, err)
 *	...
 *	starter_free(starter);
 *
 * It is a fork of the host, made before that has read keys or opened its
 * database. It knows recipes from its own start, leads a group of its own (so
 * ^C is the host's alone), has no descriptor of the host's but standard error,
 * can be neither traced nor read by the user's other processes, and listens on
 * one SOCK_SEQPACKET pair. What it can be asked for:
 *	start  a child of a recipe, on descriptors that come with the packet
 *	kill   a child that it started, and the group of that
 *	end    the same, and how that ended
 *	place  one that it started, on one processor or where it may run itself
 * and for nothing else: whoever owns the host gets from it one more jailed
 * child, of those that the run has anyway. At a packet that a host of ours does
 * not send it ends. It ends with its socket, and with the host, however that
 * dies; its children die with it.
 *
 * Needs pidfds (Linux 5.3): where they are missing there is no starter, and no
 * lock. A start costs 26 us more than without one.
 * Source: docs/jail.md, "The host".
 */
#ifndef TRANSPORT_STARTER_H
#define TRANSPORT_STARTER_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"

#define STARTER_RECIPES  80
#define STARTER_CHILDREN 2048 /* at once */

/* The program of a child, as proc_options has it. */
struct recipe {
	const char *const *argv;
	const char *const *env;
	const char *const *nested; /* as of struct birth */
};

struct starter;

/* The system has what it takes; -1: *err says what is missing. */
int starter_check(struct err *err);

/*
 * At most STARTER_RECIPES; what they point to must live until the starter is
 * freed. It has at most so many children at a time, up to STARTER_CHILDREN:
 * whoever owns the host gets no more of the machine than the run may have
 * anyway. There must be one thread. NULL: starter_check(), or no process or
 * descriptor is left.
 */
struct starter *starter_new(const struct recipe *recipe, size_t n,
    size_t children, struct err *err);

/*
 * Its end: it kills what it started and is left. stop() does not wait for that,
 * so that it costs no time, free() does. NULL: nothing.
 */
void starter_stop(struct starter *starter);
void starter_free(struct starter *starter);

pid_t starter_pid(const struct starter *starter);

/* It has ended, although nobody wanted it: nothing can be started any more. */
bool starter_is_gone(const struct starter *starter);

/* How a child ended: of what it was asked to wait for. */
struct starter_end {
	int status; /* waitpid(2) */
	struct rusage usage;
};

/*
 * A child of the recipe that has those words; fd is what becomes its 0, 1, 2,
 * and, unless -1, CONTROL_BIRTH_FD; they stay the caller's. Its process number comes,
 * a pidfd, which is the caller's, and the number to name it by. -1: there is
 * no such recipe, or it cannot be started.
 */
int starter_start(struct starter *starter, const struct recipe *recipe,
    const int fd[4], pid_t *pid, int *pidfd, uint32_t *number, struct err *err);

/* It and its group, at once; it is still to be waited for. */
void starter_kill(struct starter *starter, uint32_t number);

/* Where it may run, base/processor.h; where that cannot be set, nothing. */
void starter_place(struct starter *starter, uint32_t number,
    uint32_t processor);

/*
 * Kills what is left of it, waits for it, and forgets it. Where the starter is
 * gone, so is the child: killed.
 */
void starter_end(struct starter *starter, uint32_t number,
    struct starter_end *end);

#endif
