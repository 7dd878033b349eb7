/*
 * network: what the functions that talk to the network share: the dialler of
 * the run, made from the start line.
 */
#ifndef STDLIB_NETWORK_H
#define STDLIB_NETWORK_H

#include "net/dial.h"
#include "stdlib/call.h"

/*
 * Where the broker is: its descriptor, or -1 to open sockets here
 * (docs/jail.md, "The network"). Set before the module runs; -1 unless
 * set.
 */
extern int network_broker;

/*
 * The dialler of this run; lives as long. From then on what the module has
 * logged goes out before every wait of a stream.
 */
struct dialler *network_dialler(struct call *c);

/* The start line's proxy is in use. */
bool network_has_proxy(struct call *c);

/*
 * An option of the type "address": fills *addr in and returns it, or NULL for
 * an absent text (p == NULL). false: "invalid socket address syntax".
 */
bool network_read_addr(struct call *c, struct str text, struct addr *addr,
    const struct addr **out);

/* Seconds of an option as milliseconds; saturates. */
uint32_t network_seconds(uint64_t seconds);

#endif
