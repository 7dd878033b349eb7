#include "stdlib/call.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>

#include "base/mem.h"
#include "child/child.h"
#include "crypt/blob.h"
#include "stdlib/byte_list.h"
#include "stdlib/value.h"

struct str
call_str(struct call *c, int i)
{
	return c->arg[i - 1].str;
}

int64_t
call_int(struct call *c, int i)
{
	return c->arg[i - 1].i;
}

const struct json *
call_json(struct call *c, int i)
{
	return c->arg[i - 1].json;
}

static int
returned(struct call *c)
{
	c->returned++;
	return 0;
}

int
call_return_none(struct call *c)
{
	(void)c;
	return 0;
}

int
call_return_nil(struct call *c)
{
	lua_pushnil(c->L);
	return returned(c);
}

int
call_return_bool(struct call *c, bool b)
{
	lua_pushboolean(c->L, b);
	return returned(c);
}

int
call_return_int(struct call *c, int64_t i)
{
	lua_pushinteger(c->L, i);
	return returned(c);
}

int
call_return_double(struct call *c, double d)
{
	lua_pushnumber(c->L, d);
	return returned(c);
}

int
call_return_str(struct call *c, struct str s)
{
	lua_pushlstring(c->L, s.p, s.n);
	return returned(c);
}

static int
push_json(lua_State *L)
{
	value_push(L, lua_touserdata(L, 1));
	return 1;
}

/* What was made of the value so far is garbage by now. */
static int
fail_for_memory(struct call *c)
{
	struct child *child = c->child;
	enum limit limit =
	    child->is_address_space_full ? LIMIT_ADDRESS_SPACE : LIMIT_MEMORY;
	struct buf note = BUF_IN(c->pool);

	child->is_address_space_full = false;
	lua_pop(c->L, 1);
	(void)lua_gc(c->L, LUA_GCCOLLECT);
	limits_note(&note, limit, child->limits.of[limit]);
	return err_set(c->err, "the result does not fit into memory (%s)",
	    buf_cstr(&note));
}

int
call_has_room(struct call *c)
{
	if (c->pool->used <= CALL_MAX_BYTES)
		return 0;
	return err_set(c->err, "the result is larger than %zu bytes",
	    CALL_MAX_BYTES);
}

/*
 * A document that somebody else wrote decides how large a value is: one that
 * is too large fails the call, not the run.
 */
int
call_return_json(struct call *c, const struct json *v)
{
	int status;

	luaL_checkstack(c->L, 3, NULL);
	lua_pushcfunction(c->L, push_json);
	lua_pushlightuserdata(c->L, (void *)(uintptr_t)v);
	status = lua_pcall(c->L, 1, 1, 0);
	if (status == LUA_ERRMEM)
		return fail_for_memory(c);
	if (status != LUA_OK)
		return lua_error(c->L);
	return returned(c);
}

void *
call_state(struct call *c, const void *key, size_t n, void (*done)(void *))
{
	struct child *child = c->child;
	struct child_state *state;

	for (state = child->state; state != NULL; state = state->next) {
		if (state->key == key)
			return state->block;
	}
	state = pool_alloc(&child->pool, sizeof(*state));
	state->next = child->state;
	state->key = key;
	state->block = pool_zalloc(&child->pool, n);
	child->state = state;
	if (done != NULL)
		pool_defer(&child->pool, done, state->block);
	return state->block;
}

void
call_flush(struct call *c)
{
	(void)wire_flush(&c->child->wire);
}

const struct start *
call_start(struct call *c)
{
	return &c->child->start;
}

struct str
call_data(struct call *c, enum child_data which)
{
	assert(which < DATA_COUNT);
	return c->child->data[which];
}

void
call_tell_data(struct call *c, const char *file, bool is_there)
{
	struct buf line = BUF_IN(c->pool);

	if (!c->child->is_ours)
		return;
	buf_printf(&line, "{\"Data\":{\"file\":\"%s\",\"there\":%s}}\n", file,
	    is_there ? "true" : "false");
	(void)wire_send(&c->child->wire, buf_str(&line), NULL);
}

const struct str *
call_blob(struct call *c, struct str id)
{
	for (struct child_blob *b = c->child->blob; b != NULL; b = b->next) {
		if (str_eq(b->id, id))
			return &b->bytes;
	}
	return NULL;
}

struct str
call_blob_add(struct call *c, struct str bytes)
{
	return child_blob_add(c->child, bytes);
}
