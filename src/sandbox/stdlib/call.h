/*
 * call: how a function of the standard library is written.
 *
 * To add one: write the body and a row in the table of its room. What goes
 * with it (a plugin, a case, the page) is in docs/tour.md, "To add something".
 *
 *	static int
 *	fn_hex(struct call *c)
 *	{
 *		return call_return_str(c, hex_write(c->pool, call_str(c, 1)));
 *	}
 *
 *	const struct stdlib_fn stdlib_codec[] = {
 *		{
 *		    .name = "hex",
 *		    .call = fn_hex,
 *		    .args = "data:bytes",
 *		    .returns = "text",
 *		    .doc = "Writes each byte as two lowercase hexadecimal "
 *			   "digits.",
 *		    .example = "hex('\\1\\255')  -- \"01ff\"",
 *		},
 *		{ NULL },
 *	};
 *
 * stdlib/rooms.c lists the tables that are in the program, src/sandbox/plugin/
 * those that are in a plugin.
 *
 * The trampoline checks the arguments by .args before the body runs, so it
 * starts with arguments of the right type. A body ends in call_return_* or
 * with -1 and c->err filled in (return err_set(c->err, ...)); the trampoline
 * then stores the error and returns nil and a message to the module. A body
 * never touches the Lua API: values go in and out as trees (value/json.h).
 */
#ifndef STDLIB_CALL_H
#define STDLIB_CALL_H

#include <stdint.h>

#include "base/err.h"
#include "child/data.h"
#include "value/json.h"

struct child;
struct lua_State;
struct slot;
struct stdlib_fn;

#define CALL_MAX_ARGS 6

/* An argument after the checks; which member, says .args. */
union call_arg {
	struct str str;
	int64_t i;
	const struct json *json;
};

struct call {
	struct lua_State *L;
	const struct stdlib_fn *fn;
	struct child *child; /* the run: start line, blobs, descriptors */
	struct pool *pool;   /* ends with the call */
	struct err *err;
	int returned;     /* values pushed by call_return_* */
	struct str about; /* if it fails: what -v shows of what it was given */
	union call_arg arg[CALL_MAX_ARGS];
};

/*
 * .args: "name:type, name:type". A wrong type is a Lua error that ends the
 * run ("wrong parameter types for callback function"), unless said otherwise.
 *
 *	text   a UTF-8 string, or a number as Lua prints it      call_str
 *	bytes  any string, or a table of numbers 0..255; else a
 *	       soft error (docs/reference, "Bytes")              call_str
 *	int    a number or numeric string, cut toward zero       call_int
 *	i32    the same, and within 32 bits                      call_int
 *	u8 u16 u32  rounded half to even, then modulo 2^n        call_int
 *	list   a table with the keys 1..n                        call_json
 *	any    every value, nil and nothing included             call_json
 *	       (deep tables, cycles and nan are soft errors)
 *	raw    every value, left on the Lua stack at its index; for the few
 *	       functions that look at Lua values themselves (stdlib/value.h)
 *
 * An option table is `any`, read with slot_read(); .keys names its rows, for
 * the reference.
 */
enum stdlib_flag {
	/* the second result of a failure is the reference's dump of the error
	 * (docs/wire.md, "Errors in Lua"), not its text */
	FN_DEBUG_DUMP = 1 << 0,
	/* the example cannot run by itself (it needs a server or a parent's
	 * answer that is not a plain value) */
	FN_EXAMPLE_TEXT = 1 << 1,
	/* the reference program has no such function */
	FN_OURS = 1 << 2,
};

struct stdlib_fn {
	const char *name;
	int (*call)(struct call *c);
	const char *args;    /* NULL: none */
	const char *returns; /* NULL: nothing */
	const char *doc;     /* one or more sentences; `code` in backticks */
	const char *example; /* Lua; "-- value" behind it is what it gives, in
	                        the form of info() */
	unsigned flags;
	const struct slot *keys; /* of the table that is its last argument;
	                            NULL: it has none, or no fixed ones */
};

/* Argument i, counted from 1. */
struct str call_str(struct call *c, int i);
int64_t call_int(struct call *c, int i);

/* A table or any other value as a tree; never NULL after the checks. */
const struct json *call_json(struct call *c, int i);

/* Of what was mapped before the jail closed; p == NULL: not there. */
struct str call_data(struct call *c, enum child_data which);

/*
 * Tells our own parent, which counts it, whether a file of data could be looked
 * into; others are told nothing. Once a run is enough.
 */
void call_tell_data(struct call *c, const char *file, bool is_there);

/* Each pushes the result and returns 0. */
int call_return_none(struct call *c); /* zero values */
int call_return_nil(struct call *c);
int call_return_bool(struct call *c, bool b);
int call_return_int(struct call *c, int64_t i);
int call_return_double(struct call *c, double d);
int call_return_str(struct call *c, struct str s); /* any bytes */

/*
 * Lists become tables with the keys 1..n (null leaves a hole), maps tables
 * with string keys (null: absent), doubles that are whole stay floats. A value
 * that Lua has no memory for is an error of the call, with the limit.
 */
int call_return_json(struct call *c, const struct json *v);

/*
 * For whoever makes a list of what somebody else wrote, before each item: -1
 * with the error where the call holds over CALL_MAX_BYTES, so that it fails and
 * not the run at the limit of the address space.
 */
#define CALL_MAX_BYTES ((size_t)512 << 20)
int call_has_room(struct call *c);

/*
 * State that a room keeps for the whole run: n zeroed bytes, the same block
 * for the same key (the address of a static of the room). done (may be NULL)
 * ends it with the run.
 */
void *call_state(struct call *c, const void *key, size_t n,
    void (*done)(void *));

/* What the module has logged so far goes out; before any wait. */
void call_flush(struct call *c);

/* The start line's fields (ipc/start.h). */
const struct start *call_start(struct call *c);

/*
 * Blobs of the run. An id is 44 characters (crypt/blob.h). call_blob: NULL is
 * "no such blob". call_blob_add copies bytes unless it is there, returns the
 * id, which lives as long as the run.
 */
const struct str *call_blob(struct call *c, struct str id);
struct str call_blob_add(struct call *c, struct str bytes);

#endif
