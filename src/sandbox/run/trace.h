/*
 * trace: calls Lua so that an error says where it was raised, and from where
 * that was called.
 */
#ifndef RUN_TRACE_H
#define RUN_TRACE_H

#include "child/child.h"

/*
 * lua_pcall(), with the names and the order of its numbers. `called`: what the
 * function is called that C calls and no line of Lua, so that Lua has no name
 * for it; NULL: a chunk.
 *
 * If it fails, a parent of our own that asked with -v or more gets the place and
 * the calls as debug lines, and child->raised is the place, with text in
 * child->pool. An error of memory has none.
 */
int trace_call(struct child *child, int args, int results, const char *called);

#endif
