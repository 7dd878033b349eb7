/*
 * violation: what the worker says when the filter of Linux stops it: the call,
 * its number and arguments, and where the script was.
 */
#ifndef JAIL_VIOLATION_H
#define JAIL_VIOLATION_H

#include "jail/jail.h"

/* Sets the handlers of SIGSYS and, by crash_arm(), those of crashes. */
int violation_arm(const struct jail_options *options, struct err *err);

#endif
