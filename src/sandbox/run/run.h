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

/*
 * For sessions (run/repl.h), which end in the same words. run_text: the chunk
 * that the module's text is; -1: *last is the Exit line. run_exit: {"Exit":
 * {"Err":text}}.
 */
int run_text(struct child *child, struct str *last);
struct str run_exit(struct child *child, struct str text);

/* The error at the top of the Lua stack, as UTF-8; is lost by that. */
struct str run_error_text(struct child *child, struct pool *pool);

/* Lua could not have more: the script's own limit, or the process's. */
struct str run_memory_text(struct child *child, struct pool *pool);

/* " (team.lua:8: html_select)", for a parent of our own. */
const char *run_place_text(struct child *child, const struct child_place *at,
    struct pool *pool);

#endif
