#include "stdlib/bind.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>
#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "child/child.h"
#include "child/stop.h"
#include "stdlib/byte_list.h"
#include "stdlib/log.h"
#include "stdlib/value.h"
#include "value/quote.h"

#define WRONG_TYPES "wrong parameter types for callback function"
#define MOST_LEVELS 200 /* of calls, as Lua has of C */

/* What checking an argument can come to. */
enum check {
	CHECK_OK,
	CHECK_SOFT,  /* c->err is set */
	CHECK_RAISE, /* a wrong type: ends the run */
};

typedef enum check check_arg(struct call *c, int i);

/* A function as Lua holds it: the row with its types looked up. */
struct bound {
	const struct stdlib_fn *fn;
	struct child *child;
	int n;
	check_arg *check[CALL_MAX_ARGS];
};

static enum check
check_text(struct call *c, int i)
{
	struct str s;

	switch (lua_type(c->L, i)) {
	case LUA_TNUMBER:
		c->arg[i - 1].str = value_number_text(c->L, i, c->pool);
		return CHECK_OK;
	case LUA_TSTRING:
		s.p = lua_tolstring(c->L, i, &s.n);
		c->arg[i - 1].str = s;
		return utf8_is_valid(s) ? CHECK_OK : CHECK_RAISE;
	default:
		return CHECK_RAISE;
	}
}

/* One value of a byte list, at the top of the stack. */
static enum check
take_byte(struct call *c, struct buf *out)
{
	double d;

	if (lua_type(c->L, -1) != LUA_TNUMBER) {
		err_set(c->err, "unexpected type: %s", luaL_typename(c->L, -1));
		return CHECK_SOFT;
	}
	d = lua_tonumber(c->L, -1);
	if (!(d >= 0 && d <= 255 && d == floor(d))) {
		struct buf text = BUF_IN(c->pool);

		value_add_log(c->L, -1, c->pool, &text, c->err);
		err_set(c->err, "number is out of range: %.*s",
		    STR_ARG(buf_str(&text)));
		return CHECK_SOFT;
	}
	buf_add_char(out, (char)(unsigned char)d);
	return CHECK_OK;
}

/* The array part in order, then the rest in traversal order. */
static enum check
take_byte_list(struct call *c, int i)
{
	struct buf out = BUF_IN(c->pool);
	lua_Integer n = (lua_Integer)lua_rawlen(c->L, i);
	enum check status = CHECK_OK;
	bool is_list = true;

	for (lua_Integer k = 1; k <= n && status == CHECK_OK; k++) {
		if (lua_rawgeti(c->L, i, k) != LUA_TNIL)
			status = take_byte(c, &out);
		lua_pop(c->L, 1);
	}
	for (lua_pushnil(c->L); status == CHECK_OK && lua_next(c->L, i) != 0;
	     lua_pop(c->L, 1)) {
		lua_Integer key = 0;

		is_list = lua_isinteger(c->L, -2);
		if (is_list)
			key = lua_tointeger(c->L, -2);
		if (!is_list || key < 1 || key > n)
			status = take_byte(c, &out);
	}
	c->arg[i - 1].str = buf_str(&out);
	return status;
}

static enum check
check_bytes(struct call *c, int i)
{
	struct str s;
	int top;
	enum check status;

	switch (lua_type(c->L, i)) {
	case LUA_TSTRING:
		s.p = lua_tolstring(c->L, i, &s.n);
		c->arg[i - 1].str = s;
		return CHECK_OK;
	case LUA_TTABLE:
		if (byte_list_at(c->L, i, &c->arg[i - 1].str))
			return CHECK_OK;
		top = lua_gettop(c->L);
		status = take_byte_list(c, i);
		lua_settop(c->L, top);
		return status;
	case LUA_TNIL:
	case LUA_TNONE:
		err_set(c->err, "invalid type: LuaNil");
		return CHECK_SOFT;
	default:
		err_set(c->err, "invalid type: %s", luaL_typename(c->L, i));
		return CHECK_SOFT;
	}
}

/* A number, or a string that Lua takes for one. */
static bool
read_number(struct call *c, int i, double *d)
{
	int is_number;

	*d = lua_tonumberx(c->L, i, &is_number);
	return is_number != 0;
}

static enum check
check_int(struct call *c, int i)
{
	int is_integer;
	double d;

	c->arg[i - 1].i = lua_tointegerx(c->L, i, &is_integer);
	if (is_integer)
		return CHECK_OK;
	if (!read_number(c, i, &d))
		return CHECK_RAISE;
	d = trunc(d);
	if (!(d >= -0x1p63 && d < 0x1p63))
		return CHECK_RAISE;
	c->arg[i - 1].i = (int64_t)d;
	return CHECK_OK;
}

static enum check
check_i32(struct call *c, int i)
{
	enum check status = check_int(c, i);

	if (status == CHECK_OK &&
	    (c->arg[i - 1].i < INT32_MIN || c->arg[i - 1].i > INT32_MAX))
		return CHECK_RAISE;
	return status;
}

/* Rounded half to even, then modulo (docs/reference, "Types"). */
static enum check
check_unsigned(struct call *c, int i, double modulus)
{
	double d;

	if (!read_number(c, i, &d) || !isfinite(d))
		return CHECK_RAISE;
	d = fmod(rint(d), modulus);
	c->arg[i - 1].i = (int64_t)(d < 0 ? d + modulus : d);
	return CHECK_OK;
}

static enum check
check_u8(struct call *c, int i)
{
	return check_unsigned(c, i, 0x1p8);
}

static enum check
check_u16(struct call *c, int i)
{
	return check_unsigned(c, i, 0x1p16);
}

static enum check
check_u32(struct call *c, int i)
{
	return check_unsigned(c, i, 0x1p32);
}

static enum check
check_any(struct call *c, int i)
{
	struct json *v = pool_alloc(c->pool, sizeof(*v));

	if (lua_isnone(c->L, i))
		*v = json_null();
	else if (value_to_json(c->L, i, c->pool, v, c->err) == -1)
		return CHECK_SOFT;
	c->arg[i - 1].json = v;
	return CHECK_OK;
}

static enum check
check_list(struct call *c, int i)
{
	struct json *v;

	if (lua_istable(c->L, i))
		byte_list_unpack(c->L, i);
	if (!lua_istable(c->L, i) || !value_is_list(c->L, i))
		return CHECK_RAISE;
	if (lua_rawlen(c->L, i) != 0)
		return check_any(c, i);
	v = pool_alloc(c->pool, sizeof(*v));
	*v = json_list();
	c->arg[i - 1].json = v;
	return CHECK_OK;
}

static enum check
check_raw(struct call *c, int i)
{
	(void)c;
	(void)i;
	return CHECK_OK;
}

static const struct {
	const char *type;
	check_arg *check;
} types[] = {
	{ "text", check_text },
	{ "bytes", check_bytes },
	{ "int", check_int },
	{ "i32", check_i32 },
	{ "u8", check_u8 },
	{ "u16", check_u16 },
	{ "u32", check_u32 },
	{ "list", check_list },
	{ "any", check_any },
	{ "raw", check_raw },
};

static check_arg *
check_by_type(struct str type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (str_is(type, types[i].type))
			return types[i].check;
	}
	assert(!"a row names a type that is none");
	return NULL;
}

/* The reference's dump of an error chain: the cause, then the contexts. */
static struct str
dump_error(struct call *c)
{
	struct buf out = BUF_IN(c->pool);
	const struct err *err = &c->child->err;

	if (err->debug.n != 0) {
		buf_add(&out, err->debug);
	} else {
		buf_add(&out, STR("ErrorMessage { msg: "));
		quote_add(&out, err->msg[0]);
		buf_add(&out, STR(" }"));
	}
	for (unsigned i = 1; i < err->n; i++) {
		buf_add(&out, STR("\n\n"));
		buf_add(&out, err->msg[i]);
	}
	return buf_str(&out);
}

/* The innermost line of Lua that a function of ours was called from. */
static struct child_place
place_of(struct call *c)
{
	struct child_place at = { .fn = c->fn->name };
	lua_Debug ar;

	for (int level = 1; level < MOST_LEVELS; level++) {
		if (lua_getstack(c->L, level, &ar) == 0 ||
		    lua_getinfo(c->L, "Sl", &ar) == 0)
			return at;
		if (ar.currentline > 0) {
			at.line = ar.currentline;
			at.is_typed = strcmp(ar.source, "=" CHILD_TYPED) == 0;
			return at;
		}
	}
	return at;
}

void
bind_note_error(struct call *c)
{
	c->child->err_at = place_of(c);
	log_error_place(c);
}

/* Stores the error of the call; the module gets nil and a message. */
static int
fail_call(struct call *c)
{
	struct str text;

	err_move(&c->child->err, c->err);
	bind_note_error(c);
	stop_if_mute(c->child);
	if (c->child->stopped != NULL)
		return luaL_error(c->L, "%s", c->child->stopped);
	text = c->fn->flags & FN_DEBUG_DUMP ? dump_error(c)
	                                    : err_text(&c->child->err);
	lua_settop(c->L, 0);
	lua_pushnil(c->L);
	lua_pushlstring(c->L, text.p, text.n);
	return 2;
}

static int
trampoline(lua_State *L)
{
	const struct bound *b = lua_touserdata(L, lua_upvalueindex(1));
	struct call c;

	c.L = L;
	c.fn = b->fn;
	c.child = b->child;
	c.pool = &b->child->call_pool;
	c.err = &b->child->call_err;
	c.returned = 0;
	c.about = STR_NONE;
	pool_reset(c.pool);
	for (int i = 0; i < b->n; i++) {
		switch (b->check[i](&c, i + 1)) {
		case CHECK_OK:
			break;
		case CHECK_SOFT:
			return fail_call(&c);
		case CHECK_RAISE:
			b->child->raised = place_of(&c);
			lua_pushliteral(L, WRONG_TYPES);
			return lua_error(L);
		}
	}
	if (b->fn->call(&c) == -1)
		return fail_call(&c);
	return c.returned;
}

/* "name:type, name:type" */
static void
read_types(struct bound *b, const char *args)
{
	struct str rest = str_of(args);

	while (rest.n != 0) {
		struct str arg = str_trim(str_cut(&rest, ','));

		(void)str_cut(&arg, ':');
		assert(b->n < CALL_MAX_ARGS);
		b->check[b->n++] = check_by_type(arg);
	}
}

void
bind_room(struct child *child, const struct stdlib_fn *room)
{
	for (; room->name != NULL; room++) {
		struct bound *b = pool_zalloc(&child->pool, sizeof(*b));

		b->fn = room;
		b->child = child;
		read_types(b, room->args);
		lua_pushlightuserdata(child->L, b);
		lua_pushcclosure(child->L, trampoline, 1);
		lua_setglobal(child->L, room->name);
	}
}
