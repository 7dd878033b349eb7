/*
 * env: the part of Lua's own library that modules have: the methods of
 * strings, reached through the metatable only. Nothing in it loads code,
 * shows an address or opens anything (docs/modules.md, "What they can do").
 */
#ifndef STDLIB_ENV_H
#define STDLIB_ENV_H

struct lua_State;

void env_open_string(struct lua_State *L);

#endif
