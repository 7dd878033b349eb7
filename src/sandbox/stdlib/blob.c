/* blob: bytes under an id, kept until the run ends. */
#include "stdlib/call.h"

static int
fn_create_blob(struct call *c)
{
	return call_return_str(c, call_blob_add(c, call_str(c, 1)));
}

const struct stdlib_fn stdlib_blob[] = {
	{
	    .name = "create_blob",
	    .call = fn_create_blob,
	    .args = "data:bytes",
	    .returns = "text",
	    .doc =
		"Keeps bytes and returns their id: the BLAKE2b hash in base58. The same bytes have the same id. Nothing is stored in the workspace until an image with this id is added.",
	    .example =
		"create_blob('asdf')  -- \"DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz\"",
	    .flags = FN_DEBUG_DUMP,
	},
	{ NULL },
};
