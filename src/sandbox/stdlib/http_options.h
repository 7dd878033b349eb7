/*
 * http_options: the tables of http_request: its options, and the request that
 * it makes of them, which modules may change, keep, or build by hand
 * (docs/reference/http.md).
 */
#ifndef STDLIB_HTTP_OPTIONS_H
#define STDLIB_HTTP_OPTIONS_H

#include "http/request.h"
#include "stdlib/call.h"
#include "text/encoding.h"
#include "value/slot.h"

/*
 * Checks the options and makes the request table of them; `cookies` is a map.
 * Everything lives in the call. -1: "invalid request options".
 */
int http_options_read(struct call *c, const struct json *options,
    const struct json *cookies, struct json *out);

/* The rows of both tables, for the reference. */
extern const struct slot http_option_slots[];
extern const struct slot http_object_slots[];

/* A request table, read. */
struct http_object {
	struct str session;
	bool into_blob, binary;
	const struct encoding *charset; /* of text; NULL: not asked for */
	struct http_request request;    /* without its jar */
	struct addr proxy; /* request.proxy points here, or is NULL */
};

/*
 * -1: "invalid http request object", or what is wrong with a form (form.h).
 * *out must stay where it is.
 */
int http_object_read(struct call *c, const struct json *v,
    struct http_object *out);

#endif
