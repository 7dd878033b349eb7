/*
 * packages: the commands below `pkg`. To add one: its file, a name here, and one
 * in pkg.c.
 */
#ifndef PACKAGES_PACKAGES_H
#define PACKAGES_PACKAGES_H

#include "line/cmd.h"

extern const struct cmd packages_diff, packages_install, packages_look,
    packages_quickstart, packages_search, packages_uninstall, packages_update,
    packages_verify;

#endif
