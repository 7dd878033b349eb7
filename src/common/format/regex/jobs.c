/* Places to go on from, of both engines, as a stack. */
#include "base/pool.h"
#include "regex/run.h"

void
jobs_grow(struct regex_search *s)
{
	struct jobs *jobs = &s->jobs;
	uint32_t cap = jobs->cap != 0 ? jobs->cap * 2 : 64;

	if (jobs->cap == JOBS_MOST) {
		jobs->is_full = true;
		jobs->n = 0;
		return;
	}
	jobs->job = pool_grow(s->pool, jobs->job,
	    jobs->cap * sizeof(*jobs->job), cap * sizeof(*jobs->job));
	jobs->cap = cap;
}
