/* img: what stands on the image libraries. */
#include "stdlib/plugin.h"

extern const struct stdlib_fn stdlib_img[];

static const struct stdlib_fn *const rooms[] = { stdlib_img, NULL };

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "img",
	.rooms = rooms,
};
