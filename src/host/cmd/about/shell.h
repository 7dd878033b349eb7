/*
 * shell: the lines of the prompt that begin with "!".
 */
#ifndef ABOUT_SHELL_H
#define ABOUT_SHELL_H

#include "base/err.h"

/*
 * Runs the line with sh -c and waits for it; its status is its own affair.
 * SN0INT_WORKSPACE names the workspace. It starts with the signals and
 * descriptors that a shell gives a command; ^C is for it, not for us.
 */
int shell_run(struct str line, const char *workspace, struct err *err);

#endif
