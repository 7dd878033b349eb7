/* Step 10: the resource limits of the process. */
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "jail/step.h"

/* The shadow of an address sanitizer takes 16 TB of addresses. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SHADOW 1
#endif
#endif
#ifndef HAS_SHADOW
#define HAS_SHADOW 0
#endif

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

int
limits_apply(const struct limits *limits, struct err *err)
{
	const uint64_t *of = limits->of;
	uint64_t space = HAS_SHADOW ? LIMIT_OFF : of[LIMIT_ADDRESS_SPACE];
	/* in whole seconds, and some more for the worker to end by itself */
	uint64_t cpu = of[LIMIT_CPU] == LIMIT_OFF
	                   ? LIMIT_OFF
	                   : (of[LIMIT_CPU] + 999) / 1000;
	const struct {
		int resource;
		uint64_t soft, hard;
	} row[] = {
		{ RLIMIT_AS, space, space },
		{ RLIMIT_CPU, cpu, cpu == LIMIT_OFF ? cpu : cpu + 5 },
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

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (apply_limit(row[i].resource, row[i].soft, row[i].hard,
			err) == -1)
			return -1;
	}
	return 0;
}
