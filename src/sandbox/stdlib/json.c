/* json: between text and values. */
#include "value/json.h"
#include "stdlib/call.h"

static int
fn_json_decode(struct call *c)
{
	struct json v;

	c->about = call_str(c, 1);
	if (json_read(c->pool, call_str(c, 1), &v, c->err) == -1)
		return err_wrap(c->err, "deserialize failed");
	return call_return_json(c, &v);
}

static int
fn_json_decode_stream(struct call *c)
{
	struct json list = json_list(), v;
	size_t at = 0;

	/* what came before an error counts, the error does not */
	while (json_read_next(c->pool, call_str(c, 1), &at, &v, NULL) == 1) {
		if (call_has_room(c) == -1)
			return -1;
		json_append(c->pool, &list, v);
	}
	return call_return_json(c, &list);
}

static int
fn_json_encode(struct call *c)
{
	struct buf out = BUF_IN(c->pool);

	json_write(&out, call_json(c, 1), JSON_SORTED);
	return call_return_str(c, buf_str(&out));
}

const struct stdlib_fn stdlib_json[] = {
	{
	    .name = "json_decode",
	    .call = fn_json_decode,
	    .args = "text:text",
	    .returns = "any",
	    .doc =
		"Reads one JSON value (RFC 8259, strictly). null becomes nil, so it leaves a hole in a list and is absent in a map.",
	    .example =
		"json_decode('{\"a\":[1,2]}')  -- {\"a\": {1.0: 1.0, 2.0: 2.0}}",
	},
	{
	    .name = "json_decode_stream",
	    .call = fn_json_decode_stream,
	    .args = "text:text",
	    .returns = "list",
	    .doc =
		"Reads JSON values that follow each other, up to the end or the first error.",
	    .example = "json_decode_stream('{} 5')  -- {1.0: {}, 2.0: 5.0}",
	},
	{
	    .name = "json_encode",
	    .call = fn_json_encode,
	    .args = "value:any",
	    .returns = "text",
	    .doc =
		"Writes a value as JSON without blanks, members in byte order. A table with a number key is a list.",
	    .example = "json_encode({a={1,2}})  -- \"{\\\"a\\\":[1,2]}\"",
	},
	{ NULL },
};
