/* geo: what stands on libmaxminddb. */
#include "stdlib/geoip.h"

#include "stdlib/plugin.h"

extern const struct stdlib_fn stdlib_geoip[];

static const struct stdlib_fn *const rooms[] = { stdlib_geoip, NULL };

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "geo",
	.rooms = rooms,
	.prepare = geoip_prepare,
};
