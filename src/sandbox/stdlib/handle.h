/*
 * handle: what modules hold of a session or a connection: 16 characters out
 * of [0-9A-Za-z], drawn at random. Each kind has a table of its own, which
 * lives as long as the run and then ends what is left in it.
 */
#ifndef STDLIB_HANDLE_H
#define STDLIB_HANDLE_H

#include "stdlib/call.h"

#define HANDLE_SIZE 16

/* A static of the room. */
struct handle_kind {
	void (*done)(void *thing);
	const char *unknown; /* the error for an id that there is none of */
};

/* Makes a handle for thing, valid until handle_drop. The table owns thing. */
struct str handle_add(struct call *c, const struct handle_kind *kind,
    void *thing);

/* NULL: there is none of that id. */
void *handle_find(struct call *c, const struct handle_kind *kind,
    struct str id);

/* The thing of argument 1; NULL with the error set. */
void *handle_arg(struct call *c, const struct handle_kind *kind);

/* Forgets the handle of argument 1; the thing is the caller's. */
void handle_drop_arg(struct call *c, const struct handle_kind *kind);

#endif
