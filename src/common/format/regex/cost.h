/*
 * regex_cost: how large the regex crate's program for a part of a pattern
 * would be, in bytes, so that REGEX_MAX_SIZE refuses about the same patterns.
 * It walks bytes where ours walks characters. Measured: 1.9.6, by the most
 * repetitions that it takes.
 */
#ifndef REGEX_COST_H
#define REGEX_COST_H

#include "regex/set.h"

#define COST_STEP  32 /* an instruction */
#define COST_SPLIT 40 /* one with two ways on */

size_t regex_cost_char(uint32_t c);
size_t regex_cost_set(const struct range *range, size_t n);

#endif
