/*
 * http_url: the URL of a request, read strictly by the shape of RFC 3986:
 * nothing is escaped, normalised or put through IDNA (docs/reference/http.md,
 * "URLs of requests"). What browsers make of a URL is in url/url.h.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdint.h>

#include "base/err.h"

#define HTTP_URL_MAX_BYTES ((size_t)64 << 10)

/* Views of the text. */
struct http_url {
	struct str origin; /* scheme and authority, as written */
	bool is_tls;
	struct str authority; /* "name:port" for the Host line, as written */
	struct str host;      /* without the brackets of IPv6 */
	uint16_t port;
	struct str path;  /* may be empty, which stands for "/" */
	bool has_query;   /* there is a '?' */
	struct str query; /* behind it; the fragment is dropped */
};

/*
 * Errors:
 *	empty string
 *	invalid format                       no scheme, no host
 *	client requires absolute-form URIs   only a path, or only a host
 *	invalid uri character
 *	invalid authority
 *	unsupported scheme
 *	invalid port number
 *	uri too long
 */
int http_url_read(struct str text, struct http_url *out, struct err *err);

#endif
