/*
 * timer: the clocks that stop a script. A tick every 100 ms of processor time,
 * and, where there is a wall clock limit or somebody wants it, every 250 ms. The tick only tells the
 * caller (struct jail_hooks); a permanent count hook would double the time of
 * pure Lua code.
 */
#ifndef JAIL_TIMER_H
#define JAIL_TIMER_H

#include "jail/jail.h"

/* Before the filter, which does not let timers be set. */
int timer_arm(const struct jail_options *options, struct err *err);

#endif
