/*
 * modules: the lists of modules; `pkg` has them as commands of its own.
 */
#ifndef MODULES_MODULES_H
#define MODULES_MODULES_H

#include "line/cmd.h"

extern const struct cmd modules_list, modules_info, modules_reload;

#endif
