#include "child/stop.h"

#include <lua.h>
#include <stdatomic.h>

#include "base/halt.h"
#include "base/mem.h"

#define MOST_LEVELS 200
#define MOST_LAST   1024

static struct child *running;
static const char interrupted[] = STOP_INTERRUPTED;
static volatile sig_atomic_t is_in_chunk;

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

void
stop_if_interrupted(struct child *child)
{
	if (!is_in_chunk || !child->wire.is_interrupted)
		return;
	stop_script(child, interrupted);
	halt_is_wanted = 1;
}

void
stop_chunk_begins(struct child *child)
{
	is_in_chunk = 1;
	atomic_signal_fence(memory_order_seq_cst);
	stop_if_interrupted(child);
}

const char *
stop_chunk_ends(struct child *child)
{
	const char *why;

	/* from here on no handler stops it for that */
	is_in_chunk = 0;
	atomic_signal_fence(memory_order_seq_cst);
	why = child->stopped;
	halt_is_wanted = 0;
	if (why != interrupted)
		return why;
	child->stopped = NULL;
	lua_sethook(child->L, NULL, 0, 0);
	return STOP_INTERRUPTED;
}

static void
on_tick(enum jail_tick what)
{
	wire_tick(&running->wire);
	wire_look(&running->wire);
	stop_if_interrupted(running);
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
