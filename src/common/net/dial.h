/*
 * dial: how a connection comes to be. A dialler either opens sockets itself
 * (the host; a child without a network namespace) or asks the broker for them
 * (broker.h); nothing else does. On top of that: names, several addresses,
 * SOCKS5 proxies, one after the other within one deadline.
 *
 *	struct dial to = DIAL_NONE;
 *	if (target_read(host, 443, &to.target, err) == -1)
 *	to.ready = tls_ready, to.arg = &opts;
 *	if (dial_tcp(dialler, &to, &stream, err) == -1)
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "net/outcome.h"
#include "net/stream.h"
#include "net/target.h"

/* What the start line says about the network (docs/reference). */
struct net_config {
	const struct addr *ns; /* name servers, in order */
	size_t n_ns;
	bool dns_tcp;           /* look names up over TCP; not for dns() */
	int64_t dns_timeout_ms; /* of one lookup; -1: 5 s */
	bool has_proxy;         /* everything goes through it, UDP is off */
	struct addr proxy;
};

#define NET_CONFIG_NONE                                                        \
	{                                                                      \
		.dns_timeout_ms = -1                                           \
	}

/* One of its name servers, with this port. Inline: the broker has no dial.c. */
static inline bool
net_config_has_ns(const struct net_config *config, const struct addr *ns)
{
	for (size_t i = 0; i < config->n_ns; i++) {
		if (addr_eq(&config->ns[i], ns))
			return true;
	}
	return false;
}

struct dialler;

/*
 * What config points to must live as long as the dialler. With a proxy in it
 * nothing but the proxy is connected to.
 */
struct dialler *dialler_new_direct(const struct net_config *config);

/*
 * A policy for a direct dialler, which must live as long; without one, or with
 * NULL, everything is allowed. Name servers of the configuration and the proxy
 * are; what the proxy is asked for is judged. A broker has its own.
 */
struct egress;
void dialler_set_egress(struct dialler *d, const struct egress *egress);

/* fd: the broker's socket; the caller keeps it. */
struct dialler *dialler_new_broker(int fd, const struct net_config *config);
void dialler_free(struct dialler *d);

const struct net_config *dialler_config(const struct dialler *d);

struct name_cache; /* name_cache.h */

enum dial_flag {
	/* "couldn't connect: [(ADDRESS, CAUSE), ...]" when every address
	 * failed; without it the error is the last address's cause */
	DIAL_LIST_CAUSES = 1 << 0,
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

/*
 * One socket to an address, for resolve.c: connected, not blocking,
 * close-on-exec. `is_ns`: ask for it as one of the start line's name servers.
 * -1 with *errnum (0 where it was refused by policy).
 */
enum dial_proto { DIAL_TCP = 6, DIAL_UDP = 17 };

int dial_socket(struct dialler *d, enum dial_proto proto, const struct addr *to,
    bool is_ns, int64_t deadline, int *errnum, struct err *err);

/*
 * Tells the broker how something went that is over now (outcome.h): dial_tcp()
 * does it for connections, others for the rest. Where it failed the cause is
 * what was blamed last since the last time; where nothing was, as with
 * arguments that nothing can be tried with, nothing is told.
 */
void dial_tell(struct dialler *d, enum outcome_what what, struct str host,
    uint16_t port, bool is_fine);

/*
 * How an exchange over a connection that dial_tcp() made ended, once if it
 * failed. The stream knows why: its fault, else it ended too soon, else what
 * came could not be read. That it went well is told only where one has failed
 * before, so that it is taken back. path: what it was for; may be empty.
 */
void dial_tell_exchange(struct dialler *d, struct stream *s, struct str path,
    bool is_fine);

/* server: whom it was asked of; NULL: nobody. */
void dial_blame(struct dialler *d, enum outcome_cause cause, uint32_t detail,
    const struct addr *server);

/* For dial.ready and who starts TLS later: the handshake failed. */
void dial_blame_tls(struct dialler *d, const struct stream *s,
    const struct err *why);

#endif
