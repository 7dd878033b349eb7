/*
 * check: what the jail is made of, for the user: each layer on this machine,
 * each system call of the policy. No run at all.
 */
#ifndef ASK_CHECK_H
#define ASK_CHECK_H

#include "base/str.h"

/*
 * --check: builds the jail and prints every layer, on or off, and why. The
 * exit status: 0 all are on, 3 modules run and a layer is off, 1 they cannot. ids:
 * of a child that was born into namespaces, which is this process; p NULL: of
 * one with an outer half.
 */
int check_print(struct str ids);

/* --policy[=none|broker|direct]: the exit status. */
int check_print_policy(struct str net);

#endif
