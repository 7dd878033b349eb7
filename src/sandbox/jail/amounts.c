/* The resource limits of both halves; of the worker step 10. */
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sanitized.h"
#include "jail/step.h"

#define GRACE_S    5
#define OUTER_DATA ((uint64_t)256 << 20) /* it has what the worker began with */

static rlim_t
smaller(uint64_t want, rlim_t inherited)
{
	if (want == LIMIT_OFF)
		return inherited;
	return inherited == RLIM_INFINITY || want < inherited ? (rlim_t)want
	                                                      : inherited;
}

static int
apply_limit(int resource, uint64_t soft, uint64_t hard, struct err *err)
{
	struct rlimit now;

	if (getrlimit(resource, &now) == -1)
		return err_sys(err, "cannot read resource limit %d", resource);
	now.rlim_max = smaller(hard, now.rlim_max);
	now.rlim_cur = smaller(soft, now.rlim_cur);
	if (setrlimit(resource, &now) == -1)
		return err_sys(err, "cannot set resource limit %d", resource);
	return 0;
}

struct amount {
	int resource;
	uint64_t soft, hard;
};

static int
apply_all(const struct amount *row, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (apply_limit(row[i].resource, row[i].soft, row[i].hard,
			err) == -1)
			return -1;
	}
	return 0;
}

/* In whole seconds. */
static uint64_t
cpu_seconds(const struct limits *limits)
{
	uint64_t cpu = limits->of[LIMIT_CPU];

	return cpu == LIMIT_OFF ? LIMIT_OFF : (cpu + 999) / 1000;
}

int
limits_apply(const struct limits *limits, struct err *err)
{
	const uint64_t *of = limits->of;
	uint64_t space = IS_SANITIZED ? LIMIT_OFF : of[LIMIT_ADDRESS_SPACE];
	uint64_t cpu = cpu_seconds(limits);
	const struct amount row[] = {
		{ RLIMIT_AS, space, space },
		/* and some more for the worker to end by itself */
		{ RLIMIT_CPU, cpu, cpu == LIMIT_OFF ? cpu : cpu + GRACE_S },
		{ RLIMIT_STACK, of[LIMIT_STACK], of[LIMIT_STACK] },
		{ RLIMIT_NOFILE, of[LIMIT_FILES], of[LIMIT_FILES] },
		{ RLIMIT_NPROC, of[LIMIT_PROCESSES], of[LIMIT_PROCESSES] },
		{ RLIMIT_FSIZE, of[LIMIT_FILE_SIZE], of[LIMIT_FILE_SIZE] },
		{ RLIMIT_CORE, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 0 },
#ifdef RLIMIT_MSGQUEUE
		{ RLIMIT_MSGQUEUE, 0, 0 },
#endif
	};

	return apply_all(row, ARRAY_SIZE(row), err);
}

const struct limits *
limits_or_default(const struct limits *given, struct limits *room)
{
	if (given != NULL)
		return given;
	limits_init(room);
	return room;
}

int
limits_apply_outer(const struct limits *limits, struct err *err)
{
	/* as long as the worker may go on at the most: nobody works more for
	 * it than it does itself */
	uint64_t cpu = cpu_seconds(limits);
	uint64_t most = cpu == LIMIT_OFF ? cpu : cpu + 2 * GRACE_S;
	uint64_t data = IS_SANITIZED ? LIMIT_OFF : OUTER_DATA;
	const struct amount row[] = {
		{ RLIMIT_DATA, data, data },
		{ RLIMIT_CPU, most, most },
		{ RLIMIT_NPROC, 0, 0 },
		{ RLIMIT_CORE, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 0 },
#ifdef RLIMIT_MSGQUEUE
		{ RLIMIT_MSGQUEUE, 0, 0 },
#endif
	};

	return apply_all(row, ARRAY_SIZE(row), err);
}
