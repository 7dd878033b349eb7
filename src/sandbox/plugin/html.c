/* html: a parser that most modules do not need. */
#include "stdlib/plugin.h"

extern const struct stdlib_fn stdlib_html[];

static const struct stdlib_fn *const rooms[] = { stdlib_html, NULL };

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "html",
	.rooms = rooms,
};
