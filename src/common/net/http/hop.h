/*
 * http_hop: one request and its answer, for http.c: a connection, new or kept,
 * what is sent and what is read.
 */
#ifndef HTTP_HOP_H
#define HTTP_HOP_H

#include "http/head.h"
#include "http/http.h"
#include "http/pool.h"
#include "name/name_cache.h"

struct http {
	struct dialler *dialler;
	struct name_cache *names;
	struct http_pool kept;
	bool names_proxy;
};

struct http_hop {
	struct http *http;
	struct http_request request;
	struct http_url url; /* of the request */
	struct pool *pool;
	int64_t deadline;
	struct stream *stream; /* NULL before and after */
	bool is_reused;        /* the stream served another request before */
	struct tap *tap;       /* of this request; NULL: nobody looks on */
	struct http_head head;
	struct buf *body; /* ends with the pool */
};

/* Where the answer leads to and will be followed; p == NULL: nowhere. */
struct str http_hop_target(const struct http_hop *hop);

/* Errors: those of http_send(). */
int http_hop_send(struct http_hop *hop, struct http_response *out,
    struct err *err);

#endif
