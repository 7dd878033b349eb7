/*
 * endpoint: what ws_connect and mqtt_connect share: a URL of two schemes, one
 * of them over TLS, and a connection there.
 */
#ifndef STDLIB_ENDPOINT_H
#define STDLIB_ENDPOINT_H

#include "stdlib/network.h"
#include "tls/tls.h"
#include "url/url.h"

struct endpoint_scheme {
	const char *plain, *tls; /* "ws", "wss" */
	uint16_t plain_port, tls_port;
	const char *refused; /* "Invalid websocket protocol" */
};

/*
 * Reads the URL and connects. Errors: "Failed to parse url", the scheme's, and
 * those of dial_tcp(). The caller owns *out.
 */
int endpoint_connect(struct call *c, const struct endpoint_scheme *scheme,
    struct str text, const struct network_options *opts, struct url *url,
    struct stream **out);

#endif
