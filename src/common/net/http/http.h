/*
 * http: a client of HTTP/1.1 on a dialler, for the functions of modules and
 * for the host. Connections are kept, TLS sessions resumed, redirects followed;
 * every connection passes the dialler and its policy. Bodies are decoded as
 * content-encoding says (http_coding.h).
 *
 *	struct http *http = http_new(dialler);
 *	struct http_request request = HTTP_REQUEST_NONE;
 *	request.url = url, request.user_agent = STR("x");
 *	if (http_send(http, &request, pool, &response, err) == -1)
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "http/request.h"
#include "name/dial.h"

/* More redirects than that are a loop, whatever the request allows. */
#define HTTP_MAX_HOPS 50

/*
 * What who looks on (stream/tap.h) is told of a request that a kept connection
 * did not take; it is asked again, which is another exchange.
 */
#define HTTP_KEPT_GONE "the kept connection had ended; asked again"

struct http;

/* The dialler must live as long. */
struct http *http_new(struct dialler *dialler);
void http_free(struct http *http);

/*
 * A proxy that cannot be connected to is named in the error from now on. Else it
 * is "Connection refused", as of a target at whose port nobody listens: the text
 * that the reference program's modules know.
 */
void http_name_proxy(struct http *http);

/* Everything lives in the pool of the call. */
struct http_response {
	unsigned status;
	struct http_field *field; /* of the last hop, in the order received */
	size_t fields;
	struct str body;
	bool has_ip; /* the host was a name that we looked up */
	struct addr ip;
	struct str url; /* of the last hop */
};

/*
 * Sends and waits for the whole answer; any status is one. A redirect (3xx but
 * 304, with a location) is followed with GET, and without the body and the
 * lines of the caller; 307 and 308 keep the method and the body. A kept
 * connection that turns out to be gone is replaced once where the method is
 * idempotent; others get a connection of their own.
 *
 * Errors: those of http_url_read(), http_request_check(), http_head_read();
 * of url_parse() for the target of a redirect; and
 *	Request timed out
 *	Overriding the system proxy isn't allowed
 *	error trying to connect: ...               dial_tcp(), tls_start()
 *	connection closed before message completed
 *	connection error: Connection reset by peer (os error 104)
 *	error reading a body from connection: ...  http_body_read()
 *	too many redirects: more than 50
 *	redirect to http://... refused: it is not encrypted
 * or what the sink said. With a sink the body of *out is empty.
 */
int http_send(struct http *http, const struct http_request *request,
    struct pool *pool, struct http_response *out, struct err *err);

#endif
