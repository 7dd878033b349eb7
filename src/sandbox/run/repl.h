/*
 * repl: a session in place of a run: the module's text, if there is any, then
 * chunks of Lua that the parent is asked for, one after the other, in one state
 * (docs/wire.md, "Sessions"). So globals stay, and locals end with their chunk.
 *
 * A chunk is an expression, whose values are shown, or statements; of one that
 * ends too early the parent is told so, and nothing of it runs. An error ends
 * the chunk, and so does an interrupt (child/stop.h), or memory that is used up
 * within Lua; a limit of the process ends the session.
 */
#ifndef RUN_REPL_H
#define RUN_REPL_H

#include "child/child.h"

/* As child_run(). */
struct str repl_run(struct child *child);

#endif
