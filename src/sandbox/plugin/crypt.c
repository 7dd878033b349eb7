/* crypt: what stands on nettle and libsodium. */
#include "stdlib/plugin.h"

#include "crypt/secretbox.h"

extern const struct stdlib_fn stdlib_digest[];
extern const struct stdlib_fn stdlib_pgp[];

static const struct stdlib_fn *const rooms[] = { stdlib_digest, stdlib_pgp,
	NULL };

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "crypt",
	.rooms = rooms,
	.prepare = secretbox_prepare,
};
