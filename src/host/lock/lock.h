/*
 * lock: what the host takes from itself before it hears the first word of a
 * child. From then on whoever owns the host (it parses what strangers' programs
 * say) reads no file but those of the workspace, opens no socket, and starts
 * nothing but one more jailed child, by the starter (transport/starter.h),
 * which has to be there before.
 *
 * In this order: no new privileges; of root's capabilities only those about
 * files; Landlock with everything that the kernel knows of files, TCP and
 * abstract sockets; a filter of system calls, whose table is lock/policy.c. Not Landlock's scope of signals: the death signal of
 * the host would no longer reach its starter (EPERM, tried), which would
 * outlive it.
 *
 * For good, for the whole process; there must be one thread. Descriptors that
 * are open stay usable: what the command line names is opened before. But those
 * above 2 that came with the program are closed, which all of ours differ from
 * by FD_CLOEXEC: whoever started it may have sockets among them.
 * A call that the table does not name ends the process with a line that names
 * it, and status LOCK_STATUS: a mistake of ours and an attack look the same
 * from within, and neither may look like a crash.
 * Source: docs/jail.md, "The host".
 */
#ifndef LOCK_LOCK_H
#define LOCK_LOCK_H

#include "base/buf.h"
#include "base/err.h"

#define LOCK_STATUS 159 /* 128 + SIGSYS, as of the sandbox */

/*
 * False where there is none of ours: on other systems than Linux, and in a build
 * with the address sanitizer, whose own calls nobody has counted. lock_apply()
 * does nothing then.
 */
bool lock_is_there(void);

/*
 * path: what stays in reach, to read and to write, with all that is below it,
 * where files can be made and removed (no folders); NULL ends them. What is not
 * there is no error, and no rule.
 *
 * Adds to *what, for people, what is on and what is not: "no new privileges,
 * Landlock (ABI 6), system call filter". Where the kernel has no Landlock, or
 * no seccomp, or this machine no table of calls, the rest is put on and that is
 * said. -1: it could not be, though the kernel has it; nobody should go on.
 */
int lock_apply(const char *const *path, struct buf *what, struct err *err);

/* Each may be NULL: nowhere. */
struct lock_more {
	const char *reads; /* files below it can be read, and no more */
	const char *gone;  /* below it empty folders can be removed, too */
};

/* The same, with what a dry run needs beside. */
int lock_apply_with(const char *const *path, const struct lock_more *more,
    struct buf *what, struct err *err);

#endif
