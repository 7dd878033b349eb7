/*
 * child: everything of one run in the child. There is one.
 */
#ifndef CHILD_CHILD_H
#define CHILD_CHILD_H

#include "base/err.h"
#include "base/limits.h"
#include "child/data.h"
#include "child/wire.h"
#include "ipc/exchange.h"
#include "ipc/start.h"

struct lua_State;

/* Bytes under their id, for as long as the run. */
struct child_blob {
	struct child_blob *next;
	struct str id, bytes;
};

struct child_state {
	struct child_state *next;
	const void *key;
	void *block;
};

#define CHILD_TYPED "repl" /* what errors call a chunk of a session */

/* Which function failed, and in which line of the module. line 0: unknown. */
struct child_place {
	const char *fn; /* NULL: none has */
	int line;
	bool is_typed; /* of a chunk of a session, not of the module */
};

struct child {
	struct lua_State *L;
	struct pool pool;          /* ends with the run */
	struct pool call_pool;     /* ends with the call */
	struct err call_err;       /* of the call that is running */
	struct err err;            /* the error slot; n == 0: empty */
	struct child_place err_at; /* ... where it was filled */
	struct child_place raised; /* where arguments had the wrong types */
	bool is_ours; /* the parent: it is told places, others get the texts
	                 that they know */
	bool is_replaying; /* what came from outside is asked of the parent,
	                      and nothing takes time (ipc/recall.h) */
	enum evidence evidence; /* that the parent wants: ipc/exchange.h */
	struct start start;
	struct wire wire;
	struct limits limits;
	uint64_t memory_used;       /* by Lua */
	bool is_address_space_full; /* Lua asked within its limit in vain */
	struct child_blob *blob;
	struct child_state *state;
	struct str data[DATA_COUNT];
	const char *stopped; /* a limit that is used up: raised again and
	                        again, whatever the module does */
};

/* "team.lua:8: html_select", or without what is not known. */
void child_add_place(const struct child *child, const struct child_place *at,
    struct buf *out);

/* text, or its beginning and a note, if it is longer than one message may be.
 */
struct str child_cut(const struct child *child, struct pool *pool,
    struct str text);

/* Keeps a copy of bytes unless it is there; the id lives as long. */
struct str child_blob_add(struct child *child, struct str bytes);

#endif
