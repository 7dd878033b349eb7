#include "child/stop.h"

#include <lua.h>

#include "base/mem.h"

#define MOST_LEVELS 200
#define MOST_LAST   1024

static struct child *running;

/* Fills a line in without stdio and malloc; what does not fit is left out. */
struct last_line {
	char p[MOST_LAST];
	size_t n;
};

static void
add_words(struct last_line *line, const char *text)
{
	size_t n = strlen(text), room = sizeof(line->p) - line->n;

	if (n > room)
		n = room;
	memcpy(line->p + line->n, text, n);
	line->n += n;
}

/* Of the instruction that is next, and of every one after it. */
static void
raise_reason(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	jail_tick_seen();
	lua_pushstring(L, running->stopped);
	(void)lua_error(L);
}

/*
 * May be called in a signal handler. text is the reason, which becomes the
 * Exit line's; it must be kept.
 */
static void
stop_script(struct child *child, const char *text)
{
	if (child->stopped == NULL)
		child->stopped = text;
	/* "can be called asynchronously" (Lua 5.4 manual, lua_sethook); who
	 * fetches for the host has no script, and is ended by the next tick */
	if (child->L != NULL)
		lua_sethook(child->L, raise_reason,
		    LUA_MASKCALL | LUA_MASKCOUNT, 1);
}

void
stop_if_mute(struct child *child)
{
	if (child->wire.over != NULL)
		stop_script(child, child->wire.over);
	else if (child->wire.is_broken)
		stop_script(child, "the parent is gone");
}

static void
on_tick(enum jail_tick what)
{
	wire_tick(&running->wire);
	if (what != JAIL_TICK_IDLE)
		stop_script(running, jail_tick_text(what));
}

/* text has no characters that JSON would escape. */
static bool
on_last(const char *text, int status, bool force)
{
	static struct last_line line;

	/* one that the program was left to send stays as it is */
	if (running->wire.last_n != 0 && !force)
		return false;
	line.n = 0;
	add_words(&line, "{\"Exit\":{\"Err\":\"");
	add_words(&line, text);
	add_words(&line, "\"}}\n");
	return wire_last(&running->wire, line.p, line.n, status, force);
}

/*
 * The innermost line of Lua. Called where a C function of ours has been
 * stopped, so the chain of calls is whole, unless the attacker has it.
 */
static int
where(void)
{
	lua_Debug ar;

	if (running->L == NULL)
		return 0;
	for (int level = 0; level < MOST_LEVELS; level++) {
		if (!lua_getstack(running->L, level, &ar))
			return 0;
		if (lua_getinfo(running->L, "l", &ar) == 0)
			return 0;
		if (ar.currentline > 0)
			return ar.currentline;
	}
	return 0;
}

struct jail_hooks
stop_hooks(struct child *child)
{
	running = child;
	return (struct jail_hooks){ on_tick, on_last, where };
}
