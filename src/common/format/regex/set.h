/*
 * regex_set: sets of characters while a pattern is read: ranges that are
 * added in any order, put in order, and combined.
 */
#ifndef REGEX_SET_H
#define REGEX_SET_H

#include <stdint.h>

#include "base/pool.h"

#define CHAR_LAST 0x10ffffu

struct range {
	uint32_t first, last;
};

struct set {
	struct range *range;
	size_t n, cap;
};

/* Whether a character is in both; each in order, as set_sort leaves them. */
bool ranges_overlap(const struct range *a, size_t n_a, const struct range *b,
    size_t n_b);

#define SET_NONE                                                               \
	{                                                                      \
		NULL, 0, 0                                                     \
	}

/*
 * What the sets of one pattern are made with. They live in pool; `left` is how
 * many ranges may still be written. Once it is 0, nothing is added any more
 * and the pattern has to be refused.
 */
struct set_maker {
	struct pool *pool;
	size_t left;
};

void set_add(struct set_maker *m, struct set *set, uint32_t first,
    uint32_t last);
void set_add_set(struct set_maker *m, struct set *set, const struct set *more);

/*
 * In order, without overlap, and neighbours joined: what everything below, and
 * whoever reads the ranges, takes for granted.
 */
void set_sort(struct set_maker *m, struct set *set);

/* Of the characters 0 to last. */
void set_negate(struct set_maker *m, struct set *set, uint32_t last);

/* What of `set` is in other, too; or is not. */
void set_intersect(struct set_maker *m, struct set *set,
    const struct set *other);
void set_subtract(struct set_maker *m, struct set *set,
    const struct set *other);

/* What is in one of the two only. */
void set_differ(struct set_maker *m, struct set *set, const struct set *other);

#endif
