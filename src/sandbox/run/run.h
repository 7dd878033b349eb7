/*
 * run: the Lua state of the child, and one module in it.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "child/child.h"
#include "stdlib/plugin.h"

/*
 * The Lua state with its environment (docs/reference): the string methods and
 * the functions of the rooms, nothing else. plugins ends with NULL. The wire
 * and the limits are there before.
 */
void child_init(struct child *child, const struct plugin *const *plugins);

/* A function that a plugin should have given; calling it says why not. */
void child_add_missing(struct child *child, const char *name,
    const char *reason);

/*
 * Runs the module of child->start and returns the text of the Exit line, with
 * its newline, in child->pool.
 */
struct str child_run(struct child *child);

#endif
