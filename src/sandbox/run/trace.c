/*
 * What Lua says of an error is "[string "chunk"]:7: ...": the line, but neither
 * which function that is in nor who called it. The chain of calls is there until
 * lua_pcall() comes back, so a message handler reads it, before that. It takes
 * no memory of Lua's, which may be used up, or be a limit of the module's; it
 * cannot raise an error. Who has called itself a thousand times is not printed
 * a thousand times: the innermost calls and the outermost are.
 */
#include "run/trace.h"

#include <lua.h>
#include <string.h>

#include "base/utf8.h"
#include "stdlib/log.h"

#define MOST_INNER 12
#define MOST_OUTER 4
#define MOST_NAME  64 /* bytes: a name may be as long as the module */

/* What the handler has to know; it has no upvalues, which take memory. */
static struct {
	struct child *child;
	const char *called;
} current;

/* One call of the chain. */
struct frame {
	int line;         /* that it is at; 0: it is not of Lua */
	int begins;       /* the line of its definition */
	const char *name; /* may be NULL */
	const char *source;
	bool is_chunk, is_tail_called, is_last;
};

static bool
frame_at(lua_State *L, int level, struct frame *out)
{
	lua_Debug ar, outer;

	if (lua_getstack(L, level, &ar) == 0 ||
	    lua_getinfo(L, "Slnt", &ar) == 0)
		return false;
	*out = (struct frame){
		.line = ar.currentline > 0 ? ar.currentline : 0,
		.begins = ar.linedefined,
		.name = ar.name,
		.source = ar.source,
		.is_chunk = strcmp(ar.what, "main") == 0,
		.is_tail_called = ar.istailcall != 0,
		.is_last = lua_getstack(L, level + 1, &outer) == 0,
	};
	return true;
}

static const char *
frame_name(struct pool *pool, const struct frame *frame)
{
	struct str name;

	if (frame->is_chunk)
		return NULL;
	if (frame->is_last && !frame->is_tail_called)
		return current.called;
	if (frame->name == NULL)
		return frame->line == 0
		           ? NULL
		           : pool_printf(pool, "a function of line %d",
				 frame->begins);
	name = str_of(frame->name);
	if (name.n > MOST_NAME)
		name.n = MOST_NAME;
	return pool_cstr(pool, utf8_lossy(pool, name));
}

static struct child_place
frame_place(struct pool *pool, const struct frame *frame)
{
	return (struct child_place){
		.fn = frame_name(pool, frame),
		.line = frame->line,
		.is_typed = strcmp(frame->source, "=" CHILD_TYPED) == 0,
	};
}

/*
 * Where an error was raised: a function of C that raises is named with the line
 * that calls it, as child->raised has it where arguments are wrong.
 */
static bool
innermost(lua_State *L, struct pool *pool, struct child_place *at, int *level)
{
	struct child_place caller;
	struct frame frame;

	for (*level = 1; frame_at(L, *level, &frame); ++*level) {
		if (frame.line != 0) {
			caller = frame_place(pool, &frame);
			if (at->fn == NULL)
				at->fn = caller.fn;
			at->line = caller.line;
			at->is_typed = caller.is_typed;
			return true;
		}
		if (at->fn == NULL)
			at->fn = frame_name(pool, &frame);
	}
	return false;
}

/* Without "[string "chunk"]:7: ", which the place says. */
static struct str
message(lua_State *L)
{
	static const char *const marks[] = { "[string \"chunk\"]:",
		CHILD_TYPED ":" };
	struct str text = STR("error value is not a string"), rest;

	if (lua_type(L, 1) != LUA_TSTRING)
		return text;
	text.p = lua_tolstring(L, 1, &text.n);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!str_starts(text, str_of(marks[i])))
			continue;
		rest = str_from(text, strlen(marks[i]));
		(void)str_cut(&rest, ' ');
		return rest;
	}
	return text;
}

static void
say_place(struct child *child, struct pool *pool, const char *before,
    const struct child_place *at, struct str text)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, str_of(before));
	child_add_place(child, at, &out);
	if (text.n != 0) {
		buf_add(&out, STR(": "));
		buf_add(&out, text);
	}
	log_debug(child, pool, utf8_lossy(pool, buf_str(&out)));
}

/* The outermost. lua_getstack() counts from the innermost: no loop of steps. */
static int
last_level(lua_State *L)
{
	int below = 0, above = 1;
	lua_Debug ar;

	while (lua_getstack(L, above, &ar) != 0) {
		below = above;
		above *= 2;
	}
	while (above - below > 1) {
		int middle = below + (above - below) / 2;

		if (lua_getstack(L, middle, &ar) != 0)
			below = middle;
		else
			above = middle;
	}
	return below;
}

/* From a level on, those of Lua: of the C between them nothing is known. */
static void
say_levels(struct child *child, struct pool *pool, int level, int end)
{
	struct child_place at;
	struct frame frame;

	for (; level < end && frame_at(child->L, level, &frame); level++) {
		if (frame.line == 0)
			continue;
		at = frame_place(pool, &frame);
		say_place(child, pool, "  called from ", &at, STR(""));
	}
}

static void
say_callers(struct child *child, struct pool *pool, int level)
{
	int end = last_level(child->L) + 1;
	int left_out = end - level - MOST_INNER - MOST_OUTER;

	if (left_out <= 1) {
		say_levels(child, pool, level, end);
		return;
	}
	say_levels(child, pool, level, level + MOST_INNER);
	log_debug(child, pool,
	    str_of(pool_printf(pool, "  ... %d more calls", left_out)));
	say_levels(child, pool, end - MOST_OUTER, end);
}

/* (error): the error, as it is. */
static int
on_error(lua_State *L)
{
	struct child *child = current.child;
	autopool struct pool pool = POOL_NONE;
	struct child_place at = child->raised;
	int level;

	if (!log_shows_errors(child) ||
	    !innermost(L, &child->pool, &at, &level))
		return 1;
	child->raised = at;
	say_place(child, &pool, "", &at, message(L));
	say_callers(child, &pool, level + 1);
	return 1;
}

int
trace_call(struct child *child, int args, int results, const char *called)
{
	lua_State *L = child->L;
	int at = lua_gettop(L) - args, status;

	if (!lua_checkstack(L, 1))
		return LUA_ERRMEM;
	lua_pushcfunction(L, on_error);
	lua_insert(L, at);
	current.child = child;
	current.called = called;
	status = lua_pcall(L, args, results, at);
	lua_remove(L, at);
	return status;
}
