#include "base/processor.h"

#include <errno.h>
#include <string.h>

#ifdef __linux__
#include <sched.h>

int
processor_here(void)
{
	return sched_getcpu();
}

int
processors_of(pid_t pid, struct processors *out)
{
	struct processors set;

	memset(&set, 0, sizeof(set));
	if (sched_getaffinity(pid, sizeof(set), (cpu_set_t *)(void *)&set) ==
	    -1)
		return -1;
	*out = set;
	return 0;
}

int
processors_set(pid_t pid, const struct processors *set)
{
	return sched_setaffinity(pid, sizeof(*set),
	    (const cpu_set_t *)(const void *)set);
}
#else
int
processor_here(void)
{
	return -1;
}

int
processors_of(pid_t pid, struct processors *out)
{
	(void)pid, (void)out;
	errno = ENOSYS;
	return -1;
}

int
processors_set(pid_t pid, const struct processors *set)
{
	(void)pid, (void)set;
	errno = ENOSYS;
	return -1;
}
#endif

#define LONG_BITS (8 * sizeof(unsigned long))

static struct processors
one(uint32_t processor)
{
	struct processors set;

	memset(&set, 0, sizeof(set));
	set.bits[processor / LONG_BITS] = 1ul << processor % LONG_BITS;
	return set;
}

size_t
processors_count(const struct processors *set)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++) {
		for (unsigned long left = set->bits[i]; left != 0; n++)
			left &= left - 1;
	}
	return n;
}

int
processors_set_one(pid_t pid, uint32_t processor)
{
	struct processors set;

	if (processor == PROCESSOR_ANY) {
		if (processors_of(0, &set) == -1)
			return -1;
	} else if (processor < PROCESSOR_MOST) {
		set = one(processor);
	} else {
		errno = EINVAL;
		return -1;
	}
	return processors_set(pid, &set);
}

bool
processors_are_one(uint32_t processor)
{
	struct processors now, want;

	if (processor >= PROCESSOR_MOST || processors_of(0, &now) == -1)
		return false;
	want = one(processor);
	return memcmp(&now, &want, sizeof(now)) == 0;
}
