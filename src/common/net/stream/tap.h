/*
 * tap: who looks on while something is asked of the outside: which exchange
 * begins, the bytes of it above TLS, how it ended. The net code calls, and
 * knows nothing of what becomes of it; where nobody looks on, the pointers are
 * NULL, and nothing is paid for it.
 *
 *	struct tap *tap = taps_begin(taps, TAP_TCP, what);	may be NULL
 *	stream_set_tap(stream, tap);		then the stream tells of bytes
 *	tap_end(tap, &(struct tap_end){ .err = err });
 *
 * A tap has one end. What hangs on a stream yet when that is freed ends then.
 */
#ifndef STREAM_TAP_H
#define STREAM_TAP_H

#include "base/err.h"
#include "stream/addr.h"

#define TAP_DIGEST_SIZE 32 /* SHA-256 */

enum tap_kind { TAP_HTTP, TAP_DNS, TAP_TCP, TAP_TLS, TAP_WS, TAP_MQTT };

/* What happened beside bytes. */
enum tap_mark {
	TAP_READ,      /* a read gave n bytes */
	TAP_WRITTEN,   /* a write of n bytes is done */
	TAP_READ_LATE, /* timeouts */
	TAP_WRITE_LATE,
	TAP_ENDED,       /* a read found the end */
	TAP_READ_FAILED, /* n is the errno, or 0: TLS; with a text */
	TAP_WRITE_FAILED,
	TAP_SECURED, /* it goes on with TLS */
};

struct tap_route {
	uint32_t number;    /* the broker's, of the connection; 0: none */
	struct addr server; /* the proxy, if there is one; port 0: unknown */
	bool is_proxied;
	bool is_tls; /* from its beginning */
};

struct tap_end {
	bool has_status;
	uint16_t status;
	bool has_body; /* of http: decoded, as who asked gets it */
	struct str body;
	const struct err *err; /* why there is no answer; NULL: there is one */
};

struct tap_hooks;

struct tap {
	const struct tap_hooks *hooks;
};

struct tap_hooks {
	void (*route)(struct tap *tap, const struct tap_route *route);

	/* It stands, and its end may be far: tcp, ws (status 101), mqtt. */
	void (*stands)(struct tap *tap, uint16_t status);

	/* Bytes on their way; of http and ws they are counted only here, and
	 * told whole by the next two. */
	void (*sent)(struct tap *tap, struct str bytes);
	void (*came)(struct tap *tap, struct str bytes);

	/* A request of HTTP of which n bytes have been sent. */
	void (*request)(struct tap *tap, struct str head, struct str body,
	    size_t n);

	/* A message that is about to be wrapped so that nothing can be found
	 * in it: as it may be kept, in pool or payload itself; and then so. */
	struct str (
	    *hide)(struct tap *tap, struct pool *pool, struct str payload);
	void (*wrapped)(struct tap *tap, struct str bytes);

	/* A message of DNS. */
	void (*message)(struct tap *tap, bool is_query, struct str bytes);

	/* Of the server, the SHA-256 of its certificate. true: the chain is
	 * wanted, as PEM, the leaf first. */
	bool (*certificate)(struct tap *tap,
	    const unsigned char digest[TAP_DIGEST_SIZE]);
	void (*chain)(struct tap *tap, struct str pem);

	void (*mark)(struct tap *tap, enum tap_mark mark, size_t n,
	    struct str text);
	void (*end)(struct tap *tap, const struct tap_end *end);
};

struct taps {
	/* what: "GET http://a/", "MX a", "a:80" */
	struct tap *(*begin)(void *arg, enum tap_kind kind, struct str what);
	void *arg;
};

static inline struct tap *
taps_begin(const struct taps *taps, enum tap_kind kind, struct str what)
{
	return taps != NULL ? taps->begin(taps->arg, kind, what) : NULL;
}

static inline void
tap_route(struct tap *tap, const struct tap_route *route)
{
	if (tap != NULL)
		tap->hooks->route(tap, route);
}

static inline void
tap_stands(struct tap *tap, uint16_t status)
{
	if (tap != NULL)
		tap->hooks->stands(tap, status);
}

static inline void
tap_sent(struct tap *tap, struct str bytes)
{
	if (tap != NULL)
		tap->hooks->sent(tap, bytes);
}

static inline void
tap_came(struct tap *tap, struct str bytes)
{
	if (tap != NULL)
		tap->hooks->came(tap, bytes);
}

static inline void
tap_request(struct tap *tap, struct str head, struct str body, size_t n)
{
	if (tap != NULL)
		tap->hooks->request(tap, head, body, n);
}

static inline void
tap_message(struct tap *tap, bool is_query, struct str bytes)
{
	if (tap != NULL)
		tap->hooks->message(tap, is_query, bytes);
}

static inline void
tap_mark(struct tap *tap, enum tap_mark mark, size_t n, struct str text)
{
	if (tap != NULL)
		tap->hooks->mark(tap, mark, n, text);
}

static inline void
tap_end(struct tap *tap, const struct tap_end *end)
{
	if (tap != NULL)
		tap->hooks->end(tap, end);
}

#endif
