/*
 * processor: on which processors of the machine a process may run. On Linux;
 * elsewhere nothing is known and everything fails with ENOSYS.
 */
#ifndef BASE_PROCESSOR_H
#define BASE_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESSOR_MOST 8192 /* that a Linux may be built for */
#define PROCESSOR_ANY  UINT32_MAX

/* One bit each, as sched_setaffinity(2) has them. */
struct processors {
	unsigned long bits[PROCESSOR_MOST / 8 / sizeof(unsigned long)];
};

/* On which this thread runs now; -1: nobody knows. */
int processor_here(void);

/* Those that the process may run on; 0: this one. -1 with errno. */
int processors_of(pid_t pid, struct processors *out);
size_t processors_count(const struct processors *set);

/*
 * From now on the process runs there only; -1 with errno: it may not be, or
 * there is no such process. Whoever names another one has not waited for it
 * yet, so that the number means nobody else.
 */
int processors_set(pid_t pid, const struct processors *set);

/* The same with one; PROCESSOR_ANY: where this process may run itself. */
int processors_set_one(pid_t pid, uint32_t processor);

/* This process may run on that one alone. */
bool processors_are_one(uint32_t processor);

#endif
