#include "run/run.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "evidence/evidence.h"
#include "run/heap.h"
#include "run/trace.h"
#include "stdlib/bind.h"
#include "stdlib/env.h"
#include "stdlib/rooms.h"
#include "stdlib/value.h"
#include "value/quote.h"

static struct heap heap;

/* Counts what Lua holds; NULL makes Lua raise "not enough memory". */
static void *
allocate(void *ud, void *p, size_t old, size_t n)
{
	struct child *child = ud;
	void *q;

	if (p == NULL)
		old = 0; /* then it is a type, not a size */
	if (n == 0) {
		(void)heap_resize(&heap, p, old, 0);
		child->memory_used -= old;
		return NULL;
	}
	if (n > old &&
	    n - old > child->limits.of[LIMIT_MEMORY] - child->memory_used)
		return NULL;
	q = heap_resize(&heap, p, old, n);
	if (q != NULL)
		child->memory_used += n - old;
	else
		child->is_address_space_full = true;
	return q;
}

void
child_init(struct child *child, const struct plugin *const *plugins)
{
	child->L = lua_newstate(allocate, child);
	if (child->L == NULL)
		mem_fail(0);
	env_open_string(child->L);
	for (size_t i = 0; stdlib_rooms[i] != NULL; i++)
		bind_room(child, stdlib_rooms[i]);
	for (; *plugins != NULL; plugins++) {
		for (size_t i = 0; (*plugins)->rooms[i] != NULL; i++)
			bind_room(child, (*plugins)->rooms[i]);
	}
}

static int
raise_missing(lua_State *L)
{
	return luaL_error(L, "%s is not available: %s",
	    lua_tostring(L, lua_upvalueindex(1)),
	    lua_tostring(L, lua_upvalueindex(2)));
}

void
child_add_missing(struct child *child, const char *name, const char *reason)
{
	lua_pushstring(child->L, name);
	lua_pushstring(child->L, reason);
	lua_pushcclosure(child->L, raise_missing, 2);
	lua_setglobal(child->L, name);
}

struct str
run_exit(struct child *child, struct str text)
{
	struct buf out = BUF_IN(&child->pool);

	buf_add(&out, STR("{\"Exit\":{\"Err\":"));
	json_write_str(&out, child_cut(child, &child->pool, text));
	buf_add(&out, STR("}}\n"));
	return buf_str(&out);
}

static struct str
exit_printf(struct child *child, const char *head, struct str text,
    const char *tail)
{
	struct buf out = BUF_IN(&child->pool);

	buf_add(&out, str_of(head));
	buf_add(&out, text);
	buf_add(&out, str_of(tail));
	return run_exit(child, buf_str(&out));
}

const char *
run_place_text(struct child *child, const struct child_place *at,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	if (!child->is_ours || at->fn == NULL)
		return "";
	buf_add(&out, STR(" ("));
	child_add_place(child, at, &out);
	buf_add_char(&out, ')');
	return buf_cstr(&out);
}

struct str
run_memory_text(struct child *child, struct pool *pool)
{
	enum limit limit =
	    child->is_address_space_full ? LIMIT_ADDRESS_SPACE : LIMIT_MEMORY;
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("not enough memory ("));
	limits_note(&out, limit, child->limits.of[limit]);
	buf_add_char(&out, ')');
	return buf_str(&out);
}

static struct str
exit_memory(struct child *child)
{
	return run_exit(child, run_memory_text(child, &child->pool));
}

struct str
run_error_text(struct child *child, struct pool *pool)
{
	size_t n;
	const char *p = lua_tolstring(child->L, -1, &n);

	if (p == NULL)
		return STR("error value is not a string");
	return child_cut(child, pool, utf8_lossy(pool, str_view(p, n)));
}

static struct str
lua_error_text(struct child *child)
{
	return run_error_text(child, &child->pool);
}

static const char *
place_text(struct child *child, const struct child_place *at)
{
	return run_place_text(child, at, &child->pool);
}

/* A limit has words of its own, wherever the script was. */
static struct str
exit_raised(struct child *child, int status, bool in_run)
{
	if (child->stopped != NULL)
		return run_exit(child, str_of(child->stopped));
	if (status == LUA_ERRMEM)
		return exit_memory(child);
	if (!in_run)
		return exit_printf(child,
		    "Execution error: ", lua_error_text(child),
		    place_text(child, &child->raised));
	return exit_printf(child, "execution failed: LuaError(ExecutionError(",
	    quote_text(&child->pool, lua_error_text(child)),
	    pool_printf(&child->pool, "))%s",
		place_text(child, &child->raised)));
}

/* What docs/wire.md, "Errors in Lua", decides after run() came back. */
static struct str
exit_line(struct child *child)
{
	struct str text;

	/* without -v as recorded of the reference, tests/vectors/host */
	if (child->err.n != 0)
		return exit_printf(child, "",
		    err_join(&child->pool, &child->err),
		    child->start.verbose >= 1
			? place_text(child, &child->err_at)
			: "");
	if (lua_type(child->L, -1) != LUA_TSTRING)
		return STR("{\"Exit\":\"Ok\"}\n");
	text.p = lua_tolstring(child->L, -1, &text.n);
	return exit_printf(child, "Script returned error: ",
	    quote_text(&child->pool, child_cut(child, &child->pool, text)), "");
}

int
run_text(struct child *child, struct str *last)
{
	lua_State *L = child->L;
	struct str code = child->start.module.code;
	int status = luaL_loadbufferx(L, code.p, code.n, "chunk", "t");

	if (status == LUA_ERRMEM)
		*last = exit_memory(child);
	else if (status != LUA_OK)
		*last = exit_printf(child,
		    "Syntax error: ", lua_error_text(child), "");
	if (status != LUA_OK)
		return -1;
	status = trace_call(child, 0, 0, NULL);
	if (status != LUA_OK)
		*last = exit_raised(child, status, false);
	return status == LUA_OK ? 0 : -1;
}

/* (child): run and its argument; memory may be used up by the chunk. */
static int
push_run(lua_State *L)
{
	struct child *child = lua_touserdata(L, 1);

	lua_getglobal(L, "run");
	value_push(L, child->start.arg);
	return 2;
}

/* The Exit line, unless a handler is about to say another one. */
static struct str
run_module(struct child *child)
{
	lua_State *L = child->L;
	struct str last;
	int status;

	if (run_text(child, &last) == -1)
		return last;
	lua_pushcfunction(L, push_run);
	lua_pushlightuserdata(L, child);
	status = lua_pcall(L, 1, 2, 0);
	if (status != LUA_OK)
		return exit_raised(child, status, true);
	if (!lua_isfunction(L, -2))
		return run_exit(child, STR("run undefined"));
	status = trace_call(child, 1, 1, "run");
	if (status != LUA_OK)
		return exit_raised(child, status, true);
	return exit_line(child);
}

struct str
child_run(struct child *child)
{
	struct str line;

	evidence_begin(child);
	line = run_module(child);
	evidence_end();

	/* a limit that was reached with the last instruction counts */
	return child->stopped != NULL ? run_exit(child, str_of(child->stopped))
	                              : line;
}
