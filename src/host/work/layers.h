/*
 * layers: -vv: which layers of the jail our child has on this machine, a line for
 * the worker and one for its outer half, if it has one, once a run. -v: that the child is another program, and which.
 */
#ifndef WORK_LAYERS_H
#define WORK_LAYERS_H

#include "work/work.h"

/* Before the first target. */
void layers_say(const struct work_options *options);

/* They are asked for, of a child with this recipe; lives in pool. */
bool layers_are_said(const struct work_options *options);
struct recipe layers_recipe(const struct work_options *options,
    struct pool *pool);

#endif
