#include "stream/values.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "base/mem.h"

const struct values_source *values_source;

static const char *const names[VALUES_KINDS] = {
	[VALUES_CLOCK] = "clock",
	[VALUES_SLEEP] = "sleep",
	[VALUES_RANDOM] = "random",
	[VALUES_HANDLE] = "handle",
	[VALUES_MASK] = "mask",
	[VALUES_ID] = "id",
};

const char *
values_name(enum values_kind kind)
{
	return names[kind];
}

bool
values_is_number(enum values_kind kind)
{
	return kind == VALUES_CLOCK || kind == VALUES_SLEEP;
}

int64_t
values_system_clock(void)
{
	return (int64_t)time(NULL);
}

void
values_system_random(void *p, size_t n)
{
	/* up to 256 bytes never come in part; only a signal can be in the way */
	while (getrandom(p, n, 0) != (ssize_t)n) {
		if (errno != EINTR)
			mem_fail(n);
	}
}

int64_t
values_clock(void)
{
	return values_source != NULL ? values_source->clock(values_source->arg)
	                             : values_system_clock();
}

void
values_random(enum values_kind kind, void *p, size_t n)
{
	assert(n <= VALUES_MAX_BYTES);
	if (values_source != NULL)
		values_source->random(values_source->arg, kind, p, n);
	else
		values_system_random(p, n);
}

bool
values_sleep(uint64_t ms)
{
	return values_source != NULL &&
	       values_source->sleep(values_source->arg, ms);
}
