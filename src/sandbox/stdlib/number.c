/* number: between numbers and text. */
#include <lua.h>
#include <math.h>

#include "base/num.h"
#include "base/utf8.h"
#include "stdlib/call.h"
#include "stdlib/value.h"

/* The reference's names for what is wrong with the digits. */
static int
parse_error(struct call *c, const char *kind, const char *text)
{
	err_set(c->err, "%s", text);
	return err_set_debug(c->err, "ParseIntError { kind: %s }", kind);
}

static int
intval_text(struct call *c, struct str s)
{
	struct str digits = s;
	int64_t i;

	if (s.n == 0)
		return parse_error(c, "Empty",
		    "cannot parse integer from empty string");
	if (num_read_i64(s, &i) == 0)
		return call_return_int(c, i);
	if (s.p[0] == '-' || s.p[0] == '+')
		digits = str_from(s, 1);
	for (size_t k = 0; k < digits.n; k++) {
		if (digits.p[k] < '0' || digits.p[k] > '9')
			digits.n = 0;
	}
	if (digits.n == 0)
		return parse_error(c, "InvalidDigit",
		    "invalid digit found in string");
	if (s.p[0] == '-')
		return parse_error(c, "NegOverflow",
		    "number too small to fit in target type");
	return parse_error(c, "PosOverflow",
	    "number too large to fit in target type");
}

static int
intval_number(struct call *c)
{
	double d;

	if (lua_isinteger(c->L, 1))
		return call_return_int(c, lua_tointeger(c->L, 1));
	d = floor(lua_tonumber(c->L, 1));
	if (d >= -0x1p63 && d < 0x1p63)
		return call_return_int(c, (int64_t)d);
	return call_return_double(c, d);
}

static int
fn_intval(struct call *c)
{
	struct str s;

	switch (lua_type(c->L, 1)) {
	case LUA_TNONE:
	case LUA_TNIL:
		return call_return_nil(c);
	case LUA_TNUMBER:
		return intval_number(c);
	case LUA_TSTRING:
		s.p = lua_tolstring(c->L, 1, &s.n);
		if (utf8_is_valid(s))
			return intval_text(c, s);
		break;
	default:
		break;
	}
	return err_set(c->err, "Unsupported input for intval");
}

static int
strval_number(struct call *c)
{
	struct buf out = BUF_IN(c->pool);
	double d;

	if (lua_isinteger(c->L, 1)) {
		buf_add_int(&out, lua_tointeger(c->L, 1));
		return call_return_str(c, buf_str(&out));
	}
	d = lua_tonumber(c->L, 1);
	/* as in JSON: whole numbers of 64 bits have all their digits */
	if (d == floor(d) && d >= -0x1p63 && d < 0x1p63)
		buf_add_int(&out, (int64_t)d);
	else if (d == floor(d) && d >= 0x1p63 && d < 0x1p64)
		buf_add_uint(&out, (uint64_t)d);
	else
		num_add_plain(&out, d);
	return call_return_str(c, buf_str(&out));
}

static int
fn_strval(struct call *c)
{
	struct buf out = BUF_IN(c->pool);
	struct json v;

	switch (lua_type(c->L, 1)) {
	case LUA_TNONE:
	case LUA_TNIL:
		return call_return_nil(c);
	case LUA_TBOOLEAN:
		return call_return_str(c,
		    lua_toboolean(c->L, 1) ? STR("true") : STR("false"));
	case LUA_TNUMBER:
		return strval_number(c);
	case LUA_TSTRING:
		lua_pushvalue(c->L, 1);
		c->returned = 1;
		return 0;
	case LUA_TTABLE:
		if (value_to_json(c->L, 1, c->pool, &v, c->err) == -1)
			return -1;
		json_write(&out, &v, JSON_SORTED);
		return call_return_str(c, buf_str(&out));
	default:
		return err_set(c->err, "Unsupported input for strval");
	}
}

const struct stdlib_fn stdlib_number[] = {
	{
	    .name = "intval",
	    .call = fn_intval,
	    .args = "value:raw",
	    .returns = "int",
	    .doc =
		"A whole number: a number is rounded down, a string must be decimal digits with an optional sign, nil stays nil.",
	    .example = "intval('-42')  -- -42.0",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "strval",
	    .call = fn_strval,
	    .args = "value:raw",
	    .returns = "text",
	    .doc =
		"The text of a value: numbers in decimal without exponent, tables as JSON, nil stays nil.",
	    .example = "strval(1.5)  -- \"1.5\"",
	    .flags = FN_DEBUG_DUMP,
	},
	{ NULL },
};
