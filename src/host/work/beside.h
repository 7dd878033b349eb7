/*
 * beside: what is done when pace.h says so: the host and the worker of a job on
 * the processor that the host runs on, and both back to where they might run
 * before. Of the host that is what it had when it was put there, unless
 * somebody else (taskset(1)) has set it meanwhile, which then stays; of the
 * worker what its parent has, as it was born.
 */
#ifndef WORK_BESIDE_H
#define WORK_BESIDE_H

#include "base/processor.h"
#include "work/pace.h"

struct beside {
	struct processors before; /* of the host */
	uint32_t processor;       /* on which it is, if it is on one */
};

/* With a struct beside as ctx; each pace_child is a struct job's. */
extern const struct pace_acts beside_acts;

/* How many the host may run on; 0: nobody knows. */
size_t beside_processors(void);

#endif
