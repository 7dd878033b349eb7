/* net: what stands on OpenSSL. */
#include <stdlib.h>

#include "evidence/evidence.h"
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

static const struct evidence_digest digest = {
	.begin = tls_digest_begin,
	.add = tls_digest_add,
	.end = tls_digest_end,
};

/* The environment is read here, before the jail closes and wipes it. */
static void
prepare_tls(void)
{
	tls_prepare(getenv("SSL_CERT_FILE"));
	evidence_digest = &digest;
}

const struct plugin plugin = {
	.abi = PLUGIN_ABI,
	.name = "net",
	.rooms = rooms,
	.prepare = prepare_tls,
	.fetch = fetch_run,
};
