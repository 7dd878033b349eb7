/*
 * data: which files a module looks things up in: two runs that had others may
 * say other things.
 */
#ifndef SCRIPT_DATA_H
#define SCRIPT_DATA_H

#include "state/paths.h"
#include "value/json.h"

/*
 * {"public_suffix_list.dat":{"date":"2026-11-30T01:02:03","sha256":"..."},...}
 * of those that are there, by their needs (ipc/needs.h); in pool.
 */
int data_note(const struct paths *paths, unsigned needs, struct pool *pool,
    struct json *out, struct err *err);

/* The first file that is another one, or gone; p NULL: none is. */
struct str data_differs(const struct json *then, const struct json *now);

#endif
