#include "stdlib/byte_list.h"

#include <lua.h>
#include <stdint.h>

/* The string stands in the table itself, under a key no module can have. */
static const char string_key;

/* In the registry: the one metatable. */
static const char meta_key;

static bool
is_index(lua_State *L, int index, lua_Integer *i)
{
	int is_integer = 0;

	if (lua_type(L, index) == LUA_TNUMBER)
		*i = lua_tointegerx(L, index, &is_integer);
	return is_integer != 0;
}

static int
on_index(lua_State *L)
{
	struct str bytes;
	lua_Integer i = 0;

	if (byte_list_at(L, 1, &bytes) && is_index(L, 2, &i) && i >= 1 &&
	    (lua_Unsigned)i <= bytes.n)
		lua_pushinteger(L, (unsigned char)bytes.p[i - 1]);
	else
		lua_pushnil(L);
	return 1;
}

static int
on_len(lua_State *L)
{
	struct str bytes = STR_NONE;

	(void)byte_list_at(L, 1, &bytes);
	lua_pushinteger(L, (lua_Integer)bytes.n);
	return 1;
}

/* table, key, value */
static int
on_newindex(lua_State *L)
{
	byte_list_unpack(L, 1);
	lua_rawset(L, 1);
	return 0;
}

static void
push_meta(lua_State *L)
{
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &meta_key) != LUA_TNIL)
		return;
	lua_pop(L, 1);
	lua_createtable(L, 0, 3);
	lua_pushcfunction(L, on_index);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, on_len);
	lua_setfield(L, -2, "__len");
	lua_pushcfunction(L, on_newindex);
	lua_setfield(L, -2, "__newindex");
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &meta_key);
}

/* Sets the list's entries in the table at the top. */
static void
fill_list(lua_State *L, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		lua_pushinteger(L, (unsigned char)bytes.p[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

void
byte_list_push(struct lua_State *L, struct str bytes)
{
	if (bytes.n <= BYTE_LIST_SHORT) {
		lua_createtable(L, (int)bytes.n, 0);
		fill_list(L, bytes);
		return;
	}
	lua_createtable(L, 0, 1);
	lua_pushlstring(L, bytes.p, bytes.n);
	lua_rawsetp(L, -2, &string_key);
	push_meta(L);
	lua_setmetatable(L, -2);
}

bool
byte_list_at(struct lua_State *L, int index, struct str *bytes)
{
	bool is_ours;

	/* no module can set or take away a metatable */
	if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index))
		return false;
	lua_pop(L, 1);
	is_ours = lua_rawgetp(L, index, &string_key) == LUA_TSTRING;
	if (is_ours)
		bytes->p = lua_tolstring(L, -1, &bytes->n);
	lua_pop(L, 1);
	return is_ours;
}

void
byte_list_unpack(struct lua_State *L, int index)
{
	struct str bytes;

	if (!byte_list_at(L, index, &bytes))
		return;
	lua_pushvalue(L, index);
	/* keeps the string alive */
	lua_rawgetp(L, -1, &string_key);
	lua_insert(L, -2);
	lua_pushnil(L);
	lua_rawsetp(L, -2, &string_key);
	lua_pushnil(L);
	lua_setmetatable(L, -2);
	fill_list(L, bytes);
	lua_pop(L, 2);
}
