/* xml: what stands on expat. */
#include "stdlib/plugin.h"

extern const struct stdlib_fn stdlib_xml[];

static const struct stdlib_fn *const rooms[] = { stdlib_xml, NULL };

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "xml",
	.rooms = rooms,
};
