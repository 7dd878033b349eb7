/*
 * ip: addresses and blocks of addresses as text. Strict: what is refused here
 * and taken elsewhere ("127.1", "010.0.0.1", "[::1]", "fe80::1%eth0") is
 * another way into a network that a rule has closed.
 */
#ifndef URL_IP_H
#define URL_IP_H

#include "base/buf.h"

enum ip_size {
	IP_V4 = 4,
	IP_V6 = 16,
};

struct ip {
	enum ip_size size;      /* bytes that count */
	unsigned char byte[16]; /* network order; the rest is zero */
};

/* An address and how many of its leading bits name the network. */
struct ip_block {
	struct ip ip; /* host bits stay */
	unsigned prefix;
};

/*
 * All of text: IPv4 as four decimal numbers without leading zeros, or IPv6 as
 * in RFC 4291, 2.2 (its last 32 bits may be IPv4). No brackets, zone, prefix
 * or blanks. -1: it is none.
 */
int ip_read(struct str text, struct ip *out);

/*
 * "ip/len", "ip" (all its bits), or "ip4/mask" with a mask whose ones come
 * first ("10.0.0.0/255.0.0.0"). The length may have leading zeros.
 */
int ip_block_read(struct str text, struct ip_block *out);

/* RFC 5952, with ::ffff:a.b.c.d for IPv4-mapped addresses and no others. */
void ip_write(struct buf *out, const struct ip *ip);

/* The same, but ::ffff:a.b.c.d as two more groups (URLs). */
void ip_write_groups(struct buf *out, const struct ip *ip);

/* "ip/len" */
void ip_block_write(struct buf *out, const struct ip_block *block);

#endif
