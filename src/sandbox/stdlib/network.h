/*
 * network: what the functions that talk to the network share: the dialler of
 * the run, made from the start line.
 */
#ifndef STDLIB_NETWORK_H
#define STDLIB_NETWORK_H

#include <stddef.h>

#include "name/dial.h"
#include "stdlib/call.h"
#include "value/slot.h"

/*
 * Where the broker is: its descriptor, or -1 to open sockets here
 * (docs/jail.md, "The network"). Set before the module runs; -1 unless
 * set.
 */
extern int network_broker;

/*
 * What the start line says of the network; it lives in pool. The syntax of its
 * addresses was checked when it was read.
 */
void network_read_config(const struct start *start, struct pool *pool,
    struct net_config *out);

/*
 * The dialler of this run; lives as long. From then on what the module has
 * logged goes out before every wait of a stream.
 */
struct dialler *network_dialler(struct call *c);

/*
 * An exchange with a host begins: for dial.tap, then stream_set_tap(). NULL:
 * nobody looks on.
 */
struct tap *network_tap(struct call *c, enum tap_kind kind, struct str host,
    uint16_t port);

/* -1, for a function that failed with c->err: that was its end. */
int network_lost(struct call *c, struct tap *tap);

/* The start line's proxy is in use. */
bool network_has_proxy(struct call *c);

/*
 * An option of the type "address": fills *addr in and returns it, or NULL for
 * an absent text (p == NULL). false: "invalid socket address syntax".
 */
bool network_read_addr(struct call *c, struct str text, struct addr *addr,
    const struct addr **out);

/* What all connections may be told. */
struct network_options {
	struct str proxy_text; /* p == NULL: the start line's proxy, if any */
	uint64_t connect_timeout, read_timeout, write_timeout; /* seconds */
	struct addr proxy; /* of proxy_text, if that is there */
};

/*
 * Their rows in a table of slots; at: where the struct is in the room's;
 * seconds: what slot_init() sets read_timeout to.
 */
#define NETWORK_SLOTS(at, seconds)                                             \
	{ "proxy", SLOT_TEXT, SLOT_OPT,                                        \
		(at) + offsetof(struct network_options, proxy_text),           \
		"a SOCKS5 proxy; may not differ from the one of the "          \
		"configuration",                                               \
		.form = "IP:PORT" },                                           \
	    { "connect_timeout", SLOT_U64, SLOT_OPT,                           \
		    (at) + offsetof(struct network_options, connect_timeout),  \
		    "seconds for each address, then for the handshake; more "  \
		    "than 120 and 0 are 120",                                  \
		    .without = "120" },                                        \
	    { "read_timeout", SLOT_U64, SLOT_OPT,                              \
		    (at) + offsetof(struct network_options, read_timeout),     \
		    "seconds for each read; 0 is none",                        \
		    .initial = (seconds) },                                    \
	{                                                                      \
		"write_timeout", SLOT_U64, SLOT_OPT,                           \
		    (at) + offsetof(struct network_options, write_timeout),    \
		    "seconds for each write; 0 is none"                        \
	}

/*
 * Reads argument i into the room's options, *net among them. -1: the cause,
 * under "Invalid <what> options".
 */
int network_read_options(struct call *c, int i, const struct slot *slots,
    void *out, struct network_options *net, const char *what);

/* The proxy and the timeouts of a connection that is to be made. */
void network_set_dial(const struct network_options *net, struct dial *to);

/* The timeouts of one that is there. */
void network_set_stream(const struct network_options *net, struct stream *s);

/*
 * -1, for a function that failed over s: if the connection is why, the run is
 * told (dial_tell_exchange()). is_cut: an end of it is a failure, too.
 */
int network_fail(struct call *c, struct stream *s, bool is_cut);

#endif
