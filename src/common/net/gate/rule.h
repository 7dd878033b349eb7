/*
 * rule: one entry of an egress list (egress.h): a word or an address block,
 * with a port or without.
 *
 *	public  private:443  10.0.0.0/8  192.0.2.1:80
 *	fc00::/7  [fc00::]/7:443  [fc00::/7]:443  [::1]:80
 */
#ifndef GATE_RULE_H
#define GATE_RULE_H

#include "gate/egress.h"

struct block {
	unsigned char ip[16]; /* as in struct addr */
	unsigned bits;        /* of the 128 that count */
	bool is_ip4;          /* an IPv6 block holds no IPv4 address */
};

struct rule {
	unsigned classes; /* a word: 1 << enum egress_class */
	bool is_open;     /* the word for everything */
	bool is_block;
	struct block block;
	uint16_t port; /* 0: all */
};

/*
 * -1: "no such address block: x", "no such port: x", ... An address of IPv6
 * whose end may be a port is refused with its two readings: "::1:80 may mean
 * [::1]:80 or [::1:80]: write one of them".
 */
int rule_read(struct str text, struct rule *out, struct err *err);

/* The bits behind its prefix are 0, and there are not too many. */
bool block_is_valid(const struct block *block);

bool block_has(const struct block *block, const struct addr *addr);

static inline bool
rule_has_port(const struct rule *rule, uint16_t port)
{
	return rule->port == 0 || rule->port == port;
}

#endif
