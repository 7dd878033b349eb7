/*
 * value: between Lua values and trees (value/json.h), by the rules of
 * docs/reference, "Tables in and out".
 */
#ifndef STDLIB_VALUE_H
#define STDLIB_VALUE_H

#include "base/err.h"
#include "value/json.h"

struct lua_State;

#define VALUE_MAX_DEPTH 200 /* of tables given to a function */

/* A table with exactly the keys 1..n (an empty one has
 * them). index is absolute. */
bool value_is_list(struct lua_State *L, int index);

/*
 * The value at an index as a tree in pool; strings are views that live as
 * long as the value. -1: nan or an infinity, too deep, or a cycle.
 */
int value_to_json(struct lua_State *L, int index, struct pool *pool,
    struct json *out, struct err *err);

/* Pushes v. Grows the Lua stack; raises a Lua error when memory is out. */
void value_push(struct lua_State *L, const struct json *v);

/* Writes the value at an index as info() shows it (docs/wire.md, "Log text").
 */
int value_add_log(struct lua_State *L, int index, struct pool *pool,
    struct buf *out, struct err *err);

/* The text of a number as a text parameter takes it: "%.14g", whole exact. */
struct str value_number_text(struct lua_State *L, int index, struct pool *pool);

#endif
