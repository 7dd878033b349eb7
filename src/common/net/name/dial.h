/*
 * dial: how a connection comes to be. A dialler either opens sockets itself
 * (the host; a child without a network namespace) or asks the broker for them
 * (broker/broker.h); nothing else does. On top of that: names, several
 * addresses, SOCKS5 proxies, one after the other within one deadline. A broker
 * looks names up itself and goes through their addresses; here what came of
 * each becomes the error, in the same words.
 *
 *	struct dial to = DIAL_NONE;
 *	if (target_read(host, 443, &to.target, err) == -1)
 *	to.ready = tls_ready, to.arg = &opts;
 *	if (dial_tcp(dialler, &to, &stream, err) == -1)
 */
#ifndef NAME_DIAL_H
#define NAME_DIAL_H

#include "gate/dialler.h"
#include "gate/target.h"
#include "stream/stream.h"

struct name_cache; /* name_cache.h */

enum dial_flag {
	/* "couldn't connect: [(ADDRESS, CAUSE), ...]" when every address
	 * failed; without it the error is the last address's cause */
	DIAL_LIST_CAUSES = 1 << 0,

	/* "proxy ADDRESS: CAUSE" when the proxy cannot be connected to; without
	 * it the cause alone, as if it were the target's */
	DIAL_SAY_PROXY = 1 << 1,
};

/*
 * The longest that one address may take to connect, and then to shake hands
 * (proxy, `ready`), where nothing shorter is asked for.
 */
#define DIAL_MOST_MS 120000

struct dial {
	struct target target;
	const struct addr *proxy; /* a SOCKS5 proxy instead of the system's;
	                             NULL: the system's, if any */
	struct name_cache *cache; /* NULL: ask each time. It also picks the
	                             texts: "no record found" with, "no dns
	                             records found" without */
	unsigned flags;

	uint32_t connect_timeout_ms; /* for each address; 0: none
	                                shorter than DIAL_MOST_MS */
	uint32_t read_timeout_ms;    /* of the stream; 0: none */
	uint32_t write_timeout_ms;
	int64_t deadline; /* for all of it; stays on the stream */

	/* Told of the way to the stream, and, where there is none, of the last
	 * request. NULL: nobody. */
	struct tap *tap;

	/* Called with every stream that got connected (through the proxy, if
	 * there is one), to make it usable: TLS. -1 counts as a failed
	 * address, and the next one is tried. May be NULL. */
	int (*ready)(struct stream *s, void *arg, struct err *err);
	void *arg;
};

#define DIAL_NONE                                                              \
	{                                                                      \
		.deadline = CLOCK_NEVER                                        \
	}

/*
 * May this proxy be asked for? Where the system has one, only that one, or
 * NULL; else any. -1: "Overriding the system proxy isn't allowed".
 */
int dial_check_proxy(const struct dialler *d, const struct addr *proxy,
    struct err *err);

/*
 * Connects over TCP. The caller owns *out; stream_peer() is the address.
 * Errors, one message each:
 *	Connection refused (os error 111)      connecting, or to the proxy
 *	Connection timed out (os error 110)    connect_timeout or deadline
 *	connection to 127.0.0.1:6379 refused: local address (allow it with
 *	    --allow-net 127.0.0.1:6379)        egress.h
 *	DNS query timed out, ...               resolve.h
 *	connection refused by destination host, ...         socks5.h
 *	Overriding the system proxy isn't allowed
 * or what `ready` said. A caller with a deadline finds out whether that was
 * the cause by clock_ms() >= deadline.
 */
int dial_tcp(struct dialler *d, const struct dial *to, struct stream **out,
    struct err *err);

#endif
