#include "run/repl.h"

#include <lauxlib.h>
#include <lua.h>

#include "base/mem.h"
#include "child/stop.h"
#include "evidence/evidence.h"
#include "ipc/event.h"
#include "ipc/reply.h"
#include "run/run.h"
#include "run/trace.h"
#include "stdlib/log.h"
#include "stdlib/value.h"

#define CHUNK_NAME "=" CHILD_TYPED

/* A chunk, from its text to what is said of it. */
struct chunk {
	struct child *child;
	struct pool *pool; /* ends with it */
	struct str text;
	struct chunk_result result;
};

static int
load_text(lua_State *L, struct str text, const char *name)
{
	return luaL_loadbufferx(L, text.p, text.n, name, "t");
}

/* An expression, if it is one; else statements. */
static int
load_chunk(struct chunk *chunk)
{
	lua_State *L = chunk->child->L;
	struct buf out = BUF_IN(chunk->pool);

	buf_add(&out, STR("return "));
	buf_add(&out, chunk->text);
	if (load_text(L, buf_str(&out), CHUNK_NAME) == LUA_OK)
		return LUA_OK;
	lua_settop(L, 0);
	return load_text(L, chunk->text, CHUNK_NAME);
}

/* What Lua says of a text that ends where something has to follow. */
static bool
is_unfinished(lua_State *L, int status)
{
	struct str end = STR("<eof>"), text;

	if (status != LUA_ERRSYNTAX)
		return false;
	text.p = lua_tolstring(L, -1, &text.n);
	return text.n >= end.n && str_eq(str_from(text, text.n - end.n), end);
}

/* (chunk, value...): a function of C, so that what fails is an error of Lua. */
static int
show_values(lua_State *L)
{
	struct chunk *chunk = lua_touserdata(L, 1);
	int n = lua_gettop(L);
	struct buf out = BUF_IN(chunk->pool);
	struct err err = ERR_NONE;

	for (int i = 2; i <= n; i++) {
		if (i > 2)
			buf_add(&out, STR(", "));
		if (value_add_log(L, i, chunk->pool, &out, &err) == -1) {
			lua_pushstring(L, err_cstr(&err));
			err_clear(&err);
			return lua_error(L);
		}
	}
	if (n > 1)
		chunk->result.value =
		    child_cut(chunk->child, chunk->pool, buf_str(&out));
	return 0;
}

/* Nothing but the error is worth showing of a function that failed. */
static bool
has_failed_alone(const struct chunk *chunk)
{
	return chunk->child->err.n != 0 && lua_isnoneornil(chunk->child->L, 1);
}

static int
take_values(struct chunk *chunk)
{
	lua_State *L = chunk->child->L;
	int n = lua_gettop(L);

	if (n == 0 || has_failed_alone(chunk))
		return LUA_OK;
	if (!lua_checkstack(L, 2))
		return LUA_ERRMEM;
	lua_pushcfunction(L, show_values);
	lua_pushlightuserdata(L, chunk);
	lua_rotate(L, 1, 2);
	return lua_pcall(L, n + 1, 0, 0);
}

/* What the script held and nobody reaches any more is given back at once. */
static struct str
raised_text(struct chunk *chunk, int status)
{
	struct child *child = chunk->child;
	struct str text;

	if (child->stopped != NULL)
		return str_of(child->stopped);
	if (status != LUA_ERRMEM) {
		text = run_error_text(child, chunk->pool);
		return str_of(pool_printf(chunk->pool, "%.*s%s", STR_ARG(text),
		    run_place_text(child, &child->raised, chunk->pool)));
	}
	text = run_memory_text(child, chunk->pool);
	child->is_address_space_full = false;
	lua_settop(child->L, 0);
	(void)lua_gc(child->L, LUA_GCCOLLECT);
	return text;
}

static struct str
left_text(struct child *child, struct pool *pool)
{
	return str_of(
	    pool_printf(pool, "%.*s%s", STR_ARG(err_join(pool, &child->err)),
		run_place_text(child, &child->err_at, pool)));
}

/* The slot is emptied: the next chunk is not to be blamed for it. */
static void
take_left(struct chunk *chunk)
{
	struct child *child = chunk->child;

	if (child->err.n == 0)
		return;
	/* of what was called off only that is said */
	if (!str_is(chunk->result.raised, STOP_INTERRUPTED))
		chunk->result.left = child_cut(child, chunk->pool,
		    left_text(child, chunk->pool));
	err_clear(&child->err);
}

static void
run_chunk(struct chunk *chunk)
{
	struct child *child = chunk->child;
	lua_State *L = child->L;
	int status = load_chunk(chunk);

	chunk->result.wants_more = is_unfinished(L, status);
	child->raised = (struct child_place){ .fn = NULL };
	if (status == LUA_OK) {
		stop_chunk_begins(child);
		status = trace_call(child, 0, LUA_MULTRET, NULL);
		if (status == LUA_OK)
			status = take_values(chunk);
	}
	if (status != LUA_OK && !chunk->result.wants_more)
		chunk->result.raised = raised_text(chunk, status);
	(void)stop_chunk_ends(child);
	lua_settop(L, 0);
	take_left(chunk);
}

static void
add_member(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, ",\"%s\":", name);
	if (text.p == NULL)
		buf_add(out, STR("null"));
	else
		json_write_str(out, text);
}

static int
send_result(struct chunk *chunk, struct err *err)
{
	const struct chunk_result *result = &chunk->result;
	struct buf out = BUF_IN(chunk->pool);

	buf_printf(&out, "{\"Result\":{\"more\":%s",
	    result->wants_more ? "true" : "false");
	add_member(&out, "value", result->value);
	add_member(&out, "raised", result->raised);
	add_member(&out, "left", result->left);
	buf_add(&out, STR("}}\n"));
	evidence_flush();
	return wire_send(&chunk->child->wire, buf_str(&out), err);
}

/*
 * An interrupt that came before the text was meant for what had ended by then;
 * what comes behind it is meant for this chunk.
 */
static int
receive_chunk(struct child *child, struct str *line, struct err *err)
{
	struct wire *wire = &child->wire;
	int status;

	wire->is_asking = 1;
	status = wire_send(wire, STR("{\"Chunk\":null}\n"), err) == -1
	             ? -1
	             : wire_receive(wire, line, err);
	wire->is_interrupted = wire_has_more(wire);
	wire->is_asking = 0;
	return status;
}

/* 1; 0: there is none any more; -1. */
static int
next_chunk(struct chunk *chunk, struct err *err)
{
	const struct json *ok;
	struct str line, text;
	int status = receive_chunk(chunk->child, &line, err);

	if (status == -1)
		return -1;
	status = reply_read(chunk->pool, line, &ok, &text, err);
	if (status == 1)
		return err_set(err, "no chunk: %.*s", STR_ARG(text));
	if (status == -1 || reply_read_text(ok, &chunk->text, err) == -1)
		return -1;
	return chunk->text.p != NULL;
}

/* 1; 0: it was the last; -1: the parent cannot be spoken to, or a limit. */
static int
do_chunk(struct child *child, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct chunk chunk = { .child = child, .pool = &pool };
	int status = next_chunk(&chunk, err);

	if (status != 1)
		return status;
	run_chunk(&chunk);
	if (child->stopped != NULL)
		return err_set(err, "%s", child->stopped);
	return send_result(&chunk, err) == -1 ? -1 : 1;
}

static int
push_arg(lua_State *L)
{
	value_push(L, lua_touserdata(L, 1));
	lua_setglobal(L, "arg");
	return 0;
}

/* Its functions, and the row that they would get. -1: *last says why not. */
static int
load_module(struct child *child, struct str *last)
{
	lua_State *L = child->L;
	int status;

	if (run_text(child, last) == -1)
		return -1;
	lua_pushcfunction(L, push_arg);
	lua_pushlightuserdata(L, (void *)(uintptr_t)child->start.arg);
	status = lua_pcall(L, 1, 0, 0);
	if (status != LUA_OK)
		*last = run_exit(child,
		    raised_text(&(struct chunk){ child, &child->pool },
			status));
	lua_settop(L, 0);
	return status == LUA_OK ? 0 : -1;
}

/* What the module's text has left in the slot is no chunk's. */
static void
say_left(struct child *child)
{
	autopool struct pool pool = POOL_NONE;

	if (child->err.n == 0)
		return;
	log_error(child, &pool, left_text(child, &pool));
	err_clear(&child->err);
}

static struct str
run_session(struct child *child)
{
	autoerr struct err err = ERR_NONE;
	struct str last = STR("{\"Exit\":\"Ok\"}\n");
	int status;

	/* one that came with the start line is not there to be looked for */
	child->wire.is_interrupted = wire_has_more(&child->wire);
	stop_chunk_begins(child);
	status = load_module(child, &last);
	(void)stop_chunk_ends(child);
	if (status == -1)
		return last;
	say_left(child);
	do
		status = do_chunk(child, &err);
	while (status == 1);
	return status == 0 ? last
	                   : run_exit(child, err_join(&child->pool, &err));
}

struct str
repl_run(struct child *child)
{
	struct str last;

	evidence_begin(child);
	last = run_session(child);
	evidence_end();
	return last;
}
