/* xml: documents as tables. */
#include "format/xml.h"

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

	if (xml_read(c->pool, call_str(c, 1), &root, c->err) == -1)
		return -1;
	map = element_of(c, root);
	return call_return_json(c, &map);
}

static int
fn_xml_named(struct call *c)
{
	const struct json *children = json_member(call_json(c, 1), "children");

	if (children == NULL || children->kind != JSON_LIST)
		return call_return_nil(c);
	for (size_t i = 0; i < children->list.n; i++) {
		const struct json *child = &children->list.item[i];
		const struct json *name = json_member(child, "name");

		if (name != NULL && name->kind == JSON_STR &&
		    str_eq(name->str, call_str(c, 2)))
			return call_return_json(c, child);
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
	    .args = "element:any, name:text",
	    .returns = "table",
	    .doc = "The first child of that name, or nil.",
	    .example =
		"xml_named(xml_named(xml_decode('<a><b>x</b></a>'), 'a'), 'b')['text']  -- \"x\"",
	},
	{ NULL },
};
