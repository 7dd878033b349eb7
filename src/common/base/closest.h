/*
 * closest: what somebody meant who made a typing error, and what there is.
 */
#ifndef BASE_CLOSEST_H
#define BASE_CLOSEST_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The name in a list that is at most two slips (a character too many, too few,
 * another) from a typo, or NULL. name(list, i) gives them one by one, NULL
 * behind the last. Texts of more than 64 bytes have none; a list may hold
 * empty names, which nobody means.
 */
const char *closest_name(struct str typo,
    const char *(*name)(const void *list, size_t i), const void *list);

/* "json, jsonl or csv": all of the list. */
void closest_add_all(struct buf *out,
    const char *(*name)(const void *list, size_t i), const void *list);

/*
 * Returns -1 with an error of usage that has both: "there is no format 'jsn',
 * did you mean 'json'? It is json, jsonl or csv". what: "format".
 */
int closest_none(const char *what, struct str typo,
    const char *(*name)(const void *list, size_t i), const void *list,
    struct err *err);

#endif
