/*
 * record: what stands in for the network where a run is played again. Each
 * hook gives what was recorded, or the error that was. Who implements it asks
 * the host (stdlib/recall.c); the code above goes on as it does live.
 */
#ifndef GATE_RECORD_H
#define GATE_RECORD_H

#include "stream/stream.h"

struct record {
	/*
	 * One hop: "GET https://example.com/x", the request as it would be
	 * sent; the answer as it came, above TLS, as a stream. The bytes of the
	 * answer live in pool. -1: the error of the hop.
	 */
	int (*http)(void *arg, struct str what, struct str request,
	    struct pool *pool, struct stream **out, struct err *err);

	/*
	 * "MX example.com", or with " @IP:PORT" behind it: the messages of the
	 * answer, each behind its length in two bytes, in pool.
	 */
	int (*dns)(void *arg, struct str what, struct pool *pool,
	    struct str *messages, struct err *err);

	/* "example.com:25". TLS has been spoken, or not; it is not again. */
	int (*connect)(void *arg, struct str what, bool is_tls,
	    struct stream **out, struct err *err);

	/* Starts it on such a stream: the chain as PEM, as tls_chain() says. */
	int (*start_tls)(void *arg, struct stream *s, struct pool *pool,
	    struct str **pem, size_t *n, struct err *err);

	void *arg;
};

#endif
