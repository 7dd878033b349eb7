/*
 * clock: the time that timeouts and deadlines are measured in, milliseconds of
 * the monotonic clock. A deadline is such a time; CLOCK_NEVER is none.
 */
#ifndef STREAM_CLOCK_H
#define STREAM_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

int64_t clock_ms(void);

/* The same clock in microseconds, for what takes less. */
int64_t clock_us(void);

/* Milliseconds since 1970: what records have, and what others call the time. */
int64_t clock_unix_ms(void);

/* The time in `ms` from now; saturates below CLOCK_NEVER. */
int64_t clock_in(uint64_t ms);

/* What is left, for poll(2): 0 if it has passed, -1 for CLOCK_NEVER. */
int clock_left(int64_t deadline);

static inline int64_t
clock_first(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

#endif
