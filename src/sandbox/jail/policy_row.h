/*
 * policy_row: how a row of a policy is written; for the files that have one
 * (policy.h). Internal.
 *
 *	{ "kill", ALLOW, SERVES, { WORKER(0), INT(1, SIGKILL) }, "the deadline" },
 */
#ifndef JAIL_POLICY_ROW_H
#define JAIL_POLICY_ROW_H

#include <linux/seccomp.h>

#include "base/sanitized.h"
#include "jail/policy.h"

/* numbers of <linux/futex.h>, whose names drag in <linux/types.h> */
#define FUTEX_OP_WAIT        0
#define FUTEX_OP_WAKE        1
#define FUTEX_OP_WAIT_BITSET 9
#define FUTEX_OP_WAKE_BITSET 10
#define FUTEX_PRIVATE_BIT    128
#define FUTEX_REALTIME_BIT   256

/* not in <sys/mman.h>, <time.h> of every C library */
#define ADVICE_DONTNEED 4
#define ADVICE_FREE     8
#ifndef CLOCK_TAI
#define CLOCK_TAI 11
#endif
#define NO_POINTER 0

#define ALLOW    SECCOMP_RET_ALLOW
#define QUIET(e) SECCOMP_RET_ERRNO | (e)

/* clang-format off */
#define IS(arg, v)             { arg, POLICY_IS, v, 0, #v }
#define WITHIN(arg, v)         { arg, POLICY_WITHIN, v, 0, #v }
#define INT(arg, v)            { arg, POLICY_IS32, v, 0, #v }
#define INT_BUT(arg, v, other) { arg, POLICY_IS32, v, other, #v }
#define INT_WITHIN(arg, v)     { arg, POLICY_WITHIN32, v, 0, #v }
#define INT_UP_TO(arg, v)      { arg, POLICY_UP_TO32, v, 0, #v }
#define INT_FROM(arg, v)       { arg, POLICY_FROM32, v, 0, #v }
#define SELF(arg)              { arg, POLICY_SELF32, 1, 0, "own process" }
#define WORKER(arg)            { arg, POLICY_WORKER32, 1, 0, "the worker" }
/* clang-format on */

#define FUTEX_BITS (FUTEX_PRIVATE_BIT | FUTEX_REALTIME_BIT)
#define SOCK_BITS  (SOCK_NONBLOCK | SOCK_CLOEXEC)

#endif
