/*
 * url: URLs as browsers read and write them.
 * Source: URL standard (https://url.spec.whatwg.org), 4 "URLs"; what is a
 * "validation error" there without "return failure" is accepted silently.
 *
 *	struct url base, url;
 *	if (url_parse(pool, STR("http://a.b/c/d?e"), NULL, &base, err) == -1 ||
 *	    url_parse(pool, STR("../x y"), &base, &url, err) == -1)
 *		return -1;
 *	url.href is "http://a.b/x%20y", url.path "/x%20y"
 *
 * No reader of http_request's argument: that one is stricter (docs/reference,
 * "URLs of requests").
 */
#ifndef URL_URL_H
#define URL_URL_H

#include "base/err.h"

#define URL_MAX_BYTES ((size_t)16 << 20) /* of the text and of the result */

enum url_host_kind {
	URL_HOST_NONE,   /* mailto:x, foo:/x, foo:///x, file:///x */
	URL_HOST_DOMAIN, /* of a special scheme: lower case, punycode */
	URL_HOST_IPV4,   /* of a special scheme: four decimal numbers */
	URL_HOST_IPV6,   /* in brackets, compressed */
	URL_HOST_OPAQUE, /* of any other scheme: as written, percent-encoded */
};

/* Every member is a view of href, and as serialised: percent-encoded. */
struct url {
	struct str href;
	struct str scheme; /* lower case, without ':' */
	struct str username, password;
	enum url_host_kind host_kind;
	struct str host; /* "" with URL_HOST_NONE */
	int port;        /* -1: none, or the one of the scheme */
	struct str path; /* starts with '/' unless it is opaque or empty */
	bool is_opaque;  /* mailto:x: no segments, no base for others */
	bool has_query;  /* there is a '?'; the query may be empty */
	struct str query;
	bool has_fragment; /* there is a '#' */
	struct str fragment;
};

/*
 * Reads text, relative to base unless that is NULL. The result lives in pool.
 * Text that is not UTF-8 is read with U+FFFD in the place of what is broken.
 * -1, *out keeps its value; the message is one of
 *
 *	empty host
 *	invalid international domain name
 *	invalid domain character
 *	invalid port number
 *	invalid IPv4 address
 *	invalid IPv6 address
 *	relative URL without a base
 *	relative URL with a cannot-be-a-base base
 *	URL is too long: ...
 *
 * with the reference's debug name set (docs/wire.md, "Errors in Lua").
 */
int url_parse(struct pool *pool, struct str text, const struct url *base,
    struct url *out, struct err *err);

/* http, https, ws, wss, ftp, file: slashes, hosts and queries are theirs. */
bool url_is_special(struct str scheme);

/* -1: the scheme has none. scheme in lower case. */
int url_default_port(struct str scheme);

/* The port to connect to: the one given, else the scheme's; -1: none. */
int url_port(const struct url *url);

/*
 * The same scheme, host and port. URLs whose origin is opaque (file:, and all
 * that are not special) have no origin in common with any.
 */
bool url_same_origin(const struct url *a, const struct url *b);

#endif
