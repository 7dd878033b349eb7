/*
 * look: whether somebody should look for newer modules, and a process of our own
 * that does (`sn0int pkg look`) while a command runs. Nobody waits for it, and it
 * ends with us at the latest: what it has found by then is in autoupdate.json, or
 * nothing is. Source: docs/files.md, "Newer modules".
 */
#ifndef PKG_LOOK_H
#define PKG_LOOK_H

#include "program/program.h"

/* core.registry is set, core.no-autoupdate is not, and the last look is old. */
bool look_is_due(const struct program *p, int64_t now);

/*
 * Starts it where it is due and none is under way; before the host is locked.
 * What keeps it from being started is no error of the command.
 */
void look_begin(struct program *p);

#endif
