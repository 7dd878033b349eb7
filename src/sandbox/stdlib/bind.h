/*
 * bind: the one trampoline between Lua and the rows of call.h.
 */
#ifndef STDLIB_BIND_H
#define STDLIB_BIND_H

#include "stdlib/call.h"

/* Makes every function of a room a global; rows end with a NULL name. */
void bind_room(struct child *child, const struct stdlib_fn *room);

/*
 * The slot was filled by the function that is running: keeps the place, and
 * says it with -v, since a later error may take the slot.
 */
void bind_note_error(struct call *c);

#endif
