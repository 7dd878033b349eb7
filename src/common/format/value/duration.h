/*
 * duration: a time span as { "secs": 1, "nanos": 500000000 }, "struct Duration"
 * in errors. nanos may be above a second; which spans are too long is for the
 * reader to say.
 */
#ifndef VALUE_DURATION_H
#define VALUE_DURATION_H

#include "value/slot.h"

struct duration {
	uint64_t secs;
	uint32_t nanos;
};

/* Both members are needed. */
extern const struct slot duration_slots[];

/* The map of so many milliseconds: secs, then nanos. */
struct json duration_from_ms(struct pool *pool, uint64_t ms);

#endif
