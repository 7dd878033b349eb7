#include "stdlib/value.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "stdlib/byte_list.h"
#include "value/quote.h"

#define SLOTS 6 /* of the Lua stack, for each level */

struct maker {
	lua_State *L;
	struct pool *pool;
	struct err *err;
};

/* An entry of a table, to be put in order. */
struct entry {
	enum {
		ENTRY_NUMBER,
		ENTRY_TEXT,
		ENTRY_OTHER,
	} kind;
	double number;
	struct str text;
	size_t at; /* in traversal order */
	struct json value;
};

static struct str
string_at(lua_State *L, int index)
{
	size_t n;
	const char *p = lua_tolstring(L, index, &n);

	return str_view(p, n);
}

static int
too_deep(struct maker *m, int depth)
{
	if (depth > VALUE_MAX_DEPTH || !lua_checkstack(m->L, SLOTS))
		return err_set(m->err, "table is nested too deeply");
	return 0;
}

/* Ascending numbers, then texts in byte order, then the rest as it came. */
static bool
comes_before(const struct entry *a, const struct entry *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind;
	if (a->kind == ENTRY_NUMBER)
		return a->number < b->number;
	if (a->kind == ENTRY_TEXT)
		return str_cmp(a->text, b->text) < 0;
	return a->at < b->at;
}

static void
sift(struct entry *e, size_t root, size_t n)
{
	for (;;) {
		size_t big = 2 * root + 1;
		struct entry swap;

		if (big >= n)
			return;
		if (big + 1 < n && comes_before(&e[big], &e[big + 1]))
			big++;
		if (!comes_before(&e[root], &e[big]))
			return;
		swap = e[root];
		e[root] = e[big];
		e[big] = swap;
		root = big;
	}
}

/* Heap sort: in place, and no input makes it slow. */
static void
sort_entries(struct entry *e, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(e, i, n);
	while (n > 1) {
		struct entry last = e[--n];

		e[n] = e[0];
		e[0] = last;
		sift(e, 0, n);
	}
}

static void
read_key(lua_State *L, int index, struct entry *e)
{
	*e = (struct entry){ .kind = ENTRY_OTHER };
	if (lua_type(L, index) == LUA_TNUMBER) {
		e->kind = ENTRY_NUMBER;
		e->number = lua_tonumber(L, index);
	} else if (lua_type(L, index) == LUA_TSTRING) {
		e->kind = ENTRY_TEXT;
		e->text = string_at(L, index);
	}
}

static int to_json(struct maker *m, int index, int depth, struct json *out);

static int
number_to_json(struct maker *m, int index, struct json *out)
{
	double d;

	if (lua_isinteger(m->L, index)) {
		*out = json_int(lua_tointeger(m->L, index));
		return 0;
	}
	d = lua_tonumber(m->L, index);
	if (!isfinite(d))
		return err_set(m->err, "a number that is %s has no JSON form",
		    isnan(d) ? "not a number" : "infinite");
	/*
	 * The top 1024 numbers of 64 bits round up to 2^64 when they become a
	 * Lua number. It is written as the last of them, which reads back as
	 * the same number and is what the most used of them was: 2^64-1.
	 */
	if (d != floor(d) || d < -0x1p63 || d > 0x1p64)
		*out = json_double(d);
	else if (d >= 0x1p63)
		*out = (struct json){ .kind = JSON_UINT,
			.u = d < 0x1p64 ? (uint64_t)d : UINT64_MAX };
	else
		*out = json_int((int64_t)d);
	return 0;
}

/*
 * What was made of a table before it was seen to be mixed is taken over, so that
 * no value is made twice, however tables nest: the first entries of a list, or
 * those of a map that have names.
 */
static bool
take_made(const struct json *made, size_t *at, const struct entry *e,
    struct json *out)
{
	if (made->kind == JSON_LIST && *at < made->list.n) {
		*out = made->list.item[(*at)++];
		return true;
	}
	if (made->kind == JSON_MAP && *at < made->map.n &&
	    e->kind == ENTRY_TEXT && utf8_is_valid(e->text)) {
		*out = made->map.member[(*at)++].value;
		return true;
	}
	return false;
}

/* All values, those of number keys first. *out has what was made already. */
static int
mixed_to_json(struct maker *m, int index, int depth, struct json *out)
{
	int top = lua_gettop(m->L);
	struct entry *e = NULL;
	struct json list = json_list();
	size_t n = 0, made = 0;

	for (lua_pushnil(m->L); lua_next(m->L, index) != 0; lua_pop(m->L, 1)) {
		e = pool_push(m->pool, e, n, sizeof(*e));
		read_key(m->L, -2, &e[n]);
		e[n].at = n;
		if (!take_made(out, &made, &e[n], &e[n].value) &&
		    to_json(m, top + 2, depth, &e[n].value) == -1)
			return -1;
		n++;
	}
	if (n != 0)
		sort_entries(e, n);
	for (size_t i = 0; i < n; i++)
		json_append(m->pool, &list, e[i].value);
	*out = list;
	return 0;
}

/* A number key makes it a list of another kind. */
static int
map_to_json(struct maker *m, int index, int depth, struct json *out)
{
	lua_State *L = m->L;
	int key = lua_gettop(L) + 1;

	*out = json_map();
	for (lua_pushnil(L); lua_next(L, index) != 0; lua_settop(L, key)) {
		int type = lua_type(L, key);
		struct json v;
		struct str name;

		if (type == LUA_TNUMBER) {
			lua_settop(L, key - 1);
			return mixed_to_json(m, index, depth, out);
		}
		if (type != LUA_TSTRING)
			continue;
		name = string_at(L, key);
		if (!utf8_is_valid(name))
			continue;
		if (to_json(m, key + 1, depth, &v) == -1)
			return -1;
		json_set(m->pool, out, name, v);
	}
	return 0;
}

bool
value_is_list(struct lua_State *L, int index)
{
	size_t n = lua_rawlen(L, index), k = 0;

	for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
		if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 ||
		    (size_t)lua_tointeger(L, -2) > n) {
			lua_pop(L, 2);
			return false;
		}
		k++;
	}
	return k == n;
}

/* The items that are left, by their numbers. */
static int
rest_to_json(struct maker *m, int index, int depth, struct json *out)
{
	lua_State *L = m->L;
	size_t n = lua_rawlen(L, index);
	int top = lua_gettop(L);

	for (size_t i = out->list.n + 1; i <= n; i++) {
		struct json v;

		lua_rawgeti(L, index, (lua_Integer)i);
		if (to_json(m, top + 1, depth, &v) == -1)
			return -1;
		json_append(m->pool, out, v);
		lua_settop(L, top);
	}
	return 0;
}

/*
 * Lua goes through the array of a table first and in order, so most lists are
 * seen to be one while they are read. Numbers elsewhere come as they hash.
 */
static int
list_to_json(struct maker *m, int index, int depth, struct json *out)
{
	lua_State *L = m->L;
	int key = lua_gettop(L) + 1;

	*out = json_list();
	for (lua_pushnil(L); lua_next(L, index) != 0; lua_settop(L, key)) {
		struct json v;

		if (!lua_isinteger(L, key) ||
		    (size_t)lua_tointeger(L, key) != out->list.n + 1) {
			lua_settop(L, key - 1);
			return value_is_list(L, index)
			           ? rest_to_json(m, index, depth, out)
			           : mixed_to_json(m, index, depth, out);
		}
		if (to_json(m, key + 1, depth, &v) == -1)
			return -1;
		json_append(m->pool, out, v);
	}
	return 0;
}

static int
table_to_json(struct maker *m, int index, int depth, struct json *out)
{
	struct str bytes;

	if (too_deep(m, depth) == -1)
		return -1;
	if (byte_list_at(m->L, index, &bytes)) {
		*out = json_byte_list(bytes);
		return 0;
	}
	return lua_rawlen(m->L, index) == 0
	           ? map_to_json(m, index, depth, out)
	           : list_to_json(m, index, depth, out);
}

/* index is absolute. */
static int
to_json(struct maker *m, int index, int depth, struct json *out)
{
	switch (lua_type(m->L, index)) {
	case LUA_TBOOLEAN:
		*out = json_bool(lua_toboolean(m->L, index));
		return 0;
	case LUA_TNUMBER:
		return number_to_json(m, index, out);
	case LUA_TSTRING:
		*out = json_str(string_at(m->L, index));
		return 0;
	case LUA_TTABLE:
		return table_to_json(m, index, depth + 1, out);
	default:
		*out = json_null();
		return 0;
	}
}

int
value_to_json(struct lua_State *L, int index, struct pool *pool,
    struct json *out, struct err *err)
{
	struct maker m = { L, pool, err };
	int top = lua_gettop(L);
	int status = to_json(&m, lua_absindex(L, index), 0, out);

	lua_settop(L, top);
	return status;
}

static void
push_list(lua_State *L, const struct json *v)
{
	size_t n = v->list.n;

	lua_createtable(L, n < INT32_MAX ? (int)n : 0, 0);
	for (size_t i = 0; i < n; i++) {
		if (v->list.item[i].kind == JSON_NULL)
			continue;
		value_push(L, &v->list.item[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static void
push_map(lua_State *L, const struct json *v)
{
	size_t n = v->map.n;

	lua_createtable(L, 0, n < INT32_MAX ? (int)n : 0);
	for (size_t i = 0; i < n; i++) {
		const struct json_member *m = &v->map.member[i];

		lua_pushlstring(L, m->name.p, m->name.n);
		/* null removes an earlier member of the name */
		value_push(L, &m->value);
		lua_rawset(L, -3);
	}
}

static void
push_nested(lua_State *L, const struct json *v)
{
	luaL_checkstack(L, SLOTS, "value is nested too deeply");
	if (v->kind == JSON_BYTE_LIST)
		byte_list_push(L, v->str);
	else if (v->kind == JSON_LIST)
		push_list(L, v);
	else
		push_map(L, v);
}

/* The room for one that is not nested is there (lua.h, LUA_MINSTACK). */
void
value_push(struct lua_State *L, const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL:
		lua_pushnil(L);
		break;
	case JSON_BOOL:
		lua_pushboolean(L, v->b);
		break;
	case JSON_INT:
		lua_pushinteger(L, v->i);
		break;
	case JSON_UINT:
		lua_pushnumber(L, (double)v->u);
		break;
	case JSON_DOUBLE:
		lua_pushnumber(L, v->d);
		break;
	case JSON_STR:
	case JSON_BYTES:
		lua_pushlstring(L, v->str.p, v->str.n);
		break;
	case JSON_BYTE_LIST:
	case JSON_LIST:
	case JSON_MAP:
		push_nested(L, v);
		break;
	}
}

static void
log_string(struct buf *out, struct str s)
{
	if (utf8_is_valid(s)) {
		quote_add(out, s);
		return;
	}
	buf_add_char(out, '[');
	for (size_t i = 0; i < s.n; i++) {
		if (i != 0)
			buf_add(out, STR(", "));
		buf_add_uint(out, (unsigned char)s.p[i]);
	}
	buf_add_char(out, ']');
}

static int log_value(struct maker *m, int index, int depth, struct buf *out);

/* Leaves the n keys of the table in order in *entries. */
static size_t
sorted_keys(struct maker *m, int index, struct entry **entries)
{
	struct entry *e = NULL;
	size_t n = 0;

	for (lua_pushnil(m->L); lua_next(m->L, index) != 0; lua_pop(m->L, 1)) {
		e = pool_push(m->pool, e, n, sizeof(*e));
		read_key(m->L, -2, &e[n]);
		e[n].at = n;
		n++;
	}
	if (n != 0)
		sort_entries(e, n);
	*entries = e;
	return n;
}

/* Pushes the traversal's entry number `at`. */
static void
push_by_position(lua_State *L, int index, size_t at)
{
	size_t n = 0;

	for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
		if (n++ == at)
			return;
	}
	lua_pushnil(L);
	lua_pushnil(L);
}

/* Pushes key and value of an entry. */
static void
push_entry(struct maker *m, int index, const struct entry *e)
{
	lua_State *L = m->L;

	if (e->kind == ENTRY_TEXT)
		lua_pushlstring(L, e->text.p, e->text.n);
	else if (e->kind == ENTRY_NUMBER)
		lua_pushnumber(L, e->number);
	if (e->kind != ENTRY_OTHER) {
		lua_pushvalue(L, -1);
		if (lua_rawget(L, index) != LUA_TNIL)
			return;
		/* an integer that no double holds */
		lua_pop(L, 2);
	}
	push_by_position(L, index, e->at);
}

static int
log_entry(struct maker *m, int depth, struct buf *out)
{
	int top = lua_gettop(m->L);

	if (log_value(m, top - 1, depth, out) == -1)
		return -1;
	buf_add(out, STR(": "));
	if (log_value(m, top, depth, out) == -1)
		return -1;
	lua_settop(m->L, top - 2);
	return 0;
}

static int
log_sequence(struct maker *m, int index, int depth, struct buf *out)
{
	size_t n = lua_rawlen(m->L, index);

	for (size_t i = 1; i <= n; i++) {
		if (i != 1)
			buf_add(out, STR(", "));
		lua_pushinteger(m->L, (lua_Integer)i);
		lua_rawgeti(m->L, index, (lua_Integer)i);
		if (log_entry(m, depth, out) == -1)
			return -1;
	}
	return 0;
}

static int
log_sorted(struct maker *m, int index, int depth, struct buf *out)
{
	struct entry *e;
	size_t n = sorted_keys(m, index, &e);

	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			buf_add(out, STR(", "));
		push_entry(m, index, &e[i]);
		if (log_entry(m, depth, out) == -1)
			return -1;
	}
	return 0;
}

static int
log_bytes(struct str bytes, struct buf *out)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (i != 0)
			buf_add(out, STR(", "));
		num_add_log(out, (double)(i + 1));
		buf_add(out, STR(": "));
		num_add_log(out, (unsigned char)bytes.p[i]);
	}
	return 0;
}

static int
log_table(struct maker *m, int index, int depth, struct buf *out)
{
	struct str bytes;
	int status;

	if (too_deep(m, depth) == -1)
		return -1;
	buf_add_char(out, '{');
	if (byte_list_at(m->L, index, &bytes))
		status = log_bytes(bytes, out);
	else if (value_is_list(m->L, index)) /* no keys to put in order */
		status = log_sequence(m, index, depth, out);
	else
		status = log_sorted(m, index, depth, out);
	buf_add_char(out, '}');
	return status;
}

static int
log_value(struct maker *m, int index, int depth, struct buf *out)
{
	switch (lua_type(m->L, index)) {
	case LUA_TNONE:
	case LUA_TNIL:
		buf_add(out, STR("null"));
		return 0;
	case LUA_TBOOLEAN:
		buf_add(out,
		    lua_toboolean(m->L, index) ? STR("true") : STR("false"));
		return 0;
	case LUA_TNUMBER:
		num_add_log(out, lua_tonumber(m->L, index));
		return 0;
	case LUA_TSTRING:
		log_string(out, string_at(m->L, index));
		return 0;
	case LUA_TTABLE:
		return log_table(m, index, depth + 1, out);
	default:
		buf_add(out, STR("LuaOther"));
		return 0;
	}
}

int
value_add_log(struct lua_State *L, int index, struct pool *pool,
    struct buf *out, struct err *err)
{
	struct maker m = { L, pool, err };
	int top = lua_gettop(L);
	int status = log_value(&m, lua_absindex(L, index), 0, out);

	lua_settop(L, top);
	return status;
}

struct str
value_number_text(struct lua_State *L, int index, struct pool *pool)
{
	struct buf out = BUF_IN(pool);
	double d;

	if (lua_isinteger(L, index)) {
		buf_add_int(&out, lua_tointeger(L, index));
		return buf_str(&out);
	}
	d = lua_tonumber(L, index);
	if (d == floor(d) && d >= -0x1p63 && d < 0x1p63)
		buf_add_int(&out, (int64_t)d);
	else
		buf_printf(&out, "%.14g", d);
	return buf_str(&out);
}
