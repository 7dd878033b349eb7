/*
 * url_host: what stands between "//" and ":" of a URL.
 * Source: URL standard, 3.5 "Host parsing" and 3.6 "Host serializing".
 */
#ifndef URL_HOST_H
#define URL_HOST_H

#include "url/url.h"

enum url_error {
	URL_EMPTY_HOST,
	URL_IDNA,
	URL_BAD_CHAR,
	URL_BAD_PORT,
	URL_BAD_IPV4,
	URL_BAD_IPV6,
	URL_NO_BASE,
	URL_BAD_BASE,
};

/* Sets message and debug name; returns -1. */
int url_fail(struct err *err, enum url_error error);

/*
 * Reads a host that is not empty and writes it as it is serialised, in pool.
 * text is UTF-8; is_special: of a scheme whose hosts are domains. The outputs
 * of a failure mean nothing.
 */
int url_host_read(struct pool *pool, struct str text, bool is_special,
    enum url_host_kind *kind, struct str *host, struct err *err);

#endif
