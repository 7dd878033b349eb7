/*
 * layers: -vv: which layers of the jail our child has on this machine, in one
 * line, once a run.
 */
#ifndef WORK_LAYERS_H
#define WORK_LAYERS_H

#include "work/work.h"

void layers_say(const struct work_options *options);

#endif
