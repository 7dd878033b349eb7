/*
 * launch: what a command does around its first child, whatever that is: who
 * starts children is made before this process has keys and a database open,
 * and this process locks itself before it hears one.
 *
 *	launch_starter(p, &launch, recipe, n, children, err);
 *	program_open(p, NEEDS_ALL, err), grants, keys, targets
 *	launch_lock(p, &launch, err);
 *	... children ...
 *	launch_end(p, &launch);
 *
 * At the prompt, which goes on, there is neither; nor where this system has no
 * pidfds, since half of a lock is worse than none. Source: docs/jail.md, "The
 * host".
 */
#ifndef LAUNCH_LAUNCH_H
#define LAUNCH_LAUNCH_H

#include "program/program.h"
#include "transport/starter.h"

/* Zero but for the pool's owner and verbose. */
struct launch {
	struct pool *pool;       /* of texts; lives as long as the recipes */
	unsigned verbose;        /* 2: say what is on */
	struct starter *starter; /* NULL: this process starts children */
	struct str unlocked; /* why the host is; p NULL: it will be locked */
};

/* children: at once. The recipes must live until launch_end(). */
int launch_starter(struct program *p, struct launch *launch,
    const struct recipe *recipe, size_t n, size_t children, struct err *err);

/*
 * From here on this process has nothing but the workspace. Everything that is
 * read from elsewhere was read before.
 */
int launch_lock(struct program *p, struct launch *launch, struct err *err);

/* It starts nothing any more; its end is waited for with the program's. */
void launch_end(struct program *p, struct launch *launch);

#endif
