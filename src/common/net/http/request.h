/*
 * http_request: what is asked for, and as the bytes of one request: RFC 9112,
 * 3; order and defaults of the lines: docs/reference/http.md, "On the wire".
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/err.h"
#include "http/cookie_jar.h"
#include "http/url.h"
#include "stream/addr.h"

struct http_response;

/*
 * Who takes an answer while it comes. Hops that are redirected from are not
 * seen. -1 from either ends the request, with that error.
 */
struct http_sink {
	/* Status, lines and URL are known; nothing of the body. Once. */
	int (*head)(void *arg, const struct http_response *response,
	    struct err *err);

	/* More of the body, decoded, never empty. */
	int (*body)(void *arg, struct str bytes, struct err *err);
	void *arg;
};

struct http_request {
	struct str method; /* sent as it is */
	struct str url;
	struct str user_agent;
	bool has_query; /* `query` in place of the URL's */
	struct str query;
	const struct http_field *field; /* more lines, names in any case */
	size_t fields;
	const struct http_field *cookie; /* for the first hop */
	size_t cookies;
	bool has_auth; /* basic authentication */
	struct str user, password;
	struct str body;
	struct str
	    body_type; /* content-type unless a line says it; p NULL: none */

	struct cookie_jar *jar; /* keeps what is set and serves the hops after
	                           the first; NULL: none */
	const struct addr
	    *proxy;           /* a SOCKS5 proxy; NULL: the system's, if any */
	uint64_t redirects;   /* at most so many are followed */
	bool stays_encrypted; /* but none from https to http */
	int64_t timeout_ms;   /* for each hop; -1: HTTP_HOP_MS */
	uint32_t silence_ms;  /* the longest wait of a single read or write */
	uint32_t connect_ms;  /* for each address; 0: DIAL_MOST_MS */
	size_t max_body;
	const struct http_sink *sink; /* NULL: the response has the body */
};

/* Nobody waits longer, not even who said nothing about it. */
#define HTTP_HOP_MS     3600000
#define HTTP_SILENCE_MS 300000

#define HTTP_MAX_BODY ((size_t)1 << 30)

#define HTTP_REQUEST_NONE                                                      \
	{                                                                      \
		.method = { "GET", 3 }, .timeout_ms = -1,                      \
		.silence_ms = HTTP_SILENCE_MS, .max_body = HTTP_MAX_BODY       \
	}

/*
 * What must hold before anything is sent:
 *	invalid HTTP method
 *	invalid HTTP header name
 *	failed to parse header value
 */
int http_request_check(const struct http_request *request, struct err *err);

/* The head with its empty line; the body is not in it. */
void http_request_write(struct buf *out, const struct http_request *request,
    const struct http_url *url);

/*
 * The request may be sent once more, or on a connection that may be gone:
 * RFC 9110, 9.2.2.
 */
bool http_request_is_idempotent(const struct http_request *request);

/* The lines say something about framing or the connection themselves. */
bool http_request_is_framed(const struct http_request *request);

#endif
