#include "work/beside.h"

#include <stddef.h>

#include "work/job.h"
#include "work/run.h"

static struct job *
job_of(struct pace_child *child)
{
	return (
	    struct job *)(void *)((char *)child - offsetof(struct job, pace));
}

size_t
beside_processors(void)
{
	struct processors now;

	return processors_of(0, &now) == 0 ? processors_count(&now) : 0;
}

/* The host first: if it may not be moved, nobody is. */
static int
join(void *ctx, struct pace_child *child)
{
	struct beside *b = ctx;
	struct job *job = job_of(child);
	int here = processor_here();

	if (here < 0 || !transport_carries(job->run->transport, CARGO_PLACE) ||
	    processors_of(0, &b->before) == -1 ||
	    processors_count(&b->before) < 2 ||
	    processors_set_one(0, (uint32_t)here) == -1)
		return -1;
	b->processor = (uint32_t)here;
	child_place(&job->child, b->processor);
	return 0;
}

static void
part(void *ctx, struct pace_child *child)
{
	struct beside *b = ctx;

	if (processors_are_one(b->processor))
		(void)processors_set(0, &b->before);
	child_place(&job_of(child)->child, PROCESSOR_ANY);
}

const struct pace_acts beside_acts = { join, part };
