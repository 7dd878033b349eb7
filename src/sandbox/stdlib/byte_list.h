/*
 * byte_list: a list of byte values as modules see it. A long one is kept as a
 * string behind an empty table, a sixteenth of the size: the table answers
 * b[i] and #b as the list would, and becomes the list as soon as the module
 * changes it. Modules have nothing that could tell the difference (no next, no
 * rawget); whoever looks at tables in C asks byte_list_at() first.
 */
#ifndef STDLIB_BYTE_LIST_H
#define STDLIB_BYTE_LIST_H

#include "base/str.h"

struct lua_State;

#define BYTE_LIST_SHORT                                                        \
	((size_t)64                                                            \
	    << 10) /* up to that, it is a plain table                  \
	                    */

/* Pushes the list. Raises a Lua error when memory is out. */
void byte_list_push(struct lua_State *L, struct str bytes);

/*
 * The value at the index is a table that stands for such a string; the view
 * lives as long as the table does not change.
 */
bool byte_list_at(struct lua_State *L, int index, struct str *bytes);

/* Makes a plain table of it, if it is none. */
void byte_list_unpack(struct lua_State *L, int index);

#endif
