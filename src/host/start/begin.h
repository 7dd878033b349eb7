/*
 * begin: from sn0int into the trusted half. load.c does it where there is a
 * loader; the static sn0int (src/sandbox/meson.build, has_lean) executes
 * sn0int-host, which is the same program with one: leave.c.
 */
#ifndef START_BEGIN_H
#define START_BEGIN_H

/* The exit status; what went wrong before the host began is said. */
int begin_host(int argc, char **argv);

#endif
