/* error: the slot for the last error of a run. */
#include "child/child.h"
#include "stdlib/bind.h"

static int
fn_last_err(struct call *c)
{
	if (c->child->err.n == 0)
		return call_return_nil(c);
	return call_return_str(c, err_text(&c->child->err));
}

static int
fn_set_err(struct call *c)
{
	err_set_str(&c->child->err, call_str(c, 1));
	bind_note_error(c);
	return call_return_none(c);
}

static int
fn_clear_err(struct call *c)
{
	err_clear(&c->child->err);
	return call_return_none(c);
}

const struct stdlib_fn stdlib_error[] = {
	{
	    .name = "last_err",
	    .call = fn_last_err,
	    .returns = "text",
	    .doc =
		"The text of the error in the slot, nil if there is none. A failing function fills the slot; success does not empty it.",
	    .example = "last_err()  -- null",
	},
	{
	    .name = "set_err",
	    .call = fn_set_err,
	    .args = "text:text",
	    .doc =
		"Puts an error into the slot. If it is still there when run() returns, the run has failed.",
	    .example = "set_err('login refused')",
	},
	{
	    .name = "clear_err",
	    .call = fn_clear_err,
	    .doc = "Empties the error slot.",
	    .example = "clear_err()",
	},
	{ NULL },
};
