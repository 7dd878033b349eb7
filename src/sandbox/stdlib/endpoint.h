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
	enum tap_kind kind;
};

/*
 * Reads the URL and connects. Errors: "Failed to parse url", the scheme's, and
 * those of dial_tcp(). The caller owns *out, on which the tap of the exchange
 * is, if somebody looks on: endpoint_stands(), or endpoint_lost().
 */
int endpoint_connect(struct call *c, const struct endpoint_scheme *scheme,
    struct str text, const struct network_options *opts, struct url *url,
    struct stream **out);

/* The handshake is over; status: what it came to, or 0. */
void endpoint_stands(struct stream *s, uint16_t status);

/* -1, with c->err: it failed. Frees the stream. */
int endpoint_lost(struct call *c, struct stream *s);

#endif
