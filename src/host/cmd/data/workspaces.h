/* workspaces: the sub-commands of `workspace`, which take two of them. */
#ifndef DATA_WORKSPACES_H
#define DATA_WORKSPACES_H

#include "line/cmd.h"

extern const struct cmd *const workspaces_sub[];

extern const struct cmd workspaces_merge, workspaces_diff;

#endif
