/*
 * closest: what somebody meant who made a typing error.
 */
#ifndef BASE_CLOSEST_H
#define BASE_CLOSEST_H

#include "base/str.h"

/*
 * The name in a list that is at most two slips (a character too many, too few,
 * another) from a typo, or NULL. name(list, i) gives them one by one, NULL
 * behind the last. Texts of more than 64 bytes have none; a list may hold
 * empty names, which nobody means.
 */
const char *closest_name(struct str typo,
    const char *(*name)(const void *list, size_t i), const void *list);

#endif
