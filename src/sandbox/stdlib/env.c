#include "stdlib/env.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "base/mem.h"

/* What Lua 5.2 did not have. */
static const char *const hidden[] = { "pack", "unpack", "packsize" };

/* Whether fmt holds %p, which prints an address (lstrlib.c, str_format). */
static int
prints_address(const char *fmt, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (fmt[i] != '%')
			continue;
		i++;
		while (i < n && strchr("-+ #0123456789.", fmt[i]) != NULL &&
		       fmt[i] != '\0')
			i++;
		if (i < n && fmt[i] == 'p')
			return 1;
	}
	return 0;
}

/*
 * string.format without addresses: what Lua would show as "table: 0x..." is
 * just "table".
 */
static int
format(lua_State *L)
{
	int n = lua_gettop(L);
	size_t length;
	const char *fmt = luaL_checklstring(L, 1, &length);

	if (prints_address(fmt, length))
		return luaL_error(L, "invalid conversion '%%p' to 'format'");
	for (int i = 2; i <= n; i++) {
		int type = lua_type(L, i);

		if (type == LUA_TTABLE || type == LUA_TFUNCTION ||
		    type == LUA_TUSERDATA || type == LUA_TTHREAD) {
			lua_pushstring(L, lua_typename(L, type));
			lua_replace(L, i);
		}
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, LUA_MULTRET);
	return lua_gettop(L);
}

/* There is no bytecode: nothing could load it, and it shows addresses. */
static int
refuse_dump(lua_State *L)
{
	return luaL_error(L, "unable to dump given function");
}

void
env_open_string(struct lua_State *L)
{
	lua_pushcfunction(L, luaopen_string);
	lua_call(L, 0, 1);
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		lua_pushnil(L);
		lua_setfield(L, -2, hidden[i]);
	}
	lua_pushcfunction(L, refuse_dump);
	lua_setfield(L, -2, "dump");
	lua_getfield(L, -1, "format");
	lua_pushcclosure(L, format, 1);
	lua_setfield(L, -2, "format");
	lua_pop(L, 1);
}
