/* xml: documents as tables. */
#include "xml/xml.h"

#include <lua.h>

#include "stdlib/call.h"

static struct json
attrs_of(struct call *c, const struct xml_element *e)
{
	struct json map = json_map();

	for (size_t i = 0; i < e->attrs; i++)
		json_set(c->pool, &map, e->attr[i].name,
		    json_str(e->attr[i].value));
	return map;
}

/* At most as deep as XML_MAX_DEPTH. */
static struct json
element_of(struct call *c, const struct xml_element *e)
{
	struct json map = json_map(), children = json_list();

	for (const struct xml_element *child = e->first; child != NULL;
	     child = child->next)
		json_append(c->pool, &children, element_of(c, child));
	if (e->parent != NULL) {
		json_set(c->pool, &map, STR("name"), json_str(e->name));
		json_set(c->pool, &map, STR("attrs"), attrs_of(c, e));
		if (e->text.n != 0)
			json_set(c->pool, &map, STR("text"),
			    json_str(buf_str(&e->text)));
	}
	json_set(c->pool, &map, STR("children"), children);
	return map;
}

static int
fn_xml_decode(struct call *c)
{
	struct xml_element *root;
	struct json map;

	c->about = call_str(c, 1);
	if (xml_read(c->pool, call_str(c, 1), &root, c->err) == -1)
		return -1;
	map = element_of(c, root);
	return call_return_json(c, &map);
}

/* Pushes the member of the table on top, nil where there is none. */
static int
push_member(lua_State *L, const char *name)
{
	if (!lua_istable(L, -1)) {
		lua_pushnil(L);
		return LUA_TNIL;
	}
	lua_pushstring(L, name);
	return lua_rawget(L, -2);
}

static bool
is_named(lua_State *L, struct str name)
{
	struct str have = STR_NONE;
	bool is_text = push_member(L, "name") == LUA_TSTRING;

	if (is_text)
		have.p = lua_tolstring(L, -1, &have.n);
	is_text = is_text && str_eq(have, name);
	lua_pop(L, 1);
	return is_text;
}

/*
 * Looks at the tables themselves: modules ask for one child after the other,
 * and a copy of all that is below would be made for each.
 */
static int
fn_xml_named(struct call *c)
{
	size_t n;

	lua_pushvalue(c->L, 1);
	if (push_member(c->L, "children") != LUA_TTABLE)
		return call_return_nil(c);
	n = lua_rawlen(c->L, -1);
	for (size_t i = 1; i <= n; i++) {
		lua_rawgeti(c->L, -1, (lua_Integer)i);
		if (is_named(c->L, call_str(c, 2))) {
			c->returned = 1;
			return 0;
		}
		lua_pop(c->L, 1);
	}
	return call_return_nil(c);
}

const struct stdlib_fn stdlib_xml[] = {
	{
	    .name = "xml_decode",
	    .call = fn_xml_decode,
	    .args = "text:text",
	    .returns = "table",
	    .doc =
		"Reads an XML document: {children={ROOT, ...}}, each element as {name=NAME, attrs={name=value}, text=TEXT, children={...}} with local names. Nothing outside of the text is loaded.",
	    .example =
		"xml_decode('<a><b c=\"1\">x</b></a>')['children'][1]['children'][1]['attrs']  -- {\"c\": \"1\"}",
	},
	{
	    .name = "xml_named",
	    .call = fn_xml_named,
	    .args = "element:raw, name:text",
	    .returns = "table",
	    .doc =
		"The first of the element's children that has this name, nil if there is none. Any other value instead of an element gives nil.",
	    .example =
		"xml_named(xml_named(xml_decode('<a><b>x</b></a>'), 'a'), 'b')['text']  -- \"x\"",
	},
	{ NULL },
};
