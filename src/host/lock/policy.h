/*
 * policy: which system calls a locked host may make, and why. Rows, and how
 * one is added: jail/policy.h; the program is made from them at build time by
 * gen.c. Every row has been seen in a run, by libc, SQLite or us.
 */
#ifndef LOCK_POLICY_H
#define LOCK_POLICY_H

#define LOCK_HOST 1 /* the only variant */

struct policy;

extern const struct policy lock_policy;

#endif
