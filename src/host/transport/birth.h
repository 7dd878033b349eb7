/*
 * birth: a new process, by vfork(2) and exec: what stands between the two. It
 * leads a group of its own (one that is born nested only when it has made its
 * jail), has default signals and the descriptors that are
 * given here, and is killed when its parent dies, however that dies. Used by
 * the host (proc.c) and by its starter (starter_serve.c).
 */
#ifndef TRANSPORT_BIRTH_H
#define TRANSPORT_BIRTH_H

#include <sys/resource.h>
#include <sys/types.h>

#include "base/agreed.h"
#include "transport/oom.h"

/* Above all numbers that a child's end may get. */
#define BIRTH_FIRST_FREE (CONTROL_BIRTH_FD + 1)

struct birth {
	const char *const *argv; /* argv[0] is a path, or a name in PATH */
	const char *const *env;  /* NULL: as ours is; PATH is then looked at */

	/*
	 * The words of one that is born into namespaces of its own (nest.h),
	 * with a pidfd of its parent as PARENT_BIRTH_FD; NULL: it is not to be. Where it cannot be, it is started with argv.
	 */
	const char *const *nested;

	/*
	 * What becomes its 0, 1, 2 and CONTROL_BIRTH_FD, each at least
	 * BIRTH_FIRST_FREE; -1: ours (of control: none). They stay ours.
	 */
	int in, out, err, control;

	const struct oom *oom; /* it is born with more; stays the caller's */
};

/*
 * Returns as fork(2), in the parent alone, when the program runs or could not
 * be started: *errnum is why, 0: it runs. One that could not is still to be
 * waited for.
 */
pid_t birth_give(const struct birth *birth, int *errnum);

/* It and its group, at once; still to be waited for. */
void birth_kill(pid_t pid);

/*
 * Kills what is left of it and of its group, while its number still means that,
 * and waits for it.
 */
void birth_end(pid_t pid, int *status, struct rusage *usage);

/* Waits for one that ends by itself. What is not asked for is NULL. */
void birth_wait(pid_t pid, int *status, struct rusage *usage);

/* Every signal as a program expects it: exec keeps what is ignored or blocked. */
void birth_reset_signals(void);

/* Dies with the parent of that number; has it died already, the end. */
void birth_follow(pid_t parent);

#endif
