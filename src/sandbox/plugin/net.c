/* net: what stands on OpenSSL. */
#include <stdlib.h>

#include "fetch/fetch.h"
#include "stdlib/plugin.h"
#include "tls/tls.h"

extern const struct stdlib_fn stdlib_http[];
extern const struct stdlib_fn stdlib_mqtt[];
extern const struct stdlib_fn stdlib_sock[];
extern const struct stdlib_fn stdlib_ws[];
extern const struct stdlib_fn stdlib_x509[];

static const struct stdlib_fn *const rooms[] = {
	stdlib_http,
	stdlib_mqtt,
	stdlib_sock,
	stdlib_ws,
	stdlib_x509,
	NULL,
};

/* The environment is read here, before the jail closes and wipes it. */
static void
prepare_tls(void)
{
	tls_prepare(getenv("SSL_CERT_FILE"));
}

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "net",
	.rooms = rooms,
	.prepare = prepare_tls,
	.fetch = fetch_run,
};
