/*
 * addr: an IP address with a port. IPv4 is kept as ::ffff:a.b.c.d, so both
 * families compare byte by byte, and the two spellings of an IPv4 address are
 * one address.
 */
#ifndef STREAM_ADDR_H
#define STREAM_ADDR_H

#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

struct addr {
	unsigned char ip[16]; /* network byte order */
	uint16_t port;        /* host byte order */
};

#define ADDR_TEXT_MAX 64 /* "[ipv6]:port" and a NUL */

/* IPv4 in a, b, c, d. */
struct addr addr_ip4(const unsigned char ip[4], uint16_t port);
struct addr addr_ip6(const unsigned char ip[16], uint16_t port);

bool addr_is_ip4(const struct addr *addr);
bool addr_eq(const struct addr *a, const struct addr *b);

/*
 * An address literal and nothing else: four decimal numbers without leading
 * zeros, or RFC 4291, 2.2. No brackets, no zone. false: it is none, which is
 * no error: "127.1" is an ordinary name. The port of *out is 0.
 */
bool addr_read_ip(struct str text, struct addr *out);

/*
 * "IP:port" or "[IPv6]:port". -1: "invalid socket address syntax"
 * (docs/reference, "Addresses").
 */
int addr_read(struct str text, struct addr *out, struct err *err);

/* RFC 5952; ::ffff:a.b.c.d is written as a.b.c.d. Returns text. */
const char *addr_ip_text(const struct addr *addr, char text[ADDR_TEXT_MAX]);

/* "1.2.3.4:80", "[::1]:80". Returns text. */
const char *addr_text(const struct addr *addr, char text[ADDR_TEXT_MAX]);

/* 16 bytes as RFC 5952; here ::ffff:1.2.3.4 keeps its prefix. */
const char *addr_ip6_text(const unsigned char ip[16], char text[ADDR_TEXT_MAX]);

/* The size of what was written; the family follows addr_is_ip4(). */
socklen_t addr_to_sockaddr(const struct addr *addr,
    struct sockaddr_storage *out);

/* false: neither AF_INET nor AF_INET6. */
bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *out);

#endif
