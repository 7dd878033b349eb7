/*
 * handle: what modules hold of a session or a connection: 16 characters out
 * of [0-9A-Za-z], drawn at random. Each kind has a table of its own, kept with
 * call_state().
 */
#ifndef STDLIB_HANDLE_H
#define STDLIB_HANDLE_H

#include "base/str.h"

#define HANDLE_SIZE 16

struct handle;

struct handles {
	struct handle *list; /* newest first */
};

/* Makes a handle for thing, valid until handles_drop. */
struct str handles_add(struct handles *handles, void *thing);

/* NULL: there is none of that id. */
void *handles_find(const struct handles *handles, struct str id);

/* Forgets the handle; the thing stays the caller's. */
void handles_drop(struct handles *handles, struct str id);

/* Calls done for every thing and forgets all. */
void handles_clear(struct handles *handles, void (*done)(void *thing));

#endif
