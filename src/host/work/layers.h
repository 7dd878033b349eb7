/*
 * layers: -vv: which layers of the jail our child has on this machine, in one
 * line, once a run. -v: that the child is another program, and which.
 */
#ifndef WORK_LAYERS_H
#define WORK_LAYERS_H

#include "work/work.h"

void layers_say(const struct work_options *options);

#endif
